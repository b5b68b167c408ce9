/** All the words a flow may use, gathered from dialects, platforms and built-ins. */
import { DIALECTS } from '../dialects/registry'
import type { PlatformWords, Vocabulary } from '../flow'
import { PLATFORMS, type Platform } from '../hw'
import { BUILTINS } from './builtins.data'

const STATUSES = PLATFORMS.flatMap(({ hypercalls }) => hypercalls?.statuses ?? [])

/** Where guests write PASID tables of their own, devices without a type report that they may (v2 1.4, type 4). */
const platformWords = (platform: Platform): PlatformWords => ({
  ...platform,
  capabilities: { PASID_DELEGATED: platform.pasidTables !== null },
})

export const VOCABULARY: Vocabulary = {
  dialects: DIALECTS,
  platforms: PLATFORMS.map(platformWords),
  builtins: BUILTINS,
  constants: Object.fromEntries(STATUSES.map(({ name, value }) => [name, value])),
}
