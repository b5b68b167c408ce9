/** The object a reader most likely wants to see of a step: what the step made or changed, spaces first. */
import type { GraphNode, GraphView } from '../engine'

const KINDS: readonly GraphNode['kind'][] = ['space', 'object', 'device', 'iommu', 'context']
const MARKS: readonly GraphNode['mark'][] = ['+', '~', '-']

/** A page table that went by itself is beside the point. */
const isShowing = ({ kind, mark }: GraphNode) => kind === 'space' || (kind === 'object' && mark !== '-')

/** Id of a node of the graph, or null where it has none worth showing. */
export function autoSelection({ nodes, edges }: GraphView): string | null {
  const rowChanged = (node: GraphNode) => node.rows.some(row => row.mark !== '')
  const spaces = nodes.filter(n => isShowing(n) && (n.mark !== '' || rowChanged(n)))
  const space =
    MARKS.map(mark => spaces.findLast(n => n.mark === mark)).find(n => n !== undefined) ?? spaces.at(-1)
  if (space !== undefined) return space.id
  const edge = edges.findLast(e => e.mark !== '')
  if (edge !== undefined) return edge.kind === 'attach' ? edge.to : edge.from
  const other = nodes.findLast(n => KINDS.includes(n.kind) && (n.mark !== '' || rowChanged(n)))
  return (
    (other ?? nodes.findLast(n => n.kind === 'space') ?? nodes.find(n => n.kind === 'device'))?.id ?? null
  )
}
