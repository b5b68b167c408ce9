/** The object at hand, or the rule that a refused step broke. */
import { Pin, PinOff } from 'lucide-react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../../engine'
import { useController } from '../../app/context'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { Glyph, spaceTint } from '../../widgets/Glyph'
import { IconButton } from '../../widgets/IconButton'
import { FaultCard } from './FaultCard'
import { InspectorTabs } from './InspectorTabs'
import { RuleCard } from './RuleCard'

export default function InspectorPanel() {
  const refused = useRefusedStep()
  return (
    <section className="panel" aria-label="Inspector">
      {refused === null ? <ObjectAtHand /> : <RuleCard record={refused} />}
    </section>
  )
}

/** The step shown, where it was refused and the reader has not turned to an object since. */
function useRefusedStep() {
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const putAway = useStore(viewStore, state => state.refusalPutAway === state.shown?.step)
  const record = useStore(runStore, state => state.shown?.steps[step - 1])
  return record === undefined || record.errno === null || putAway ? null : record
}

function ObjectAtHand() {
  const id = useStore(viewStore, state => state.shown?.selection ?? null)
  const node = useStore(viewStore, state => (id === null ? undefined : state.nodes.get(id)))
  if (id === null) return <Empty>Step forward: the object a step makes or changes is shown here.</Empty>
  if (node === undefined) return <Absent id={id} />
  return (
    <>
      <ObjectHead node={node} />
      <FaultCard />
      <InspectorTabs />
    </>
  )
}

function Empty({ children }: { readonly children: string }) {
  return <p className="p-3 text-ink-2">{children}</p>
}

function Absent({ id }: { readonly id: string }) {
  const controller = useController()
  return (
    <div className="p-3 text-ink-2">
      <p className="pb-2">
        <code>{id.replace(':', ' ')}</code> does not exist at this step.
      </p>
      <button type="button" className="btn bordered" onClick={() => void controller.select(null)}>
        Follow the steps
      </button>
    </div>
  )
}

function ObjectHead({ node }: { readonly node: GraphNode }) {
  const controller = useController()
  const pinned = useStore(viewStore, state => state.selection !== null)
  const isSpace = node.kind === 'space' || node.kind === 'object'
  const tint = isSpace ? spaceTint(node.variant) : node.kind === 'memory' ? 'memory' : 'ink-1'
  return (
    <div className="flex flex-none items-center gap-2 px-3 pt-1.5 whitespace-nowrap">
      <Glyph kind={isSpace ? node.variant : node.kind} tint={tint} />
      <h2 className="truncate text-15 font-semibold">
        {node.title}
        {node.number !== undefined && ` [${node.number}]`}
      </h2>
      <span className="min-w-0 flex-1 truncate text-ink-2">{node.subtitle}</span>
      <IconButton
        icon={pinned ? PinOff : Pin}
        name={pinned ? 'Follow the steps again (Escape)' : 'Stay with this object'}
        onClick={() => void controller.select(pinned ? null : node.id)}
      />
    </div>
  )
}
