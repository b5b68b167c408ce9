/** Who pays for pinned pages: by payer, by range, and which pages are charged more than once and why. */
import { type ReactNode, useState } from 'react'
import type { AccountingView, ChargeRow, PayerRow } from '../../../engine'
import { useController } from '../../app/context'
import { address, count, size } from '../../format/hex'
import { choose } from '../../stores/inspect-store'
import { Mark, markName } from '../../widgets/Mark'
import { useInspect } from './use-inspect'

const ROWS = 100

export function AccountingTab() {
  const [rows, setRows] = useState(ROWS)
  const view = useInspect({ what: 'accounting', from: 0, count: rows } as const).answer?.view
  if (view === undefined) return null
  return (
    <>
      <Sums view={view} />
      <h3 className="pt-3 pb-1 font-semibold">By payer</h3>
      {view.payers.length === 0 ? (
        <p className="text-ink-2">Nobody. Registering or mapping pins pages.</p>
      ) : (
        <Payers rows={view.payers} />
      )}
      {view.twice.length > 0 && <Twice view={view} />}
      {view.rows.length > 0 && <Ranges view={view} />}
      {view.total > rows && (
        <button type="button" className="btn bordered mt-2" onClick={() => setRows(rows + 5 * ROWS)}>
          Show more of {count(view.total)}
        </button>
      )}
    </>
  )
}

function Sums({ view }: { readonly view: AccountingView }) {
  const { pinned, charged, limit, mark } = view
  const left = limit === null ? 'none' : `${pages(limit)}, ${pages(Math.max(0, limit - charged))} left`
  return (
    <table className="kv" aria-label="Sums">
      <tbody>
        <Sum name="charged" mark={mark}>
          <SumButton label="accounted" title="charged pages" value={charged} />
        </Sum>
        <Sum name="pinned">
          <SumButton label="pinned" title="pinned pages" value={pinned} />
        </Sum>
        <Sum name="limit">{left}</Sum>
      </tbody>
    </table>
  )
}

interface SumProps {
  readonly name: string
  readonly mark?: AccountingView['mark']
  readonly children: ReactNode
}

function Sum({ name, mark = '', children }: SumProps) {
  const change = markName(mark)
  return (
    <tr className={change === null ? '' : `row-${change}`}>
      <th scope="row">
        <Mark mark={mark} />
        {name}
      </th>
      <td className="mono">{children}</td>
    </tr>
  )
}

/** Chooses a field of the memory, to be told when it changed. */
function SumButton({
  label,
  title,
  value,
}: {
  readonly label: string
  readonly title: string
  readonly value: number
}) {
  return (
    <button
      type="button"
      className="value"
      onClick={() => choose({ kind: 'field', id: 'memory', label }, title)}
    >
      {pages(value)}
    </button>
  )
}

function pages(number: number): string {
  return `${count(number)} ${number === 1 ? 'page' : 'pages'}${number === 0 ? '' : `, ${size(BigInt(number) * 4096n)}`}`
}

const HOW = { registered: 'registered', mapped: 'pinned by each map' } as const

function Payers({ rows }: { readonly rows: readonly PayerRow[] }) {
  const controller = useController()
  return (
    <table className="kv" aria-label="Payers">
      <thead>
        <tr>
          <th scope="col">who</th>
          <th scope="col">how</th>
          <th scope="col" className="text-right">
            ranges
          </th>
          <th scope="col" className="text-right">
            pages
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr
            key={`${row.id} ${row.how}`}
            className={markName(row.mark) === null ? '' : `row-${markName(row.mark)}`}
          >
            <td>
              <Mark mark={row.mark} />
              <button type="button" className="value" onClick={() => void controller.select(row.id)}>
                {row.name}
              </button>
            </td>
            <td>{HOW[row.how]}</td>
            <td className="mono text-right">{count(row.ranges)}</td>
            <td className="mono text-right">
              {row.before !== null && <span className="text-ink-2">{count(row.before)} -&gt; </span>}
              {count(row.pages)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Twice({ view }: { readonly view: AccountingView }) {
  return (
    <section aria-label="Charged more than once" className="twice">
      <p>
        <b>
          {count(view.twicePages)} {view.twicePages === 1 ? 'page is' : 'pages are'} charged more than once.
        </b>{' '}
        Each range below is pinned by several, and nothing says that they mean the same memory: registering it
        first would charge it once.
      </p>
      <ul>
        {view.twice.map(({ hva, last, names }) => (
          <li key={`${hva}`} className="mono">
            {address(hva)} .. {address(last)}: {names.join(', ')}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Ranges({ view }: { readonly view: AccountingView }) {
  return (
    <>
      <h3 className="pt-3 pb-1 font-semibold">By range</h3>
      <table className="kv" aria-label="Charges by range">
        <thead>
          <tr>
            <th scope="col">HVA .. last</th>
            <th scope="col">who</th>
            <th scope="col" className="text-right">
              pages
            </th>
          </tr>
        </thead>
        <tbody>
          {view.rows.map(row => (
            <Range key={`${row.id} ${row.how} ${row.hva} ${row.mark}`} row={row} />
          ))}
        </tbody>
      </table>
    </>
  )
}

function Range({ row }: { readonly row: ChargeRow }) {
  const change = markName(row.mark)
  const mappings =
    row.mappings === null
      ? ''
      : `, ${count(row.mappings)} ${row.mappings === 1 ? 'mapping' : 'mappings'} in it`
  const pick = () =>
    row.how === 'registered'
      ? choose({ kind: 'prereg', id: row.id, vaddr: row.hva }, `registered ${address(row.hva)}`)
      : choose({ kind: 'pin', hva: row.hva }, `pins of HVA ${address(row.hva)}`)
  return (
    <tr className={change === null ? '' : `row-${change}`}>
      <td className="mono whitespace-nowrap">
        <Mark mark={row.mark} />
        <button type="button" className="value" onClick={pick}>
          {address(row.hva)} .. {address(row.last)}
        </button>
      </td>
      <td>
        {row.name}
        {mappings}
      </td>
      <td className="mono text-right">{count(row.pages)}</td>
    </tr>
  )
}
