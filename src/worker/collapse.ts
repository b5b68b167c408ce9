/** A graph with its bundles drawn as one object each: what they hold is counted, what changed in them is marked. */
import type { GraphEdge, GraphNode, GraphRow, GraphView, Mark } from '../engine'
import type { Bundle, Bundles } from './bundles'
import { append, isSpace } from './layout/family'

/** The same graph where nothing is bundled. */
export function collapseGraph(graph: GraphView, bundles: Bundles): GraphView {
  if (bundles.all.size === 0) return graph
  const members = new Map<Bundle, GraphNode[]>()
  const kept: GraphNode[] = []
  for (const node of graph.nodes) {
    const bundle = bundles.of.get(node.id)
    if (bundle === undefined) kept.push(node)
    else append(members, bundle, node)
  }
  const edges = mergedEdges(graph.edges, bundles)
  const drawn = [...members].map(([bundle, list]) => bundleNode(bundle, list))
  const hidden = new Set([...members.values()].flat().map(requester))
  const nodes = kept.map(node => (node.kind === 'iommu' ? withoutPorts(node, hidden) : node))
  return { title: graph.title, nodes: [...nodes, ...drawn].sort((a, b) => a.order - b.order), edges }
}

function bundleNode({ id, variant, title, order, inside }: Bundle, members: readonly GraphNode[]): GraphNode {
  const spaces = members.filter(isSpace)
  const devices = members.filter(node => node.kind === 'device')
  const areas = countRow('areas', spaces, node => node.areas ?? 0)
  const rows = [
    ...(variant === 'spaces' ? [countRow('spaces', spaces), areas] : []),
    ...(devices.length > 0 ? [countRow('devices', devices)] : []),
    ...changedRow(members),
  ]
  const now = members.filter(isHere)
  const subtitle =
    variant === 'spaces' ? plural(now.filter(isSpace), 'space') : plural(now.filter(is('device')), 'device')
  return { id, kind: 'bundle', variant, title, subtitle, order, inside, rows, mark: jointMark(members) }
}

const isHere = ({ mark }: GraphNode) => mark !== '-'
const wasHere = ({ mark }: GraphNode) => mark !== '+'
const is = (kind: GraphNode['kind']) => (node: GraphNode) => node.kind === kind

const plural = (nodes: readonly GraphNode[], word: string) =>
  `${nodes.length} ${word}${nodes.length === 1 ? '' : 's'}`

/** Objects that are new or gone count on their side only; areas are known of the step shown. */
function countRow(label: string, nodes: readonly GraphNode[], weigh?: (node: GraphNode) => number): GraphRow {
  const sum = (list: readonly GraphNode[]) => list.reduce((total, node) => total + (weigh?.(node) ?? 1), 0)
  const now = sum(nodes.filter(isHere))
  const before = weigh === undefined ? sum(nodes.filter(wasHere)) : now
  return {
    label,
    value: String(now),
    mark: now === before ? '' : '~',
    before: now === before ? null : String(before),
  }
}

function changedRow(members: readonly GraphNode[]): GraphRow[] {
  const count = members.filter(node => node.mark !== '').length
  if (count === 0) return []
  return [{ label: 'changed', value: `${count} object${count === 1 ? '' : 's'}`, mark: '~', before: null }]
}

/** What all of them say, or that something changed. */
function jointMark(parts: readonly { readonly mark: Mark }[]): Mark {
  const marks = new Set(parts.map(part => part.mark))
  const [only] = marks
  if (marks.size === 1 && only !== undefined) return only
  return marks.size === 0 ? '' : '~'
}

function mergedEdges(edges: readonly GraphEdge[], { of }: Bundles): GraphEdge[] {
  const merged = new Map<string, GraphEdge[]>()
  const kept: GraphEdge[] = []
  for (const edge of edges) {
    const [from, to] = [of.get(edge.from)?.id ?? edge.from, of.get(edge.to)?.id ?? edge.to]
    if (from === edge.from && to === edge.to) kept.push(edge)
    else if (from !== to) append(merged, `${edge.kind}:${from}:${to}`, { ...edge, from, to })
  }
  return [...kept, ...[...merged].flatMap(([id, list]) => oneEdge(id, list))]
}

const WORDS: Readonly<Record<GraphEdge['kind'], string>> = {
  attach: 'attached',
  map: 'mapped',
  nest: 'nested',
  ref: 'referred to',
}

function oneEdge(id: string, edges: readonly GraphEdge[]): GraphEdge[] {
  const [first] = edges
  if (first === undefined) return []
  const { kind, from, to } = first
  const count = edges.filter(edge => edge.mark !== '-').length
  const dashed = edges.every(edge => edge.dashed)
  return [{ id, kind, from, to, label: `${count} ${WORDS[kind]}`, dashed, mark: jointMark(edges) }]
}

const requester = ({ kind, subtitle }: GraphNode) =>
  kind === 'device' ? (subtitle.split(/[\s,]/, 1)[0] ?? '') : ''

function withoutPorts(rail: GraphNode, hidden: ReadonlySet<string>): GraphNode {
  const isHidden = ({ label }: GraphRow) => hidden.has(label.split(' ', 1)[0] ?? '')
  const gone = rail.rows.filter(isHidden)
  if (gone.length === 0) return rail
  const mark: Mark = gone.some(row => row.mark !== '') ? '~' : ''
  const more = { label: 'more', value: `${gone.length} in bundles`, mark, before: null }
  return { ...rail, rows: [...rail.rows.filter(row => !isHidden(row)), more] }
}
