/** Three panels side by side and the timeline below; on a small screen one under the other. */
import { lazy, type ReactNode, Suspense } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { panelStorage } from './app/storage'
import { type FrameSizes, useFrameSizes } from './app/use-frame-sizes'
import { StepAnnouncer } from './panels/timeline/StepAnnouncer'
import { Boundary } from './widgets/Boundary'

const EditorPanel = lazy(() => import('./panels/editor/EditorPanel'))
const GraphPanel = lazy(() => import('./panels/graph/GraphPanel'))
const InspectorPanel = lazy(() => import('./panels/inspector/InspectorPanel'))
const TimelinePanel = lazy(() =>
  import('./panels/timeline/TimelinePanel').then(module => ({ default: module.TimelinePanel })),
)

/** Pixels. The editor holds 52 columns of code, the inspector the row of a 64-bit entry. */
const LEAST = { editor: 400, graph: 420, inspector: 396, work: 240, dock: 112 }

export function Workbench() {
  const sizes = useFrameSizes()
  return (
    <main className="workbench">
      {sizes.name === 'column' ? <Column /> : <SideBySide key={sizes.name} sizes={sizes} />}
      <StepAnnouncer />
    </main>
  )
}

function Later({ part, children }: { readonly part: string; readonly children: ReactNode }) {
  return (
    <Boundary part={part}>
      <Suspense fallback={<div className="panel" />}>{children}</Suspense>
    </Boundary>
  )
}

function Column() {
  return (
    <div className="column">
      <div className="column-part dock-part">
        <Later part="The timeline">
          <TimelinePanel />
        </Later>
      </div>
      <div className="column-part">
        <Later part="The graph">
          <GraphPanel />
        </Later>
      </div>
      <div className="column-part">
        <Later part="The editor">
          <EditorPanel />
        </Later>
      </div>
      <div className="column-part">
        <Later part="The inspector">
          <InspectorPanel />
        </Later>
      </div>
    </div>
  )
}

function SideBySide({ sizes }: { readonly sizes: FrameSizes }) {
  const rows = useDefaultLayout({ id: `rows-${sizes.name}`, storage: panelStorage })
  const columns = useDefaultLayout({ id: `columns-${sizes.name}`, storage: panelStorage })
  return (
    <Group orientation="vertical" className="min-h-0 flex-1" {...rows}>
      <Panel id="work" minSize={LEAST.work}>
        <Group orientation="horizontal" className="h-full" {...columns}>
          <Panel id="editor" defaultSize={sizes.editor} minSize={LEAST.editor}>
            <Later part="The editor">
              <EditorPanel />
            </Later>
          </Panel>
          <Separator className="separator" aria-label="Width of the flow" />
          <Panel id="graph" minSize={LEAST.graph}>
            <Later part="The graph">
              <GraphPanel />
            </Later>
          </Panel>
          <Separator className="separator" aria-label="Width of the inspector" />
          <Panel id="inspector" defaultSize={sizes.inspector} minSize={LEAST.inspector}>
            <Later part="The inspector">
              <InspectorPanel />
            </Later>
          </Panel>
        </Group>
      </Panel>
      <Separator className="separator" aria-label="Height of the timeline" />
      <Panel id="timeline" defaultSize={sizes.dock} minSize={LEAST.dock}>
        <Later part="The timeline">
          <TimelinePanel />
        </Later>
      </Panel>
    </Group>
  )
}
