/** The counts of the step in one line, those that the picture of a design turns on. */
import { useStore } from 'zustand'
import { count } from '../../format/hex'
import { choosePane } from '../../stores/dock-store'
import { viewStore } from '../../stores/view-store'

const FLUSHES = ['flushAll', 'flushDomain', 'flushRange']

export function CostLine() {
  const cost = useStore(viewStore, state => state.shown?.cost)
  if (cost === undefined) return null
  const sum = (keys: readonly string[]) => keys.reduce((all, key) => all + (cost[key] ?? 0), 0)
  return (
    <button
      type="button"
      className="cost-line"
      aria-label="Cost of the step, counts of a model; show them all"
      title="Counts of a model, not times. Show them all."
      onClick={() => choosePane('cost')}
    >
      <Count label="entries" value={sum(['entriesWritten'])} sign="+" />
      <Count label="pinned" value={sum(['pinsNew'])} sign="+" />
      <Count label="accounted" value={sum(['accountedDelta'])} sign="+" />
      <Count label="flushes" value={sum(FLUSHES)} />
      <Count label="DMA refs" value={sum(['dmaReferencesWarm'])} />
      <Count label="tables" value={sum(['tablesLive'])} />
    </button>
  )
}

interface CountProps {
  readonly label: string
  readonly value: number
  readonly sign?: string
}

function Count({ label, value, sign = '' }: CountProps) {
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
