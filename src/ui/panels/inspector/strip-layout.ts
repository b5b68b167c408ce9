/**
 * Widths for the pieces of a strip: by the logarithm of the size, so that 4 KiB beside 1 GiB is seen, and holes
 * never wider than what is mapped.
 */
import type { StripPiece } from '../../../engine'

export interface PlacedPiece {
  readonly piece: StripPiece
  /** Percent of the strip's width. */
  readonly left: number
  readonly width: number
}

/** Percent that even the smallest piece gets, to be seen and hit. */
const LEAST = 3

export function placePieces(pieces: readonly StripPiece[]): readonly PlacedPiece[] {
  const weights = pieces.map(weight)
  const sum = weights.reduce((total, one) => total + one, 0)
  const room = 100 - LEAST * pieces.length
  const placed: PlacedPiece[] = []
  let left = 0
  for (const [k, piece] of pieces.entries()) {
    const width = LEAST + (room * (weights[k] ?? 0)) / sum
    placed.push({ piece, left, width })
    left += width
  }
  return placed
}

/** Doublings of 4 KiB, counted from one; a hole counts a quarter. */
function weight({ first, last, areas }: StripPiece): number {
  const doublings = 1 + Math.max(0, Math.log2(Number(last - first + 1n) / 4096))
  return areas === 0 ? doublings / 4 : doublings
}
