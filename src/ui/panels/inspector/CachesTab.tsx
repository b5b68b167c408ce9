/** What the hardware's caches hold at this step; an entry that memory no longer says is marked stale. */
import type { CacheView } from '../../../engine'
import { address, count, size } from '../../format/hex'
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
          {count(held.length)}
          {capacity === null ? '' : ` of ${count(capacity)}`} entries
        </span>
        {stale > 0 && <b className="text-err">! {count(stale)} stale</b>}
      </p>
      {rows.length === 0 ? (
        <p className="text-ink-2">Empty. A DMA fills it; a walk from Translate does not.</p>
      ) : (
        <Rows cache={cache} />
      )}
    </section>
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
            <th scope="col">memory says</th>
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
  return (
    <tr className={row.stale !== null ? 'row-err' : change === null ? '' : `row-${change}`}>
      {cache.columns.map(({ title, kind }, k) => (
        <td key={title}>
          {k === 0 && <Mark mark={row.mark} />}
          {cell(row.cells[k] ?? null, kind)}
        </td>
      ))}
      <td className="cache-stale">
        {row.stale === null ? (row.mark === '-' ? 'gone' : 'the same') : `! stale: ${row.stale}`}
      </td>
    </tr>
  )
}

function cell(value: bigint | number | string | null, kind: CacheView['columns'][number]['kind']): string {
  if (value === null) return 'none'
  if (kind === 'address') return address(BigInt(value))
  return kind === 'size' ? size(BigInt(value)) : String(value)
}
