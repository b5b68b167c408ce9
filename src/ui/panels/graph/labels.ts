/**
 * Where each edge's label stands: beside a piece of its own line, clear of every other line and label.
 * Nothing is measured; the face is monospaced and a label's width follows from its length.
 */
import type { Box, Point } from './layout-types'

export interface Label {
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
}

interface Line {
  readonly id: string
  readonly points: readonly Point[]
  readonly text: string
}

const CHARACTER = 6.7
const HALF_HEIGHT = 7
const BESIDE = 10
/** The mark `+ ` may come before the text; room is kept for it. */
const MARK_CHARACTERS = 2

export function placeLabels(lines: readonly Line[], bands: readonly Band[]): Map<string, Label> {
  const labels = new Map<string, Label>()
  const taken: Box[] = []
  for (const line of lines) {
    const text = line.text.padEnd(line.text.length + MARK_CHARACTERS)
    const others = lines.filter(other => other.id !== line.id).flatMap(other => segments(other.points))
    const options = candidates(line, bands)
    const clear = options.find(option => {
      const box = boxOf(option, text)
      return box.x > 0 && !taken.some(other => overlap(box, other)) && !others.some(s => crosses(box, s))
    })
    const chosen = clear ?? options[0]
    if (chosen === undefined) continue
    taken.push(boxOf(chosen, text))
    labels.set(line.id, chosen)
  }
  return labels
}

/** A free strip between two bands of objects, where labels may stand. */
export interface Band {
  readonly top: number
  readonly bottom: number
}

interface Segment {
  readonly from: Point
  readonly to: Point
}

function segments(points: readonly Point[]): Segment[] {
  return points.slice(1).map((to, i) => ({ from: points[i] ?? to, to }))
}

/** Level pieces first, since they are the edge's own; then beside the upright pieces, strip by strip. */
function candidates({ points }: Line, bands: readonly Band[]): Label[] {
  const all = segments(points)
  const level = all.filter(({ from, to }) => from.y === to.y && from.x !== to.x)
  const upright = all.filter(({ from, to }) => from.x === to.x)
  return [...level.flatMap(onLevel), ...bands.flatMap(band => upright.flatMap(piece => besides(piece, band)))]
}

function onLevel({ from, to }: Segment): Label[] {
  return [0.5, 0.7, 0.3].map(share => ({
    at: { x: from.x + (to.x - from.x) * share, y: from.y },
    anchor: 'middle',
  }))
}

function besides({ from, to }: Segment, band: Band): Label[] {
  const top = Math.max(Math.min(from.y, to.y), band.top)
  const bottom = Math.min(Math.max(from.y, to.y), band.bottom)
  if (bottom - top < HALF_HEIGHT * 2) return []
  const heights = [(top + bottom) / 2, top + HALF_HEIGHT + 1, bottom - HALF_HEIGHT - 1]
  return heights.flatMap((y): Label[] => [
    { at: { x: from.x + BESIDE, y }, anchor: 'start' },
    { at: { x: from.x - BESIDE, y }, anchor: 'end' },
  ])
}

/** The room a text takes at a label's place. */
export function boxOf({ at, anchor }: Label, text: string): Box {
  const width = text.length * CHARACTER + 4
  const x = anchor === 'start' ? at.x : anchor === 'end' ? at.x - width : at.x - width / 2
  return { x, y: at.y - HALF_HEIGHT, width, height: HALF_HEIGHT * 2 }
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function crosses(box: Box, { from, to }: Segment): boolean {
  const x = Math.min(from.x, to.x) - 2
  const y = Math.min(from.y, to.y) - 2
  return overlap(box, { x, y, width: Math.abs(from.x - to.x) + 4, height: Math.abs(from.y - to.y) + 4 })
}
