/**
 * A ruler over process memory that is mostly empty: ranges near each other share a piece drawn to
 * scale, and far pieces stand side by side with a break between them. Bytes in, shares of the width out.
 */
export interface ByteRange {
  readonly start: bigint
  /** Inclusive. */
  readonly last: bigint
}

export interface Piece extends ByteRange {
  /** Shares of the whole width, 0 to 1. */
  readonly left: number
  readonly right: number
}

const BREAK = 0.03
const SMALLEST = 0.18
/** Ranges are near when the gap is no more than this many times what they hold. */
const NEAR = 4n

export function piecesOf(ranges: readonly ByteRange[]): Piece[] {
  const clusters = clustered(ranges)
  const room = 1 - BREAK * Math.max(0, clusters.length - 1)
  const weights = clusters.map(({ start, last }) => Math.log2(Number(last - start + 1n)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map(weight => Math.max(Math.min(SMALLEST, 1 / clusters.length), weight / total))
  const scale = room / shares.reduce((sum, share) => sum + share, 0)
  let left = 0
  return clusters.map((cluster, i) => {
    const right = left + (shares[i] ?? 0) * scale
    const piece = { ...cluster, left, right }
    left = right + BREAK
    return piece
  })
}

function clustered(ranges: readonly ByteRange[]): ByteRange[] {
  const clusters: ByteRange[] = []
  for (const range of ranges) {
    const before = clusters.at(-1)
    const held = before === undefined ? 0n : before.last - before.start + 1n + (range.last - range.start + 1n)
    if (before !== undefined && range.start - before.last <= held * NEAR) {
      clusters[clusters.length - 1] = {
        start: before.start,
        last: furthest(before.last, range.last),
      }
    } else {
      clusters.push(range)
    }
  }
  return clusters
}

/** Where a range lies on the ruler, or null where no piece holds its start. */
export function place(pieces: readonly Piece[], range: ByteRange): { left: number; width: number } | null {
  const piece = pieces.find(p => range.start >= p.start && range.start <= p.last)
  if (piece === undefined) return null
  const share = (address: bigint) => Number(address - piece.start) / Number(piece.last - piece.start + 1n)
  const end = -furthest(-range.last, -piece.last)
  const width = piece.right - piece.left
  return {
    left: piece.left + share(range.start) * width,
    width: (share(end + 1n) - share(range.start)) * width,
  }
}

/** Math.max takes no bigint. */
function furthest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
