/**
 * The hit path of the IOTLB: integers only, no allocation. The words it reads are laid out in
 * iotlb-layout.ts, entries go in and out in iotlb-entries.ts.
 */
import { joinHalves, pow2 } from '../bits'
import {
  ENTRY_WORDS,
  HANDS,
  HOME_MASK,
  PASID_TAG,
  PERM_SHIFT,
  SET_LG2,
  SIZE_SHIFT,
  VALID,
  WAY_WORDS,
} from './iotlb-layout'

export { IOTLB_SETS, pasidTag } from './iotlb-layout'

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
  const wanted = pasid | (need << PERM_SHIFT)
  // `homeOf` and `others` written out, word by word, and sums cut to 32 bits: each of them is a tenth or more faster.
  const at = (base + (pageLo & HOME_MASK) * ENTRY_WORDS) | 0
  if (
    words[at] === ((pageLo >>> SET_LG2) | (pageHi << 24)) &&
    words[(at + 1) | 0] === ((domain << 16) | VALID | (pageHi >>> SET_LG2)) &&
    ((words[(at + 2) | 0] as number) & (PASID_TAG | wanted)) === wanted
  )
    return at
  return search(words, base, pageLo, pageHi, (domain << 16) | VALID, wanted)
}

/** Every way of the sets of 4 KiB, 2 MiB, then 1 GiB. */
function search(
  words: Int32Array,
  base: number,
  pageLo: number,
  pageHi: number,
  tag: number,
  wanted: number,
): number {
  const small = probe(words, base, pageLo, pageHi, tag, wanted)
  if (small >= 0) return small
  const lo = (pageLo >>> 9) | (pageHi << 23)
  const hi = pageHi >>> 9
  const large = probe(words, base, lo, hi, tag | (1 << SIZE_SHIFT), wanted)
  if (large >= 0) return large
  return probe(words, base, (lo >>> 9) | (hi << 23), hi >>> 9, tag | (2 << SIZE_SHIFT), wanted)
}

/** One size's set: `lo`, `hi` are the halves of the page number in units of that size. */
function probe(words: Int32Array, base: number, lo: number, hi: number, tag: number, wanted: number): number {
  const tagLo = (lo >>> SET_LG2) | (hi << 24)
  const tagHi = tag | (hi >>> SET_LG2)
  const first = (base + (lo & 255) * ENTRY_WORDS) | 0
  for (let at = first; at < first + HANDS; at += WAY_WORDS)
    if (others(words, at, tagLo, tagHi, wanted) === 0) return at
  return -1
}

/** 0 when an entry has these tags, the PASID tag of `wanted` and no right of `wanted` missing. */
const others = (words: Int32Array, at: number, tagLo: number, tagHi: number, wanted: number): number =>
  ((words[at] as number) ^ tagLo) |
  ((words[at + 1] as number) ^ tagHi) |
  (((words[at + 2] as number) ^ wanted) & (PASID_TAG | wanted))

/** The low 12 bits left out: host page number that an entry found by `lookup` gives for a page. */
export function outputPage(words: Int32Array, at: number, pageLo: number): number {
  const size = ((words[at + 1] as number) >> SIZE_SHIFT) & 3
  const first = joinHalves(words[at + 3] as number, (words[at + 2] as number) >>> 24)
  return size === 0 ? first : first + (pageLo & (pow2(9 * size) - 1))
}
