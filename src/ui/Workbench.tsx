/** Three panels side by side and the timeline below; on a small screen one under the other. */
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { firstGraph } from './app/first-graph'
import { panelStorage } from './app/storage'
import { type FrameSizes, useFrameSizes } from './app/use-frame-sizes'
import { PlainText } from './panels/editor/PlainText'
import { StepAnnouncer } from './panels/timeline/StepAnnouncer'
import { Later, later } from './widgets/Later'

const GRAPH = later(() => import('./panels/graph/GraphPanel'))
const EDITOR = later(() => firstGraph().then(() => import('./panels/editor/EditorPanel')))
const INSPECTOR = later(() => firstGraph().then(() => import('./panels/inspector/InspectorPanel')))
const TIMELINE = later(async () => {
  await firstGraph()
  return { default: (await import('./panels/timeline/TimelinePanel')).TimelinePanel }
})

/** Fetches what the first picture is drawn with, ahead of its being drawn. */
export const fetchGraph = GRAPH.fetch

const PARTS = {
  graph: <Later name="The graph" part={GRAPH} />,
  editor: <Later name="The editor" part={EDITOR} until={<PlainText />} />,
  inspector: <Later name="The inspector" part={INSPECTOR} />,
  timeline: <Later name="The timeline" part={TIMELINE} />,
}

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

function Column() {
  return (
    <div className="column">
      <div className="column-part dock-part">{PARTS.timeline}</div>
      <div className="column-part">{PARTS.graph}</div>
      <div className="column-part">{PARTS.editor}</div>
      <div className="column-part">{PARTS.inspector}</div>
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
            {PARTS.editor}
          </Panel>
          <Separator className="separator" aria-label="Width of the flow" />
          <Panel id="graph" minSize={LEAST.graph}>
            {PARTS.graph}
          </Panel>
          <Separator className="separator" aria-label="Width of the inspector" />
          <Panel id="inspector" defaultSize={sizes.inspector} minSize={LEAST.inspector}>
            {PARTS.inspector}
          </Panel>
        </Group>
      </Panel>
      <Separator className="separator" aria-label="Height of the timeline" />
      <Panel id="timeline" defaultSize={sizes.dock} minSize={LEAST.dock}>
        {PARTS.timeline}
      </Panel>
    </Group>
  )
}
