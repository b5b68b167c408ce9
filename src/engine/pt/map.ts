/**
 * The one mapper, filling: cuts a run of pages into the largest pages that both sides' alignment and the format
 * allow, makes the tables that are missing, and writes equal-stride items as runs.
 *
 * Not modelled: joining small pages into a large one that becomes possible later (neither do the kernels modelled).
 */
import { assert, highHalf, lowHalf } from '../bits'
import type { Bulk } from '../mem'
import type { Perm, TableRef } from './contract'
import { BIG_ENDIAN, canLeaf, inputPages, itemsOf, levelsOf, spanOf, tableBytes, word } from './geometry'
import {
  EMPTY,
  encodedSize,
  hasEqualItems,
  type Item,
  isEmpty,
  isPresent,
  kindOf,
  leafBits,
  readItem,
  tableBits,
  tableOf,
  writeItem,
} from './item'
import { allocTable, hostOf } from './lifecycle'
import { RunEvents } from './run-events'
import { type OpenTable, openTable, type TableSink } from './table'

/** `pages` 4 KiB pages from `page`, onto the HPA page `target`. */
export interface MapRun {
  readonly page: number
  readonly pages: number
  readonly target: number
  readonly perm: Perm
}

/**
 * Maps a run over pages that are not mapped. False when frames for tables ran out: what was written stays, so call
 * it inside a savepoint; so does memory missing behind a guest's table. Throws InvariantError for a run outside the input, off the smallest page, or over a leaf.
 */
export function mapRun(bulk: Bulk, ref: TableRef, run: MapRun, sink: TableSink): boolean {
  const table = openTable(bulk, ref)
  const input = inputPages(table.geometry)
  assert(run.page >= input.first && run.page + run.pages - 1 <= input.last, 'mapRun: outside the input')
  assert((run.perm & 3) !== 0, 'mapRun: no right')
  const filler = new Filler(table, new RunEvents(sink, ref.id), run)
  const fits = filler.fill(ref.root, levelsOf(table.geometry) - 1, run.page - input.first, run.pages)
  filler.events.flush()
  return fits
}

interface Leaves {
  readonly level: number
  readonly index: number
  readonly count: number
  readonly page: number
  readonly fresh: boolean
}

class Filler {
  readonly events: RunEvents
  private readonly table: OpenTable
  private readonly perm: Perm
  /** Target page minus relative input page. */
  private readonly delta: number

  constructor(table: OpenTable, events: RunEvents, run: MapRun) {
    this.table = table
    this.events = events
    this.perm = run.perm
    this.delta = run.target - (run.page - inputPages(table.geometry).first)
  }

  /** Fills `pages` pages from relative page `first`, all within one table; `fresh` = the table holds nothing. */
  fill(table: number, level: number, first: number, pages: number, fresh = false): boolean {
    const { geometry } = this.table
    const hpa = hostOf(this.events.sink, table)
    if (hpa < 0) return false
    const span = spanOf(geometry, level)
    const items = itemsOf(geometry, level)
    for (let page = first, end = first + pages; page < end; ) {
      const index = Math.floor(page / span) % items
      const leaves = this.leavesAt(hpa + index * 8, { level, page, pages: end - page })
      const done = leaves > 0 ? leaves * span : Math.min(end, (Math.floor(page / span) + 1) * span) - page
      if (leaves > 0) this.writeLeaves(hpa, { level, index, count: leaves, page, fresh })
      else if (!this.descend(hpa + index * 8, { level, index, page, pages: done })) return false
      page += done
    }
    return true
  }

  /** How many leaves of a level may be written from an item on; 0 when the run must go deeper here. */
  private leavesAt(itemHpa: number, at: { level: number; page: number; pages: number }): number {
    const { geometry, memory } = this.table
    const span = spanOf(geometry, at.level)
    const aligned = at.page % span === 0 && (at.page + this.delta) % span === 0
    if (!canLeaf(geometry, at.level) || !aligned) return 0
    const most = Math.floor(at.pages / span)
    if (at.level === 0) return most
    let free = 0
    while (free < most && isEmpty(readItem(memory, geometry, itemHpa + free * 8))) free++
    return free
  }

  private writeLeaves(hpa: number, at: Leaves): void {
    const { geometry } = this.table
    const { level } = at
    if (!hasEqualItems(geometry) || this.delta % (2 * spanOf(geometry, level)) !== 0) {
      this.writeRun(hpa, at, 0)
      return
    }
    for (let done = 0; done < at.count; ) {
      const part = { ...at, index: at.index + done, page: at.page + done * spanOf(geometry, level) }
      const lg2 = this.largestEntry(part, at.count - done)
      this.writeRun(hpa, { ...part, count: 2 ** lg2 }, lg2)
      done += 2 ** lg2
    }
  }

  /** log2 of the items of the largest entry that may begin at an item. */
  private largestEntry(at: Leaves, most: number): number {
    const { geometry } = this.table
    const span = spanOf(geometry, at.level)
    const target = (at.page + this.delta) / span
    // An entry of all items of a table would be one of the level above.
    const limit = itemsOf(geometry, at.level) / 2
    let items = 1
    while (items * 2 <= Math.min(most, limit) && at.index % (items * 2) === 0 && target % (items * 2) === 0)
      items *= 2
    return Math.log2(items)
  }

  /** Writes leaves that follow each other, or the equal items of one entry. */
  private writeRun(hpa: number, at: Leaves, lg2: number): void {
    const { geometry, memory } = this.table
    const itemHpa = hpa + at.index * 8
    assert(isEmpty(readItem(memory, geometry, itemHpa)), 'mapRun: a page is mapped already')
    const bits = leafBits(geometry, at.level, this.perm)
    const target = (at.page + this.delta) * 4096
    const stride = lg2 > 0 ? 0 : spanOf(geometry, at.level) * 4096
    const size = lg2 > 0 ? encodedSize(geometry, at.level, lg2) : { lo: 0, extra: 0 }
    const run = {
      count: at.count,
      lo: bits.lo | size.lo | lowHalf(target + size.extra),
      hi: bits.hi | highHalf(target + size.extra),
      strideLo: lowHalf(stride),
      strideHi: highHalf(stride),
      bigEndian: word(geometry, BIG_ENDIAN) === 1,
    }
    if (at.fresh) memory.fillFresh(itemHpa, run)
    else memory.fill64(itemHpa, run)
    const { level, index, count } = at
    this.events.written({ level, hpa: itemHpa, index, count, before: EMPTY, after: run, stride })
  }

  /** Fills through the table below an item, which is made when there is none. */
  private descend(
    itemHpa: number,
    at: { level: number; index: number; page: number; pages: number },
  ): boolean {
    const { geometry, memory } = this.table
    assert(at.level > 0, 'mapRun: not a multiple of the smallest page')
    const item = readItem(memory, geometry, itemHpa)
    if (isPresent(geometry, item)) {
      assert(kindOf(geometry, at.level, item) === 'table', 'mapRun: a page is mapped already')
      return this.fill(tableOf(geometry, item), at.level - 1, at.page, at.pages)
    }
    const child = newTable(this.table, this.events, at.level - 1)
    if (child < 0) return false
    linkTable(this.table, this.events, { level: at.level, index: at.index, hpa: itemHpa }, child)
    return this.fill(child, at.level - 1, at.page, at.pages, true)
  }
}

/** The address of an empty table of a level, counted and told; -1 when there is no room for it. */
export function newTable(table: OpenTable, events: RunEvents, level: number): number {
  const bytes = tableBytes(table.geometry, level)
  const { keeper } = events.sink
  const address = keeper === undefined ? allocTable(table, bytes) : keeper.take()
  if (address >= 0) events.tableMade(level, address, bytes)
  return address
}

/** Makes the item at `place` point to a table, whatever it held. */
export function linkTable(
  { geometry, memory }: OpenTable,
  events: RunEvents,
  place: { readonly level: number; readonly index: number; readonly hpa: number },
  child: number,
): void {
  const bits = tableBits(geometry, place.level)
  const item: Item = { lo: bits.lo | lowHalf(child), hi: bits.hi | highHalf(child) }
  const before = readItem(memory, geometry, place.hpa)
  writeItem(memory, geometry, place.hpa, item)
  const { level, index, hpa } = place
  events.written({ level, hpa, index, count: 1, before, after: item, stride: 0 })
}
