/**
 * The scrubber of a long flow: a filled bar, a playhead, every refused step as a tick above and every
 * step that stops as a tick below. Each kind is one path, however many there are.
 */
import { memo } from 'react'
import type { StepRecord } from '../../../engine'
import { isBad } from '../../format/step-outcome'

interface Props {
  readonly steps: readonly StepRecord[]
  readonly step: number
  readonly stops: ReadonlySet<number>
}

export function Ticks({ steps, step, stops }: Props) {
  const width = steps.length + 1
  return (
    <svg viewBox={`0 0 ${width} 40`} preserveAspectRatio="none" aria-hidden>
      <rect x="0" y="3" width={width} height="37" fill="var(--bg-2)" />
      <rect x="0" y="0" width={step + 1} height="3" fill="var(--ink-3)" />
      <Marked steps={steps} stops={stops} />
      <rect x={step} y="0" width={Math.max(1, width / 400)} height="40" fill="var(--accent)" />
    </svg>
  )
}

const Marked = memo(function Marked({ steps, stops }: Omit<Props, 'step'>) {
  const tick = Math.max(1, steps.length / 600)
  const refused = steps.filter(isBad).map(record => record.n)
  return (
    <>
      <path d={ticksAt(refused, tick, 'v22')} transform="translate(0 8)" fill="var(--err)" />
      <path d={ticksAt([...stops], tick, 'v8')} transform="translate(0 32)" fill="var(--ink-1)" />
    </>
  )
})

function ticksAt(places: readonly number[], width: number, down: string): string {
  return places.map(n => `M${n} 0h${width}${down}h${-width}z`).join('')
}
