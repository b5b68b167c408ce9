/** The frame: bar above, three panels side by side, the timeline below. Panels know nothing of each other. */
import { lazy, Suspense } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { panelStorage } from './app/storage'
import { useFrameSizes } from './app/use-frame-sizes'
import { Overlays } from './Overlays'
import { DifferenceBar } from './panels/choices/DifferenceLine'
import { StepAnnouncer } from './panels/timeline/StepAnnouncer'
import { TimelinePanel } from './panels/timeline/TimelinePanel'
import { TopBar } from './panels/topbar/TopBar'

const EditorPanel = lazy(() => import('./panels/editor/EditorPanel'))
const GraphPanel = lazy(() => import('./panels/graph/GraphPanel'))
const InspectorPanel = lazy(() => import('./panels/inspector/InspectorPanel'))

export function App() {
  const sizes = useFrameSizes()
  const rows = useDefaultLayout({ id: `rows-${sizes.name}`, storage: panelStorage })
  const columns = useDefaultLayout({ id: `columns-${sizes.name}`, storage: panelStorage })
  return (
    <div className="flex h-full flex-col">
      <TopBar />
      <DifferenceBar />
      <main className="flex min-h-0 flex-1 flex-col">
        <Group key={sizes.name} orientation="vertical" className="min-h-0 flex-1" {...rows}>
          <Panel id="work" minSize={240}>
            <Group orientation="horizontal" className="h-full" {...columns}>
              <Panel id="editor" defaultSize={sizes.editor} minSize={360}>
                <Suspense fallback={<div className="panel" />}>
                  <EditorPanel />
                </Suspense>
              </Panel>
              <Separator className="separator" aria-label="Width of the flow" />
              <Panel id="graph" minSize={320}>
                <Suspense fallback={<div className="panel" />}>
                  <GraphPanel />
                </Suspense>
              </Panel>
              <Separator className="separator" aria-label="Width of the inspector" />
              <Panel id="inspector" defaultSize={sizes.inspector} minSize={396}>
                <Suspense fallback={<div className="panel" />}>
                  <InspectorPanel />
                </Suspense>
              </Panel>
            </Group>
          </Panel>
          <Separator className="separator" aria-label="Height of the timeline" />
          <Panel id="timeline" defaultSize={sizes.dock} minSize={120}>
            <TimelinePanel />
          </Panel>
        </Group>
        <StepAnnouncer />
      </main>
      <Overlays />
    </div>
  )
}
