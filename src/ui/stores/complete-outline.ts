/** Adds to an outline what a step shows and the outline lacks: very long flows are looked at only in part. */
import type { GraphView } from '../../engine'
import type { Outline } from '../../worker/protocol'

/** The same object where nothing is missing. */
export function completed(outline: Outline, graph: GraphView): Outline {
  const nodes = graph.nodes.filter(node => !outline.nodes.some(known => known.id === node.id))
  const edges = graph.edges.filter(edge => !outline.edges.some(known => known.id === edge.id))
  if (nodes.length === 0 && edges.length === 0) return outline
  const added = nodes.map(node => ({ ...node, rows: node.rows.map(row => row.label) }))
  return { ...outline, nodes: [...outline.nodes, ...added], edges: [...outline.edges, ...edges] }
}
