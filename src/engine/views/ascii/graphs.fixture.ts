/** Graphs for the tests of the text views: short to write, random ones from a seed. */
import fc from 'fast-check'
import type { GraphEdge, GraphNode, GraphView, NodeKind } from '../contract'

/** `space:gpa in context:5` as a node; the title is the part behind the colon. */
export function node(id: string, order: number, more: Partial<GraphNode> = {}): GraphNode {
  const [kind, title] = id.split(':')
  const defaults = { variant: '', subtitle: '', inside: null, rows: [], mark: '' } as const
  return { id, kind: kind as NodeKind, title: title ?? '', order, ...defaults, ...more }
}

export function edge(
  kind: GraphEdge['kind'],
  from: string,
  to: string,
  more: Partial<GraphEdge> = {},
): GraphEdge {
  return {
    id: `${kind}:${from}:${to}:${more.label ?? ''}`,
    kind,
    from,
    to,
    label: '',
    dashed: false,
    mark: '',
    ...more,
  }
}

export const graphOf = (nodes: readonly GraphNode[], edges: readonly GraphEdge[], title = ''): GraphView => ({
  title,
  nodes,
  edges,
})

/** How many of each there are, and numbers that choose between the possibilities. */
const SIZES = fc.record({
  contexts: fc.nat(2),
  spaces: fc.nat(14),
  groups: fc.nat(6),
  iommus: fc.nat(2),
  devices: fc.nat(14),
  memory: fc.boolean(),
  choices: fc.infiniteStream(fc.nat(0xffff)),
})

type Sizes = typeof SIZES extends fc.Arbitrary<infer T> ? T : never
type Pick = (below: number) => number

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

function nodesOf(sizes: Sizes, pick: Pick): GraphNode[] {
  const inside = (kind: string, count: number) => (count === 0 ? null : `${kind}:${kind[0]}${pick(count)}`)
  let order = 0
  const made = (id: string, more: Partial<GraphNode> = {}) => node(id, ++order, more)
  return [
    ...(sizes.memory ? [made('memory:ram')] : []),
    ...times(sizes.contexts, i => made(`context:c${i}`)),
    ...times(sizes.spaces, i => made(`space:s${i}`, { inside: inside('context', sizes.contexts) })),
    ...times(sizes.iommus, i => made(`iommu:i${i}`)),
    ...times(sizes.groups, i =>
      made(`group:g${i}`, { inside: pick(2) === 0 ? null : inside('iommu', sizes.iommus) }),
    ),
    ...times(sizes.devices, i => made(`device:d${i}`, { inside: inside('group', sizes.groups) })),
  ]
}

const LABELS = ['', 'rid', 'pasid 5', 'pasid 1048575'] as const

function attachesOf(sizes: Sizes, pick: Pick, extra: boolean): GraphEdge[] {
  if (sizes.spaces === 0) return []
  return times(sizes.devices, i => i).flatMap(i =>
    LABELS.slice(0, extra ? pick(4) : pick(2)).map(label =>
      edge('attach', `device:d${i}`, `space:s${pick(sizes.spaces)}`, {
        label,
        dashed: label.startsWith('p'),
      }),
    ),
  )
}

function graphFrom(sizes: Sizes, { wild }: { wild: boolean }): GraphView {
  const choices = sizes.choices[Symbol.iterator]()
  const pick: Pick = below => Number(choices.next().value) % below
  const nodes = nodesOf(sizes, pick)
  const inside = new Map(nodes.map(node => [node.id, node.inside]))
  const canNest = (a: string, b: string) => wild || inside.get(a) === inside.get(b)
  const nests = times(sizes.spaces, i => i).flatMap(i =>
    times(i === 0 ? 0 : pick(wild ? 3 : 2), n =>
      edge('nest', `space:s${i}`, `space:s${pick(i)}`, { label: n === 0 ? '' : 'again' }),
    ),
  )
  const held = nests.filter(({ from, to }) => canNest(from, to))
  const unique = [...new Map(held.map(edge => [edge.id, edge])).values()]
  const mapped = (i: number) =>
    sizes.memory && pick(2) === 0 && (wild || !unique.some(edge => edge.from === `space:s${i}`))
  const maps = times(sizes.spaces, i => i)
    .filter(mapped)
    .map(i => edge('map', `space:s${i}`, 'memory:ram'))
  return graphOf(nodes, [...attachesOf(sizes, pick, wild), ...unique, ...maps])
}

/** Any DAG of up to 39 objects: several parents, several attachments, groups torn apart. */
export const ANY_GRAPH = SIZES.map(sizes => graphFrom(sizes, { wild: true }))
/** Forests with at most one attachment a device, which mostly can be drawn with boxes. */
export const TAME_GRAPH = SIZES.map(sizes => graphFrom({ ...sizes, groups: 0 }, { wild: false }))
