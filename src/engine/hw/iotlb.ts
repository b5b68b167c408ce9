/**
 * An IOTLB with real tags: 256 sets of 4 ways over journaled words, so that a forgotten flush shows and
 * stepping back brings old entries back.
 *
 * A translation of 4 KiB, 2 MiB or 1 GiB sits in the set of its page number's low bits and is tagged with
 * page number, size, domain and PASID (or none), as VT-d 6.2.1 and 6.2.3 have it. Ways are replaced in
 * turn, one hand per set.
 *
 * An entry is four words:
 *   0  low 32 bits of the page number above the set's bits
 *   1  domain 31:16, 14 valid, size 13:12 (0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB), tag bits 43:32 in 11:0
 *   2  output page bits 39:32 in 31:24, rights 22:21 (read, write), PASID present 20, PASID 19:0
 *   3  output page bits 31:0
 *
 * Not modelled: paging-structure caches, prefetching, global entries, entries for what is not present.
 */
import { joinHalves, pow2 } from '../bits'

export const IOTLB_SETS = 256
export const IOTLB_WAYS = 4
const SET_LG2 = 8
export const ENTRY_WORDS = 4
export const SET_WORDS = IOTLB_WAYS * ENTRY_WORDS
/** The hand of each set, one word, after all entries. */
export const HANDS = IOTLB_SETS * SET_WORDS

export const VALID = 1 << 14
export const SIZE_SHIFT = 12
export const PASID_VALID = 1 << 20
export const PASID_TAG = 0x1f_ffff
export const PERM_SHIFT = 21

/** The tag word of requests without PASID is 0. */
export const pasidTag = (pasid: number | null): number => (pasid === null ? 0 : PASID_VALID | pasid)

/**
 * Offset in `words` of the entry that answers for a page with all the rights of `need`, or -1. Integers
 * only: (pageLo, pageHi) are the halves of a 4 KiB page number, `pasid` comes from `pasidTag`, `need` is
 * 1 to read and 2 to write. An entry with fewer rights does not answer: hardware asks the table again.
 * Seven parameters because an options object would cost more than the lookup.
 */
export function lookup(
  words: Int32Array,
  base: number,
  domain: number,
  pasid: number,
  pageLo: number,
  pageHi: number,
  need: number,
): number {
  const domainTag = (domain << 16) | VALID
  const small = probe(words, base, pageLo, pageHi, domainTag, pasid, need)
  if (small >= 0) return small
  const lo2m = (pageLo >>> 9) | (pageHi << 23)
  const hi2m = pageHi >>> 9
  const large = probe(words, base, lo2m, hi2m, domainTag | (1 << SIZE_SHIFT), pasid, need)
  if (large >= 0) return large
  const lo1g = (lo2m >>> 9) | (hi2m << 23)
  return probe(words, base, lo1g, hi2m >>> 9, domainTag | (2 << SIZE_SHIFT), pasid, need)
}

/** One size's set: `lo`, `hi` are the halves of the page number in units of that size. */
function probe(
  words: Int32Array,
  base: number,
  lo: number,
  hi: number,
  tag: number,
  pasid: number,
  need: number,
): number {
  const tagLo = (lo >>> SET_LG2) | (hi << 24)
  const tagHi = tag | (hi >>> SET_LG2)
  let at = base + (lo & 255) * SET_WORDS
  for (let way = 0; way < IOTLB_WAYS; way++, at += ENTRY_WORDS) {
    if (words[at] !== tagLo || words[at + 1] !== tagHi) continue
    const data = words[at + 2] as number
    if ((data & PASID_TAG) === pasid && ((data >> PERM_SHIFT) & need) === need) return at
  }
  return -1
}

/** The low 12 bits left out: host page number that an entry found by `lookup` gives for a page. */
export function outputPage(words: Int32Array, at: number, pageLo: number): number {
  const size = ((words[at + 1] as number) >> SIZE_SHIFT) & 3
  const first = joinHalves(words[at + 3] as number, (words[at + 2] as number) >>> 24)
  return size === 0 ? first : first + (pageLo & (pow2(9 * size) - 1))
}
