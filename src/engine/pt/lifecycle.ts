/** Making and destroying tables. */

import { assert, highHalf, lowHalf } from '../bits'
import type { Bulk } from '../mem'
import type { PtConfig, TableRef } from './contract'
import { itemsOf, levelsOf, tableBytes } from './geometry'
import { EMPTY, type Item, isPresent, kindOf, readItem, tableBits, tableOf, writeItem } from './item'
import { formatOf } from './registry'
import { RunEvents } from './run-events'
import { type OpenTable, openTable, type TableSink } from './table'

export interface TableWish {
  /** The caller's number for the table, shown in events. */
  readonly id: number
  readonly format: string
  readonly cfg: PtConfig
}

/**
 * An empty table, or null when no frames are left. The top table is contiguous and aligned to its size. A
 * configuration that the format calls a problem throws InvariantError.
 */
export function createTable(bulk: Bulk, wish: TableWish, sink: TableSink): TableRef | null {
  const format = formatOf(wish.format)
  assert(format.problem(wish.cfg) === null, `${wish.format}: ${format.problem(wish.cfg)}`)
  const geometry = format.geometry(wish.cfg)
  const top = levelsOf(geometry) - 1
  const root = allocTable(bulk, tableBytes(geometry, top))
  if (root < 0) return null
  const events = new RunEvents(sink, wish.id)
  events.tableMade(top, root, tableBytes(geometry, top))
  events.flush()
  return { id: wish.id, format: wish.format, cfg: wish.cfg, root }
}

/** Frames for one table, aligned to its size; -1 when there are none. */
export function allocTable({ frames }: Pick<Bulk, 'frames'>, bytes: number): number {
  const count = bytes / 4096
  return count === 1 ? frames.alloc(1) : frames.alloc(count, count)
}

/** HPA of a table by its address, in whoever's memory it lies; -1 where nothing is behind it. */
export const hostOf = ({ keeper }: TableSink, address: number): number =>
  keeper === undefined ? address : keeper.host(address)

/**
 * The same table under one more level: the new top leads to the old one, by its first item. Null when no frame is left.
 * Only for a format whose levels differ in nothing else; whoever points at the table must be told of its new root.
 */
export function growTable(bulk: Bulk, ref: TableRef, cfg: PtConfig, sink: TableSink): TableRef | null {
  const grown = createTable(bulk, { id: ref.id, format: ref.format, cfg }, sink)
  if (grown === null) return null
  const table = openTable(bulk, grown)
  const level = levelsOf(table.geometry) - 1
  const events = new RunEvents(sink, ref.id)
  const item = withAddress(tableBits(table.geometry, level), ref.root)
  writeItem(table.memory, table.geometry, grown.root, item)
  events.written({ level, hpa: grown.root, index: 0, count: 1, before: EMPTY, after: item, stride: 0 })
  events.flush()
  return grown
}

const withAddress = (bits: Item, address: number): Item => ({
  lo: bits.lo | lowHalf(address),
  hi: bits.hi | highHalf(address),
})

/** Frees every table of a page table. Nothing may be routed to it. */
export function destroyTable(bulk: Bulk, ref: TableRef, sink: TableSink): void {
  const table = openTable(bulk, ref)
  const events = new RunEvents(sink, ref.id)
  freeTree(table, ref.root, levelsOf(table.geometry) - 1, events)
  events.flush()
}

/** Frees a table of a level and all below it. */
function freeTree(table: OpenTable, hpa: number, level: number, events: RunEvents): void {
  if (level > 0) for (const child of childTables(table, hpa, level)) freeTree(table, child, level - 1, events)
  const bytes = tableBytes(table.geometry, level)
  table.frames.free(hpa, bytes / 4096)
  events.tableGone(level, hpa, bytes)
}

/** HPAs of the tables that the items of a table point to, in order. */
function childTables({ memory, geometry }: OpenTable, hpa: number, level: number): number[] {
  const children: number[] = []
  for (let index = 0; index < itemsOf(geometry, level); index++) {
    const item = readItem(memory, geometry, hpa + index * 8)
    if (isPresent(geometry, item) && kindOf(geometry, level, item) === 'table')
      children.push(tableOf(geometry, item))
  }
  return children
}
