/** What a step changed in a picture: the same picture before and after, compared by identity of nodes. */
import type { GraphEdge, GraphNode, GraphRow, GraphView } from './contract'

/** Marks `now` against `before`; what is gone stays in the picture for one step, marked `-`. */
export function markChanges(now: GraphView, before: GraphView): GraphView {
  const nodes = merge(now.nodes, before.nodes).map(([node, was, is]) => markNode(node, was, is))
  const edges = merge(now.edges, before.edges).map(([edge, was, is]) => markEdge(edge, was, is))
  return { title: now.title, nodes, edges }
}

type Merged<T> = readonly [item: T, was: T | undefined, is: T | undefined]

function merge<T extends { readonly id: string }>(
  now: readonly T[],
  before: readonly T[],
): readonly Merged<T>[] {
  const old = new Map(before.map(item => [item.id, item]))
  const present = new Set(now.map(item => item.id))
  const kept = now.map((item): Merged<T> => [item, old.get(item.id), item])
  const gone = before.filter(item => !present.has(item.id)).map((item): Merged<T> => [item, item, undefined])
  return [...kept, ...gone]
}

function markNode(node: GraphNode, was: GraphNode | undefined, is: GraphNode | undefined): GraphNode {
  if (was === undefined) return { ...node, mark: '+', rows: node.rows.map(row => ({ ...row, mark: '+' })) }
  if (is === undefined) return { ...node, mark: '-', rows: node.rows.map(row => ({ ...row, mark: '-' })) }
  const rows = markRows(is.rows, was.rows)
  const before = is.subtitle === was.subtitle ? {} : { subtitleBefore: was.subtitle }
  const changed =
    rows.some(row => row.mark !== '') ||
    is.subtitle !== was.subtitle ||
    is.title !== was.title ||
    is.inside !== was.inside
  return { ...node, ...before, rows, mark: changed ? '~' : '' }
}

/**
 * Rows go by their label; where one label stands for a list, each row is told by its value, as often as
 * it stands there.
 */
export function markRows(now: readonly GraphRow[], before: readonly GraphRow[]): readonly GraphRow[] {
  const lists = new Set([...repeated(now), ...repeated(before)])
  const key = (row: GraphRow): string => (lists.has(row.label) ? `${row.label}\n${row.value}` : row.label)
  const left = new Map<string, GraphRow[]>()
  for (const row of before) left.set(key(row), [...(left.get(key(row)) ?? []), row])
  const marked = now.map((row): GraphRow => {
    const old = left.get(key(row))?.shift()
    if (old === undefined) return { ...row, mark: '+' }
    return old.value === row.value ? row : { ...row, mark: '~', before: old.value }
  })
  return [...marked, ...[...left.values()].flat().map((row): GraphRow => ({ ...row, mark: '-' }))]
}

function repeated(rows: readonly GraphRow[]): readonly string[] {
  const seen = new Set<string>()
  return rows.flatMap(({ label }) => {
    if (seen.has(label)) return [label]
    seen.add(label)
    return []
  })
}

function markEdge(edge: GraphEdge, was: GraphEdge | undefined, is: GraphEdge | undefined): GraphEdge {
  if (was === undefined) return { ...edge, mark: '+' }
  if (is === undefined) return { ...edge, mark: '-' }
  return was.label === is.label && was.dashed === is.dashed ? edge : { ...edge, mark: '~' }
}
