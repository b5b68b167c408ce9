/** Every frame that memory holds, in ascending order of address, for hashing and dumping. */
import { DIRECTORY, DIRECTORY_FRAMES, HASH_AT, HASH_LG2 } from './layout'
import type { Words } from './words'

const SLOT_WORDS = 4

/** Calls `fn` with the HPA of each frame and the offset of its first word in `words.data`. */
export function eachFrame(words: Words, fn: (hpa: number, offset: number) => void): void {
  for (let pfn = 0; pfn < DIRECTORY_FRAMES; pfn++) {
    const offset = words.data[DIRECTORY + pfn] ?? 0
    if (offset !== 0) fn(pfn * 4096, offset)
  }
  for (const [pfn, offset] of farFrames(words)) fn(pfn * 4096, offset)
}

function farFrames(words: Words): readonly (readonly [number, number])[] {
  const at = words.data[HASH_AT] ?? 0
  if (at === 0) return []
  const found: [number, number][] = []
  for (let slot = 0; slot < 1 << (words.data[HASH_LG2] ?? 0); slot++) {
    const word = at + slot * SLOT_WORDS
    const offset = words.data[word + 2] ?? 0
    if (offset !== 0)
      found.push([(words.data[word + 1] ?? 0) * 2 ** 32 + ((words.data[word] ?? 0) >>> 0), offset])
  }
  return found.sort(([a], [b]) => a - b)
}
