/**
 * The one walker. Integers only and no allocation: an address goes in as a page number in two halves, the word
 * offset of the leaf comes out.
 *
 * Not modelled: paging-structure caches (every level is read every time).
 */
import { joinHalves, swap32 } from '../bits'
import { NEAR, NOT_NEAR } from '../mem/layout'
import type { Perm } from './contract'
import {
  BASE,
  BIG_ENDIAN,
  FLIP,
  HAS_BASE,
  INDEX_MASK,
  LEAF_MASK,
  LEAF_NEEDED,
  LEAF_RESERVED,
  LEAF_VALUE,
  LEVEL_WORDS,
  LEVELS,
  LIMIT,
  LOSS_MASK,
  LOSS_SHIFT,
  NEED,
  NEXT_IN_ADDRESS,
  NEXT_LEVEL,
  PRESENT,
  RIGHTS_HIGH,
  SHIFT,
  TABLE_ADDRESS,
  TABLE_RESERVED,
  TABLE_RIGHTS,
  TOP,
} from './geometry'
import { plainLeaf } from './plain-walk'
import type { OpenTable } from './table'

const NOT_PRESENT = 0
const NO_PERMISSION = 1
export const RESERVED = 2
const OUT_OF_RANGE = 3
export const REFUSED = 4

/** A walk's answer below 0: -1 - (level | reason << 4). With reason NOT_PRESENT that is -1 - level. */
const faultCode = (reason: number, level: number): number => -1 - (level | (reason << 4))
export const faultLevel = (code: number): number => (-1 - code) & 15
export const faultReason = (code: number): number => (-1 - code) >> 4

/**
 * Walks a table for one 4 KiB page number (vpnHi = bits 51:32) and an access (1 read, 2 write, 3 both). Returns the
 * offset in `words.data` of the leaf item, or a fault code below 0.
 */
export function walkPage(table: OpenTable, vpnLo: number, vpnHi: number, access: Perm): number {
  if (vpnHi === 0 && table.levels !== 0) {
    const leaf = plainLeaf(table, vpnLo, access)
    if (leaf >= 0) return leaf
  }
  return walkTrail(table, vpnLo, vpnHi, access, null)
}

/** As `walkPage`; the word offset of the item read at each level is left in `trail`, by level. */
export function walkTrail(
  table: OpenTable,
  vpnLo: number,
  vpnHi: number,
  access: Perm,
  trail: Int32Array | null,
): number {
  const geo = table.geometry
  const data = table.words.data
  const bigEndian = geo[BIG_ENDIAN] === 1
  const near = table.reader === null
  const present = geo[PRESENT] as number
  const flip = geo[FLIP] as number
  const tableRights = geo[TABLE_RIGHTS] as number
  const nextLevel = geo[NEXT_LEVEL] as number
  const lossShift = geo[LOSS_SHIFT] as number
  const lossMask = geo[LOSS_MASK] as number
  const rightsHigh = geo[RIGHTS_HIGH] === 1
  const addressLo = geo[TABLE_ADDRESS] as number
  const addressHi = geo[TABLE_ADDRESS + 1] as number
  let lo = vpnLo
  let hi = vpnHi
  if (geo[HAS_BASE] === 1) {
    hi = (hi - (geo[BASE + 1] as number) - (lo >>> 0 < (geo[BASE] as number) >>> 0 ? 1 : 0)) | 0
    lo = (lo - (geo[BASE] as number)) | 0
  }
  let level = geo[TOP] as number
  const limitHi = geo[LIMIT + 1] as number
  if (hi >>> 0 > limitHi || (hi === limitHi && lo >>> 0 > (geo[LIMIT] as number) >>> 0)) {
    return faultCode(OUT_OF_RANGE, level)
  }
  let tableLo = table.rootLo
  let tableHi = table.rootHi
  // Rights that some level above took away.
  let lost = 0
  for (let g = LEVELS + level * LEVEL_WORDS; ; g -= LEVEL_WORDS, level--) {
    const shift = geo[g + SHIFT] as number
    const position = shift < 32 ? (lo >>> shift) | ((hi << (31 - shift)) << 1) : hi >>> (shift - 32)
    const index = position & (geo[g + INDEX_MASK] as number)
    const at =
      near && (tableHi | (tableLo & NOT_NEAR)) === 0
        ? (NEAR + (tableLo >>> 2) + (index << 1)) | 0
        : farItem(table, joinHalves(tableLo, tableHi) + index * 8)
    if (at < 0) return faultCode(REFUSED, level)
    if (trail !== null) trail[level] = at
    let itemLo = data[at] as number
    let itemHi = data[at + 1] as number
    if (bigEndian) {
      const swapped = swap32(itemHi)
      itemHi = swap32(itemLo)
      itemLo = swapped
    }
    if ((itemLo & present) === 0) return faultCode(NOT_PRESENT, level)
    const lack = ~((rightsHigh ? itemHi : itemLo) ^ flip)
    const next = nextLevel === 0 ? 0 : (itemLo >>> nextLevel) & 7
    const isLeaf =
      nextLevel === 0
        ? (itemLo & (geo[g + LEAF_MASK] as number)) === (geo[g + LEAF_VALUE] as number)
        : level === 0 || next === 0 || next === NEXT_IN_ADDRESS
    if (isLeaf) {
      if (
        ((itemLo & (geo[g + LEAF_RESERVED] as number)) |
          (~itemLo & (geo[g + LEAF_NEEDED] as number)) |
          (itemHi & (geo[g + LEAF_RESERVED + 1] as number))) !==
        0
      ) {
        return faultCode(RESERVED, level)
      }
      return ((geo[NEED + access] as number) & (lost | lack)) === 0 ? at : faultCode(NO_PERMISSION, level)
    }
    if (
      ((itemLo & (geo[g + TABLE_RESERVED] as number)) |
        (itemHi & (geo[g + TABLE_RESERVED + 1] as number))) !==
      0
    ) {
      return faultCode(RESERVED, level)
    }
    lost |= (lack & tableRights) | ((itemHi >>> lossShift) & lossMask)
    tableLo = itemLo & addressLo
    tableHi = itemHi & addressHi
    if (nextLevel !== 0 && next !== level) {
      if (next > level) return faultCode(RESERVED, level)
      if (!isZero(lo, hi, geo[LEVELS + next * LEVEL_WORDS + SHIFT] as number, shift))
        return faultCode(NOT_PRESENT, level)
      g -= LEVEL_WORDS * (level - next)
      level = next
    }
  }
}

/** Whether a page number has no bit in [from, to): those that skipped levels would have looked at. */
function isZero(lo: number, hi: number, from: number, to: number): boolean {
  const page = joinHalves(lo, hi)
  return Math.floor((page % 2 ** to) / 2 ** from) === 0
}

/** Word offset of an item outside near memory or behind a reader; -1 when the reader refuses. */
function farItem(table: OpenTable, address: number): number {
  const hpa = table.reader === null ? address : table.reader.resolve(address, 'read')
  return hpa < 0 ? -1 : table.memory.wordAt(hpa) | 0
}
