/** The entries of a table as a tree, level by level, raw word and decoded rights on one line each. Rows come by window. */
import { ChevronDown, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { TableWindow, TreeRow } from '../../../engine'
import { address, count } from '../../format/hex'
import { focusEntry, toggleRow } from '../../stores/inspect-store'
import { Mark, markName } from '../../widgets/Mark'
import { useVirtualRows, VirtualRows } from '../../widgets/VirtualRows'
import { Word } from '../../widgets/Word'
import { rightsText, rowName, runLength } from './tree-row'
import { useRowsInView } from './use-rows-in-view'

interface Props {
  readonly window: TableWindow
  /** Told the first row in view whenever rows are missing. */
  readonly onSee: (first: number) => void
}

const ROW = 22
const HEAD = 24
const ROWS_SHOWN = 12
const KEY_ROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }

export function TableTree({ window, onSee }: Props) {
  const scroll = useRef<HTMLDivElement>(null)
  const moving = useRef<bigint | null>(null)
  const virtual = useVirtualRows({ count: window.total, rowHeight: ROW, scroll })
  const rowAt = (index: number): TreeRow | undefined => window.rows[index - window.from]
  useRowsInView({ ...window, items: virtual.getVirtualItems(), onSee })
  useFocusInView(window, virtual.scrollToIndex)
  // Focus follows the choice, but only when the keys made it, and once its row is there.
  const at = window.entry?.hpa ?? null
  useEffect(() => {
    if (moving.current === null || moving.current !== at) return
    const row = scroll.current?.querySelector<HTMLElement>('[aria-selected=true]')
    row?.focus()
    if (document.activeElement === row) moving.current = null
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rowAt(window.focus)
    const by = KEY_ROWS[event.key]
    if (by !== undefined) {
      const next = rowAt(Math.max(0, Math.min(window.total - 1, window.focus + by)))
      if (next === undefined) return
      moving.current = next.hpa
      look(next)
    } else if (!opens(event.key, row)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div ref={scroll} className="overflow-y-auto" style={{ maxHeight: ROWS_SHOWN * ROW + HEAD }}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows chosen by arrow keys make a table a treegrid
        role="treegrid"
        className="pt"
        style={{ '--indent': window.levels > 4 ? '6px' : '8px' }}
        aria-label={`Entries of ${window.title}`}
        aria-rowcount={window.total + 1}
      >
        <Columns window={window} />
        <tbody onKeyDown={onKeyDown}>
          <VirtualRows
            rows={virtual}
            render={index => {
              const row = rowAt(index)
              if (row === undefined) return <tr key={index} aria-hidden style={{ height: ROW }} />
              return <Row key={index} row={row} at={index} selected={index === window.focus} />
            }}
          />
        </tbody>
      </table>
    </div>
  )
}

/** An entry chosen from elsewhere, or written by the step, is brought into view once. */
function useFocusInView(window: TableWindow, scrollTo: (index: number) => void): void {
  const { focus, total } = window
  const entry = window.entry?.hpa
  const seen = useRef<bigint | undefined>(undefined)
  useEffect(() => {
    if (entry === undefined || seen.current === entry) return
    seen.current = entry
    if (total > ROWS_SHOWN) scrollTo(focus)
  }, [entry, focus, total, scrollTo])
}

/** Right opens, Left closes, as in any tree; true where the key did something. */
function opens(key: string, row: TreeRow | undefined): boolean {
  if (row === undefined || row.open === null) return false
  const wish = key === 'ArrowRight' ? true : key === 'ArrowLeft' ? false : null
  if (wish === null || row.open === wish) return false
  toggleRow(row.key)
  return true
}

function look(row: TreeRow): void {
  focusEntry({ iova: row.iova, level: row.level, exact: false })
}

/** Pixels of a character of the rows' face, and of the room around an address. */
const CHARACTER = 6.62
const AROUND = 5

function Columns({ window: { rows, within } }: Pick<Props, 'window'>) {
  // Digits stack, and a neighbour is never run into: the column is as wide as its longest address.
  const longest = Math.max(8, ...rows.filter(isShown).map(row => address(row.gpa ?? row.hpa).length))
  return (
    <thead>
      <tr>
        <th scope="col" className="w-[14px]">
          <span className="sr-only">mark</span>
        </th>
        <th scope="col">entry</th>
        <th scope="col" style={{ width: longest * CHARACTER + AROUND }}>
          at {within === null ? 'HPA' : 'GPA'}
        </th>
        <th scope="col" className="w-[144px]">
          64-bit value
        </th>
        <th scope="col" className="w-[48px] text-right">
          decoded
        </th>
      </tr>
    </thead>
  )
}

interface RowProps {
  readonly row: TreeRow
  readonly at: number
  readonly selected: boolean
}

function Row({ row, at, selected }: RowProps) {
  const change = markName(row.mark)
  const empty = !isShown(row)
  return (
    <tr
      aria-level={row.depth + 1}
      aria-rowindex={at + 2}
      aria-selected={selected}
      aria-expanded={row.open ?? undefined}
      tabIndex={selected ? 0 : -1}
      className={`${empty ? 'empty' : ''} ${change === null ? '' : `row-${change}`}`}
      onClick={() => look(row)}
    >
      <td>
        <Mark mark={row.mark} />
      </td>
      <td>
        <span className="pt-name" style={{ '--depth': row.depth }}>
          <Opener row={row} />
          {rowName(row)}
        </span>
      </td>
      <td>{empty ? '' : address(row.gpa ?? row.hpa)}</td>
      <td>{empty ? <Absent before={row.before} /> : <Word value={row.value} />}</td>
      <td className="text-right">{decoded(row, empty)}</td>
    </tr>
  )
}

/** An empty entry, or a run of them, is told without its place. */
const isShown = ({ kind, value }: TreeRow): boolean => kind !== 'empty' || value !== 0n

/** What the step took out is shown for one step, struck through. */
function Absent({ before }: Pick<TreeRow, 'before'>) {
  if (before === null) return 'not present'
  return (
    <s>
      <Word value={before} />
    </s>
  )
}

function Opener({ row }: { readonly row: TreeRow }) {
  if (row.open === null) return <span className="opener" />
  const Icon = row.open ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      className="opener"
      tabIndex={-1}
      aria-label={row.open ? `Close ${rowName(row)}` : `Open ${rowName(row)}`}
      onClick={event => {
        event.stopPropagation()
        toggleRow(row.key)
      }}
    >
      <Icon size={11} aria-hidden />
    </button>
  )
}

function decoded(row: TreeRow, empty: boolean): string {
  if (empty) return count(runLength(row))
  const run = runLength(row)
  return run > 1 ? `${rightsText(row).replace(' ', '')} x${run}` : rightsText(row)
}
