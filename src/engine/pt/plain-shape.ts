/** What plain-walk.ts needs of a table: masks as fields, which are read faster than words of an array. */
import { NEAR, NEAR_BYTES } from '../mem/layout'
import type { Geometry } from './contract'
import { NEED, PLAIN, PLAIN_SPECIAL, word } from './geometry'

export interface PlainShape {
  /** 3 or 4, or 0 where the short way cannot be asked. */
  readonly levels: number
  /** Word offset of the top table. */
  readonly topWord: number
  /** Bits that an access needs at every level. */
  readonly needRead: number
  readonly needWrite: number
  readonly needBoth: number
  /** Low bits that leave a pointer to the long way. */
  readonly special: number
}

/** `levels` is 0 for another shape, a root outside near memory, or tables behind a reader. */
export function plainShape(geometry: Geometry, root: number, direct: boolean): PlainShape {
  const near = direct && root < NEAR_BYTES
  return {
    levels: near ? word(geometry, PLAIN) : 0,
    topWord: near ? NEAR + root / 4 : 0,
    needRead: word(geometry, NEED + 1),
    needWrite: word(geometry, NEED + 2),
    needBoth: word(geometry, NEED + 3),
    special: word(geometry, PLAIN_SPECIAL),
  }
}
