/**
 * Which graphs can be drawn with boxes, and in what order their parts stand.
 *
 * A drawing has the spaces on the left, nested ones below and to the right of their parent, and the
 * devices on the right, so that no two lines cross. That asks for: one parent a space, only roots
 * mapped to memory, and the attachments of a device (and the devices of a group) side by side in the
 * order of the spaces. Everything else is drawn as a tree.
 */
import type { GraphEdge, GraphNode, GraphView } from '../contract'

export interface ShapedSpace {
  readonly node: GraphNode
  readonly depth: number
  readonly parent: string | null
  readonly nest: GraphEdge | null
  readonly map: GraphEdge | null
  /** In drawing order, from the top. */
  readonly attaches: readonly GraphEdge[]
}

export interface ShapedDevice {
  readonly node: GraphNode
  /** Groups and IOMMUs whose first device this is, the outermost first, with how deep each stands. */
  readonly headings: readonly { readonly node: GraphNode; readonly depth: number }[]
}

export interface Shape {
  /** Parents before children; `context` is null where the graph has no context. */
  readonly frames: readonly { readonly context: GraphNode | null; readonly spaces: readonly ShapedSpace[] }[]
  readonly devices: readonly ShapedDevice[]
  readonly memory: GraphNode | null
  /** Objects that stand alone below: groups and IOMMUs without a device. */
  readonly lone: readonly GraphNode[]
}

type Nodes = ReadonlyMap<string, GraphNode>

/** Other objects of a file stand where its spaces do. */
const standsAs = ({ kind }: GraphNode): GraphNode['kind'] => (kind === 'object' ? 'space' : kind)

function kindOf(nodes: Nodes, id: string | null): GraphNode['kind'] | 'unknown' | null {
  const node = id === null ? null : nodes.get(id)
  return node === null ? null : node === undefined ? 'unknown' : standsAs(node)
}

function edgeFits(edge: GraphEdge, nodes: Nodes): boolean {
  const ends = `${kindOf(nodes, edge.from)}>${kindOf(nodes, edge.to)}`
  if (edge.kind === 'ref') return false
  if (edge.kind === 'attach') return ends === 'device>space'
  if (edge.kind === 'map') return ends === 'space>memory' && edge.label.length <= 30
  return ends === 'space>space' && nodes.get(edge.from)?.inside === nodes.get(edge.to)?.inside
}

function placeFits(node: GraphNode, nodes: Nodes, hasContext: boolean): boolean {
  const around = kindOf(nodes, node.inside)
  if (standsAs(node) === 'space') return around === (hasContext ? 'context' : null)
  if (node.kind === 'memory' || node.kind === 'context') return around === null
  return around === null || around === 'group' || around === 'iommu'
}

/** The containers around a node, the innermost first; null where they run in a circle. */
function containersOf(node: GraphNode, nodes: Nodes): GraphNode[] | null {
  const found: GraphNode[] = []
  for (let at = nodes.get(node.inside ?? ''); at; at = nodes.get(at.inside ?? '')) {
    if (found.includes(at)) return null
    found.push(at)
  }
  return found
}

/** The spaces of one context, parents first; shorter than the input where nesting runs in a circle. */
function nestedOrder(
  spaces: readonly GraphNode[],
  edges: readonly GraphEdge[],
): Omit<ShapedSpace, 'attaches'>[] {
  const nestOf = new Map(edges.filter(edge => edge.kind === 'nest').map(edge => [edge.from, edge]))
  const mapOf = new Map(edges.filter(edge => edge.kind === 'map').map(edge => [edge.from, edge]))
  const below = (parent: string | null, depth: number): Omit<ShapedSpace, 'attaches'>[] =>
    spaces
      .filter(node => (nestOf.get(node.id)?.to ?? null) === parent)
      .flatMap(node => [
        { node, depth, parent, nest: nestOf.get(node.id) ?? null, map: mapOf.get(node.id) ?? null },
        ...below(node.id, depth + 1),
      ])
  return below(null, 0)
}

/** Puts the attachments of each space so that a device shared with a neighbour is at that side. */
function withAttaches(
  spaces: readonly Omit<ShapedSpace, 'attaches'>[],
  edges: readonly GraphEdge[],
  rank: (device: string) => number,
): ShapedSpace[] {
  const place = new Map(spaces.map((space, i) => [space.node.id, i]))
  const places = (device: string) =>
    edges.filter(edge => edge.kind === 'attach' && edge.from === device).map(edge => place.get(edge.to) ?? 0)
  const side = (device: string, here: number) =>
    (Math.min(...places(device)) < here ? -1 : 0) + (Math.max(...places(device)) > here ? 1 : 0)
  return spaces.map((space, here) => {
    const attaches = edges.filter(edge => edge.kind === 'attach' && edge.to === space.node.id)
    const order = (edge: GraphEdge) => side(edge.from, here) * 10_000 + rank(edge.from)
    return { ...space, attaches: attaches.sort((a, b) => order(a) - order(b)) }
  })
}

/** True when equal items stand side by side. */
function isContiguous(items: readonly string[]): boolean {
  const changes = items.filter((item, i) => item !== items[i - 1])
  return new Set(changes).size === changes.length
}

/** Devices in the order of their attachments; those without one stand with their group, or last. */
function deviceOrder(devices: readonly GraphNode[], attached: readonly string[]): GraphNode[] {
  const order = [...new Set(attached)].flatMap(id => devices.filter(node => node.id === id))
  for (const node of devices.filter(node => !attached.includes(node.id))) {
    const mate = node.inside === null ? -1 : order.findLastIndex(other => other.inside === node.inside)
    order.splice(mate === -1 ? order.length : mate + 1, 0, node)
  }
  return order
}

function withHeadings(order: readonly GraphNode[], nodes: Nodes): ShapedDevice[] {
  const seen = new Set<string>()
  return order.map(node => {
    const chain = (containersOf(node, nodes) ?? []).reverse()
    const headings = chain.map((node, depth) => ({ node, depth })).filter(({ node }) => !seen.has(node.id))
    for (const { node } of headings) seen.add(node.id)
    return { node, headings }
  })
}

/** True when the devices of every container stand side by side. */
function containersHold(order: readonly GraphNode[], nodes: Nodes): boolean {
  const chains = order.map(node => (containersOf(node, nodes) ?? []).map(container => container.id))
  const inside = (id: string) => chains.map(chain => (chain.includes(id) ? id : ''))
  const runs = (id: string) => inside(id).filter((item, i, all) => item === id && all[i - 1] !== id).length
  return [...new Set(chains.flat())].every(id => runs(id) === 1)
}

function partsFit(graph: GraphView, nodes: Nodes): boolean {
  const hasContext = graph.nodes.some(node => node.kind === 'context')
  const single = (kind: GraphEdge['kind']) => {
    const sources = graph.edges.filter(edge => edge.kind === kind).map(edge => edge.from)
    return new Set(sources).size === sources.length
  }
  return (
    nodes.size === graph.nodes.length &&
    graph.edges.every(edge => edgeFits(edge, nodes)) &&
    graph.nodes.every(node => placeFits(node, nodes, hasContext) && containersOf(node, nodes) !== null) &&
    graph.nodes.filter(node => node.kind === 'memory').length <= 1 &&
    single('nest') &&
    single('map')
  )
}

function framesOf(graph: GraphView, rank: (device: string) => number): Shape['frames'] {
  const contexts = graph.nodes.filter(node => node.kind === 'context')
  const frames = contexts.length === 0 ? [null] : contexts
  const spaces = frames.map(context =>
    nestedOrder(
      graph.nodes.filter(node => standsAs(node) === 'space' && node.inside === (context?.id ?? null)),
      graph.edges,
    ),
  )
  const all = withAttaches(spaces.flat(), graph.edges, rank)
  return frames.map((context, i) => ({
    context,
    spaces: all.filter(space => spaces[i]?.some(own => own.node === space.node)),
  }))
}

/** The parts of a drawing in their order, or null where this graph cannot be drawn with boxes. */
export function shapeOf(graph: GraphView): Shape | null {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]))
  if (!partsFit(graph, nodes)) return null
  const rank = (id: string) => graph.nodes.findIndex(node => node.id === id)
  const frames = framesOf(graph, rank)
  const spaces = frames.flatMap(frame => frame.spaces)
  const attached = spaces.flatMap(space => space.attaches.map(edge => edge.from))
  const order = deviceOrder(
    graph.nodes.filter(node => node.kind === 'device'),
    attached,
  )
  const holds =
    spaces.length === graph.nodes.filter(node => standsAs(node) === 'space').length &&
    spaces.every(space => space.map === null || space.depth === 0) &&
    isContiguous(attached) &&
    containersHold(order, nodes)
  if (!holds) return null
  const around = new Set(order.flatMap(node => containersOf(node, nodes) ?? []))
  const lone = graph.nodes.filter(
    node => (node.kind === 'group' || node.kind === 'iommu') && !around.has(node),
  )
  return {
    frames,
    devices: withHeadings(order, nodes),
    memory: graph.nodes.find(node => node.kind === 'memory') ?? null,
    lone,
  }
}
