/** The machine as a picture or as an outline. Places come from the outline of all steps; a step only changes ink. */

import { ReactFlowProvider, useStore as useFlow, useReactFlow } from '@xyflow/react'
import { FoldVertical, Maximize, Minus, Plus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import type { Mark } from '../../../engine'
import { tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { count, counted } from '../../format/hex'
import { type ViewState, viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { Notices } from '../notices/Notices'
import { GraphCanvas } from './GraphCanvas'

const GraphOutline = lazy(() => import('./outline/GraphOutline'))

export default function GraphPanel() {
  const as = useStore(viewStore, state => state.graphAs)
  return (
    <section className="panel" aria-label="Graph">
      <ReactFlowProvider>
        <div className="panel-head">
          <h2 className="sr-only">Graph</h2>
          <Switch as={as} />
          <Summary />
          <span className="flex-1" />
          <CloseBundles />
          {as === 'picture' && <Zoom />}
        </div>
        <Notices />
        <Suspense>{as === 'picture' ? <GraphCanvas /> : <GraphOutline />}</Suspense>
      </ReactFlowProvider>
    </section>
  )
}

const VIEWS = [
  { as: 'picture', name: 'Graph', action: 'graph.picture' },
  { as: 'outline', name: 'Outline', action: 'graph.outline' },
] as const

function Switch({ as }: { readonly as: ViewState['graphAs'] }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own
    <div role="group" aria-label="How the graph is shown" className="g-switch">
      {VIEWS.map(view => (
        <button
          key={view.as}
          type="button"
          aria-pressed={as === view.as}
          title={tooltip(view.action)}
          onClick={() => viewStore.setState({ graphAs: view.as })}
        >
          {view.name}
        </button>
      ))}
    </div>
  )
}

function isChanged(part: {
  readonly mark: Mark
  readonly rows?: readonly { readonly mark: Mark }[]
}): boolean {
  return part.mark !== '' || (part.rows ?? []).some(row => row.mark !== '')
}

function Summary() {
  const state = useStore(viewStore, view => view.shown?.state)
  const graph = useStore(viewStore, view => view.shown?.graph)
  if (graph === undefined || state === undefined) return null
  const changed = [...graph.nodes, ...graph.edges].filter(isChanged).length
  const text = `${counted(state.addressSpaces.length, 'space')}, ${counted(state.devices.length, 'device')}; ${count(changed)} changed`
  return (
    <span className="graph-summary" title={text}>
      {text}
    </span>
  )
}

function CloseBundles() {
  const controller = useController()
  const isOpen = useStore(viewStore, state => state.opened.length > 0)
  if (!isOpen) return null
  return (
    <IconButton
      icon={FoldVertical}
      name={tooltip('graph.bundle')}
      onClick={() => controller.graph.closeBundles()}
    />
  )
}

function Zoom() {
  const { zoomIn, zoomOut, zoomTo, getViewport } = useReactFlow()
  const percent = useFlow(state => Math.round(state.transform[2] * 100))
  const kept = (moved: Promise<boolean>) =>
    void moved.then(() => viewStore.setState({ viewport: getViewport() }))
  return (
    <>
      <IconButton icon={Minus} name="Zoom out" onClick={() => kept(zoomOut())} />
      <button type="button" className="g-percent mono" title="To full size" onClick={() => kept(zoomTo(1))}>
        {percent}%
      </button>
      <IconButton icon={Plus} name="Zoom in" onClick={() => kept(zoomIn())} />
      <IconButton
        icon={Maximize}
        name={tooltip('graph.fit')}
        onClick={() => viewStore.setState({ viewport: null })}
      />
    </>
  )
}
