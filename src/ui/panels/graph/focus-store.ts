/**
 * Which part of the picture Tab comes back to. The picture is one stop of the page's Tab order that one
 * walks through in the order of creation, an object and then its edges; see `walk.ts`.
 */
import { createStore } from 'zustand/vanilla'
import type { GraphEdge, GraphNode } from '../../../engine'

interface FocusState {
  /** Id of a node or an edge; null for the first one. */
  readonly at: string | null
}

export const focusStore = createStore<FocusState>(() => ({ at: null }))

type Ordered = ReadonlyMap<string, Pick<GraphNode, 'id' | 'order'>>
type Edges = ReadonlyMap<string, Pick<GraphEdge, 'id' | 'from'>>

/** Ids of all nodes and edges of a step: objects as they were made, each with the edges that begin at it. */
export function creationOrder(nodes: Ordered, edges: Edges): string[] {
  const edgesOf = new Map<string, string[]>()
  for (const { id, from } of edges.values()) edgesOf.set(from, [...(edgesOf.get(from) ?? []), id])
  const inOrder = [...nodes.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
  return inOrder.flatMap(({ id }) => [id, ...(edgesOf.get(id) ?? [])])
}

/** Where Tab enters: where one was, or the first object where that is gone. */
export function tabStop(at: string | null, nodes: Ordered, edges: Edges): string | null {
  return at !== null && (nodes.has(at) || edges.has(at)) ? at : firstOf(nodes)
}

const firsts = new WeakMap<Ordered, string | null>()

/** Every part of the picture asks; it is looked for once a step. */
function firstOf(nodes: Ordered): string | null {
  const known = firsts.get(nodes)
  if (known !== undefined) return known
  let first: Pick<GraphNode, 'id' | 'order'> | null = null
  for (const node of nodes.values()) if (first === null || node.order < first.order) first = node
  const id = first?.id ?? null
  firsts.set(nodes, id)
  return id
}
