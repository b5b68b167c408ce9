/** Every counter of the step and of the flow up to it. They are counts of a model, and the table says so. */
import { useStore } from 'zustand'
import { count } from '../../format/hex'
import { viewStore } from '../../stores/view-store'

interface Row {
  readonly key: string
  readonly label: string
}

/** What a step adds. */
const COUNTS: readonly Row[] = [
  { key: 'calls', label: 'calls' },
  { key: 'hotCalls', label: 'of them caused by a guest' },
  { key: 'entriesWritten', label: 'table entries written' },
  { key: 'configWords', label: 'configuration words written' },
  { key: 'pinsNew', label: 'pages newly pinned' },
  { key: 'accountedDelta', label: 'pages charged' },
  { key: 'flushAll', label: 'flushes, all' },
  { key: 'flushDomain', label: 'flushes, domain' },
  { key: 'flushRange', label: 'flushes, range' },
  { key: 'dmaReferencesCold', label: 'DMA references, cold' },
  { key: 'dmaReferencesWarm', label: 'DMA references, warm' },
  { key: 'iotlbHits', label: 'IOTLB hits' },
  { key: 'iotlbMisses', label: 'IOTLB misses' },
]

/** Levels that stand after the step. */
const GAUGES: readonly Row[] = [
  { key: 'tablesLive', label: 'tables' },
  { key: 'tableBytes', label: 'bytes of tables' },
  { key: 'pinnedPages', label: 'pages pinned' },
  { key: 'accountedPages', label: 'pages accounted' },
]

export default function CostTable() {
  const cost = useStore(viewStore, state => state.shown?.cost)
  const sum = useStore(viewStore, state => state.shown?.costSum)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  return (
    <section
      aria-label="Cost of the step"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="scroll cost px-3"
    >
      <p className="h-[28px] text-11 leading-[28px] text-ink-2">counts of a model, not times</p>
      <div className="cost-tables">
        {halves(COUNTS).map(rows => (
          <table key={rows[0]?.key}>
            <thead>
              <tr>
                <th scope="col">count</th>
                <th scope="col" className="count">
                  step {count(step)}
                </th>
                <th scope="col" className="count">
                  steps 1 to {count(step)}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, label }) => (
                <tr key={key}>
                  <th scope="row">{label}</th>
                  <Value value={cost?.[key] ?? 0} />
                  <Value value={sum?.[key] ?? 0} />
                </tr>
              ))}
            </tbody>
          </table>
        ))}
        <table>
          <thead>
            <tr>
              <th scope="col">level</th>
              <th scope="col" className="count">
                after step {count(step)}
              </th>
            </tr>
          </thead>
          <tbody>
            {GAUGES.map(({ key, label }) => (
              <tr key={key}>
                <th scope="row">{label}</th>
                <Value value={cost?.[key] ?? 0} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function halves(rows: readonly Row[]): readonly (readonly Row[])[] {
  const middle = Math.ceil(rows.length / 2)
  return [rows.slice(0, middle), rows.slice(middle)]
}

function Value({ value }: { readonly value: number }) {
  return <td className={`count mono ${value === 0 ? 'text-ink-3' : 'font-semibold'}`}>{count(value)}</td>
}
