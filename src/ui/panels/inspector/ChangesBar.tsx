/** When the value chosen, or the object at hand, changed: the step with its line, and the ones before and after. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ChangesView, ChangeTarget, InspectorView } from '../../../engine'
import { tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { inspectStore } from '../../stores/inspect-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { useInspect } from './use-inspect'

export function ChangesBar({ view }: { readonly view: InspectorView }) {
  const chosen = useStore(inspectStore, state => state.chosen ?? state.atHand)
  const target: ChangeTarget = chosen?.target ?? { kind: 'object', id: view.id }
  const changes = useInspect({ what: 'changes', target } as const).answer?.view ?? null
  const controller = useController()
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  useEffect(() => inspectStore.setState({ changes }), [changes])
  const before = changes === null ? null : changes.last === step ? changes.previous : changes.last
  return (
    <section className="changes" aria-label="Changes of what is chosen">
      <code className="truncate">{chosen?.label ?? view.title}</code>
      <span className="changes-when">{changes !== null && <When changes={changes} step={step} />}</span>
      <IconButton
        icon={ChevronLeft}
        name={tooltip('change.previous')}
        disabled={before === null}
        onClick={() => void controller.goToChange('previous')}
      />
      <IconButton
        icon={ChevronRight}
        name={tooltip('change.next')}
        disabled={changes?.next == null}
        onClick={() => void controller.goToChange('next')}
      />
    </section>
  )
}

function When({ changes, step }: { readonly changes: ChangesView; readonly step: number }) {
  const controller = useController()
  const line = useStore(runStore, state => state.shown?.steps[(changes.last ?? 0) - 1]?.line)
  if (changes.last === null) return changes.complete ? 'as it was at the start' : 'not found near this step'
  if (changes.last === step) return 'changed by this step'
  return (
    <>
      {changes.last === changes.first ? 'made by ' : 'changed by '}
      <button type="button" className="link" onClick={() => void controller.goToChange('last')}>
        step {changes.last}
      </button>
      , line {line}
    </>
  )
}
