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
}

/** An empty builder; add the graph and the state of each step looked at, in any order. */
export function createOutline(): OutlineBuilder {
  const nodes = new Map<string, OutlineNode>()
  const edges = new Map<string, Outline['edges'][number]>()
  let memory: readonly Range[] = []
  const lastSeen = new Map<string, number>()
  const seen = ({ id }: { readonly id: string }) => lastSeen.get(id) ?? 0
  const addGraph = (graph: GraphView, step = 0) => {
    for (const node of graph.nodes) nodes.set(node.id, mergeNode(nodes.get(node.id), node))
    for (const edge of graph.edges) {
      edges.set(edge.id, mergeEdge(edges.get(edge.id), edge))
      if (edge.mark !== '-') lastSeen.set(edge.id, Math.max(step, lastSeen.get(edge.id) ?? 0))
    }
  }
  return {
    add(graph, state, step) {
      addGraph(graph, step)
      memory = mergeRanges([...memory, ...rangesOf(state)])
    },
    addGraph,
    knows: graph =>
      graph.nodes.every(({ id }) => nodes.has(id)) && graph.edges.every(({ id }) => edges.has(id)),
    build: complete => ({
      nodes: [...nodes.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)),
      edges: [...edges.values()].sort((a, b) => seen(a) - seen(b) || (a.id < b.id ? -1 : 1)),
      memory,
      complete,
    }),
  }
}

/** Which steps to look at: all of 0 to `last`, or `budget` of them evenly spread with both ends. */
export function stepsToLookAt(last: number, budget: number): number[] {
  if (last < budget) return Array.from({ length: last + 1 }, (_, n) => n)
  return Array.from({ length: budget }, (_, i) => Math.round((i * last) / (budget - 1)))
}

function mergeNode(known: OutlineNode | undefined, node: GraphNode): OutlineNode {
  const rows = mergeLabels(
    known?.rows ?? [],
    node.rows.map(row => row.label),
  )
  const { id, kind, variant, title, subtitle, order, inside } = node
  return { id, kind, variant, title, subtitle, order, inside, rows }
}

/** Every label as often as it ever stands at one step: a node may have several rows of one name. */
function mergeLabels(known: readonly string[], now: readonly string[]): string[] {
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
