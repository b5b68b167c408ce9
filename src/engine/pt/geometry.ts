/**
 * Geometry: all that walker and mapper know of a format, in one Int32Array. A header, then one block per level.
 * An array because it is twice as fast to walk by as closures or objects, and can be looked at.
 *
 * 64-bit masks take two words, low half first. Page numbers count 4 KiB pages.
 */
import { assert, hi32, highHalf, lo32, lowHalf } from '../bits'
import { NEAR_BYTES } from '../mem/layout'
import type { Geometry } from './contract'

/** Header words. */
export const TOP = 0
export const BIG_ENDIAN = 1
export const FREES_EMPTY = 2
export const WRITE_SETS_READ = 3
/** First input page, and the last one relative to it. */
export const HAS_BASE = 4
export const BASE = 5
export const LIMIT = 7
/** An item is present when it has any of these bits. */
export const PRESENT = 9
/** Address bits of an item that points to a table. */
export const TABLE_ADDRESS = 10
/** Rights lie in the high half of an item when 1, else in the low half; the masks below are of that half. */
export const RIGHTS_HIGH = 12
/** Rights are granted by bits that are set after FLIP was XORed in; those of a table item count within TABLE_RIGHTS. */
export const FLIP = 13
export const TABLE_RIGHTS = 14
/**
 * Not 0 where an item says itself of what level it is: bit position of three bits, 0 for a leaf of its level's size, 7
 * for one whose size stands in its address, else the number of levels of the table that it points to. What lies between
 * is skipped.
 */
export const NEXT_LEVEL = 15
export const NEXT_IN_ADDRESS = 7
/** Rights bits that an access needs: word NEED + access. */
export const NEED = 16
/** Bits the hardware sets on access (every level) and on write (leaf); 0 when it does not. */
export const ACCESSED = 24
export const DIRTY = 25
/** Width of the input in bits where addresses above must repeat the top bit; 0 = no folding. */
export const CANONICAL_BITS = 26

/**
 * What plain-walk.ts needs, when PLAIN is the number of levels (3 or 4) and not 0: 512 items a table, little-endian,
 * rights in the low half at every level, no reserved bit in a leaf below bit 48. A pointer with any bit of PLAIN_SPECIAL
 * in its low half is not plain.
 */
export const PLAIN = 27
export const PLAIN_SPECIAL = 28
/** Bits that the mapper adds to a leaf that may be written. */
export const WRITABLE_SET = 29
/** Rights that an item pointing to a table takes away by bits of its own: (high half >>> LOSS_SHIFT) & LOSS_MASK. */
export const LOSS_SHIFT = 30
export const LOSS_MASK = 31

/** Level blocks. */
export const LEVELS = 32
export const LEVEL_WORDS = 24
export const SHIFT = 0
export const INDEX_MASK = 1
/** An item is a leaf when (low half & LEAF_MASK) === LEAF_VALUE. */
export const LEAF_MASK = 2
export const LEAF_VALUE = 3
export const LEAF_RESERVED = 4
export const TABLE_RESERVED = 6
export const LEAF_SET = 8
export const TABLE_SET = 10
export const LEAF_ADDRESS = 12
const CAN_LEAF = 14
/** log2 of the bytes of a table of this level. */
const BYTES_LG2 = 15
/** Low bits that a leaf must have: one without is malformed. */
export const LEAF_NEEDED = 16

/** First word of a level's block. */
export const levelAt = (level: number): number => LEVELS + level * LEVEL_WORDS

export interface LevelSource {
  /** log2 of the pages one item covers. */
  readonly shift: number
  readonly indexLg2: number
  /** How a leaf looks here; null where there is none. `mask` 0 = always a leaf. */
  readonly leaf: {
    readonly mask: bigint
    readonly value: bigint
    readonly set: bigint
    readonly reserved: bigint
    readonly address: bigint
    /** Low bits without which it is malformed; absent: none. */
    readonly needed?: bigint
    /** False where what looks like a leaf never is one, and the mapper makes none; absent: true. */
    readonly legal?: boolean
  } | null
  /** How a pointer to the next table looks; null at level 0. */
  readonly table: { readonly set: bigint; readonly reserved: bigint } | null
}

export interface GeometrySource {
  /** Level 0 first. */
  readonly levels: readonly LevelSource[]
  /** First page of the input, e.g. of a window. */
  readonly basePage: number
  /** Pages of input from there. */
  readonly pages: number
  readonly bigEndian: boolean
  readonly freesEmpty: boolean
  readonly writeSetsRead: boolean
  readonly present: bigint
  readonly tableAddress: bigint
  /** Bit position of the next-level field, in the low half; absent: an item has none. */
  readonly nextLevel?: number
  readonly rights: {
    readonly read: bigint
    readonly write: bigint
    readonly flip: bigint
    readonly inTables: bigint
    /** Bits of a pointer's high half that take rights away: shifted down by `shift` they are bits of the rights. */
    readonly taken?: { readonly shift: number; readonly mask: bigint }
  }
  /** Set by the mapper in a leaf that may be written, beside the rights; absent: nothing. */
  readonly writableSet?: bigint
  readonly accessed: bigint
  readonly dirty: bigint
  readonly canonicalBits: number
}

/** Lays a format's geometry out. Pure: equal sources give equal arrays. */
export function buildGeometry(source: GeometrySource): Geometry {
  const geometry = new Int32Array(LEVELS + source.levels.length * LEVEL_WORDS)
  geometry[TOP] = source.levels.length - 1
  geometry[BIG_ENDIAN] = source.bigEndian ? 1 : 0
  geometry[FREES_EMPTY] = source.freesEmpty ? 1 : 0
  geometry[WRITE_SETS_READ] = source.writeSetsRead ? 1 : 0
  geometry[HAS_BASE] = source.basePage > 0 ? 1 : 0
  putPage(geometry, BASE, source.basePage)
  putPage(geometry, LIMIT, source.pages - 1)
  geometry[PRESENT] = lowOnly(source.present)
  geometry[ACCESSED] = lowOnly(source.accessed)
  geometry[DIRTY] = lowOnly(source.dirty)
  geometry[WRITABLE_SET] = lowOnly(source.writableSet ?? 0n)
  geometry[CANONICAL_BITS] = source.canonicalBits
  geometry[NEXT_LEVEL] = source.nextLevel ?? 0
  putMask(geometry, TABLE_ADDRESS, source.tableAddress)
  putRights(geometry, source.rights)
  for (const [level, shape] of source.levels.entries()) putLevel(geometry, levelAt(level), shape)
  if (isPlain(source)) putPlain(geometry, source)
  return geometry
}

function isPlain({ levels, basePage, bigEndian, rights }: GeometrySource): boolean {
  const all = rights.read | rights.write
  return (
    (levels.length === 3 || levels.length === 4) &&
    levels.every(({ indexLg2, shift }, level) => indexLg2 === 9 && shift === 9 * level) &&
    basePage === 0 &&
    !bigEndian &&
    all >> 32n === 0n &&
    rights.flip === 0n &&
    rights.inTables === all &&
    levels.every(({ leaf }) => (leaf?.needed ?? 0n) === 0n) &&
    ((levels[0]?.leaf?.reserved ?? 0n) & 0xffff_ffff_ffffn) === 0n
  )
}

function putPlain(geometry: Geometry, { levels, tableAddress }: GeometrySource): void {
  const special = levels.reduce(
    (mask, { leaf, table }) => mask | (leaf?.mask ?? 0n) | (table?.reserved ?? 0n),
    0n,
  )
  geometry[PLAIN] = levels.length
  geometry[PLAIN_SPECIAL] = lo32(special | (tableAddress & ~BigInt(NEAR_BYTES - 1)))
}

function putRights(geometry: Geometry, rights: GeometrySource['rights']): void {
  const high = (rights.read | rights.write) >> 32n !== 0n
  const half = (mask: bigint): number => (high ? hi32(mask) : lowOnly(mask))
  geometry[RIGHTS_HIGH] = high ? 1 : 0
  geometry[FLIP] = half(rights.flip)
  geometry[TABLE_RIGHTS] = half(rights.inTables)
  geometry[LOSS_SHIFT] = rights.taken?.shift ?? 0
  geometry[LOSS_MASK] = half(rights.taken?.mask ?? 0n)
  for (let access = 0; access < 4; access++) {
    geometry[NEED + access] = half((access & 1 ? rights.read : 0n) | (access & 2 ? rights.write : 0n))
  }
}

function putLevel(geometry: Geometry, at: number, level: LevelSource): void {
  geometry[at + SHIFT] = level.shift
  geometry[at + INDEX_MASK] = 2 ** level.indexLg2 - 1
  geometry[at + BYTES_LG2] = Math.max(12, level.indexLg2 + 3)
  geometry[at + CAN_LEAF] = level.leaf === null || level.leaf.legal === false ? 0 : 1
  geometry[at + LEAF_MASK] = level.leaf === null ? 0 : lowOnly(level.leaf.mask)
  geometry[at + LEAF_VALUE] = level.leaf === null ? 1 : lowOnly(level.leaf.value)
  geometry[at + LEAF_NEEDED] = lowOnly(level.leaf?.needed ?? 0n)
  putMask(geometry, at + LEAF_SET, level.leaf?.set ?? 0n)
  putMask(geometry, at + LEAF_RESERVED, level.leaf?.reserved ?? 0n)
  putMask(geometry, at + LEAF_ADDRESS, level.leaf?.address ?? 0n)
  putMask(geometry, at + TABLE_SET, level.table?.set ?? 0n)
  putMask(geometry, at + TABLE_RESERVED, level.table?.reserved ?? 0n)
}

function putMask(geometry: Geometry, at: number, mask: bigint): void {
  geometry[at] = lo32(mask)
  geometry[at + 1] = hi32(mask)
}

function putPage(geometry: Geometry, at: number, page: number): void {
  geometry[at] = lowHalf(page)
  geometry[at + 1] = highHalf(page)
}

function lowOnly(mask: bigint): number {
  assert(mask >> 32n === 0n, 'geometry: the mask must lie in the low half')
  return lo32(mask)
}

/** A word of a geometry. */
export const word = (geometry: Geometry, at: number): number => geometry[at] as number

/** Number of levels. */
export const levelsOf = (geometry: Geometry): number => word(geometry, TOP) + 1

const POWERS = Float64Array.from({ length: 64 }, (_, n) => 2 ** n)

/** Pages one item of a level covers. */
export const spanOf = (geometry: Geometry, level: number): number =>
  POWERS[shiftOf(geometry, level)] as number

/** log2 of the pages one item of a level covers. */
export const shiftOf = (geometry: Geometry, level: number): number => word(geometry, levelAt(level) + SHIFT)

/** Items in a table of a level. */
export const itemsOf = (geometry: Geometry, level: number): number =>
  word(geometry, levelAt(level) + INDEX_MASK) + 1

/** Bytes of a table of a level, a multiple of 4096. */
export const tableBytes = (geometry: Geometry, level: number): number =>
  2 ** word(geometry, levelAt(level) + BYTES_LG2)

/** True when an item of this level can map a page. */
export const canLeaf = (geometry: Geometry, level: number): boolean =>
  word(geometry, levelAt(level) + CAN_LEAF) === 1

/** First and last input page, inclusive. */
export function inputPages(geometry: Geometry): { readonly first: number; readonly last: number } {
  const page = (at: number): number => word(geometry, at + 1) * 2 ** 32 + (word(geometry, at) >>> 0)
  return { first: page(BASE), last: page(BASE) + page(LIMIT) }
}

/** Pages of 4 KiB in the smallest page a table of this geometry maps: a leaf of level 0. */
export function leafPages(geometry: Geometry): number {
  return 2 ** shiftOf(geometry, 0)
}
