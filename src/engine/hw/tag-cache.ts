/**
 * A small cache of whole words over journaled words, searched entry by entry: configuration structures, paging
 * structures, what was found missing. An entry is one word that says it is valid, then tag words, then data words;
 * the word after all entries is the hand that says which entry goes next when all are taken.
 *
 * Not modelled: sets (every entry can hold every tag).
 */
import type { Bulk } from '../mem'

/** Where a cache lies and how its entries look; plain data. */
export interface TagCache {
  /** Offset in the bulk words. */
  readonly base: number
  readonly entries: number
  readonly tagWords: number
  readonly dataWords: number
}

const TAG = 1

const stride = ({ tagWords, dataWords }: TagCache): number => TAG + tagWords + dataWords
const end = (cache: TagCache): number => cache.base + cache.entries * stride(cache)

export function createTagCache(bulk: Bulk, shape: Omit<TagCache, 'base'>): TagCache {
  const words = shape.entries * stride({ base: 0, ...shape }) + 1
  return { base: bulk.words.block(words), ...shape }
}

/** Offset of the entry with exactly these tag words (32-bit, signed), or -1. */
export function findTag(words: Int32Array, cache: TagCache, tag: readonly number[]): number {
  const step = stride(cache)
  const last = end(cache)
  for (let at = cache.base; at < last; at += step) if (words[at] !== 0 && matches(words, at, tag)) return at
  return -1
}

function matches(words: Int32Array, at: number, tag: readonly number[]): boolean {
  for (let k = 0; k < tag.length; k++) if (words[at + TAG + k] !== tag[k]) return false
  return true
}

/** A tag word of an entry. */
export const tagWord = (words: Int32Array, at: number, k: number): number => words[at + TAG + k] as number

/** A data word of an entry. */
export const dataWord = (words: Int32Array, cache: TagCache, at: number, k: number): number =>
  words[at + TAG + cache.tagWords + k] as number

/** Puts an entry in: over the same tag, else where nothing is, else in turn. True when another had to go. */
export function putTag(
  bulk: Bulk,
  cache: TagCache,
  tag: readonly number[],
  data: readonly number[],
): boolean {
  const { words } = bulk
  const known = findTag(words.data, cache, tag)
  const free = known >= 0 ? known : findFree(words.data, cache)
  const at = free >= 0 ? free : cache.base + turn(bulk, cache) * stride(cache)
  words.set(at, 1)
  for (const [k, word] of [...tag, ...data].entries()) words.set(at + TAG + k, word)
  return free < 0
}

function findFree(words: Int32Array, cache: TagCache): number {
  for (let at = cache.base; at < end(cache); at += stride(cache)) if (words[at] === 0) return at
  return -1
}

function turn(bulk: Bulk, cache: TagCache): number {
  const hand = end(cache)
  const entry = bulk.words.data[hand] as number
  bulk.words.set(hand, (entry + 1) % cache.entries)
  return entry
}

/** Drops every entry that `named` says yes to and no other; returns how many. */
export function dropTags(bulk: Bulk, cache: TagCache, named: (at: number) => boolean): number {
  let dropped = 0
  for (const at of tagsIn(bulk.words.data, cache)) {
    if (!named(at)) continue
    for (let word = at; word < at + stride(cache); word++) bulk.words.set(word, 0)
    dropped++
  }
  return dropped
}

/** Offsets of all entries, as they lie. */
export function tagsIn(words: Int32Array, cache: TagCache): readonly number[] {
  const offsets: number[] = []
  for (let at = cache.base; at < end(cache); at += stride(cache)) if (words[at] !== 0) offsets.push(at)
  return offsets
}
