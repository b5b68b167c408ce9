/** The counts of the step in one line: what it added, and what is left standing. */
import { useStore } from 'zustand'
import { count } from '../../format/hex'
import { viewStore } from '../../stores/view-store'

const SHOWN = [
  { key: 'entriesWritten', label: 'entries', sign: '+' },
  { key: 'pinsNew', label: 'pinned', sign: '+' },
  { key: 'accountedDelta', label: 'accounted', sign: '+' },
  { key: 'tablesLive', label: 'tables', sign: '' },
] as const

export function CostLine() {
  const cost = useStore(viewStore, state => state.shown?.cost)
  if (cost === undefined) return null
  const flushes = (cost.flushAll ?? 0) + (cost.flushDomain ?? 0) + (cost.flushRange ?? 0)
  return (
    <span className="flex flex-none gap-4 pl-4 text-11 text-ink-2">
      {SHOWN.map(({ key, label, sign }) => (
        <Count key={key} label={label} value={cost[key] ?? 0} sign={sign} />
      ))}
      <Count label="flushes" value={flushes} sign="" />
    </span>
  )
}

function Count({
  label,
  value,
  sign,
}: {
  readonly label: string
  readonly value: number
  readonly sign: string
}) {
  return (
    <span>
      {label}{' '}
      <b className="mono text-ink-1">
        {value < 0 ? '' : sign}
        {count(value)}
      </b>
    </span>
  )
}
