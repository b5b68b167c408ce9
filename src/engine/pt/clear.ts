/**
 * The one mapper, clearing: empties the items of a run of pages, splits a larger page that the run cuts, and frees
 * tables that fall empty where the format does so.
 */
import { assert, highHalf, lowHalf } from '../bits'
import type { Bulk } from '../mem'
import type { TableRef } from './contract'
import {
  BIG_ENDIAN,
  canLeaf,
  FREES_EMPTY,
  inputPages,
  itemsOf,
  LEAF_SET,
  levelAt,
  levelsOf,
  spanOf,
  tableBytes,
  word,
} from './geometry'
import {
  EMPTY,
  hasEqualItems,
  type Item,
  isEmpty,
  isPresent,
  itemsLg2,
  keptBits,
  kindOf,
  outputOf,
  readItem,
  tableOf,
  writeItem,
} from './item'
import { hostOf } from './lifecycle'
import { linkTable, newTable } from './map'
import { RunEvents } from './run-events'
import { type OpenTable, openTable, type TableSink } from './table'

export interface ClearRun {
  readonly page: number
  readonly pages: number
}

/**
 * Unmaps every page of a run; pages that are not mapped are passed over. False when a split found no frame: what
 * was cleared stays cleared, so call it inside a savepoint where that can happen. A run outside the input throws.
 */
export function clearRun(bulk: Bulk, ref: TableRef, run: ClearRun, sink: TableSink): boolean {
  const table = openTable(bulk, ref)
  const input = inputPages(table.geometry)
  assert(run.page >= input.first && run.page + run.pages - 1 <= input.last, 'clearRun: outside the input')
  const clearer = new Clearer(table, new RunEvents(sink, ref.id))
  const fits = clearer.clear(ref.root, levelsOf(table.geometry) - 1, run.page - input.first, run.pages)
  clearer.events.flush()
  return fits
}

interface Place {
  readonly level: number
  readonly index: number
  /** HPA of the item. */
  readonly hpa: number
}

class Clearer {
  readonly events: RunEvents
  private readonly table: OpenTable

  constructor(table: OpenTable, events: RunEvents) {
    this.table = table
    this.events = events
  }

  /** Clears `pages` pages from relative page `first`, all within one table. */
  clear(table: number, level: number, first: number, pages: number): boolean {
    const { geometry, memory } = this.table
    const hpa = hostOf(this.events.sink, table)
    if (hpa < 0) return false
    const span = spanOf(geometry, level)
    if (hasEqualItems(geometry)) for (const edge of [first, first + pages]) this.part({ hpa, level }, edge)
    for (let page = first, end = first + pages; page < end; ) {
      const index = Math.floor(page / span) % itemsOf(geometry, level)
      const place = { level, index, hpa: hpa + index * 8 }
      const item = readItem(memory, geometry, place.hpa)
      const next = Math.min(end, (Math.floor(page / span) + 1) * span)
      const whole = page % span === 0 && next - page === span
      if (isEmpty(item)) {
        page = next
      } else if (whole && this.isLeaf(level, item)) {
        page += this.clearLeaves(place, Math.floor((end - page) / span)) * span
      } else {
        if (!this.clearBelow(place, item, page, next - page)) return false
        page = next
      }
    }
    return true
  }

  /** Where an edge of the run falls into an entry of several equal items, each of them gets a leaf of its own. */
  private part(table: { readonly hpa: number; readonly level: number }, edge: number): void {
    const { geometry, memory } = this.table
    const { hpa, level } = table
    const span = spanOf(geometry, level)
    const index = Math.floor(edge / span) % itemsOf(geometry, level)
    const item = readItem(memory, geometry, hpa + index * 8)
    if (!isPresent(geometry, item) || kindOf(geometry, level, item) === 'table') return
    const items = 2 ** itemsLg2(geometry, level, item)
    if (items === 1 || edge % (items * span) === 0) return
    const base = index - (index % items)
    for (let k = 0; k < items; k++) {
      const place = { level, index: base + k, hpa: hpa + (base + k) * 8 }
      const before = readItem(memory, geometry, place.hpa)
      const kept = keptBits(geometry, level, before)
      const output = outputOf(geometry, level, before) + k * span * 4096
      const set = levelAt(level) + LEAF_SET
      const after = {
        lo: kept.lo | word(geometry, set) | lowHalf(output),
        hi: kept.hi | word(geometry, set + 1) | highHalf(output),
      }
      writeItem(memory, geometry, place.hpa, after)
      this.events.written({ ...place, count: 1, before, after, stride: 0 })
    }
  }

  private isLeaf(level: number, item: Item): boolean {
    const { geometry } = this.table
    return !isPresent(geometry, item) || kindOf(geometry, level, item) === 'leaf'
  }

  /** Clears up to `most` leaves from an item on, as far as they follow each other; returns how many. */
  private clearLeaves(place: Place, most: number): number {
    const { geometry, memory } = this.table
    const inTable = Math.min(most, itemsOf(geometry, place.level) - place.index)
    const before = readItem(memory, geometry, place.hpa)
    let count = 1
    while (count < inTable && this.continues(place, count)) count++
    memory.fill64(place.hpa, {
      count,
      lo: 0,
      hi: 0,
      strideLo: 0,
      strideHi: 0,
      bigEndian: word(geometry, BIG_ENDIAN) === 1,
    })
    this.events.written({ ...place, count, before, after: EMPTY, stride: 0 })
    return count
  }

  private continues(place: Place, count: number): boolean {
    const { geometry, memory } = this.table
    const item = readItem(memory, geometry, place.hpa + count * 8)
    return !isEmpty(item) && this.isLeaf(place.level, item)
  }

  /** Clears part of what an item covers: below its table, which a cut page is first turned into. */
  private clearBelow(place: Place, item: Item, page: number, pages: number): boolean {
    const { geometry } = this.table
    assert(place.level > 0, 'clearRun: not a multiple of the smallest page')
    const child = this.isLeaf(place.level, item) ? this.split(place, item) : tableOf(geometry, item)
    if (child < 0 || !this.clear(child, place.level - 1, page, pages)) return false
    if (word(geometry, FREES_EMPTY) === 1 && this.isBare(child, place.level - 1)) this.freeTable(place, child)
    return true
  }

  /** Replaces a leaf by a table of smaller pages that say the same; -1 when there is no frame for it. */
  private split(place: Place, item: Item): number {
    const { geometry, memory } = this.table
    const below = place.level - 1
    assert(canLeaf(geometry, below), 'clearRun: the level below maps no pages')
    const child = newTable(this.table, this.events, below)
    if (child < 0) return -1
    const kept = keptBits(geometry, place.level, item)
    const output = outputOf(geometry, place.level, item)
    const set = levelAt(below) + LEAF_SET
    const stride = spanOf(geometry, below) * 4096
    const run = {
      count: itemsOf(geometry, below),
      lo: kept.lo | word(geometry, set) | lowHalf(output),
      hi: kept.hi | word(geometry, set + 1) | highHalf(output),
      strideLo: lowHalf(stride),
      strideHi: highHalf(stride),
      bigEndian: word(geometry, BIG_ENDIAN) === 1,
    }
    const hpa = hostOf(this.events.sink, child)
    memory.fill64(hpa, run)
    this.events.written({
      level: below,
      hpa,
      index: 0,
      count: run.count,
      before: EMPTY,
      after: run,
      stride,
    })
    linkTable(this.table, this.events, place, child)
    return child
  }

  private isBare(table: number, level: number): boolean {
    const { geometry, memory } = this.table
    const hpa = hostOf(this.events.sink, table)
    for (let index = 0; index < itemsOf(geometry, level); index++) {
      if (!isEmpty(readItem(memory, geometry, hpa + index * 8))) return false
    }
    return true
  }

  private freeTable(place: Place, child: number): void {
    const { geometry, memory, frames } = this.table
    const before = readItem(memory, geometry, place.hpa)
    writeItem(memory, geometry, place.hpa, EMPTY)
    this.events.written({ ...place, count: 1, before, after: EMPTY, stride: 0 })
    const bytes = tableBytes(geometry, place.level - 1)
    const { keeper } = this.events.sink
    if (keeper === undefined) frames.free(child, bytes / 4096)
    else keeper.give(child)
    this.events.tableGone(place.level - 1, child, bytes)
  }
}
