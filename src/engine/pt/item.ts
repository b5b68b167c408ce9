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
  PRESENT,
  RIGHTS_HIGH,
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

/** Which of the two a present item is. */
export function kindOf(geometry: Geometry, level: number, item: Item): ItemKind {
  const at = levelAt(level)
  return (item.lo & word(geometry, at + LEAF_MASK)) === word(geometry, at + LEAF_VALUE) ? 'leaf' : 'table'
}

/** What is wrong with a present item: reserved bits that are set, and bits a leaf must have that are not. */
export function reservedBits(geometry: Geometry, level: number, item: Item): Item {
  const leaf = kindOf(geometry, level, item) === 'leaf'
  const at = levelAt(level) + (leaf ? LEAF_RESERVED : TABLE_RESERVED)
  const missing = leaf ? ~item.lo & word(geometry, levelAt(level) + LEAF_NEEDED) : 0
  return { lo: (item.lo & word(geometry, at)) | missing, hi: item.hi & word(geometry, at + 1) }
}

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

/** OA in bytes of the first byte a leaf maps. */
export function outputOf(geometry: Geometry, level: number, { lo, hi }: Item): number {
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
  const at = levelAt(level)
  return {
    lo: item.lo & ~word(geometry, at + LEAF_ADDRESS) & ~word(geometry, at + LEAF_SET),
    hi: item.hi & ~word(geometry, at + LEAF_ADDRESS + 1) & ~word(geometry, at + LEAF_SET + 1),
  }
}
