/** React Flow over a fixed layout. Its arrays keep their identity while stepping; nodes read their own slice. */
import { type Edge, type EdgeTypes, type Node, type NodeTypes, ReactFlow, useReactFlow } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { viewStore } from '../../stores/view-store'
import { layoutGraph, type PanelSize } from './layout'
import { LayoutContext } from './layout-context'
import type { Box, GraphLayout, OutlineNode } from './layout-types'
import { anchored } from './nodes/anchored'
import { ContextNode } from './nodes/ContextNode'
import { DeviceNode } from './nodes/DeviceNode'
import { GroupNode } from './nodes/GroupNode'
import { IommuNode } from './nodes/IommuNode'
import { MemoryNode } from './nodes/MemoryNode'
import { SpaceNode } from './nodes/SpaceNode'
import { RoutedEdge } from './RoutedEdge'
import '@xyflow/react/dist/base.css'

/** Prefixed, because React Flow has a `group` of its own. */
const NODE_TYPES: NodeTypes = {
  'ioas-memory': anchored(MemoryNode),
  'ioas-context': anchored(ContextNode),
  'ioas-space': anchored(SpaceNode),
  'ioas-iommu': anchored(IommuNode),
  'ioas-group': anchored(GroupNode),
  'ioas-device': anchored(DeviceNode),
}
const EDGE_TYPES: EdgeTypes = { routed: RoutedEdge }
/** Frames lie under edges, edges under what they join. */
const DEPTH: Readonly<Record<OutlineNode['kind'], number>> = {
  context: 0,
  group: 0,
  iommu: 2,
  memory: 2,
  space: 2,
  device: 2,
}

export function GraphCanvas() {
  const outline = useStore(viewStore, state => state.outline)
  const [frame, size] = usePanelSize()
  const layout = useMemo(
    () => (outline === null || size === null ? null : layoutGraph(outline, size)),
    [outline, size],
  )
  return (
    <div ref={frame} className="min-h-0 flex-1 bg-canvas">
      {outline !== null && layout !== null && size !== null && (
        <LayoutContext value={layout}>
          <Canvas nodes={outline.nodes} edges={outline.edges} layout={layout} size={size} />
        </LayoutContext>
      )}
    </div>
  )
}

interface CanvasProps {
  readonly nodes: readonly OutlineNode[]
  readonly edges: readonly { readonly id: string; readonly from: string; readonly to: string }[]
  readonly layout: GraphLayout
  readonly size: PanelSize
}

function Canvas({ nodes, edges, layout, size }: CanvasProps) {
  const flowNodes = useMemo(
    () =>
      nodes.flatMap(node => {
        const box = layout.nodes.get(node.id)
        return box === undefined ? [] : [flowNode(node, box)]
      }),
    [nodes, layout],
  )
  const flowEdges = useMemo(
    () => edges.filter(edge => layout.edges.has(edge.id)).map(flowEdge),
    [edges, layout],
  )
  return (
    <ReactFlow
      nodes={flowNodes}
      edges={flowEdges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      panOnScroll
      zoomOnDoubleClick={false}
      minZoom={0.2}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      aria-label="Graph of address spaces and devices"
    >
      <KeepInView layout={layout} size={size} />
    </ReactFlow>
  )
}

/** At full size where it fits, else as small as it must be; again only when the layout or the panel changes. */
function KeepInView({ layout, size }: { readonly layout: GraphLayout; readonly size: PanelSize }) {
  const { setViewport } = useReactFlow()
  useEffect(() => {
    const zoom = Math.max(0.55, Math.min(1, size.width / layout.width, size.height / layout.height))
    const x = Math.max(0, (size.width - layout.width * zoom) / 2)
    void setViewport({ x, y: 0, zoom })
  }, [setViewport, layout, size])
  return null
}

/** Sizes are given, so nothing is measured and nothing flickers. */
function flowNode({ id, kind }: OutlineNode, { x, y, width, height }: Box): Node {
  return {
    id,
    type: `ioas-${kind}`,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    zIndex: DEPTH[kind],
    data: {},
  }
}

function flowEdge({ id, from, to }: CanvasProps['edges'][number]): Edge {
  // The edge itself is the button; what React Flow wraps it in must not claim to be an image.
  const domAttributes = { 'aria-label': undefined, 'aria-roledescription': undefined }
  return { id, source: from, target: to, type: 'routed', zIndex: 1, ariaRole: 'group', domAttributes }
}

function usePanelSize() {
  const frame = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState<PanelSize | null>(null)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      setSize({ width: Math.round(width), height: Math.round(height) })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [frame, size] as const
}
