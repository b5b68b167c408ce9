/** Which rows of which IOMMU stand above which device: one port a row, those of one device below each other. */
import type { Across } from './across'
import type { Bands } from './bands'
import { append, isDevice } from './family'
import { PORT, RAIL_HEAD } from './metrics.data'
import type { Plan } from './plan'
import type { OutlineNode, PortBox } from './types'

export interface PortPlan {
  readonly rails: readonly OutlineNode[]
  /** By device: the rail that knows it and the labels of its rows there. */
  readonly rowsOf: ReadonlyMap<string, { readonly rail: number; readonly labels: readonly string[] }>
  /** Rows one below the other, by rail: those of each row of groups below those of the row above. */
  readonly rows: readonly number[]
  /** By rail and row of groups: how many rows stand above those of its devices. */
  readonly above: readonly (readonly number[])[]
}

/** A row belongs to the device whose requester id it begins with. */
export function planPorts(nodes: readonly OutlineNode[], { groupRows, lower }: Plan): PortPlan {
  const rails = nodes.filter(node => node.kind === 'iommu')
  const byRequester = new Map<string, { rail: number; labels: string[] }>()
  rails.forEach(({ rows }, rail) => {
    const labels = new Map<string, string[]>()
    for (const label of rows) append(labels, requesterOf(label), label)
    for (const [requester, list] of labels) byRequester.set(requester, { rail, labels: list })
  })
  const rowsOf = new Map(
    nodes.filter(isDevice).flatMap(device => {
      const found = byRequester.get(requesterOf(device.subtitle))
      return found === undefined ? [] : [[device.id, found] as const]
    }),
  )
  const most = (rail: number, groupRow: number) => {
    const here = [...rowsOf].filter(([id, rows]) => rows.rail === rail && (lower.get(id) ?? 0) === groupRow)
    return Math.max(0, ...here.map(([, rows]) => rows.labels.length))
  }
  const above = rails.map((_, rail) => {
    const starts = [0]
    for (let row = 0; row < groupRows; row++) starts.push((starts[row] ?? 0) + most(rail, row))
    return starts
  })
  return { rails, rowsOf, rows: above.map(starts => starts.at(-1) ?? 0), above }
}

/** `0000:00:03.0` of `0000:00:03.0 LIOBN 0x80000000`, and of a device's subtitle. */
function requesterOf(label: string): string {
  return label.split(/[\s,]/, 1)[0] ?? ''
}

export function portBoxes(
  ports: PortPlan,
  plan: Plan,
  { across, bands }: { across: Across; bands: Bands },
): PortBox[] {
  return [...ports.rowsOf].flatMap(([device, { rail, labels }]) => {
    const column = plan.devices.get(device)
    const node = ports.rails[rail]
    const band = bands.rails[rail]
    if (column === undefined || node === undefined || band === undefined) return []
    const { x, width } = across.span({ first: column, last: column })
    const first = ports.above[rail]?.[plan.lower.get(device) ?? 0] ?? 0
    return labels.map((row, i) => {
      const y = band.top + RAIL_HEAD + (first + i) * PORT
      return { rail: node.id, device, row, x, y, width, height: PORT - 2 }
    })
  })
}
