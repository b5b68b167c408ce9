/**
 * The graph as a stamp: process memory on top, address spaces under it by depth, devices at the foot; the
 * order of the large picture without its words. Units are those of the SVG's view box.
 */
import type { GraphEdge, GraphNode, GraphView } from '../../../engine'

export interface MiniBox {
  readonly id: string
  readonly title: string
  readonly variant: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface MiniPicture {
  readonly width: number
  readonly height: number
  readonly memory: MiniBox
  readonly spaces: readonly MiniBox[]
  readonly devices: readonly MiniBox[]
  /** Around devices that share a group. */
  readonly groups: readonly MiniBox[]
  /** Paths of upright and level lines. */
  readonly edges: readonly { readonly id: string; readonly path: string; readonly dashed: boolean }[]
  /** Devices there are beyond those drawn. */
  readonly more: number
}

interface Size {
  readonly width: number
  readonly height: number
}

export interface MiniSizes {
  readonly space: Size
  readonly device: Size
  /** From one middle to the next. */
  readonly column: number
  /** From the top of one depth to the next. */
  readonly level: number
}

/** Shapes alone. */
export const STAMP: MiniSizes = {
  space: { width: 48, height: 22 },
  device: { width: 26, height: 20 },
  column: 78,
  level: 36,
}
/** With room for a name in each. */
export const NAMED: MiniSizes = {
  space: { width: 112, height: 24 },
  device: { width: 64, height: 20 },
  column: 126,
  level: 42,
}
const TOP = 24
const MARGIN = 16
const MOST_DEVICES = 8
const LEAST_WIDTH = 190

type Xs = ReadonlyMap<string, number>

export function miniPicture(graph: GraphView, sizes: MiniSizes = STAMP): MiniPicture {
  const { space, device, level } = sizes
  const all = graph.nodes.filter(node => node.kind === 'device').sort(byGroup)
  const drawn = all.slice(0, MOST_DEVICES)
  const spaces = graph.nodes.filter(node => node.kind === 'space' || node.kind === 'object')
  const attached = deepestAttachments(graph)
  const depths = depthsOf(spaces, graph.edges)
  const xs = centres(drawn, { spaces, attached, edges: graph.edges, depths, sizes })
  const levels = Math.max(0, ...depths.values()) + (spaces.length > 0 ? 1 : 0)
  const foot = TOP + levels * level
  const width = Math.max(LEAST_WIDTH, Math.max(0, ...xs.values()) + space.width / 2 + MARGIN)
  const spaceBoxes = spaces.map(node => boxAt(node, space, xs, TOP + (depths.get(node.id) ?? 0) * level))
  const deviceBoxes = drawn.map(node => boxAt(node, device, xs, foot))
  const memory = {
    id: 'memory',
    title: '',
    variant: '',
    x: MARGIN,
    y: 4,
    width: width - 2 * MARGIN,
    height: 6,
  }
  const boxes = new Map([memory, ...spaceBoxes, ...deviceBoxes].map(box => [box.id, box]))
  return {
    width,
    height: foot + device.height + 8,
    memory,
    spaces: spaceBoxes,
    devices: deviceBoxes,
    groups: groupBoxes(drawn, boxes),
    edges: graph.edges
      .filter(edge => edge.kind !== 'attach' || attached.has(edge))
      .flatMap(e => lineOf(e, boxes, sizes)),
    more: all.length - drawn.length,
  }
}

function byGroup(a: GraphNode, b: GraphNode): number {
  return (a.inside ?? '').localeCompare(b.inside ?? '', 'en', { numeric: true }) || a.order - b.order
}

/** Of a device's attachments along one chain only the one furthest from the root says where it is. */
function deepestAttachments({ edges }: GraphView): ReadonlySet<GraphEdge> {
  const parents = parentsOf(edges)
  const isAbove = (above: string, below: string): boolean => {
    for (let at = parents.get(below); at !== undefined; at = parents.get(at)) if (at === above) return true
    return false
  }
  const attaches = edges.filter(edge => edge.kind === 'attach')
  return new Set(
    attaches.filter(edge => !attaches.some(other => other.from === edge.from && isAbove(edge.to, other.to))),
  )
}

function parentsOf(edges: readonly GraphEdge[]): ReadonlyMap<string, string> {
  return new Map(edges.filter(edge => edge.kind === 'nest').map(edge => [edge.from, edge.to]))
}

function depthsOf(spaces: readonly GraphNode[], edges: readonly GraphEdge[]): ReadonlyMap<string, number> {
  const parents = parentsOf(edges)
  const depth = (id: string, seen = 0): number => {
    const parent = parents.get(id)
    return parent === undefined || seen > spaces.length ? 0 : depth(parent, seen + 1) + 1
  }
  return new Map(spaces.map(({ id }) => [id, depth(id)]))
}

interface Placing {
  readonly spaces: readonly GraphNode[]
  readonly attached: ReadonlySet<GraphEdge>
  readonly edges: readonly GraphEdge[]
  readonly depths: ReadonlyMap<string, number>
  readonly sizes: MiniSizes
}

/** Each space over the middle of what hangs from it, the deepest first; none closer than a column to its neighbour. */
function centres(devices: readonly GraphNode[], placing: Placing): Xs {
  const { space, column } = placing.sizes
  const xs = new Map(devices.map(({ id }, i) => [id, MARGIN + space.width / 2 + i * column]))
  const levels = [...new Set(placing.depths.values())].sort((a, b) => b - a)
  for (const level of levels) {
    const row = placing.spaces.filter(({ id }) => placing.depths.get(id) === level)
    const wanted = row.map(({ id }) => ({ id, x: middle(hanging(id, placing), xs) }))
    let from = MARGIN + space.width / 2
    for (const { id, x } of wanted.sort((a, b) => (a.x ?? Infinity) - (b.x ?? Infinity))) {
      const at = Math.max(from, x ?? from)
      xs.set(id, at)
      from = at + column
    }
  }
  return centred(xs)
}

function hanging(id: string, { attached, edges }: Placing): string[] {
  const children = edges.filter(edge => edge.kind === 'nest' && edge.to === id)
  return [...[...attached].filter(edge => edge.to === id), ...children].map(edge => edge.from)
}

function middle(ids: readonly string[], xs: Xs): number | null {
  const known = ids.flatMap(id => xs.get(id) ?? [])
  return known.length === 0 ? null : (Math.min(...known) + Math.max(...known)) / 2
}

function centred(xs: Xs): Xs {
  if (xs.size === 0) return xs
  const [first, last] = [Math.min(...xs.values()), Math.max(...xs.values())]
  const shift = Math.max(0, LEAST_WIDTH / 2 - (first + last) / 2)
  return new Map([...xs].map(([id, x]) => [id, x + shift]))
}

function boxAt(node: GraphNode, size: Size, xs: Xs, y: number): MiniBox {
  const centre = xs.get(node.id) ?? MARGIN + size.width / 2
  return { id: node.id, title: node.title, variant: node.variant, x: centre - size.width / 2, y, ...size }
}

function groupBoxes(devices: readonly GraphNode[], boxes: ReadonlyMap<string, MiniBox>): MiniBox[] {
  const groups = [...new Set(devices.map(node => node.inside).filter(inside => inside !== null))]
  return groups.flatMap(group => {
    const inside = devices.filter(node => node.inside === group).flatMap(node => boxes.get(node.id) ?? [])
    const [first] = inside
    const last = inside.at(-1)
    if (first === undefined || last === undefined || inside.length < 2) return []
    const x = first.x - 8
    return [
      {
        id: group,
        title: '',
        variant: '',
        x,
        y: first.y - 5,
        width: last.x + last.width + 8 - x,
        height: 30,
      },
    ]
  })
}

/** Up from the top of `from`, level half way, up to the foot of `to`. */
function lineOf({ id, from, to, dashed }: GraphEdge, boxes: ReadonlyMap<string, MiniBox>, sizes: MiniSizes) {
  const [below, above] = [boxes.get(from), boxes.get(to)]
  if (below === undefined || above === undefined) return []
  const x = below.x + below.width / 2
  const isBar = above.id === 'memory'
  const end = isBar ? x : above.x + above.width / 2
  const foot = above.y + above.height
  const turn = (isBar ? foot : below.y - (sizes.level - sizes.space.height) / 2).toFixed(1)
  return [{ id, path: `M${x} ${below.y}V${turn}H${end}V${foot}`, dashed }]
}
