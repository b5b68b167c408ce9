/** All the words a flow may use, gathered from dialects, platforms and built-ins. */
import { DIALECTS } from '../dialects/registry'
import type { Vocabulary } from '../flow'
import { PLATFORMS } from '../hw'
import { BUILTINS } from './builtins.data'

const STATUSES = PLATFORMS.flatMap(({ hypercalls }) => hypercalls?.statuses ?? [])

export const VOCABULARY: Vocabulary = {
  dialects: DIALECTS,
  platforms: PLATFORMS,
  builtins: BUILTINS,
  constants: Object.fromEntries(STATUSES.map(({ name, value }) => [name, value])),
}
