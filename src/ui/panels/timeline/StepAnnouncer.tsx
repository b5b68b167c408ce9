/** Tells those who listen where the page stands, once it has stood there for a moment. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphView, StepRecord } from '../../../engine'
import { stepOutcome } from '../../format/step-outcome'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'

/** A drag over a thousand steps is told once, where it ends. */
const REST_MS = 150

export function StepAnnouncer() {
  const shown = useStore(viewStore, state => state.shown)
  const steps = useStore(runStore, state => state.shown?.steps)
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(announcement(steps ?? [], shown)), REST_MS)
    return () => clearTimeout(timer)
  }, [shown, steps])
  return (
    <div className="sr-only" aria-live="polite">
      {said}
    </div>
  )
}

/** `Step 7 of 9: IOASID_ALLOC ok, = 1; created gpa_ioasid; 1 changed`. */
export function announcement(
  steps: readonly StepRecord[],
  shown: { readonly step: number; readonly graph: GraphView } | null,
): string {
  const record = steps[(shown?.step ?? 0) - 1]
  if (shown === null || record === undefined) return 'Start'
  const parts = [outcome(record), ...changes(shown.graph)]
  return `Step ${record.n} of ${steps.length}: ${parts.join('; ')}`
}

function outcome(record: StepRecord): string {
  const { call, errno, rule } = record
  if (errno !== null) return `${call} refused, ${errno}, rule ${rule ?? 'none'}`
  const { text, tone } = stepOutcome(record)
  if (call === 'expect' || call === 'note' || tone !== 'fine') return `${call} ${text}`.trim()
  return `${call} ok, ${text}`
}

function changes({ nodes, edges }: GraphView): string[] {
  const marked = (mark: string) => nodes.filter(node => node.mark === mark).map(node => node.title)
  const changed = marked('~').length + edges.filter(edge => edge.mark !== '').length
  const list = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${word} ${names.join(', ')}`]
  return [
    ...list('created', marked('+')),
    ...list('removed', marked('-')),
    ...(changed === 0 ? [] : [`${changed} changed`]),
  ]
}
