/** Where each column lies: from column numbers to pixels. */
import { BESIDE, type Density, INSET, labelWidth, PAD } from './metrics.data'
import type { Columns, Plan } from './plan'

export interface Across {
  readonly width: number
  /** Width of one column. */
  readonly column: number
  readonly span: (columns: Columns) => { readonly x: number; readonly width: number }
  readonly middle: (columns: Columns) => number
}

/** As wide as the canvas leaves room for, within the density's limits. */
export function columnsAcross(plan: Plan, density: Density, canvasWidth: number): Across {
  const { columnGap } = density
  const frames = (plan.breaks.length + 1) * 2 * INSET
  const free = canvasWidth - PAD * 2 - frames - (plan.count - 1) * columnGap
  const column = columnWidth(plan, density, Math.floor(free / plan.count))
  const lefts: number[] = []
  let x = PAD + INSET
  for (let c = 0; c < plan.count; c++) {
    if (plan.breaks.includes(c)) x += 2 * INSET
    lefts.push(x)
    x += column + columnGap
  }
  const span = ({ first, last }: Columns) => {
    const left = lefts[first] ?? PAD
    return { x: left, width: (lefts[last] ?? left) + column - left }
  }
  const middle = (columns: Columns) => {
    const { x: left, width } = span(columns)
    return Math.round(left + width / 2)
  }
  return { width: x - columnGap + INSET + PAD, column, span, middle }
}

/** Labels beside straight lines must not reach the next column's line. */
function columnWidth(plan: Plan, { columnMin, columnMax, columnGap }: Density, wish: number): number {
  const labels = plan.family.attaches.filter(edge => plan.straight.has(edge.id)).map(labelWidth)
  const least = Math.max(columnMin, Math.ceil(Math.max(0, ...labels)) + 2 * BESIDE - columnGap)
  const most = plan.count === 1 ? columnMax * 1.4 : columnMax
  return Math.max(least, Math.min(most, wish))
}
