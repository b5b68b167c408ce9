/**
 * Where everything in a graph stands, made once from the outline of all steps: bands from process memory
 * down to the devices, in the order of a translation read backwards. Stepping never moves anything.
 *
 * Not modelled: as few crossings as possible. A device that is attached to one space only never crosses
 * another's line; one that moves between spaces may.
 */
import { type Across, columnsAcross } from './across'
import { type Band, type Bands, bandsOf } from './bands'
import { isDevice, isSpace } from './family'
import { placeLabels } from './label-places'
import { DEVICE, DEVICE_INSET, densityOf, GROUP_TOP, INSET, PAD } from './metrics.data'
import { planOverhead } from './overhead'
import { type Columns, type Plan, planColumns } from './plan'
import { planPorts, portBoxes } from './ports'
import { routeEdges } from './routes'
import type { Box, CanvasSize, GraphLayout, NodeBox, OutlineEdge, OutlineNode } from './types'
import { wiresOf } from './wires'

export interface LayoutInput {
  readonly nodes: readonly OutlineNode[]
  readonly edges: readonly OutlineEdge[]
}

/** The same places for the same input, whatever came before. */
export function layoutGraph({ nodes, edges }: LayoutInput, canvas: CanvasSize): GraphLayout {
  const density = densityOf(nodes)
  const plan = planColumns(nodes, edges)
  const across = columnsAcross(plan, density, canvas.width)
  const wires = placeLabels(wiresOf(plan, across, density), across.width)
  const ports = planPorts(nodes)
  const overhead = planOverhead({ nodes, edges }, plan, across)
  const rows = { tracks: wires.tracks, labelRows: wires.labelRows, overheadRows: overhead.rows }
  const bands = bandsOf({ nodes, plan, density, portRows: ports.most, ...rows, canvasHeight: canvas.height })
  const rails = ports.rails.map(rail => rail.id)
  const boxes = boxesOf(nodes, { plan, bands, across, rails })
  const byId = new Map<string, Box>(boxes.map(box => [box.id, box]))
  const ground = { plan, bands, boxes: byId, frameOf: frames(nodes, byId) }
  const routes = routeEdges({ edges, wires, overhead }, ground)
  const right = Math.max(
    across.width,
    ...routes.map(({ label }) => (label === null ? 0 : label.x + label.width + PAD)),
  )
  return {
    canvas,
    width: Math.ceil(right),
    height: bands.height,
    compact: density.compact,
    nodes: boxes,
    edges: routes,
    ports: portBoxes(ports, plan, { across, bands }),
  }
}

interface Frame {
  readonly plan: Plan
  readonly bands: Bands
  readonly across: Across
  readonly rails: readonly string[]
}

function boxesOf(nodes: readonly OutlineNode[], frame: Frame): NodeBox[] {
  return nodes.flatMap(node => {
    const box = boxOf(node, frame)
    return box === null ? [] : [{ id: node.id, ...box }]
  })
}

function boxOf(node: OutlineNode, { plan, bands, across, rails }: Frame): Box | null {
  const full = { x: PAD, width: across.width - PAD * 2 }
  if (node.kind === 'memory') return inBand(full, bands.memory)
  if (node.kind === 'iommu') return inBand(full, bands.rails[rails.indexOf(node.id)])
  if (isSpace(node)) return spaceBox(plan, bands, { across, id: node.id })
  if (isDevice(node)) {
    const column = plan.devices.get(node.id) ?? 0
    const { x, width } = grown(across.span({ first: column, last: column }), -DEVICE_INSET)
    return { x, width, y: bands.groups.top + GROUP_TOP, height: DEVICE }
  }
  if (node.kind === 'context') {
    const place = plan.contexts.get(node.id)
    return place === undefined ? null : inBand(grown(across.span(place), INSET), bands.context)
  }
  const place = plan.groups.get(node.id)
  return place === undefined ? null : inBand(across.span(place), bands.groups)
}

interface Stretch {
  readonly x: number
  readonly width: number
}

function inBand({ x, width }: Stretch, band: Band | undefined): Box | null {
  return band === undefined ? null : { x, width, y: band.top, height: band.height }
}

function spaceBox(plan: Plan, bands: Bands, { across, id }: { across: Across; id: string }): Box | null {
  const place = plan.spaces.get(id)
  if (place === undefined) return null
  return inBand(across.span(place satisfies Columns), bands.spaces[place.depth])
}

function grown({ x, width }: Stretch, by: number): Stretch {
  return { x: x - by, width: width + 2 * by }
}

function frames(nodes: readonly OutlineNode[], boxes: ReadonlyMap<string, Box>) {
  const inside = new Map(nodes.map(node => [node.id, node.inside]))
  return (id: string): Box | undefined => boxes.get(inside.get(id) ?? '') ?? boxes.get(id)
}
