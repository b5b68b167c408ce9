/**
 * Where everything in the graph stands, made once from the outline of all steps: bands from process
 * memory down to the devices, in the order of a translation read backwards. Stepping never moves anything.
 */
import type { Outline } from '../../../worker/protocol'
import { type ColumnPlan, type Columns, planColumns } from './columns'
import {
  type Box,
  COLUMN_GAP,
  COLUMN_MAX,
  COLUMN_MIN,
  type GraphLayout,
  INSET,
  MAX_ROWS,
  type OutlineNode,
  PAD,
} from './layout-types'
import { routeEdges } from './routes'

const GAP_MIN = 22
const GAP_MAX = 72
const DEPTH_GAP = 34
const NODE_HEAD = 26
const NODE_SUB = 21
const ROW = 19
const RAIL_HEAD = 21
const PORT = 23
const DEVICE = 43
const GROUP_TOP = 18
const GROUP_BOTTOM = 9

export interface PanelSize {
  readonly width: number
  readonly height: number
}

interface Bands {
  readonly memory: number
  readonly context: number
  readonly space: number
  readonly rails: number
  readonly groups: number
}

export function layoutGraph(outline: Outline, panel: PanelSize): GraphLayout {
  const plan = planColumns(outline.nodes, outline.edges)
  const column = columnWidth(plan, panel.width)
  const width = PAD * 2 + INSET * 2 + plan.count * column + (plan.count - 1) * COLUMN_GAP
  const bands = bandHeights(outline, plan)
  const used = bands.memory + bands.context + bands.rails + bands.groups + PAD * 2
  const gap = Math.max(GAP_MIN, Math.min(GAP_MAX, (panel.height - used) / 3))
  const top = { memory: PAD, context: 0, rails: 0, groups: 0 }
  top.context = top.memory + bands.memory + gap
  top.rails = top.context + bands.context + gap
  top.groups = top.rails + bands.rails + gap
  const across = ({ first, last }: Columns) => ({
    x: PAD + INSET + first * (column + COLUMN_GAP),
    width: (last - first + 1) * column + (last - first) * COLUMN_GAP,
  })
  const nodes = new Map<string, Box>()
  const full = { x: PAD, width: width - PAD * 2 }
  for (const node of outline.nodes) {
    const box = boxOf(node, { plan, bands, top, across, full })
    if (box !== null) nodes.set(node.id, box)
  }
  const ports = new Map<string, Box>()
  const rails = outline.nodes.filter(node => node.kind === 'iommu')
  rails.forEach((rail, i) => {
    nodes.set(rail.id, { ...full, y: top.rails + i * (RAIL_HEAD + PORT), height: RAIL_HEAD + PORT })
  })
  const portTop = top.rails + bands.rails - PORT
  for (const [id, place] of plan.devices) ports.set(id, { ...across(place), y: portTop, height: PORT - 2 })
  const ground = { nodes, frameOf: frames(outline, nodes), ...strips(bands, top) }
  const edges = routeEdges(outline.edges, ground)
  return { width, height: top.groups + bands.groups + PAD, nodes, edges, ports }
}

function frames(outline: Outline, nodes: ReadonlyMap<string, Box>): (id: string) => Box | undefined {
  const inside = new Map(outline.nodes.map(node => [node.id, node.inside]))
  return id => nodes.get(inside.get(id) ?? '') ?? nodes.get(id)
}

/** The strips between the bands: labels of attachments go above the rail where they can, else below it. */
function strips(bands: Bands, top: Tops) {
  const gap = { top: top.context + bands.context, bottom: top.rails }
  const above = { top: top.memory + bands.memory, bottom: top.context }
  const within = { top: top.context + 22 + bands.space, bottom: top.context + bands.context }
  const below = { top: top.rails + bands.rails, bottom: top.groups }
  return { gap, strips: [above, gap, below, within] }
}

interface Tops {
  readonly memory: number
  readonly context: number
  readonly rails: number
  readonly groups: number
}

function columnWidth(plan: ColumnPlan, width: number): number {
  const free = width - PAD * 2 - INSET * 2 - (plan.count - 1) * COLUMN_GAP
  const lone = plan.count === 1 ? 1.4 : 1
  return Math.max(COLUMN_MIN, Math.min(COLUMN_MAX * lone, Math.floor(free / plan.count)))
}

function bandHeights(outline: Outline, plan: ColumnPlan): Bands {
  const rowsOf = (kind: OutlineNode['kind']) =>
    Math.max(0, ...outline.nodes.filter(node => node.kind === kind).map(node => node.rows.length))
  const lanes = rowsOf('memory')
  const space = NODE_HEAD + NODE_SUB + Math.min(MAX_ROWS, Math.max(1, rowsOf('space'))) * ROW + 6
  const depth = Math.max(0, ...[...plan.spaces.values()].map(place => place.depth))
  const rails = Math.max(1, outline.nodes.filter(node => node.kind === 'iommu').length)
  return {
    memory: NODE_HEAD + (lanes > 0 ? 16 + lanes * 18 + 8 : 6),
    space,
    context: 22 + (depth + 1) * space + depth * DEPTH_GAP + 12,
    rails: rails * (RAIL_HEAD + PORT),
    groups: GROUP_TOP + DEVICE + GROUP_BOTTOM,
  }
}

interface Frame {
  readonly plan: ColumnPlan
  readonly bands: Bands
  readonly top: Tops
  readonly across: (columns: Columns) => { x: number; width: number }
  readonly full: { readonly x: number; readonly width: number }
}

function boxOf(node: OutlineNode, { plan, bands, top, across, full }: Frame): Box | null {
  switch (node.kind) {
    case 'memory':
      return { ...full, y: top.memory, height: bands.memory }
    case 'context': {
      const place = plan.contexts.get(node.id)
      return place === undefined
        ? null
        : { ...grown(across(place), INSET), y: top.context, height: bands.context }
    }
    case 'space': {
      const place = plan.spaces.get(node.id)
      if (place === undefined) return null
      const y = top.context + 22 + place.depth * (bands.space + DEPTH_GAP)
      return { ...across(place), y, height: bands.space }
    }
    case 'group': {
      const place = plan.groups.get(node.id)
      return place === undefined ? null : { ...across(place), y: top.groups, height: bands.groups }
    }
    case 'device': {
      const place = plan.devices.get(node.id)
      if (place === undefined) return null
      return { ...grown(across(place), -10), y: top.groups + GROUP_TOP, height: DEVICE }
    }
    case 'iommu':
      return null
    default:
      return null
  }
}

function grown({ x, width }: { x: number; width: number }, by: number): { x: number; width: number } {
  return { x: x - by, width: width + 2 * by }
}
