/**
 * Ranges beside each other on one line, in order and not to scale: every end that occurs gets the same room, so that
 * what overlaps is seen to, however far apart the addresses are.
 */
import type { RangeDrawing } from '../../../engine'

type Range = RangeDrawing['asked']

export interface PlacedRange {
  readonly range: Range
  readonly asked: boolean
  /** Percent of the line. */
  readonly left: number
  readonly width: number
}

/** The others first, the one asked for last. */
export function placeRanges({ asked, others }: RangeDrawing): readonly PlacedRange[] {
  const all = [...others, asked]
  const ends = [...new Set(all.flatMap(({ first, last }) => [first, last + 1n]))].sort((a, b) =>
    a < b ? -1 : a > b ? 1 : 0,
  )
  const unit = 100 / Math.max(1, ends.length - 1)
  return all.map(range => {
    const left = ends.indexOf(range.first) * unit
    return { range, asked: range === asked, left, width: ends.indexOf(range.last + 1n) * unit - left }
  })
}
