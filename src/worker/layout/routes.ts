/** The lines of all edges, now that everything has its place. */
import type { Bands } from './bands'
import type { PlacedWire, PlacedWires } from './label-places'
import { BESIDE, LABEL_HEIGHT, labelWidth, TRACK } from './metrics.data'
import { type Overhead, overheadRoutes } from './overhead'
import type { Plan } from './plan'
import type { Box, EdgeRoute, OutlineEdge } from './types'

export interface Ground {
  readonly plan: Plan
  readonly bands: Bands
  readonly boxes: ReadonlyMap<string, Box>
  /** The frame around an object, or the object's own box. */
  readonly frameOf: (id: string) => Box | undefined
}

export interface Lines {
  readonly edges: readonly OutlineEdge[]
  readonly wires: PlacedWires
  readonly overhead: Overhead
}

export function routeEdges({ edges, wires, overhead }: Lines, ground: Ground): EdgeRoute[] {
  const attaches = [
    ...wires.bent.map(wire => attachRoute(wire, ground.bands.tracks + wire.row * TRACK, ground)),
    ...wires.straight.map(wire => attachRoute(wire, ground.bands.labels - wire.row * TRACK, ground)),
  ]
  return [...attaches, ...nests(edges, ground), ...overheadRoutes(overhead, ground)].flatMap(
    route => route ?? [],
  )
}

function attachRoute(wire: PlacedWire, top: number, { boxes, frameOf }: Ground): EdgeRoute | null {
  const { edge, startX, portX } = wire
  const [group, space] = [frameOf(edge.from), boxes.get(edge.to)]
  if (group === undefined || space === undefined) return null
  const [start, end] = [
    { x: startX, y: group.y },
    { x: portX, y: space.y + space.height },
  ]
  const y = Math.round(top + TRACK / 2)
  const points = startX === portX ? [start, end] : [start, { x: startX, y }, { x: portX, y }, end]
  return { id: edge.id, points, label: labelBox(wire.labelX, y, wire.labelWidth) }
}

function labelBox(x: number, y: number, width: number): Box | null {
  return width === 0 ? null : { x, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT }
}

/** From a child up to its parent, which lies over it. */
function nests(edges: readonly OutlineEdge[], { plan, bands, boxes }: Ground): (EdgeRoute | null)[] {
  const inside = edges.filter(
    ({ kind, from, to }) => kind === 'nest' && plan.family.parentOf.get(from) === to,
  )
  return inside.map(edge => {
    const [child, parent] = [boxes.get(edge.from), boxes.get(edge.to)]
    if (child === undefined || parent === undefined) return null
    const x = middle(child)
    const label = labelBox(x + BESIDE, child.y - bands.depthGap / 2, labelWidth(edge))
    return {
      id: edge.id,
      points: [
        { x, y: child.y },
        { x, y: parent.y + parent.height },
      ],
      label,
    }
  })
}

function middle({ x, width }: Box): number {
  return Math.round(x + width / 2)
}
