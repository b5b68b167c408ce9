/** Tells those who listen where the page stands after each step. */
import { useStore } from 'zustand'
import type { StepRecord } from '../../../engine'
import { stepOutcome } from '../../format/step-outcome'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'

export function StepAnnouncer() {
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const steps = useStore(runStore, state => state.shown?.steps)
  const record = steps?.[step - 1]
  const said = record === undefined ? 'Start' : `Step ${step} of ${steps?.length}: ${spoken(record)}`
  return (
    <div className="sr-only" aria-live="polite">
      {said}
    </div>
  )
}

function spoken(record: StepRecord): string {
  const { call, errno, rule } = record
  return errno === null ? `${call} ${stepOutcome(record).text}` : `${call} refused, ${errno}, rule ${rule}`
}
