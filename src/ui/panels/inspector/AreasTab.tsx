/** What the space maps: a strip of all of it, an address found, and one row an area. Rows come by window. */
import { useRef, useState } from 'react'
import type { AreaRow, AreasWindow, InspectorView } from '../../../engine'
import { useController } from '../../app/context'
import { address, count, parseAddress, size } from '../../format/hex'
import { ask, choose } from '../../stores/inspect-store'
import { Mark, markName } from '../../widgets/Mark'
import { useVirtualRows, VirtualRows } from '../../widgets/VirtualRows'
import { AreaStrip } from './AreaStrip'
import { useInspect } from './use-inspect'
import { useRowsInView } from './use-rows-in-view'

const WINDOW = 192
const BLOCK = 64
const ROW = 22
const HEAD = 24
const ROWS_SHOWN = 16

export function AreasTab({ view }: { readonly view: InspectorView }) {
  const [from, setFrom] = useState(0)
  const [text, setText] = useState('')
  const find = parseAddress(text)
  const { answer } = useInspect({ what: 'areas', id: view.id, from, count: WINDOW, find } as const)
  const window = answer?.view ?? null
  if (window === null) return <NoAreas isSpace={view.id.startsWith('space:')} />
  if (window.total === 0) return <NoAreas isSpace />
  return (
    <>
      <div className="flex items-center gap-3 pb-2 text-ink-2">
        <span>
          {count(window.total)} {window.total === 1 ? 'area' : 'areas'}, {size(window.bytes)}
        </span>
        <span className="flex-1" />
        <Found window={window} find={find} />
        <input
          className="field mono w-32"
          aria-label="Find IOVA"
          placeholder="find IOVA"
          value={text}
          aria-invalid={text !== '' && find === null}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setText(event.target.value)}
        />
      </div>
      <AreaStrip pieces={window.strip} onPick={iova => setText(address(iova))} />
      <AreaTable
        id={view.id}
        window={window}
        onSee={first => setFrom(Math.max(0, Math.floor(first / BLOCK) * BLOCK - BLOCK))}
      />
    </>
  )
}

function NoAreas({ isSpace }: { readonly isSpace: boolean }) {
  return (
    <p className="text-ink-2">
      {isSpace ? 'No area. A map call on an address space makes one.' : 'Only address spaces have areas.'}
    </p>
  )
}

function Found({ window, find }: { readonly window: AreasWindow; readonly find: bigint | null }) {
  if (window.found === null || find === null) return null
  return (
    <span role="status">
      {window.found.inside ? `in area ${count(window.found.row + 1)}` : `${address(find)} is in no area`}
    </span>
  )
}

interface TableProps {
  readonly id: string
  readonly window: AreasWindow
  readonly onSee: (first: number) => void
}

function AreaTable({ id, window, onSee }: TableProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualRows({ count: window.total, rowHeight: ROW, scroll })
  useRowsInView({ ...window, items: virtual.getVirtualItems(), onSee })
  const found = window.found?.row ?? null
  const scrolled = useRef<number | null>(null)
  if (found !== scrolled.current) {
    scrolled.current = found
    if (found !== null) queueMicrotask(() => virtual.scrollToIndex(found, { align: 'center' }))
  }
  return (
    <div ref={scroll} className="overflow-auto" style={{ maxHeight: ROWS_SHOWN * ROW + HEAD }}>
      <table className="pt areas" aria-label="Areas" aria-rowcount={window.total + 1}>
        <thead>
          <tr>
            <th scope="col">IOVA .. last</th>
            <th scope="col">{window.target === 'HVA' ? 'target HVA' : `target in ${window.target}`}</th>
            <th scope="col" className="w-[64px] text-right">
              size
            </th>
            <th scope="col" className="w-[30px]">
              perm
            </th>
          </tr>
        </thead>
        <tbody>
          <VirtualRows
            rows={virtual}
            render={index => {
              const row = window.rows[index - window.from]
              if (row === undefined) return <tr key={index} aria-hidden style={{ height: ROW }} />
              return (
                <Row
                  key={index}
                  id={id}
                  row={row}
                  at={index}
                  found={index === found && window.found?.inside === true}
                />
              )
            }}
          />
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly id: string
  readonly row: AreaRow
  readonly at: number
  readonly found: boolean
}

function Row({ id, row, at, found }: RowProps) {
  const controller = useController()
  const change = markName(row.mark)
  const { iova, last, target } = row
  const pick = () => {
    choose({ kind: 'area', id, iova }, `area ${address(iova)}`)
    ask({ address: address(iova) })
  }
  return (
    <tr
      aria-rowindex={at + 2}
      className={`${change === null ? '' : `row-${change}`} ${found ? 'found' : ''}`}
      onClick={pick}
      onDoubleClick={() => controller.openTab('translate')}
      title={holdsText(row)}
    >
      <td>
        <Mark mark={row.mark} />
        <button type="button" className="value" onClick={pick}>
          {address(iova)} .. {address(last)}
        </button>
      </td>
      <td>{address(target)}</td>
      <td className="text-right">{size(last - iova + 1n)}</td>
      <td>{row.perm}</td>
    </tr>
  )
}

function holdsText({ holds, hva }: AreaRow): string {
  const behind = hva === null ? 'no process memory behind it' : `process memory at HVA ${address(hva)}`
  if (holds === 'pinned') return `${behind}, pinned and charged by this area`
  return holds === 'counted' ? `${behind}, pinned by a registered range` : behind
}
