/** Numbers that a v1 flow may name beside those of both proposals; the values are this emulator's own. */
import { ATTACH_PASID, EXTENSIONS as BOTH, type Extension, SHARED_CONSTANTS } from '../proposal-words.data'

const PREREG: Extension = {
  name: 'EXT_MEMORY_PREREG',
  value: 9n,
  present: ({ policy }) => (policy.prereg ?? 'command') === 'command',
}

export const EXTENSIONS: readonly Extension[] = [...BOTH, PREREG]

export const CONSTANTS: Readonly<Record<string, bigint>> = Object.fromEntries([
  ['IOASID_ATTACH_USER_PASID', ATTACH_PASID],
  ...SHARED_CONSTANTS,
  [PREREG.name, PREREG.value],
])
