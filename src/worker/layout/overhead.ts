/** What goes through the gap below process memory: mappings, and nesting from one context into another. */
import type { Across } from './across'
import { BESIDE, LABEL_HEIGHT, labelWidth, TRACK } from './metrics.data'
import type { Plan } from './plan'
import type { Ground } from './routes'
import { packRows } from './rows'
import type { Box, EdgeRoute, OutlineEdge, OutlineNode, Point } from './types'

interface Line {
  readonly edge: OutlineEdge
  readonly startX: number
  readonly endX: number
  readonly row: number
}

export interface Overhead {
  readonly lines: readonly Line[]
  readonly rows: number
}

/** A foreign parent's line comes down a little beside its middle, where its own goes up. */
const ASIDE = 20

export function planOverhead(
  { nodes, edges }: { readonly nodes: readonly OutlineNode[]; readonly edges: readonly OutlineEdge[] },
  plan: Plan,
  across: Across,
): Overhead {
  const memories = new Set(nodes.filter(node => node.kind === 'memory').map(node => node.id))
  const bare = edges.flatMap(edge => {
    const { kind, from, to } = edge
    const [lower, upper] = [plan.spaces.get(from), plan.spaces.get(to)]
    if (lower === undefined) return []
    const startX = across.middle(lower)
    if (kind === 'map' && memories.has(to)) return [{ edge, startX, endX: startX }]
    const isForeign =
      (kind === 'nest' || kind === 'ref') && upper !== undefined && plan.family.parentOf.get(from) !== to
    return isForeign ? [{ edge, startX, endX: across.middle(upper) + ASIDE }] : []
  })
  const rows = packRows(
    bare.map(({ edge, startX, endX }) => {
      const high = Math.max(startX, endX) + BESIDE + labelWidth(edge)
      return { low: Math.min(startX, endX) - 4, high: high + 4 }
    }),
  )
  const lines = bare.map((line, i) => ({ ...line, row: rows[i] ?? 0 }))
  return { lines, rows: Math.max(0, ...rows.map(row => row + 1)) }
}

export function overheadRoutes({ lines, rows }: Overhead, { bands, boxes, frameOf }: Ground): EdgeRoute[] {
  const ceiling = bands.memory.top + bands.memory.height
  const middle = (ceiling + bands.context.top) / 2
  return lines.flatMap(({ edge, startX, endX, row }): EdgeRoute[] => {
    const [lower, upper] = [frameOf(edge.from), edge.kind === 'map' ? boxes.get(edge.to) : frameOf(edge.to)]
    if (lower === undefined || upper === undefined) return []
    const y = Math.round(middle + (row - (rows - 1) / 2) * TRACK)
    const start = { x: startX, y: lower.y }
    const end = { x: endX, y: edge.kind === 'map' ? bottom(upper) : upper.y }
    const width = labelWidth(edge)
    const x = Math.max(startX, endX) + BESIDE
    const label = width === 0 ? null : { x, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT }
    return [{ id: edge.id, points: joined(start, end, y), label }]
  })
}

const bottom = ({ y, height }: Box) => y + height

function joined(start: Point, end: Point, y: number): Point[] {
  return start.x === end.x ? [start, end] : [start, { x: start.x, y }, { x: end.x, y }, end]
}
