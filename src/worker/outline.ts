/**
 * The union of a flow's graphs over all its steps. A page lays this out once, and no object moves
 * while it steps. Looking at every step costs a seek each, so there is a budget of steps; past it the
 * outline holds what was seen of evenly spread steps and the page appends what turns up later.
 */
import type { GraphEdge, GraphNode, GraphView, StateView } from '../engine'
import type { Outline } from './protocol'

type OutlineNode = Outline['nodes'][number]
type Range = Outline['memory'][number]

export interface OutlineBuilder {
  /** `step` is where the graph was seen; edges are listed by the last step that has them. */
  add(graph: GraphView, state: StateView, step?: number): void
  /** The same without process memory. */
  addGraph(graph: GraphView, step?: number): void
  /** Whether every object and edge of a graph was added before. */
  knows(graph: GraphView): boolean
  build(complete: boolean): Outline
  /** Another builder that knows the same; what is added to one is not in the other. */
  fork(): OutlineBuilder
}

/** What a builder knows. The values are never changed, only replaced. */
interface Seen {
  readonly nodes: Map<string, OutlineNode>
  readonly edges: Map<string, OutlineEdge>
  /** By edge, the last step that has it. */
  readonly lastSeen: Map<string, number>
  readonly memory: readonly Range[]
  /** The graph of the highest step, and which that is: it says in which order an object's rows stand. */
  readonly latest: { readonly step: number; readonly graph: GraphView } | null
}

const NOTHING: Seen = { nodes: new Map(), edges: new Map(), lastSeen: new Map(), memory: [], latest: null }

/** A builder that knows nothing else; add the graph and the state of each step looked at, in any order. */
export function createOutline(known: Seen = NOTHING): OutlineBuilder {
  const [nodes, edges, lastSeen] = [new Map(known.nodes), new Map(known.edges), new Map(known.lastSeen)]
  let { memory, latest } = known
  const addGraph = (graph: GraphView, step = 0) => {
    for (const node of graph.nodes) nodes.set(node.id, mergeNode(nodes.get(node.id), node))
    for (const edge of graph.edges) {
      edges.set(edge.id, mergeEdge(edges.get(edge.id), edge))
      if (edge.mark !== '-') lastSeen.set(edge.id, Math.max(step, lastSeen.get(edge.id) ?? 0))
    }
    if (step >= (latest?.step ?? 0)) latest = { step, graph }
  }
  return {
    add(graph, state, step) {
      addGraph(graph, step)
      memory = withRanges(memory, rangesOf(state))
    },
    addGraph,
    knows: graph =>
      graph.nodes.every(({ id }) => nodes.has(id)) && graph.edges.every(({ id }) => edges.has(id)),
    build: complete => built({ nodes, edges, lastSeen, memory, latest }, complete),
    fork: () => createOutline({ nodes, edges, lastSeen, memory, latest }),
  }
}

function built({ nodes, edges, lastSeen, memory, latest }: Seen, complete: boolean): Outline {
  const seen = ({ id }: OutlineEdge) => lastSeen.get(id) ?? 0
  const inOrder = new Map(nodes)
  for (const node of latest?.graph.nodes ?? []) {
    const known = nodes.get(node.id)
    if (known !== undefined)
      inOrder.set(node.id, { ...mergeNode(undefined, node), rows: rowsOf(node, known) })
  }
  return {
    nodes: [...inOrder.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)),
    edges: [...edges.values()].sort((a, b) => seen(a) - seen(b) || (a.id < b.id ? -1 : 1)),
    memory,
    complete,
  }
}

/** Which steps to look at: all of 0 to `last`, or `budget` of them evenly spread with both ends. */
export function stepsToLookAt(last: number, budget: number): number[] {
  if (last < budget) return Array.from({ length: last + 1 }, (_, n) => n)
  return Array.from({ length: budget }, (_, i) => Math.round((i * last) / (budget - 1)))
}

function mergeNode(known: OutlineNode | undefined, node: GraphNode): OutlineNode {
  const { id, kind, variant, title, subtitle, order, inside } = node
  return {
    id,
    kind,
    variant,
    title,
    subtitle,
    order,
    inside,
    rows: mergeLabels(known?.rows ?? [], labelsOf(node)),
  }
}

const labelsOf = ({ rows }: GraphNode) => rows.map(row => row.label)

/** A node's rows as the step has them, and then those that it has at other steps. */
function rowsOf(node: GraphNode, known: OutlineNode): readonly string[] {
  return mergeLabels(labelsOf(node), known.rows)
}

/** Every label as often as it ever stands at one step: a node may have several rows of one name. */
function mergeLabels(known: readonly string[], now: readonly string[]): readonly string[] {
  if (known.length >= now.length && now.every((label, i) => known[i] === label)) return known
  const rows = [...known]
  const left = [...known]
  for (const label of now) {
    const at = left.indexOf(label)
    if (at < 0) rows.push(label)
    else left.splice(at, 1)
  }
  return rows
}

type OutlineEdge = Outline['edges'][number]

/** The longest label it ever has, so that there is room for each; dashed where it always is. */
function mergeEdge(known: OutlineEdge | undefined, edge: GraphEdge): OutlineEdge {
  const { id, kind, from, to } = edge
  const label = known !== undefined && isRatherKept(known.label, edge.label) ? known.label : edge.label
  return { id, kind, from, to, dashed: edge.dashed && (known?.dashed ?? true), label }
}

/** Longer first, then by the alphabet: the same whatever comes first. */
function isRatherKept(known: string, next: string): boolean {
  return known.length === next.length ? known <= next : known.length > next.length
}

/** Only a root's areas point at process memory; a child's point into its parent. */
function rangesOf(state: StateView): Range[] {
  const registered = state.accounting.prereg.map(r => ({ start: r.vaddr, last: r.vaddr + r.size - 1n }))
  const mapped = state.addressSpaces
    .filter(space => space.parent === null)
    .flatMap(space => space.areas.map(a => ({ start: a.target, last: a.target + (a.last - a.iova) })))
  return [...registered, ...mapped]
}

/** The same array where it has all of them already, as it has at most steps. */
function withRanges(known: readonly Range[], now: readonly Range[]): readonly Range[] {
  return now.every(range => covers(known, range)) ? known : mergeRanges([...known, ...now])
}

/** Whether one of the ranges, which are sorted and apart, has all of another. */
function covers(ranges: readonly Range[], { start, last }: Range): boolean {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.last ?? 0n) < start) low = middle + 1
    else high = middle
  }
  const found = ranges[low]
  return found !== undefined && found.start <= start && last <= found.last
}

/** Sorted, with ranges that touch or overlap made one. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  const merged: { start: bigint; last: bigint }[] = []
  for (const range of sorted) {
    const before = merged.at(-1)
    if (before === undefined || range.start > before.last + 1n) merged.push({ ...range })
    else if (range.last > before.last) before.last = range.last
  }
  return merged
}
