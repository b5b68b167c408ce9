/** A table as plain-walk.ts needs it: masks as fields, which are read faster than words of an array. */

import type { Words } from '../mem'
import { NEAR, NEAR_BYTES } from '../mem/layout'
import type { Geometry } from './contract'
import { NEED, PLAIN, PLAIN_LEAF, PLAIN_TABLE, word } from './geometry'

export interface PlainTable {
  readonly words: Words
  /** Word offset of the top table. */
  readonly root: number
  readonly levels: number
  readonly read: number
  readonly write: number
  readonly both: number
  readonly tableLo: number
  readonly tableHi: number
  readonly leafLo: number
  readonly leafHi: number
}

/** Null where the short way cannot be asked: another shape, or a root outside near memory. */
export function plainTable(words: Words, geometry: Geometry, root: number): PlainTable | null {
  const levels = word(geometry, PLAIN)
  if (levels === 0 || root >= NEAR_BYTES) return null
  return {
    words,
    root: NEAR + root / 4,
    levels,
    read: word(geometry, NEED + 1),
    write: word(geometry, NEED + 2),
    both: word(geometry, NEED + 3),
    tableLo: word(geometry, PLAIN_TABLE),
    tableHi: word(geometry, PLAIN_TABLE + 1),
    leafLo: word(geometry, PLAIN_LEAF),
    leafHi: word(geometry, PLAIN_LEAF + 1),
  }
}
