/** Every counter of the step. They are counts of a model, and the table says so. */
import { useStore } from 'zustand'
import { count } from '../../format/hex'
import { viewStore } from '../../stores/view-store'

/** Gauges hold a level after the step; the rest is what the step added. */
const ROWS = [
  { key: 'calls', label: 'calls' },
  { key: 'entriesWritten', label: 'entries written' },
  { key: 'configWords', label: 'config words' },
  { key: 'pinsNew', label: 'pages newly pinned' },
  { key: 'accountedDelta', label: 'pages charged' },
  { key: 'flushAll', label: 'flushes, all' },
  { key: 'flushDomain', label: 'flushes, domain' },
  { key: 'flushRange', label: 'flushes, range' },
  { key: 'dmaReferencesCold', label: 'DMA references, cold' },
  { key: 'dmaReferencesWarm', label: 'DMA references, warm' },
  { key: 'iotlbHits', label: 'IOTLB hits' },
  { key: 'iotlbMisses', label: 'IOTLB misses' },
  { key: 'tablesLive', label: 'tables now' },
  { key: 'tableBytes', label: 'table bytes now' },
  { key: 'pinnedPages', label: 'pinned now' },
  { key: 'accountedPages', label: 'accounted now' },
] as const

export function CostTable() {
  const cost = useStore(viewStore, state => state.shown?.cost)
  return (
    <section
      aria-label="Cost of the step"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="w-[420px] flex-none overflow-auto border-l border-line-1 px-3 max-[1360px]:w-[360px]"
    >
      <div className="flex h-[24px] items-center gap-2 text-11 text-ink-2">
        <h2 className="font-semibold text-ink-1">Cost</h2> counts of the model, not times
      </div>
      <dl className="cost-grid">
        {ROWS.map(({ key, label }) => (
          <div key={key}>
            <dt className="text-ink-2">{label}</dt>
            <dd className={`mono ${cost?.[key] ? 'font-semibold' : 'text-ink-3'}`}>
              {count(cost?.[key] ?? 0)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
