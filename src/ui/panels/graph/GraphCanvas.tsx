/** React Flow over fixed places. Its arrays keep their identity while stepping; parts read their own slice. */
import {
  type EdgeTypes,
  type NodeTypes,
  ReactFlow,
  useReactFlow,
  useStoreApi,
  type Viewport,
} from '@xyflow/react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { GraphLayout } from '../../../worker/layout/types'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'
import { elementsOf, PlacesContext } from './drawn'
import { creationOrder, focusStore, tabStop } from './focus-store'
import { anchored } from './nodes/anchored'
import { BundleNode } from './nodes/BundleNode'
import { ContextNode } from './nodes/ContextNode'
import { DeviceNode } from './nodes/DeviceNode'
import { GroupNode } from './nodes/GroupNode'
import { IommuNode } from './nodes/IommuNode'
import { MemoryNode } from './nodes/MemoryNode'
import { SpaceNode } from './nodes/SpaceNode'
import { RoutedEdge } from './RoutedEdge'
import { isDirection, neighbour } from './walk'
import '@xyflow/react/dist/base.css'

const NODE_TYPES: NodeTypes = {
  'ioas-memory': anchored(MemoryNode),
  'ioas-context': anchored(ContextNode),
  'ioas-space': anchored(SpaceNode),
  'ioas-object': anchored(SpaceNode),
  'ioas-iommu': anchored(IommuNode),
  'ioas-group': anchored(GroupNode),
  'ioas-device': anchored(DeviceNode),
  'ioas-bundle': anchored(BundleNode),
}
const EDGE_TYPES: EdgeTypes = { routed: RoutedEdge }

export function GraphCanvas() {
  const frame = useRef<HTMLDivElement>(null)
  const drawn = useStore(viewStore, state => state.drawn)
  useCanvasSize(frame)
  const onKeyDown = useKeys(frame)
  if (drawn === null) return <div ref={frame} className="min-h-0 flex-1 bg-canvas" />
  const { places, nodes, edges } = elementsOf(drawn)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own
    <div
      ref={frame}
      className="min-h-0 flex-1 bg-canvas"
      onKeyDown={onKeyDown}
      role="group"
      aria-label="Picture"
    >
      <PlacesContext value={places}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
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
          minZoom={0.1}
          maxZoom={4}
          onMoveEnd={keepMoved}
          proOptions={{ hideAttribution: true }}
          aria-label="Graph of address spaces and devices"
        >
          <KeepInView layout={drawn.layout} frame={frame} />
        </ReactFlow>
      </PlacesContext>
    </div>
  )
}

/** A move by hand stays; what the page itself does to keep the picture in view has no event. */
function keepMoved(event: MouseEvent | TouchEvent | null, { x, y, zoom }: Viewport): void {
  if (event !== null) viewStore.setState({ viewport: { x, y, zoom } })
}

interface KeepProps {
  readonly layout: GraphLayout
  readonly frame: React.RefObject<HTMLDivElement | null>
}

const SMALLEST_BY_ITSELF = 0.45

/** At full size where it fits, else as small as it must be; where the reader moved it, there. */
function KeepInView({ layout, frame }: KeepProps) {
  const { setViewport, getViewport } = useReactFlow()
  const viewport = useStore(viewStore, state => state.viewport)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const { clientWidth: width, clientHeight: height } = element
    const fits = Math.max(SMALLEST_BY_ITSELF, Math.min(1, width / layout.width, height / layout.height))
    const centred = { x: Math.max(0, (width - layout.width * fits) / 2), y: 0, zoom: fits }
    const wanted = viewport ?? centred
    const { x, y, zoom } = getViewport()
    if (x !== wanted.x || y !== wanted.y || zoom !== wanted.zoom) void setViewport(wanted)
  }, [setViewport, getViewport, layout, viewport, frame])
  return null
}

function useCanvasSize(frame: React.RefObject<HTMLDivElement | null>): void {
  const controller = useController()
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      controller.graph.resize({ width: Math.round(width), height: Math.round(height) })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [controller, frame])
}

/** Tab goes on in the order of creation and out after the last part; arrows go to what lies there. */
function useKeys(frame: React.RefObject<HTMLDivElement | null>) {
  const flow = useStoreApi()
  const { setCenter } = useReactFlow()
  return (event: KeyboardEvent) => {
    const { nodes, edges, drawn } = viewStore.getState()
    const at = tabStop(focusStore.getState().at, nodes, edges)
    if (at === null || drawn === null || event.ctrlKey || event.altKey || event.metaKey) return
    const order = creationOrder(nodes, edges)
    const { places } = elementsOf(drawn)
    const next =
      event.key === 'Tab'
        ? (order[order.indexOf(at) + (event.shiftKey ? -1 : 1)] ?? null)
        : isDirection(event.key)
          ? neighbour(at, event.key, order, places)
          : undefined
    if (next === undefined) return
    // After the last part, and before the first, Tab is the page's.
    if (next === null && event.key === 'Tab') return
    event.preventDefault()
    if (next === null) return
    focusPart(frame.current, next)
    const box = places.nodes.get(next)
    if (box !== undefined) reveal(box)
  }
  function reveal(box: { x: number; y: number; width: number; height: number }): void {
    const { transform, width, height } = flow.getState()
    const [tx, ty, zoom] = transform
    const [left, top] = [box.x * zoom + tx, box.y * zoom + ty]
    const isSeen =
      left >= 0 && top >= 0 && left + box.width * zoom <= width && top + box.height * zoom <= height
    if (!isSeen) void setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom })
  }
}

function focusPart(frame: HTMLElement | null, id: string): void {
  const parts = frame?.querySelectorAll<HTMLElement>('[data-part]') ?? []
  const part = [...parts].find(candidate => candidate.dataset.part === id)
  // React Flow scrolls nothing itself; neither may the browser.
  part?.focus({ preventScroll: true })
}
