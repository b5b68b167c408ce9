/** Recordings as flows, in more folders than flows.test.ts has the time for. */
import { it } from 'vitest'
import { expectFlows } from './flows.fixture'

it.each(['vtd-aw39', 'vtd-legacy', 'vtd-sm-fs', 'big-smart'])('the recordings %s as flows hold', folder =>
  expectFlows(folder),
)
