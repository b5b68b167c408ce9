/**
 * Frames beyond near memory: an open-addressed hash from page frame number to word offset, kept in the arena.
 * Nothing is ever taken out (undo does that by the journal), so probing needs no tombstones.
 */
import { highHalf, lowHalf } from '../bits'
import { HASH_AT, HASH_COUNT, HASH_LG2 } from './layout'
import type { Words } from './words'

const SLOT_WORDS = 4
const START_LG2 = 8

const hashOf = (lo: number, hi: number): number => Math.imul(lo ^ Math.imul(hi, 0x9e37_79b1), 0x85eb_ca6b)

/** Word of the slot that holds `pfn`, or of the empty slot where it belongs. */
function probe(data: Int32Array, pfn: number): number {
  const at = data[HASH_AT] as number
  const lg2 = data[HASH_LG2] as number
  const lo = lowHalf(pfn)
  const hi = highHalf(pfn)
  const mask = (1 << lg2) - 1
  for (let slot = hashOf(lo, hi) >>> (32 - lg2); ; slot = (slot + 1) & mask) {
    const word = at + slot * SLOT_WORDS
    if (data[word + 2] === 0 || (data[word] === lo && data[word + 1] === hi)) return word
  }
}

/** Word offset of the frame of `pfn`, or 0 when it is absent. */
export function findFar(data: Int32Array, pfn: number): number {
  return data[HASH_AT] === 0 ? 0 : (data[probe(data, pfn) + 2] as number)
}

/** Enters a frame that is absent. */
export function insertFar(words: Words, pfn: number, frame: number): void {
  const count = (words.data[HASH_COUNT] as number) + 1
  if (words.data[HASH_AT] === 0) resize(words, START_LG2)
  else if (count * 2 > 1 << (words.data[HASH_LG2] as number))
    resize(words, (words.data[HASH_LG2] as number) + 1)
  put(words, pfn, frame)
  words.set(HASH_COUNT, count)
}

function put(words: Words, pfn: number, frame: number): void {
  const word = probe(words.data, pfn)
  words.set(word, lowHalf(pfn))
  words.set(word + 1, highHalf(pfn))
  words.set(word + 2, frame)
}

function resize(words: Words, lg2: number): void {
  const old = words.data[HASH_AT] as number
  const oldSlots = old === 0 ? 0 : 1 << (words.data[HASH_LG2] as number)
  words.set(HASH_AT, words.block(SLOT_WORDS << lg2))
  words.set(HASH_LG2, lg2)
  for (let slot = 0; slot < oldSlots; slot++) {
    const word = old + slot * SLOT_WORDS
    const frame = words.data[word + 2] as number
    if (frame !== 0)
      put(words, (words.data[word + 1] as number) * 2 ** 32 + ((words.data[word] as number) >>> 0), frame)
  }
}
