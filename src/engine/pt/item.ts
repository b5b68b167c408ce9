/** One item and what a geometry says about it. Halves are those of the number, byte order already turned. */
import { joinHalves, swap32, u64 } from '../bits'
import type { Memory } from '../mem'
import { type Geometry, type ItemKind, type Perm, READ, WRITE } from './contract'
import {
  BIG_ENDIAN,
  FLIP,
  LEAF_ADDRESS,
  LEAF_MASK,
  LEAF_NEEDED,
  LEAF_RESERVED,
  LEAF_SET,
  LEAF_VALUE,
  LOSS_MASK,
  LOSS_SHIFT,
  levelAt,
  NEED,
  NEXT_IN_ADDRESS,
  NEXT_LEVEL,
  PRESENT,
  RIGHTS_HIGH,
  shiftOf,
  TABLE_ADDRESS,
  TABLE_RESERVED,
  TABLE_RIGHTS,
  TABLE_SET,
  WRITABLE_SET,
  WRITE_SETS_READ,
  word,
} from './geometry'

export interface Item {
  readonly lo: number
  readonly hi: number
}

export const EMPTY: Item = { lo: 0, hi: 0 }

export function readItem(memory: Memory, geometry: Geometry, hpa: number): Item {
  const at = memory.wordAt(hpa)
  const { data } = memory.words
  const lo = data[at] as number
  const hi = data[at + 1] as number
  return word(geometry, BIG_ENDIAN) === 1 ? { lo: swap32(hi), hi: swap32(lo) } : { lo, hi }
}

export function writeItem(memory: Memory, geometry: Geometry, hpa: number, item: Item): void {
  if (word(geometry, BIG_ENDIAN) === 1) memory.write64be(hpa, item.lo, item.hi)
  else memory.write64(hpa, item.lo, item.hi)
}

/** The number an item means. */
export const itemValue = ({ lo, hi }: Item): bigint => u64(lo, hi)

export const isEmpty = ({ lo, hi }: Item): boolean => (lo | hi) === 0

export const isPresent = (geometry: Geometry, item: Item): boolean =>
  (item.lo & word(geometry, PRESENT)) !== 0

/** What the next-level field of an item holds, in a format that has one. */
const nextOf = (geometry: Geometry, { lo }: Item): number => (lo >>> word(geometry, NEXT_LEVEL)) & 7

/** Which of the two a present item is. */
export function kindOf(geometry: Geometry, level: number, item: Item): ItemKind {
  if (word(geometry, NEXT_LEVEL) !== 0) {
    const next = nextOf(geometry, item)
    return level === 0 || next === 0 || next === NEXT_IN_ADDRESS ? 'leaf' : 'table'
  }
  const at = levelAt(level)
  return (item.lo & word(geometry, at + LEAF_MASK)) === word(geometry, at + LEAF_VALUE) ? 'leaf' : 'table'
}

/** What is wrong with a present item: reserved bits that are set, and bits a leaf must have that are not. */
export function reservedBits(geometry: Geometry, level: number, item: Item): Item {
  const leaf = kindOf(geometry, level, item) === 'leaf'
  const at = levelAt(level) + (leaf ? LEAF_RESERVED : TABLE_RESERVED)
  const missing = leaf
    ? ~item.lo & word(geometry, levelAt(level) + LEAF_NEEDED)
    : upward(geometry, level, item)
  return { lo: (item.lo & word(geometry, at)) | missing, hi: item.hi & word(geometry, at + 1) }
}

/** The next-level field of a pointer that does not lead down, in place; else 0. */
function upward(geometry: Geometry, level: number, item: Item): number {
  const shift = word(geometry, NEXT_LEVEL)
  return shift !== 0 && nextOf(geometry, item) > level ? item.lo & (7 << shift) : 0
}

/** Level of the table that a table item of a level points to. */
export const levelBelow = (geometry: Geometry, level: number, item: Item): number =>
  word(geometry, NEXT_LEVEL) === 0 ? level - 1 : Math.min(nextOf(geometry, item), level) - 1

/** log2 of the pages that the entry a leaf belongs to maps: several equal items where its size stands in its address. */
export function leafShift(geometry: Geometry, level: number, item: Item): number {
  if (word(geometry, NEXT_LEVEL) === 0 || nextOf(geometry, item) !== NEXT_IN_ADDRESS)
    return shiftOf(geometry, level)
  let page =
    joinHalves(item.lo & word(geometry, TABLE_ADDRESS), item.hi & word(geometry, TABLE_ADDRESS + 1)) / 4096
  let ones = 0
  for (; page % 2 === 1; page = (page - 1) / 2) ones++
  return ones + 1
}

/** log2 of the items of the entry that a leaf belongs to. */
export const itemsLg2 = (geometry: Geometry, level: number, item: Item): number =>
  Math.max(0, leafShift(geometry, level, item) - shiftOf(geometry, level))

/** The bits that make a leaf one of 2^itemsLg2 equal items at an address in bytes (its own low bits are 0). */
export function encodedSize(geometry: Geometry, level: number, lg2: number): { lo: number; extra: number } {
  return {
    lo: NEXT_IN_ADDRESS << word(geometry, NEXT_LEVEL),
    extra: (2 ** (shiftOf(geometry, level) + lg2 - 1) - 1) * 4096,
  }
}

/** True where the mapper may write an entry as several equal items. */
export const hasEqualItems = (geometry: Geometry): boolean => word(geometry, NEXT_LEVEL) !== 0

/** The rights an item alone grants. */
export const permOf = (geometry: Geometry, item: Item): Perm =>
  granted(geometry, rightsLacking(geometry, item))

/** The rights that a table item leaves to what lies below it. */
export const permThrough = (geometry: Geometry, item: Item): Perm =>
  granted(geometry, (rightsLacking(geometry, item) & word(geometry, TABLE_RIGHTS)) | takenBy(geometry, item))

const takenBy = (geometry: Geometry, { hi }: Item): number =>
  (hi >>> word(geometry, LOSS_SHIFT)) & word(geometry, LOSS_MASK)

const rightsLacking = (geometry: Geometry, { lo, hi }: Item): number =>
  ~((word(geometry, RIGHTS_HIGH) === 1 ? hi : lo) ^ word(geometry, FLIP))

const granted = (geometry: Geometry, lacking: number): Perm =>
  (lacking & word(geometry, NEED + READ) ? 0 : READ) | (lacking & word(geometry, NEED + WRITE) ? 0 : WRITE)

/** HPA in bytes of the table a table item points to. */
export const tableOf = (geometry: Geometry, { lo, hi }: Item): number =>
  joinHalves(lo & word(geometry, TABLE_ADDRESS), hi & word(geometry, TABLE_ADDRESS + 1))

/** OA in bytes of the first byte that the entry a leaf belongs to maps. */
export function outputOf(geometry: Geometry, level: number, item: Item): number {
  const { lo, hi } = item
  if (itemsLg2(geometry, level, item) > 0) {
    const whole = 2 ** (12 + leafShift(geometry, level, item))
    const address = joinHalves(lo & word(geometry, TABLE_ADDRESS), hi & word(geometry, TABLE_ADDRESS + 1))
    return Math.floor(address / whole) * whole
  }
  const at = levelAt(level) + LEAF_ADDRESS
  return joinHalves(lo & word(geometry, at), hi & word(geometry, at + 1))
}

/** A leaf of a level without its address. */
export function leafBits(geometry: Geometry, level: number, perm: Perm): Item {
  const full = perm & WRITE && word(geometry, WRITE_SETS_READ) === 1 ? READ | WRITE : perm
  const rights = (word(geometry, NEED + full) ^ word(geometry, FLIP)) & word(geometry, NEED + (READ | WRITE))
  const high = word(geometry, RIGHTS_HIGH) === 1
  const at = levelAt(level) + LEAF_SET
  const extra = full & WRITE ? word(geometry, WRITABLE_SET) : 0
  return {
    lo: word(geometry, at) | extra | (high ? 0 : rights),
    hi: word(geometry, at + 1) | (high ? rights : 0),
  }
}

/** A table item of a level without its address. */
export function tableBits(geometry: Geometry, level: number): Item {
  const at = levelAt(level) + TABLE_SET
  return { lo: word(geometry, at), hi: word(geometry, at + 1) }
}

/** The bits of a leaf that stay when it is split: neither address nor what makes it a leaf of its level. */
export function keptBits(geometry: Geometry, level: number, item: Item): Item {
  if (itemsLg2(geometry, level, item) > 0) {
    const size = NEXT_IN_ADDRESS << word(geometry, NEXT_LEVEL)
    const lo = item.lo & ~word(geometry, TABLE_ADDRESS) & ~size
    return { lo, hi: item.hi & ~word(geometry, TABLE_ADDRESS + 1) }
  }
  const at = levelAt(level)
  return {
    lo: item.lo & ~word(geometry, at + LEAF_ADDRESS) & ~word(geometry, at + LEAF_SET),
    hi: item.hi & ~word(geometry, at + LEAF_ADDRESS + 1) & ~word(geometry, at + LEAF_SET + 1),
  }
}
