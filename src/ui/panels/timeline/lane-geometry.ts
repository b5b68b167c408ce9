/** Where the lanes of a sequence chart stand, and where the words of a row find room. CSS pixels. */
import type { LaneActor, LaneRow } from '../../../engine'

export const ROW_HEIGHT = 24
const SIDE = 56
const SIDE_RIGHT = 64
/** One character of the mono face at 10.5 px, rounded up. */
const CHARACTER = 6.4
const LOOP = 18

/** The middle of lane i of n. */
export function laneX(i: number, n: number, width: number): number {
  if (n < 2) return SIDE
  return Math.round(SIDE + (i * (width - SIDE - SIDE_RIGHT)) / (n - 1))
}

export interface Placed {
  readonly from: number
  readonly to: number
  /** Left end of the words. */
  readonly textX: number
  /** Baseline, from the top of the row. */
  readonly textY: number
}

interface Frame {
  readonly actors: readonly LaneActor[]
  readonly width: number
}

/** Words stand over their arrow from its left end, beside a loop or a note. */
export function placeRow(row: LaneRow, { actors, width }: Frame): Placed {
  const at = (id: LaneRow['from']) => {
    const i = actors.findIndex(actor => actor.id === id)
    return laneX(Math.max(0, i), actors.length, width)
  }
  const [from, to] = [at(row.from), at(row.to)]
  const room = (row.text.length + (row.mark === '' ? 0 : 2)) * CHARACTER
  const last = width - room - 4
  if (row.from !== row.to) {
    return { from, to, textX: Math.max(4, Math.min(Math.min(from, to) + 8, last)), textY: 10 }
  }
  const beside = from + (row.form === 'note' ? 12 : LOOP + 6)
  const before = from - LOOP - 6 - room
  // Words too long for either side lose their end rather than run over their own loop.
  return { from, to, textX: beside <= last || before < 4 ? beside : before, textY: 16 }
}

/** A loop leaves its lane on the side where its words stand. */
export function loopPath(x: number, toRight: boolean): string {
  const by = toRight ? LOOP : -LOOP
  return `M${x} 6h${by}v12h${-by + (toRight ? 4 : -4)}`
}
