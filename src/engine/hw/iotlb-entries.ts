/**
 * What goes into an IOTLB and out of it: entries as records, filling with replacement in turn, and the
 * invalidation that removes exactly what its scope names (VT-d 6.2.3, 6.5.2.3). The words are laid out in
 * iotlb-layout.ts.
 */
import { highHalf, joinHalves, lowHalf, pow2 } from '../bits'
import type { Bulk } from '../mem'
import {
  ENTRY_WORDS,
  HANDS,
  homeOf,
  IOTLB_SETS,
  IOTLB_WAYS,
  NESTED,
  PASID_TAG,
  PASID_VALID,
  PERM_SHIFT,
  pasidTag,
  SIZE_SHIFT,
  VALID,
  WAY_WORDS,
} from './iotlb-layout'

/** log2 of pages of 4 KiB, by size code. */
const SIZE_LG2 = [0, 9, 18] as const

/** Bytes of the answer an entry gives are 2^pageLg2. Pages are 4 KiB page numbers. */
export interface IotlbEntry {
  readonly domain: number
  readonly pasid: number | null
  /** First page it translates, and the host page that stands for. */
  readonly page: number
  readonly output: number
  /** Bit 0 read, bit 1 write. */
  readonly perm: number
  readonly pageLg2: 12 | 21 | 30
  /** Both stages made it; left out otherwise. */
  readonly nested?: true
}

/** Makes an empty IOTLB; returns the offset that every other function takes. */
export const createIotlb = (bulk: Bulk): number => bulk.words.block(HANDS + IOTLB_SETS)

/** What stands at an offset that `lookup` or a scan gave. */
export function entryAt(words: Int32Array, base: number, at: number): IotlbEntry {
  const tagHi = words[at + 1] as number
  const data = words[at + 2] as number
  const size = (tagHi >> SIZE_SHIFT) & 3
  const set = ((at - base) / ENTRY_WORDS) % IOTLB_SETS
  const unit = joinHalves(words[at] as number, tagHi & 0xfff) * IOTLB_SETS + set
  return {
    domain: tagHi >>> 16,
    pasid: (data & PASID_VALID) === 0 ? null : data & 0xf_ffff,
    page: unit * pow2(9 * size),
    output: joinHalves(words[at + 3] as number, data >>> 24),
    perm: (data >> PERM_SHIFT) & 3,
    pageLg2: size === 0 ? 12 : size === 1 ? 21 : 30,
    ...(data & NESTED ? { nested: true } : {}),
  }
}

/** Every entry an IOTLB holds, set by set, then the hands that say which way goes next. */
export function iotlbLines(words: Int32Array, base: number): readonly string[] {
  const lines: string[] = []
  for (const at of validOffsets(words, base)) lines.push(JSON.stringify(entryAt(words, base, at)))
  const hands = words.subarray(base + HANDS, base + HANDS + IOTLB_SETS)
  return hands.some(hand => hand !== 0) ? [...lines, hands.join(' ')] : lines
}

/**
 * Puts an entry in: over one with the same tag, else into an empty way (home first), else in turn. `page` and `output`
 * must be multiples of the size. Returns the entry that had to go, or null.
 */
export function fill(bulk: Bulk, base: number, entry: IotlbEntry): IotlbEntry | null {
  const { words } = bulk
  const size = SIZE_LG2.indexOf((entry.pageLg2 - 12) as 0 | 9 | 18)
  const unit = entry.page / pow2(9 * size)
  const above = Math.floor(unit / IOTLB_SETS)
  const tagLo = lowHalf(above)
  const tagHi = (entry.domain << 16) | VALID | (size << SIZE_SHIFT) | highHalf(above)
  const pasid = pasidTag(entry.pasid)
  const at = chooseWay(bulk, base, unit, [tagLo, tagHi, pasid])
  const old = (words.data[at + 1] as number) & VALID ? entryAt(words.data, base, at) : null
  const same =
    old !== null && words.data[at] === tagLo && words.data[at + 1] === tagHi && old.pasid === entry.pasid
  words.set(at, tagLo)
  words.set(at + 1, tagHi)
  const nested = entry.nested === true ? NESTED : 0
  words.set(at + 2, (highHalf(entry.output) << 24) | nested | (entry.perm << PERM_SHIFT) | pasid)
  words.set(at + 3, lowHalf(entry.output))
  return same ? null : old
}

/** `unit` is the page number in pages of its size. */
function chooseWay(
  bulk: Bulk,
  base: number,
  unit: number,
  [tagLo, tagHi, pasid]: readonly [number, number, number],
): number {
  const { data } = bulk.words
  const set = unit % IOTLB_SETS
  const start = base + set * ENTRY_WORDS
  const home = base + homeOf(unit % (IOTLB_SETS * IOTLB_WAYS))
  let empty = isValid(data, home) ? -1 : home
  for (let at = start; at < start + HANDS; at += WAY_WORDS) {
    const valid = isValid(data, at)
    if (!valid && empty < 0) empty = at
    if (
      valid &&
      data[at] === tagLo &&
      data[at + 1] === tagHi &&
      ((data[at + 2] as number) & PASID_TAG) === pasid
    )
      return at
  }
  return empty >= 0 ? empty : start + turn(bulk, base + HANDS + set) * WAY_WORDS
}

const isValid = (data: Int32Array, at: number): boolean => ((data[at + 1] as number) & VALID) !== 0

/** The way that is next in turn; moves the hand. */
function turn(bulk: Bulk, hand: number): number {
  const way = bulk.words.data[hand] as number
  bulk.words.set(hand, (way + 1) % IOTLB_WAYS)
  return way
}

/** Which entries an invalidation names; what is left out is any. Pages are 4 KiB pages, inclusive. */
export interface IotlbScope {
  readonly domain?: number
  /** Null: only entries without PASID. */
  readonly pasid?: number | null
  readonly firstPage?: number
  readonly lastPage?: number
  /** Only entries that both stages made. */
  readonly nested?: true
  /** Only entries with a PASID, whichever. */
  readonly tagged?: true
}

/** Drops every entry that the scope names and no other; returns how many. */
export function drop(bulk: Bulk, base: number, scope: IotlbScope): number {
  let dropped = 0
  for (const at of validOffsets(bulk.words.data, base)) {
    if (!names(scope, entryAt(bulk.words.data, base, at))) continue
    for (let word = at; word < at + ENTRY_WORDS; word++) bulk.words.set(word, 0)
    dropped++
  }
  return dropped
}

/** Every entry, in the order of sets and ways. */
export const entries = (bulk: Bulk, base: number): readonly IotlbEntry[] =>
  validOffsets(bulk.words.data, base).map(at => entryAt(bulk.words.data, base, at))

/** Where entries stand, set by set and way by way. */
function validOffsets(words: Int32Array, base: number): number[] {
  const offsets: number[] = []
  for (let first = base; first < base + WAY_WORDS; first += ENTRY_WORDS)
    for (let at = first; at < first + HANDS; at += WAY_WORDS) if (isValid(words, at)) offsets.push(at)
  return offsets
}

function names(scope: IotlbScope, entry: IotlbEntry): boolean {
  const last = entry.page + pow2(entry.pageLg2 - 12) - 1
  return (
    (scope.domain === undefined || scope.domain === entry.domain) &&
    (scope.pasid === undefined || scope.pasid === entry.pasid) &&
    (scope.nested === undefined || entry.nested === true) &&
    (scope.tagged === undefined || entry.pasid !== null) &&
    (scope.firstPage === undefined || scope.firstPage <= last) &&
    (scope.lastPage === undefined || entry.page <= scope.lastPage)
  )
}
