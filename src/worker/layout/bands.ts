/** How tall each band is and where it begins: memory, spaces in their contexts, rails, groups. */
import {
  CONTEXT_FOOT,
  CONTEXT_HEAD,
  DEPTH_GAP,
  DEVICE,
  type Density,
  GAP_MAX,
  GAP_MIN,
  GROUP_BOTTOM,
  GROUP_TOP,
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
  readonly groups: Band
  /** Top of the first track of the lines that bend. */
  readonly tracks: number
  /** Top of the lowest row of labels of straight lines. */
  readonly labels: number
  readonly height: number
}

export interface BandNeeds {
  readonly nodes: readonly OutlineNode[]
  readonly plan: Plan
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
  const { portRows, tracks, labelRows } = needs
  const rows = spaceHeights(needs)
  const memory = memoryHeight(needs)
  const context = CONTEXT_HEAD + sum(rows) + (rows.length - 1) * DEPTH_GAP + CONTEXT_FOOT
  const railHeights = portRows.map(rows => RAIL_HEAD + Math.max(1, rows) * PORT)
  const rails = sum(railHeights)
  const groups = GROUP_TOP + DEVICE + GROUP_BOTTOM
  const fixed = PAD * 2 + memory + context + rails + groups
  const gap = gapOf(needs.canvasHeight - fixed)
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
    spaces: stacked(top.context + CONTEXT_HEAD, rows, DEPTH_GAP),
    rails: stacked(top.rails, railHeights),
    groups: { top: top.groups, height: groups },
    tracks: top.context + context + spare / (tracks > 0 && labelRows > 0 ? 3 : 2),
    labels: top.rails - TRACK - spare / (tracks > 0 ? 3 : 2),
    height: top.groups + groups + PAD,
  }
}

const gapOf = (free: number) => Math.round(Math.max(GAP_MIN, Math.min(GAP_MAX, free / 3)))

const sum = (heights: readonly number[]) => heights.reduce((all, height) => all + height, 0)

/** By depth, roots first. */
function spaceHeights({ nodes, plan, density }: BandNeeds): number[] {
  const most: number[] = [1]
  for (const { id, rows } of nodes) {
    const depth = plan.spaces.get(id)?.depth
    if (depth !== undefined) most[depth] = Math.max(most[depth] ?? 1, rows.length)
  }
  if (density.compact) return most.map(() => NODE_HEAD + NODE_SUB + 2)
  return most.map(rows => NODE_HEAD + NODE_SUB + Math.min(MAX_ROWS, rows) * ROW + NODE_FOOT)
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
