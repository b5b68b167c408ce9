/** The scrubber of a long flow: a filled bar, a playhead, and every refused step as a tick of its own. */
import { memo } from 'react'
import type { StepRecord } from '../../../engine'
import { isBad } from '../../format/step-outcome'

interface Props {
  readonly steps: readonly StepRecord[]
  readonly step: number
}

export function Ticks({ steps, step }: Props) {
  const width = steps.length + 1
  return (
    <svg viewBox={`0 0 ${width} 40`} preserveAspectRatio="none" aria-hidden>
      <rect x="0" y="3" width={width} height="37" fill="var(--bg-2)" />
      <rect x="0" y="0" width={step + 1} height="3" fill="var(--ink-3)" />
      <RefusedTicks steps={steps} />
      <rect x={step} y="0" width={Math.max(1, width / 400)} height="40" fill="var(--accent)" />
    </svg>
  )
}

const RefusedTicks = memo(function RefusedTicks({ steps }: { readonly steps: readonly StepRecord[] }) {
  const refused = steps.filter(isBad)
  const tick = Math.max(1, steps.length / 600)
  return refused.map(({ n }) => <rect key={n} x={n} y="8" width={tick} height="32" fill="var(--err)" />)
})
