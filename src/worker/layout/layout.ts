/**
 * Where everything in a graph stands, made once from the outline of all steps: bands from process memory
 * down to the devices, in the order of a translation read backwards. Stepping never moves anything.
 *
 * Not modelled: as few crossings as possible. A device that is attached to one space only never crosses
 * another's line; one that moves between spaces may.
 */
import { type Across, columnsAcross } from './across'
import { type Band, type Bands, bandsOf, isWide } from './bands'
import { isDevice, isSpace } from './family'
import { placeLabels } from './label-places'
import { DEVICE_INSET, type Density, densitiesOf, GROUP_TOP, INSET, PAD } from './metrics.data'
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

/** The same places for the same input, whatever came before: those at which the page shows it largest. */
export function layoutGraph(input: LayoutInput, canvas: CanvasSize): GraphLayout {
  const densities = densitiesOf(input.nodes)
  const plan = planColumns(input.nodes, input.edges)
  let best = layoutWith(input, canvas, { density: densities[0], plan })
  if (best.compact) return best
  const tryAll = (other: Plan) => {
    for (const density of densities) {
      const layout = layoutWith(input, canvas, { density, plan: other })
      if (scaleOf(layout) > scaleOf(best) + density.gain) best = layout
    }
  }
  if (scaleOf(best) < 1) tryAll(plan)
  // From as few columns as there can be: the more there are, the lower and the wider the drawing.
  for (const other of plansOf(input, plan.count)) {
    const least = Math.min(...densities.map(one => columnsAcross(other, one, canvas.width).width))
    if (canvas.width / least <= scaleOf(best) + densities[0].gain) break
    tryAll(other)
  }
  return best
}

function scaleOf({ canvas, width, height }: GraphLayout): number {
  return Math.min(1, canvas.width / width, canvas.height / height)
}

/** With fewer than so many columns, the fewest first: groups that never attach stand in further rows. */
function* plansOf({ nodes, edges }: LayoutInput, count: number): Generator<Plan> {
  for (let most = 1; most < count; ) {
    const plan = planColumns(nodes, edges, most)
    if (plan.count >= count) return
    yield plan
    most = Math.max(most, plan.count) + 1
  }
}

interface Wish {
  readonly density: Density
  readonly plan: Plan
}

function layoutWith({ nodes, edges }: LayoutInput, canvas: CanvasSize, { density, plan }: Wish): GraphLayout {
  const across = columnsAcross(plan, density, canvas.width)
  const wires = placeLabels(wiresOf(plan, across, density), across.width)
  const ports = planPorts(nodes, plan)
  const overhead = planOverhead({ nodes, edges }, plan, across)
  const rows = { tracks: wires.tracks, labelRows: wires.labelRows, overheadRows: overhead.rows }
  const needs = { nodes, plan, across, density, portRows: ports.rows, ...rows }
  const bands = bandsOf({ ...needs, canvasHeight: canvas.height })
  const rails = ports.rails.map(rail => rail.id)
  const boxes = boxesOf(nodes, { plan, bands, across, rails, density })
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
  readonly density: Density
}

function boxesOf(nodes: readonly OutlineNode[], frame: Frame): NodeBox[] {
  return nodes.flatMap(node => {
    const box = boxOf(node, frame)
    if (box === null) return []
    return [{ id: node.id, ...box, flat: isFlat(node, box, frame) }]
  })
}

function isFlat(node: OutlineNode, { width }: Box, { across, density }: Frame): boolean {
  if (isDevice(node)) return isWide(across.column, density)
  return isSpace(node) && isWide(width, density)
}

function boxOf(node: OutlineNode, { plan, bands, across, rails }: Frame): Box | null {
  const full = { x: PAD, width: across.width - PAD * 2 }
  if (node.kind === 'memory') return inBand(full, bands.memory)
  if (node.kind === 'iommu') return inBand(full, bands.rails[rails.indexOf(node.id)])
  if (isSpace(node)) return spaceBox(plan, bands, { across, id: node.id })
  if (isDevice(node)) {
    const column = plan.devices.get(node.id) ?? 0
    const { x, width } = grown(across.span({ first: column, last: column }), -DEVICE_INSET)
    const top = bands.groups[plan.lower.get(node.id) ?? 0]?.top ?? 0
    return { x, width, y: top + GROUP_TOP, height: bands.device }
  }
  if (node.kind === 'context') {
    const place = plan.contexts.get(node.id)
    return place === undefined ? null : inBand(grown(across.span(place), INSET), bands.context)
  }
  const place = plan.groups.get(node.id)
  const row = bands.groups[plan.lower.get(node.id) ?? 0]
  return place === undefined ? null : inBand(across.span(place), row)
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
