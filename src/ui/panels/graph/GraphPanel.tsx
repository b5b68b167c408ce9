/** The machine as a picture. Places come from the outline of all steps; a step only changes ink. */

import { ReactFlowProvider, useStore as useFlow, useReactFlow } from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { useStore } from 'zustand'
import type { Mark } from '../../../engine'
import { count } from '../../format/hex'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { Notices } from '../notices/Notices'
import { GraphCanvas } from './GraphCanvas'

export default function GraphPanel() {
  return (
    <section className="panel" aria-label="Graph">
      <ReactFlowProvider>
        <div className="panel-head">
          <h2>Graph</h2>
          <Summary />
          <span className="flex-1" />
          <Zoom />
        </div>
        <Notices />
        <GraphCanvas />
      </ReactFlowProvider>
    </section>
  )
}

function isChanged(part: {
  readonly mark: Mark
  readonly rows?: readonly { readonly mark: Mark }[]
}): boolean {
  return part.mark !== '' || (part.rows ?? []).some(row => row.mark !== '')
}

function Summary() {
  const graph = useStore(viewStore, state => state.shown?.graph)
  if (graph === undefined) return null
  const spaces = graph.nodes.filter(node => node.kind === 'space').length
  const devices = graph.nodes.filter(node => node.kind === 'device').length
  const changed = [...graph.nodes, ...graph.edges].filter(isChanged).length
  return (
    <span className="min-w-0 truncate text-11">
      {plural(spaces, 'space')}, {plural(devices, 'device')}; {count(changed)} changed
    </span>
  )
}

function plural(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`
}

function Zoom() {
  const { zoomIn, zoomOut, fitView } = useReactFlow()
  const percent = useFlow(state => Math.round(state.transform[2] * 100))
  return (
    <>
      <IconButton icon={Minus} name="Zoom out" onClick={() => void zoomOut()} />
      <span className="mono w-9 text-center text-11">{percent}%</span>
      <IconButton icon={Plus} name="Zoom in" onClick={() => void zoomIn()} />
      <IconButton
        icon={Maximize}
        name="Fit the graph"
        onClick={() => void fitView({ padding: 0.02, maxZoom: 1 })}
      />
    </>
  )
}
