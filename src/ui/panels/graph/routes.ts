/**
 * The edges' lines: upright, or with one level piece in the gap below the contexts. Every level piece
 * has a track of its own and every attachment a port of its own on its space's lower edge, so that no
 * two edges share a piece that carries a label.
 */
import { type Band, placeLabels } from './labels'
import type { Box, OutlineEdge, Point, Route } from './layout-types'

export interface Ground {
  readonly nodes: ReadonlyMap<string, Box>
  /** The frame around an object (a context, a group), or the object's own box. */
  readonly frameOf: (id: string) => Box | undefined
  /** From the lower edge of the contexts to the first rail. */
  readonly gap: Band
  /** Every strip without objects, in the order in which labels prefer them. */
  readonly strips: readonly Band[]
}

const PORT_SHARES = [0.5, 0.75, 0.25, 0.88, 0.12, 0.63, 0.37]
const PORT_APART = 28

export function routeEdges(edges: readonly OutlineEdge[], ground: Ground): Map<string, Route> {
  const lines = [...uprights(edges, ground), ...attachments(edges, ground)]
  const labels = placeLabels(lines, ground.strips)
  return new Map(
    lines.flatMap(({ id, points }): [string, Route][] => {
      const label = labels.get(id)
      return label === undefined ? [] : [[id, { points, label }]]
    }),
  )
}

interface Line {
  readonly id: string
  readonly points: readonly Point[]
  readonly text: string
}

/** Child to parent, and from a root's context up to memory. */
function uprights(edges: readonly OutlineEdge[], { nodes, frameOf }: Ground): Line[] {
  return edges.flatMap(({ id, kind, from, to, label }) => {
    const lower = nodes.get(from)
    const upper = nodes.get(to)
    if (kind === 'attach' || lower === undefined || upper === undefined) return []
    const start = { x: middle(lower), y: kind === 'map' ? (frameOf(from) ?? lower).y : lower.y }
    return [{ id, text: label, points: upwards(start, upper) }]
  })
}

/** Straight where the upper object lies above; else up to its height and across to its side. */
function upwards(from: Point, upper: Box): Point[] {
  const isBelow = from.x > upper.x + 8 && from.x < upper.x + upper.width - 8
  if (isBelow) return [from, { x: from.x, y: upper.y + upper.height }]
  const y = upper.y + upper.height - 16
  const side = from.x > upper.x ? upper.x + upper.width : upper.x
  return [from, { x: from.x, y }, { x: side, y }]
}

interface Attach {
  readonly id: string
  readonly text: string
  /** Top of the device's group, above the device. */
  readonly from: Point
  readonly space: Box
}

interface PortedAttach extends Attach {
  readonly portX: number
}

function attachments(edges: readonly OutlineEdge[], ground: Ground): Line[] {
  const placed = withPorts(edges, ground)
  const bent = placed.filter(a => a.from.x !== a.portX).sort((a, b) => a.from.x - b.from.x)
  const { top, bottom } = ground.gap
  return placed.map(attach => {
    const track = top + ((bottom - top) * (bent.indexOf(attach) + 1)) / (bent.length + 1)
    return { id: attach.id, text: attach.text, points: attachLine(attach, Math.round(track)) }
  })
}

function attachLine({ from, portX, space }: PortedAttach, track: number): Point[] {
  const end = { x: portX, y: space.y + space.height }
  if (from.x === portX) return [from, end]
  return [from, { x: from.x, y: track }, { x: portX, y: track }, end]
}

function withPorts(edges: readonly OutlineEdge[], { nodes, frameOf }: Ground): PortedAttach[] {
  const taken = new Map<Box, number[]>()
  const known = edges.flatMap((edge): Attach[] => {
    const device = nodes.get(edge.from)
    const space = nodes.get(edge.to)
    if (edge.kind !== 'attach' || device === undefined || space === undefined) return []
    const from = { x: middle(device), y: (frameOf(edge.from) ?? device).y }
    return [{ id: edge.id, text: edge.label, from, space }]
  })
  // Those that can go straight up choose first.
  const straightFirst = [...known].sort((a, b) => Number(isBelow(b)) - Number(isBelow(a)))
  return straightFirst.map(attach => {
    const ports = taken.get(attach.space) ?? []
    const portX = freePort(attach, ports)
    taken.set(attach.space, [...ports, portX])
    return { ...attach, portX }
  })
}

function isBelow({ from, space }: Attach): boolean {
  return from.x >= space.x + 16 && from.x <= space.x + space.width - 16
}

function freePort(attach: Attach, taken: readonly number[]): number {
  const { from, space } = attach
  const free = (x: number) => taken.every(other => Math.abs(other - x) >= PORT_APART)
  if (isBelow(attach) && free(from.x)) return from.x
  const shares = PORT_SHARES.map(share => Math.round(space.x + space.width * share))
  return shares.find(free) ?? Math.round(space.x + space.width * (0.1 + (taken.length % 9) / 10))
}

function middle(box: Box): number {
  return Math.round(box.x + box.width / 2)
}
