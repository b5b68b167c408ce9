/** How tall each band is and where it begins: memory, spaces in their contexts, rails, groups. */
import type { Across } from './across'
import {
  CONTEXT_FOOT,
  CONTEXT_HEAD,
  DEVICE,
  DEVICE_WIDE,
  type Density,
  GAP_MAX,
  GROUP_BOTTOM,
  GROUP_TOP,
  GROUPS_APART,
  LANE,
  MAX_LANES,
  MAX_ROWS,
  NODE_FOOT,
  NODE_HEAD,
  NODE_SUB,
  PAD,
  PORT,
  RAIL_HEAD,
  ROW,
  RULER,
  TRACK,
  WIDE,
} from './metrics.data'
import type { Plan } from './plan'
import type { OutlineNode } from './types'

export interface Band {
  readonly top: number
  readonly height: number
}

export interface Bands {
  readonly memory: Band
  readonly context: Band
  /** A row of spaces for each depth, roots first: as tall as its fullest space. */
  readonly spaces: readonly Band[]
  /** One each, in order. */
  readonly rails: readonly Band[]
  /** A row each, the devices that ever attach in the first. */
  readonly groups: readonly Band[]
  readonly device: number
  readonly depthGap: number
  /** Top of the first track of the lines that bend. */
  readonly tracks: number
  /** Top of the lowest row of labels of straight lines. */
  readonly labels: number
  readonly height: number
}

export interface BandNeeds {
  readonly nodes: readonly OutlineNode[]
  readonly plan: Plan
  readonly across: Across
  readonly density: Density
  /** Rows of ports each rail needs, in order. */
  readonly portRows: readonly number[]
  readonly tracks: number
  readonly labelRows: number
  /** Rows of lines between process memory and the contexts. */
  readonly overheadRows: number
  readonly canvasHeight: number
}

export function bandsOf(needs: BandNeeds): Bands {
  const { portRows, tracks, labelRows, plan } = needs
  const { depthGap, gapMin } = needs.density
  const rows = spaceHeights(needs)
  const memory = memoryHeight(needs)
  const context = CONTEXT_HEAD + sum(rows) + (rows.length - 1) * depthGap + CONTEXT_FOOT
  const railHeights = portRows.map(rows => RAIL_HEAD + Math.max(1, rows) * PORT)
  const rails = sum(railHeights)
  const device = deviceHeight(needs)
  const groupRows = Array.from({ length: plan.groupRows }, () => GROUP_TOP + device + GROUP_BOTTOM)
  const groups = sum(groupRows) + (plan.groupRows - 1) * GROUPS_APART
  const fixed = PAD * 2 + memory + context + rails + groups
  const gap = gapOf(needs.canvasHeight - fixed, gapMin)
  const wiring = Math.max(gap, (tracks + labelRows) * TRACK + 8)
  const overhead = Math.max(gap, needs.overheadRows * TRACK + 4)
  const top = { context: PAD + memory + overhead, rails: 0, groups: 0 }
  top.rails = top.context + context + wiring
  top.groups = top.rails + rails + gap
  // Labels alone stand in the middle of their gap; below tracks they stand next to the rail.
  const spare = wiring - (tracks + labelRows) * TRACK
  return {
    memory: { top: PAD, height: memory },
    context: { top: top.context, height: context },
    spaces: stacked(top.context + CONTEXT_HEAD, rows, depthGap),
    rails: stacked(top.rails, railHeights),
    groups: stacked(top.groups, groupRows, GROUPS_APART),
    device,
    depthGap,
    tracks: top.context + context + spare / (tracks > 0 && labelRows > 0 ? 3 : 2),
    labels: top.rails - TRACK - spare / (tracks > 0 ? 3 : 2),
    height: top.groups + groups + PAD,
  }
}

const gapOf = (free: number, least: number) => Math.round(Math.max(least, Math.min(GAP_MAX, free / 3)))

const sum = (heights: readonly number[]) => heights.reduce((all, height) => all + height, 0)

/** By depth, roots first. */
function spaceHeights({ nodes, plan, across, density }: BandNeeds): number[] {
  const heights: number[] = [spaceHeight(1, 0, density)]
  for (const { id, rows } of nodes) {
    const place = plan.spaces.get(id)
    if (place === undefined) continue
    const height = spaceHeight(rows.length, across.span(place).width, density)
    heights[place.depth] = Math.max(heights[place.depth] ?? 0, height)
  }
  return heights
}

function spaceHeight(rows: number, width: number, density: Density): number {
  if (density.compact) return NODE_HEAD + NODE_SUB + 2
  const shown = Math.max(1, Math.min(MAX_ROWS, rows))
  if (isWide(width, density)) return NODE_HEAD + Math.ceil(shown / 2) * ROW + NODE_FOOT
  return NODE_HEAD + NODE_SUB + shown * ROW + NODE_FOOT
}

/** Whether a node of this width says its head in one line and its rows two by two. */
export const isWide = (width: number, { flat }: Density): boolean => flat && width >= WIDE

function deviceHeight({ across, density }: BandNeeds): number {
  return isWide(across.column, density) ? DEVICE_WIDE : DEVICE
}

function memoryHeight({ nodes, density }: BandNeeds): number {
  const rows = nodes.filter(node => node.kind === 'memory').map(node => node.rows.length)
  const lanes = density.compact ? 0 : Math.min(MAX_LANES, Math.max(0, ...rows))
  return NODE_HEAD + (lanes > 0 ? RULER + lanes * LANE : NODE_FOOT)
}

function stacked(first: number, heights: readonly number[], apart = 0): Band[] {
  let top = first
  return heights.map(height => {
    const band = { top, height }
    top += height + apart
    return band
  })
}
