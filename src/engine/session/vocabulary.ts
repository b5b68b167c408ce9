/** All the words a flow may use, gathered from dialects, platforms and built-ins. */
import { DIALECTS } from '../dialects/registry'
import type { Vocabulary } from '../flow'
import { PLATFORMS } from '../hw'
import { BUILTINS } from './builtins.data'

export const VOCABULARY: Vocabulary = { dialects: DIALECTS, platforms: PLATFORMS, builtins: BUILTINS }
