/**
 * The areas of a space as a strip of a few pieces: areas that lie close together are one piece, and the widest
 * holes stand between pieces, so that 4 KiB beside 1 GiB, or 100,000 areas, fit in one line. Widths are the
 * drawing's business.
 */
import { addressOf, lastByteOf } from '../../kernel/state'
import type { Mark } from '../contract'
import type { PlainArea } from './areas'
import type { StripPiece } from './contract'

const MOST_PIECES = 12

export function stripOf(areas: readonly PlainArea[]): readonly StripPiece[] {
  const cuts = widestHoles(areas)
  const pieces: StripPiece[] = []
  let start = 0
  for (const cut of [...cuts, areas.length]) {
    const group = areas.slice(start, cut)
    const [head] = group
    const previous = areas[start - 1]
    if (head === undefined) break
    if (previous !== undefined && previous.last + 1 < head.first)
      pieces.push(hole(previous.last + 1, head.first - 1))
    pieces.push(pieceOf(group))
    start = cut
  }
  return pieces
}

/** Indexes, ascending, of the areas before which a piece begins. */
function widestHoles(areas: readonly PlainArea[]): readonly number[] {
  const joints = areas.slice(1).map((area, k) => {
    const previous = areas[k]
    const width = previous === undefined ? 0 : area.first - previous.last - 1
    // Areas that touch are apart too where there is room: a mark or another target tells them apart.
    return { at: k + 1, width }
  })
  const widest = joints.length < MOST_PIECES ? joints : joints.toSorted((a, b) => b.width - a.width)
  return widest
    .slice(0, MOST_PIECES - 1)
    .map(joint => joint.at)
    .toSorted((a, b) => a - b)
}

function pieceOf(group: readonly PlainArea[]): StripPiece {
  const first = group[0]?.first ?? 0
  const last = group.at(-1)?.last ?? 0
  const pages = group.reduce((sum, area) => sum + (area.last - area.first + 1), 0)
  return {
    first: addressOf(first),
    last: lastByteOf(last),
    areas: group.length,
    bytes: addressOf(pages),
    mark: markOf(group),
  }
}

/** One mark where all agree; else changed. */
function markOf(group: readonly PlainArea[]): Mark {
  const marks = new Set(group.map(area => area.mark))
  const [only = ''] = marks
  return marks.size === 1 ? only : '~'
}

function hole(first: number, last: number): StripPiece {
  return { first: addressOf(first), last: lastByteOf(last), areas: 0, bytes: 0n, mark: '' }
}
