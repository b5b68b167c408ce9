/**
 * Paging-structure caches (VT-d 6.2.4): where the tables below the top lie, so that a walk starts low. First-stage
 * entries are tagged by domain and PASID, second-stage entries by domain; both by the input bits above the table.
 * Under nesting a first-stage entry holds the guest address of a table and the host page that the second stage
 * made of it.
 *
 * An entry answers only for an access that every level above granted; else hardware starts at the top.
 * Not modelled: separate caches for each level.
 */
import { hi32, highHalf, joinHalves, lo32, lowHalf, pow2, u64 } from '../../../bits'
import type { Bulk } from '../../../mem'
import { pasidTag } from '../../iotlb'
import { dataWord, findTag, putTag, type TagCache, tagWord } from '../../tag-cache'

export const PAGING_SHAPE = { entries: 64, tagWords: 5, dataWords: 10 }

/** What translations of one kind are tagged with. */
export interface PagingTag {
  readonly stage: 'first' | 'second'
  readonly domain: number
  /** Null for a second stage. */
  readonly pasid: number | null
  /** Filled and searched under nesting: matters to invalidation alone. */
  readonly nested: boolean
}

export interface PagingEntry {
  /** Level of the table it leads to, 0 = leaf table. */
  readonly level: number
  /** First 4 KiB page of input of that table. */
  readonly page: number
  /** Address in bytes of the table, a guest address under nesting. */
  readonly table: number
  /** HPA of the table. */
  readonly host: number
  /** Rights through the levels above. */
  readonly perm: number
  /** Rights of the second stage to the table's own page; 3 where there is none. */
  readonly hostPerm: number
  /** Where the entry lies that was read, and what it holds. */
  readonly item: { readonly hpa: number; readonly value: bigint }
}

const STAGES = ['first', 'second'] as const

/** Pages of input that a table of a level covers. */
const tableSpan = (level: number): number => pow2(9 * (level + 1))

function tagOf(tag: PagingTag, level: number, page: number): number[] {
  const prefix = Math.floor(page / tableSpan(level))
  const kind = (STAGES.indexOf(tag.stage) << 8) | (tag.nested ? 16 : 0) | level
  return [kind, tag.domain, pasidTag(tag.pasid), lowHalf(prefix), highHalf(prefix)]
}

/** The entry for a page that leads lowest, with at least the rights of `need`; null where there is none. */
export function findPaging(
  words: Int32Array,
  cache: TagCache,
  tag: PagingTag,
  wanted: { readonly page: number; readonly top: number; readonly need: number },
): PagingEntry | null {
  for (let level = 0; level < wanted.top; level++) {
    const at = findTag(words, cache, tagOf(tag, level, wanted.page))
    const entry = at < 0 ? null : pagingAt(words, cache, at).entry
    if (entry !== null && (entry.perm & wanted.need) === wanted.need) return entry
  }
  return null
}

/** What stands at an offset. */
export function pagingAt(
  words: Int32Array,
  cache: TagCache,
  at: number,
): { readonly tag: PagingTag; readonly entry: PagingEntry } {
  const kind = tagWord(words, at, 0)
  const pasid = tagWord(words, at, 2)
  const word = (k: number) => dataWord(words, cache, at, k)
  const level = kind & 15
  const tag = {
    stage: STAGES[kind >> 8] ?? 'first',
    nested: (kind & 16) !== 0,
    domain: tagWord(words, at, 1),
    pasid: pasid === 0 ? null : pasid & 0xf_ffff,
  }
  const entry = {
    level,
    page: joinHalves(tagWord(words, at, 3), tagWord(words, at, 4)) * tableSpan(level),
    table: joinHalves(word(0), word(1)),
    host: joinHalves(word(2), word(3)),
    perm: word(4),
    hostPerm: word(5),
    item: { hpa: joinHalves(word(6), word(7)), value: u64(word(8), word(9)) },
  }
  return { tag, entry }
}

/** True when another entry had to go. */
export function keepPaging(bulk: Bulk, cache: TagCache, tag: PagingTag, entry: PagingEntry): boolean {
  const { table, host, perm, hostPerm, item } = entry
  return putTag(bulk, cache, tagOf(tag, entry.level, entry.page), [
    lowHalf(table),
    highHalf(table),
    lowHalf(host),
    highHalf(host),
    perm,
    hostPerm,
    lowHalf(item.hpa),
    highHalf(item.hpa),
    lo32(item.value),
    hi32(item.value),
  ])
}

/** Bits that hardware itself sets in an entry above a leaf. */
const OWN_BITS = { first: 0x420n, second: 0x100n } as const

/** Whether memory still holds the entry that was read. */
export const isCurrent = (tag: PagingTag, entry: PagingEntry, now: bigint): boolean =>
  ((entry.item.value ^ now) & ~OWN_BITS[tag.stage]) === 0n

/** Last page of input that an entry serves, inclusive. */
export const lastPageOf = ({ level, page }: PagingEntry): number => page + tableSpan(level) - 1
