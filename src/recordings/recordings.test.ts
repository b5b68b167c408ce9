/** What a real kernel answered, call by call: folders that are quick. All of them: recordings.deep.test.ts. */
import { it } from 'vitest'
import { expectGoals } from './goals.fixture'

it.each(['type1-debian', 'type1-compat', 'vtd-aw39'])(
  'the recordings %s are answered as the kernel did',
  folder => expectGoals(folder),
)
