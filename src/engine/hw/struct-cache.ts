/**
 * Caches of configuration structures: whole entries as they were read, so that a device keeps its old route until an
 * invalidation names it. What an entry is tagged with is the platform's.
 */
import { hi32, highHalf, joinHalves, lo32, lowHalf, u64 } from '../bits'
import type { Bulk } from '../mem'
import { createTagCache, dataWord, findTag, putTag, type TagCache } from './tag-cache'

const ENTRIES = 64
/** HPA in two words, FPD of what stood before it, then 64-bit words. */
const HEAD = 3

/** An empty cache of structures of up to `words` 64-bit words. */
export const createStructCache = (bulk: Bulk, tagWords: number, words: number): TagCache =>
  createTagCache(bulk, { entries: ENTRIES, tagWords, dataWords: HEAD + 2 * words })

/** A structure as it was read. */
export interface CachedStruct {
  readonly hpa: number
  readonly words: readonly bigint[]
  /** A structure that led to it says that qualified faults are not recorded. */
  readonly fpd: boolean
}

export function findStruct(
  words: Int32Array,
  cache: TagCache,
  tag: readonly number[],
  length: number,
): CachedStruct | null {
  const at = findTag(words, cache, tag)
  return at < 0 ? null : structAt(words, cache, at, length)
}

/** The structure of `length` 64-bit words in the entry at an offset. */
export function structAt(words: Int32Array, cache: TagCache, at: number, length: number): CachedStruct {
  const word = (k: number) => dataWord(words, cache, at, k)
  const body = Array.from({ length }, (_, k) => u64(word(HEAD + 2 * k), word(HEAD + 2 * k + 1)))
  return { hpa: joinHalves(word(0), word(1)), fpd: word(2) === 1, words: body }
}

/** True when another entry had to go. */
export function keepStruct(
  bulk: Bulk,
  cache: TagCache,
  tag: readonly number[],
  { hpa, words, fpd }: CachedStruct,
): boolean {
  const body = words.flatMap(word => [lo32(word), hi32(word)])
  const room = cache.dataWords - HEAD - body.length
  return putTag(bulk, cache, tag, [
    lowHalf(hpa),
    highHalf(hpa),
    fpd ? 1 : 0,
    ...body,
    ...new Array<number>(room).fill(0),
  ])
}
