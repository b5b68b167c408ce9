/**
 * A page table opened for a reader: every table that exists, entry by entry, runs of like entries told
 * as one row, and what the last step wrote marked against the words that stood there before.
 *
 * Not shown: tables past the first `MOST_TABLES`; the row says so by its absence from the tree, the
 * count of tables is with the space.
 */

import type { SpaceRecord, SpaceTable } from '../kernel/state'
import { permText } from '../kernel/state'
import { canLeaf, type Entry, formatOf, inputPages, levelsOf, type PtFormat, readTable, shiftOf } from '../pt'
import type { FlowSession } from '../session/session'
import type { Mark, TableRow, TableView } from './contract'
import { levelName } from './table-rows'

const MOST_TABLES = 256

interface OneTable {
  readonly hpa: number
  readonly level: number
  /** First input page. */
  readonly page: number
  readonly items: readonly bigint[]
}

/** The table as it stands, marked against the step before. */
export function tableView(session: FlowSession, space: SpaceRecord, table: SpaceTable): TableView {
  const format = formatOf(table.ref.format)
  const tables = collect(session, table)
  const before = session.at === 0 ? [] : session.peek(session.at - 1, () => reread(session, table, tables))
  const rows = tables.flatMap((one, at) => rowsOf({ format, table, one, before: before[at] ?? null }))
  return {
    space: space.id,
    table: table.ref.id,
    format: format.id,
    title: format.title,
    root: BigInt(table.ref.root),
    rows: inTreeOrder(rows),
    notModelled: format.notModelled,
  }
}

function collect(session: FlowSession, table: SpaceTable): readonly OneTable[] {
  const { bulk } = session.machine
  const { ref } = table
  const format = formatOf(ref.format)
  const geometry = format.geometry(ref.cfg)
  const found: OneTable[] = []
  const visit = (hpa: number, level: number, page: number): void => {
    if (found.length >= MOST_TABLES) return
    const items = readTable(bulk, ref, { hpa, level })
    found.push({ hpa, level, page, items })
    items.forEach((value, index) => {
      if (value === 0n || level === 0) return
      const entry = format.decode(value, level, ref.cfg)
      if (entry.kind === 'table')
        visit(Number(entry.address), level - 1, page + index * 2 ** shiftOf(geometry, level))
    })
  }
  visit(ref.root, levelsOf(geometry) - 1, inputPages(geometry).first)
  return found
}

/** The same words one step earlier; zeros where the table did not exist yet. */
function reread(
  session: FlowSession,
  table: SpaceTable,
  tables: readonly OneTable[],
): readonly (readonly bigint[])[] {
  return tables.map(one => readTable(session.machine.bulk, table.ref, { hpa: one.hpa, level: one.level }))
}

interface RowSource {
  readonly format: PtFormat
  readonly table: SpaceTable
  readonly one: OneTable
  readonly before: readonly bigint[] | null
}

interface PlacedRow extends TableRow {
  readonly page: number
}

function rowsOf(source: RowSource): readonly PlacedRow[] {
  const { items } = source.one
  const rows: PlacedRow[] = []
  for (let index = 0; index < items.length; ) {
    const last = runEnd(source, index)
    rows.push(rowAt(source, index, last))
    index = last + 1
  }
  return rows
}

/** The last index of the run that starts here: all empty, or leaves whose words grow by one stride. */
function runEnd(source: RowSource, start: number): number {
  const { items } = source.one
  const first = items[start] ?? 0n
  if (first !== 0n && decode(source, first).kind !== 'leaf') return start
  const stride = first === 0n ? 0n : (items[start + 1] ?? 0n) - first
  const mark = markAt(source, start)
  let end = start
  while (
    end + 1 < items.length &&
    (items[end + 1] ?? 0n) === first + stride * BigInt(end + 1 - start) &&
    (first === 0n || items[end + 1] !== 0n) &&
    markAt(source, end + 1) === mark
  )
    end++
  return end
}

function markAt({ one, before }: RowSource, index: number): Mark {
  const now = one.items[index] ?? 0n
  const was = before?.[index] ?? now
  if (now === was) return ''
  if (was === 0n) return '+'
  return now === 0n ? '-' : '~'
}

function decode({ format, table, one }: RowSource, value: bigint): Entry {
  return format.decode(value, one.level, table.ref.cfg)
}

function rowAt(source: RowSource, index: number, lastIndex: number): PlacedRow {
  const { format, table, one } = source
  const { cfg } = table.ref
  const value = one.items[index] ?? 0n
  const entry = decode(source, value)
  const geometry = format.geometry(cfg)
  const page = one.page + index * 2 ** shiftOf(geometry, one.level)
  const kind =
    entry.kind === 'table' || (entry.kind === 'empty' && !canLeaf(geometry, one.level)) ? 'table' : 'leaf'
  const fields = format.fields(one.level, cfg, kind).map(field => ({
    ...field,
    value: (value >> BigInt(field.low)) & ((1n << BigInt(field.high - field.low + 1)) - 1n),
  }))
  return {
    level: one.level,
    name: levelName(table, one.level),
    index,
    lastIndex,
    hpa: BigInt(one.hpa + index * 8),
    value,
    kind: entry.kind,
    iova: BigInt(page) << 12n,
    output: entry.address,
    perm: permText(entry.perm),
    mark: markAt(source, index),
    fields,
    page,
  }
}

/** By input address, upper levels before what hangs below them. */
function inTreeOrder(rows: readonly PlacedRow[]): readonly TableRow[] {
  const sorted = rows.toSorted((a, b) => a.page - b.page || b.level - a.level)
  return sorted.map(({ page: _, ...row }) => row)
}
