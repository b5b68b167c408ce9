/**
 * The graph as lines of a tree: every node once, below what it lies in or nests in; below each node its
 * rows, then the edges that begin at it, then what it holds. The same objects and edges as in the picture.
 */
import type { GraphEdge, GraphNode, Mark } from '../../../../engine'

export interface TreeLine {
  /** Unlike any other line's, the same over all steps. */
  readonly key: string
  readonly part: 'node' | 'row' | 'edge'
  /** The node or edge; of a row, the node it belongs to. */
  readonly id: string
  /** From 1. */
  readonly level: number
  /** Place among its sisters, from 1, and how many there are. */
  readonly place: number
  readonly of: number
  readonly name: string
  readonly value: string
  /** What stood there before, where this step changed it. */
  readonly before: string | null
  readonly mark: Mark
  /** Null where nothing is below it. */
  readonly open: boolean | null
}

type Bare = Omit<TreeLine, 'level' | 'place' | 'of' | 'open'>

interface Branch {
  readonly line: Bare
  readonly below: readonly Branch[]
}

/** `closed` holds keys of lines whose branches are hidden. */
export function treeLines(
  nodes: Iterable<GraphNode>,
  edges: Iterable<GraphEdge>,
  closed: ReadonlySet<string>,
): TreeLine[] {
  const lines: TreeLine[] = []
  const write = (branches: readonly Branch[], level: number) => {
    branches.forEach(({ line, below }, i) => {
      const open = below.length === 0 ? null : !closed.has(line.key)
      lines.push({ ...line, level, place: i + 1, of: branches.length, open })
      if (open === true) write(below, level + 1)
    })
  }
  write(branchesOf([...nodes], [...edges]), 1)
  return lines
}

function branchesOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Branch[] {
  const inOrder = [...nodes].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
  const above = placesOf(inOrder, edges)
  const titles = new Map(nodes.map(node => [node.id, numbered(node)]))
  const held = groupBy(inOrder, node => above.get(node.id) ?? '')
  const starting = groupBy(edges, edge => (titles.has(edge.from) ? edge.from : ''))
  const branch = (node: GraphNode): Branch => ({
    line: nodeLine(node),
    below: [
      ...rowLines(node).map(leaf),
      ...(starting.get(node.id) ?? []).map(edge => leaf(edgeLine(edge, titles))),
      ...(held.get(node.id) ?? []).map(branch),
    ],
  })
  const stray = (starting.get('') ?? []).map(edge => leaf(edgeLine(edge, titles)))
  return [...(held.get('') ?? []).map(branch), ...stray]
}

const leaf = (line: Bare): Branch => ({ line, below: [] })

/** The node that each node stands below: its parent, else what it lies in; never in a circle. */
function placesOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, string> {
  const known = new Set(nodes.map(node => node.id))
  const parents = new Map(edges.filter(edge => edge.kind === 'nest').map(edge => [edge.from, edge.to]))
  const above = new Map<string, string>()
  for (const { id, inside } of nodes) {
    const place = [parents.get(id), inside].find(
      wish => typeof wish === 'string' && known.has(wish) && !isBelow(wish, id, above),
    )
    if (typeof place === 'string') above.set(id, place)
  }
  return above
}

function isBelow(id: string, other: string, above: ReadonlyMap<string, string>): boolean {
  for (let at: string | undefined = id; at !== undefined; at = above.get(at)) if (at === other) return true
  return false
}

function nodeLine(node: GraphNode): Bare {
  const { id, kind, subtitle, subtitleBefore, mark } = node
  return {
    key: id,
    part: 'node',
    id,
    name: node.number === undefined || kind === 'device' ? nameOf(kind, numbered(node)) : numbered(node),
    value: subtitle,
    before: subtitleBefore ?? null,
    mark,
  }
}

/** `IOAS [1]`: the number it was made as in its file, where files number objects. */
function numbered({ title, number }: GraphNode): string {
  return number === undefined ? title : `${title} [${number}]`
}

/** A title that names its kind says it once. */
function nameOf(kind: GraphNode['kind'], title: string): string {
  return title.toLowerCase().includes(kind) ? title : `${KINDS[kind]} ${title}`
}

const KINDS: Readonly<Record<GraphNode['kind'], string>> = {
  memory: 'memory',
  context: 'context',
  space: 'space',
  object: 'object',
  iommu: 'IOMMU',
  group: 'group',
  device: 'device',
  bundle: 'bundle',
}

/** Rows may share a label: each goes by its place among those. */
function rowLines({ id, rows }: GraphNode): Bare[] {
  const counts = new Map<string, number>()
  return rows.map(({ label, value, before, mark }) => {
    const nth = counts.get(label) ?? 0
    counts.set(label, nth + 1)
    return { key: `${id} ${label} ${nth}`, part: 'row', id, name: label, value, before, mark }
  })
}

const VERBS: Readonly<Record<GraphEdge['kind'], string>> = {
  attach: 'attached to',
  nest: 'child of',
  map: 'maps',
  ref: 'refers to',
}

function edgeLine({ id, kind, to, label, mark }: GraphEdge, titles: ReadonlyMap<string, string>): Bare {
  const name = `${VERBS[kind]} ${titles.get(to) ?? to}`
  return { key: `edge ${id}`, part: 'edge', id, name, value: label, before: null, mark }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const list = groups.get(keyOf(item))
    if (list === undefined) groups.set(keyOf(item), [item])
    else list.push(item)
  }
  return groups
}
