/** Every frame of memory that was written, for hashes and dumps. Order is by page frame, so that equal memories agree. */
import { joinHalves } from '../bits'
import { FRAME_WORDS, HASH_AT, HASH_LG2, NEAR, NEAR_TOP } from './layout'
import type { Words } from './words'

const SLOT_WORDS = 4

/** Calls `fn` with the HPA of each frame that may hold something, ascending, and the offset of its 1024 words. */
export function eachFrame(words: Words, fn: (hpa: number, offset: number) => void): void {
  const top = words.data[NEAR_TOP] as number
  for (let pfn = 0; pfn < top; pfn++) fn(pfn * 4096, NEAR + pfn * FRAME_WORDS)
  for (const { pfn, offset } of farFrames(words)) fn(pfn * 4096, offset)
}

function farFrames({ data }: Words): { pfn: number; offset: number }[] {
  const base = data[HASH_AT] as number
  const slots = base === 0 ? 0 : 1 << (data[HASH_LG2] as number)
  const found: { pfn: number; offset: number }[] = []
  for (let slot = 0; slot < slots; slot++) {
    const at = base + slot * SLOT_WORDS
    const offset = data[at + 2] as number
    if (offset !== 0) found.push({ pfn: joinHalves(data[at] as number, data[at + 1] as number), offset })
  }
  return found.sort((one, other) => one.pfn - other.pfn)
}
