/** What the hardware's caches hold at this step; an entry that memory no longer says is marked stale. */
import type { CacheView } from '../../../engine'
import { address, count, counted, size } from '../../format/hex'
import { Mark, markName } from '../../widgets/Mark'
import { useInspect } from './use-inspect'

const MOST_ROWS = 300

export function CachesTab() {
  const { answer } = useInspect({ what: 'caches' } as const)
  if (answer === null) return null
  if (answer.view.length === 0)
    return <p className="text-ink-2">This platform has no cache that software could see.</p>
  return answer.view.map(cache => <Cache key={cache.title} cache={cache} />)
}

function Cache({ cache }: { readonly cache: CacheView }) {
  const { title, capacity, rows } = cache
  const held = rows.filter(row => row.mark !== '-')
  const stale = held.filter(row => row.stale !== null).length
  return (
    <section aria-label={title} className="pb-3">
      <p className="flex items-center gap-2 pb-1">
        <b>{title}</b>
        <span className="text-ink-2">
          {capacity === null
            ? counted(held.length, 'entry', 'entries')
            : `${count(held.length)} of ${count(capacity)} entries`}
        </span>
        {stale > 0 && <b className="text-err">! {count(stale)} stale</b>}
      </p>
      <Asked cache={cache} />
      {rows.length === 0 ? (
        <p className="text-ink-2">Empty. A DMA fills it; a walk from Translate does not.</p>
      ) : (
        <Rows cache={cache} />
      )}
    </section>
  )
}

const OPS = [
  ['hit', 'hit', 'hits'],
  ['stale-hit', '! stale hit', '! stale hits'],
  ['miss', 'miss', 'misses'],
  ['fill', 'filled', 'filled'],
  ['evict', 'dropped', 'dropped'],
] as const

/** What this step asked of it, and all steps so far. */
function Asked({ cache: { step, sum } }: { readonly cache: CacheView }) {
  const now = OPS.flatMap(([op, one, many]) => {
    const n = step[op]
    return n === 0 ? [] : [counted(n, one, many)]
  })
  if (now.length === 0 && sum === null) return null
  return (
    <p className="text-11 text-ink-2">
      {now.length > 0 && (
        <b className={step['stale-hit'] > 0 ? 'text-err' : ''}>this step {now.join(', ')}</b>
      )}
      {sum !== null &&
        `${now.length > 0 ? '; ' : ''}so far ${counted(sum.hits, 'hit')}, ${counted(sum.misses, 'miss', 'misses')}`}
    </p>
  )
}

function Rows({ cache }: { readonly cache: CacheView }) {
  return (
    <div className="overflow-x-auto">
      <table className="cache">
        <thead>
          <tr>
            {cache.columns.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <th scope="col">memory</th>
          </tr>
        </thead>
        <tbody>
          {cache.rows.slice(0, MOST_ROWS).map((row, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no name of their own
            <Row key={k} cache={cache} row={row} />
          ))}
        </tbody>
      </table>
      {cache.rows.length > MOST_ROWS && (
        <p className="pt-1 text-ink-2">
          {count(MOST_ROWS)} of {count(cache.rows.length)} shown.
        </p>
      )}
    </div>
  )
}

function Row({ cache, row }: { readonly cache: CacheView; readonly row: CacheView['rows'][number] }) {
  const change = markName(row.mark)
  const tint = row.stale !== null ? 'row-err' : change === null ? '' : `row-${change}`
  return (
    <>
      <tr className={tint}>
        {cache.columns.map(({ title, kind }, k) => (
          <td key={title}>
            {k === 0 && <Mark mark={row.mark} />}
            {cell(row.cells[k] ?? null, kind)}
          </td>
        ))}
        <td className="cache-stale">
          {row.stale === null ? (row.mark === '-' ? 'gone' : 'same') : '! stale'}
        </td>
      </tr>
      {row.stale !== null && (
        <tr className={tint}>
          <td colSpan={cache.columns.length + 1} className="cache-stale">
            ! stale: {row.stale}
          </td>
        </tr>
      )}
    </>
  )
}

function cell(value: bigint | number | string | null, kind: CacheView['columns'][number]['kind']): string {
  if (value === null) return 'none'
  if (kind === 'address') return address(BigInt(value))
  return kind === 'size' ? size(BigInt(value)) : String(value)
}
