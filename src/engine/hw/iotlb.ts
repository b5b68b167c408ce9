/**
 * The hit path of the IOTLB: integers only, no allocation. The words it reads are laid out in
 * iotlb-layout.ts, entries go in and out in iotlb-entries.ts.
 */
import { joinHalves, pow2 } from '../bits'
import * as layout from './iotlb-layout'

export { IOTLB_SETS, pasidTag } from './iotlb-layout'

// Local copies: where modules are not bundled, an imported constant is a memory read at every use, and
// the path is three times slower for it.
const VALID = layout.VALID
const SIZE_SHIFT = layout.SIZE_SHIFT
const PASID_TAG = layout.PASID_TAG
const PERM_SHIFT = layout.PERM_SHIFT
const SET_WORDS = layout.SET_WORDS
const SET_LG2 = layout.SET_LG2

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
  const tag = (domain << 16) | VALID
  const wanted = pasid | (need << PERM_SHIFT)
  const small = probe(words, base, pageLo, pageHi, tag, wanted)
  return small >= 0 ? small : lookupLarge(words, base, pageLo, pageHi, tag, wanted)
}

/** 2 MiB, then 1 GiB. */
function lookupLarge(
  words: Int32Array,
  base: number,
  pageLo: number,
  pageHi: number,
  tag: number,
  wanted: number,
): number {
  const lo = (pageLo >>> 9) | (pageHi << 23)
  const hi = pageHi >>> 9
  const large = probe(words, base, lo, hi, tag | (1 << SIZE_SHIFT), wanted)
  if (large >= 0) return large
  return probe(words, base, (lo >>> 9) | (hi << 23), hi >>> 9, tag | (2 << SIZE_SHIFT), wanted)
}

/**
 * One size's set: `lo`, `hi` are the halves of the page number in units of that size. The four ways are
 * written out because a loop is three times as slow.
 */
function probe(words: Int32Array, base: number, lo: number, hi: number, tag: number, wanted: number): number {
  const tagLo = (lo >>> SET_LG2) | (hi << 24)
  const tagHi = tag | (hi >>> SET_LG2)
  const at = (base + (lo & 255) * SET_WORDS) | 0
  if (words[at] === tagLo && words[at + 1] === tagHi && answers(words[at + 2] as number, wanted)) return at
  if (words[at + 4] === tagLo && words[at + 5] === tagHi && answers(words[at + 6] as number, wanted))
    return at + 4
  if (words[at + 8] === tagLo && words[at + 9] === tagHi && answers(words[at + 10] as number, wanted))
    return at + 8
  if (words[at + 12] === tagLo && words[at + 13] === tagHi && answers(words[at + 14] as number, wanted))
    return at + 12
  return -1
}

/** The same PASID tag, and no right of `wanted` missing. */
const answers = (data: number, wanted: number): boolean =>
  ((data ^ wanted) & (PASID_TAG | (wanted & ~PASID_TAG))) === 0

/** The low 12 bits left out: host page number that an entry found by `lookup` gives for a page. */
export function outputPage(words: Int32Array, at: number, pageLo: number): number {
  const size = ((words[at + 1] as number) >> SIZE_SHIFT) & 3
  const first = joinHalves(words[at + 3] as number, (words[at + 2] as number) >>> 24)
  return size === 0 ? first : first + (pageLo & (pow2(9 * size) - 1))
}
