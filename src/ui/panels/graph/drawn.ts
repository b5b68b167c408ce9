/** A drawing made ready for the parts of the picture: places by id, and React Flow's arrays, once a drawing. */
import type { Edge, Node } from '@xyflow/react'
import { createContext, useContext } from 'react'
import type { NodeKind } from '../../../engine'
import type { Box, EdgeRoute, NodeBox, PortBox } from '../../../worker/layout/types'
import type { Drawn } from '../../../worker/protocol'

export interface Places {
  readonly nodes: ReadonlyMap<string, NodeBox>
  readonly edges: ReadonlyMap<string, EdgeRoute>
  readonly ports: readonly PortBox[]
  readonly compact: boolean
}

export interface Elements {
  readonly places: Places
  /** Their identity changes with the drawing, never with the step. */
  readonly nodes: Node[]
  readonly edges: Edge[]
}

/** Frames lie under edges, edges under what they join. */
const DEPTH: Readonly<Record<NodeKind, number>> = {
  context: 0,
  group: 0,
  iommu: 2,
  memory: 2,
  space: 2,
  object: 2,
  device: 2,
  bundle: 2,
}

const known = new WeakMap<Drawn, Elements>()

export function elementsOf(drawn: Drawn): Elements {
  const found = known.get(drawn) ?? makeElements(drawn)
  known.set(drawn, found)
  return found
}

function makeElements({ outline, layout }: Drawn): Elements {
  const places = {
    nodes: new Map(layout.nodes.map(box => [box.id, box])),
    edges: new Map(layout.edges.map(route => [route.id, route])),
    ports: layout.ports,
    compact: layout.compact,
  }
  const nodes = outline.nodes.flatMap(({ id, kind }) => {
    const box = places.nodes.get(id)
    return box === undefined ? [] : [flowNode(id, kind, box)]
  })
  return { places, nodes, edges: outline.edges.filter(({ id }) => places.edges.has(id)).map(flowEdge) }
}

/** Sizes are given, so nothing is measured and nothing flickers. */
function flowNode(id: string, kind: NodeKind, { x, y, width, height }: Box): Node {
  return {
    id,
    // Prefixed, because React Flow has a `group` of its own.
    type: `ioas-${kind}`,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    zIndex: DEPTH[kind],
    data: {},
  }
}

function flowEdge({
  id,
  from,
  to,
}: {
  readonly id: string
  readonly from: string
  readonly to: string
}): Edge {
  // The edge itself is the button; what React Flow wraps it in must not claim to be an image.
  const domAttributes = { 'aria-label': undefined, 'aria-roledescription': undefined }
  return { id, source: from, target: to, type: 'routed', zIndex: 1, ariaRole: 'group', domAttributes }
}

/** Hands the places to nodes and edges, which React Flow makes. */
export const PlacesContext = createContext<Places | null>(null)

export function usePlaces(): Places {
  const places = useContext(PlacesContext)
  if (places === null) throw new Error('No drawing above this part')
  return places
}
