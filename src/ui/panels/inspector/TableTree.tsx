/** The entries of a table as a tree: level by level, raw word and decoded rights on one line each. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useRef } from 'react'
import type { TableRow, TableView } from '../../../engine'
import { useController } from '../../app/context'
import { address, count } from '../../format/hex'
import { Mark, markName } from '../../widgets/Mark'
import { Word } from '../../widgets/Word'
import { decodedText, rowKey, rowName, runLength } from './table-rows'

interface Props {
  readonly table: TableView
  readonly open: TableRow | undefined
}

const ROW = 22
const TALL = 12

export function TableTree({ table, open }: Props) {
  const controller = useController()
  const scroll = useRef<HTMLDivElement>(null)
  const { rows } = table
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const top = Math.max(0, ...rows.map(row => row.level))
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const next = open === undefined ? undefined : rows[rows.indexOf(open) + by]
    if (by === 0 || next === undefined) return
    event.preventDefault()
    controller.openEntry(rowKey(table, next))
    virtual.scrollToIndex(rows.indexOf(next))
  }
  return (
    <div role="treegrid" aria-label={`Entries of ${table.title}`} aria-rowcount={rows.length + 1}>
      <div role="row" className="pt-head">
        <span />
        <span role="columnheader">entry</span>
        <span role="columnheader">at HPA</span>
        <span role="columnheader">64-bit value</span>
        <span role="columnheader" className="text-right">
          decoded
        </span>
      </div>
      <div
        ref={scroll}
        role="rowgroup"
        tabIndex={0}
        aria-label="Entries; arrow keys choose one"
        className="overflow-y-auto"
        style={{ height: Math.min(rows.length, TALL) * ROW }}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <Row
                key={index}
                row={row}
                depth={top - row.level}
                top={start}
                selected={row === open}
                onOpen={() => controller.openEntry(rowKey(table, row))}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  readonly row: TableRow
  readonly depth: number
  readonly top: number
  readonly selected: boolean
  readonly onOpen: () => void
}

function Row({ row, depth, top, selected, onOpen }: RowProps) {
  const change = markName(row.mark)
  const className = `pt-row absolute inset-x-0 ${row.kind === 'empty' ? 'empty' : ''} ${change === null ? '' : `row-${change}`}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the row group around it takes the arrow keys
    <div
      role="row"
      aria-level={depth + 1}
      aria-selected={selected}
      tabIndex={-1}
      className={className}
      style={{ top }}
      onClick={onOpen}
    >
      <Mark mark={row.mark} />
      <span role="gridcell" className="pt-name">
        {Array.from({ length: depth }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: indents are all alike
          <i key={i} className="pt-indent" />
        ))}
        <span className={selected ? 'font-semibold' : ''}>{rowName(row)}</span>
      </span>
      <span role="gridcell">{row.kind === 'empty' ? '' : address(row.hpa)}</span>
      <span role="gridcell">{row.kind === 'empty' ? 'not present' : <Word value={row.value} />}</span>
      <span role="gridcell" className="text-right">
        {row.kind === 'empty' ? count(runLength(row)) : decodedText(row)}
      </span>
    </div>
  )
}
