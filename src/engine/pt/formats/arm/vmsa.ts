/**
 * What both stages of VMSAv8-64 with a 4 KiB granule share: how many levels an input takes, and what an item
 * looks like. Arm counts levels downward, 3 being the leaf table; here level 0 is the leaf table, as everywhere.
 */
import type { BitField } from '../../../bits'
import type { ItemKind } from '../../contract'
import { bit, bitField, bitRange } from '../../format'
import type { LevelSource } from '../../geometry'

export const INDEX_LG2 = 9
export const AF = bit(10)
const VALID = bit(0)
/** Set: a table, or at Arm level 3 a page; clear: a block. */
const TABLE = bit(1)

/** Names of the tables from the leaf up, in Arm's numbers. */
export const NAMES = ['L3', 'L2', 'L1', 'L0']

/** Address bits of an item. */
const ADDRESS_TOP = 47

/** What differs between the stages. */
export interface LevelShape {
  readonly levels: number
  readonly inputBits: number
  /** Output addresses have so many bits; more is F_ADDR_SIZE. */
  readonly outputBits: number
  /** A leaf without AF faults (AFFD = 0). */
  readonly accessFlag: boolean
  /** Attributes that the mapper writes into a leaf, type and rights apart. */
  readonly leafSet: bigint
}

/** One level. Blocks are there at Arm levels 1 and 2 alone. */
export function levelSource(level: number, shape: LevelShape): LevelSource {
  const { levels, inputBits, outputBits, accessFlag, leafSet } = shape
  const low = 12 + INDEX_LG2 * level
  const beyond = bitRange(ADDRESS_TOP, outputBits)
  const isPage = level === 0
  const legal = level <= 2
  const needed = (isPage || !legal ? TABLE : 0n) | (accessFlag ? AF : 0n)
  return {
    shift: INDEX_LG2 * level,
    indexLg2: level === levels - 1 ? inputBits - low : INDEX_LG2,
    leaf: {
      mask: isPage ? 0n : TABLE,
      value: 0n,
      set: VALID | (isPage ? TABLE : 0n) | AF | leafSet,
      reserved: beyond,
      address: bitRange(ADDRESS_TOP, low),
      needed,
      legal,
    },
    table: isPage ? null : { set: VALID | TABLE, reserved: beyond },
  }
}

export const PRESENT = VALID
export const TABLE_ADDRESS = bitRange(ADDRESS_TOP, 12)

export const TYPE_FIELDS: readonly BitField[] = [
  bitField(0, 'V', 'Valid'),
  bitField(1, 'T', '1: a table, or a page at level 3; 0: a block, at levels 1 and 2 only'),
]

/** Bits of a table item that neither stage gives a meaning. */
export const TABLE_IGNORED: BitField = { name: 'IGN', high: 11, low: 2, doc: 'Ignored' }

/** The address of a leaf or of the next table, and what lies beside it. */
export function addressFields(level: number, kind: ItemKind): readonly BitField[] {
  const low = kind === 'leaf' ? 12 + INDEX_LG2 * level : 12
  const doc = kind === 'leaf' ? 'Address of the page' : `Address of the ${NAMES[level - 1] ?? 'next'} table`
  const spare = low > 12 ? [{ name: 'IGN2', high: low - 1, low: 12, doc: 'Ignored: a block is aligned' }] : []
  return [...spare, { name: 'ADDR', high: ADDRESS_TOP, low, doc }]
}
