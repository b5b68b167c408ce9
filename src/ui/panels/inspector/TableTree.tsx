/** The entries of a table as a tree: level by level, raw word and decoded rights on one line each. */
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { TableRow, TableView } from '../../../engine'
import { useController } from '../../app/context'
import { address, count } from '../../format/hex'
import { Mark, markName } from '../../widgets/Mark'
import { useVirtualRows, VirtualRows } from '../../widgets/VirtualRows'
import { Word } from '../../widgets/Word'
import { decodedText, rowKey, rowName, runLength } from './table-rows'

interface Props {
  readonly table: TableView
  readonly open: TableRow | undefined
}

const ROW = 22
const HEAD = 24
const ROWS_SHOWN = 12
const KEY_ROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }

export function TableTree({ table, open }: Props) {
  const controller = useController()
  const scroll = useRef<HTMLDivElement>(null)
  const moving = useRef(false)
  const { rows } = table
  const virtual = useVirtualRows({ count: rows.length, rowHeight: ROW, scroll })
  const top = Math.max(0, ...rows.map(row => row.level))
  // Focus follows the choice, but only when the keys made it.
  useEffect(() => {
    if (!moving.current || open === undefined) return
    moving.current = false
    scroll.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus()
  }, [open])
  const onKeyDown = (event: KeyboardEvent) => {
    const by = KEY_ROWS[event.key]
    if (by === undefined || open === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const at = Math.max(0, Math.min(rows.length - 1, rows.indexOf(open) + by))
    const next = rows[at]
    if (next === undefined) return
    moving.current = true
    controller.openEntry(rowKey(table, next))
    virtual.scrollToIndex(at)
  }
  return (
    <div ref={scroll} className="overflow-y-auto" style={{ maxHeight: ROWS_SHOWN * ROW + HEAD }}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows chosen by arrow keys make a table a treegrid
        role="treegrid"
        className="pt"
        aria-label={`Entries of ${table.title}`}
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr>
            <th scope="col" className="w-[14px]">
              <span className="sr-only">mark</span>
            </th>
            <th scope="col">entry</th>
            <th scope="col" className="w-[72px]">
              at HPA
            </th>
            <th scope="col" className="w-[144px]">
              64-bit value
            </th>
            <th scope="col" className="w-[48px] text-right">
              decoded
            </th>
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          <VirtualRows
            rows={virtual}
            render={index => {
              const row = rows[index]
              if (row === undefined) return null
              const onOpen = () => controller.openEntry(rowKey(table, row))
              return (
                <Row key={index} row={row} depth={top - row.level} selected={row === open} onOpen={onOpen} />
              )
            }}
          />
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly row: TableRow
  readonly depth: number
  readonly selected: boolean
  readonly onOpen: () => void
}

function Row({ row, depth, selected, onOpen }: RowProps) {
  const change = markName(row.mark)
  const empty = row.kind === 'empty'
  return (
    <tr
      aria-level={depth + 1}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      className={`${empty ? 'empty' : ''} ${change === null ? '' : `row-${change}`}`}
      onClick={onOpen}
    >
      <td>
        <Mark mark={row.mark} />
      </td>
      <td>
        <span className="pt-name" style={{ '--depth': depth }}>
          {rowName(row)}
        </span>
      </td>
      <td>{empty ? '' : address(row.hpa)}</td>
      <td>{empty ? 'not present' : <Word value={row.value} />}</td>
      <td className="text-right">{empty ? count(runLength(row)) : decodedText(row)}</td>
    </tr>
  )
}
