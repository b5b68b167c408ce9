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
  /** Most rows one below the other, by rail. */
  readonly most: readonly number[]
}

/** A row belongs to the device whose requester id it begins with. */
export function planPorts(nodes: readonly OutlineNode[]): PortPlan {
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
  const most = rails.map((_, rail) =>
    Math.max(0, ...[...rowsOf.values()].filter(rows => rows.rail === rail).map(rows => rows.labels.length)),
  )
  return { rails, rowsOf, most }
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
    return labels.map((row, i) => {
      const y = band.top + RAIL_HEAD + i * PORT
      return { rail: node.id, device, row, x, y, width, height: PORT - 2 }
    })
  })
}
