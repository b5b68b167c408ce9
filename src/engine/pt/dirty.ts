/**
 * Dirty bits of a table's leaves: read, cleared, and set where a program stands in for hardware.
 *
 * An entry of several equal items (AMD) is dirty when any of them says so: hardware sets the one it read.
 *
 * Not modelled: formats whose dirty state is no bit of its own that hardware sets to 1.
 */
import type { Bulk } from '../mem'
import type { TableRef } from './contract'
import { DIRTY, inputPages, levelsOf, word } from './geometry'
import { visitLeaves } from './inspect'
import { type Item, itemsLg2, readItem, writeItem } from './item'
import { type OpenTable, openTable, type TableSink } from './table'

/** 4 KiB pages of input, both inclusive. */
export interface PageRun {
  readonly first: number
  readonly last: number
}

/** What one dirty entry maps. */
export interface DirtyRun extends PageRun {
  /** log2 of the items that the entry is made of. */
  readonly itemsLg2: number
}

export interface DirtySearch extends PageRun {
  /** Null: the bits stay. */
  readonly clear: TableSink | null
  /**
   * What becomes of an entry that only meets the range. `keep`, or left out: its bit stays, since the rest of its pages
   * was not asked for. `clear`: it goes.
   */
  readonly partly?: 'keep' | 'clear'
}

/** False where no leaf of the table ever says that it was written. */
export function marksDirty(bulk: Bulk, ref: TableRef): boolean {
  return word(openTable(bulk, ref).geometry, DIRTY) !== 0
}

/** The dirty entries that meet [first, last], in order of input. */
export function dirtyLeaves(bulk: Bulk, ref: TableRef, within: DirtySearch): readonly DirtyRun[] {
  const table = openTable(bulk, ref)
  const { geometry, memory } = table
  const bit = word(geometry, DIRTY)
  const isDirty = (hpa: number): boolean => (readItem(memory, geometry, hpa).lo & bit) !== 0
  const found: DirtyEntry[] = []
  let judged = -1
  eachEntry(table, ref, within, entry => {
    if (entry.hpa === judged) return
    judged = entry.hpa
    if (itemsOf(entry).some(isDirty)) found.push(entry)
  })
  const { clear, partly = 'keep' } = within
  if (clear === null) return found.map(({ run }) => run)
  for (const entry of found) {
    const { run } = entry
    if (partly === 'keep' && (run.first < within.first || run.last > within.last)) continue
    for (const hpa of itemsOf(entry).filter(isDirty)) {
      const { lo, hi } = readItem(memory, geometry, hpa)
      writeItem(memory, geometry, hpa, { lo: lo & ~bit, hi })
      clear.costs.add('entriesWritten', 1)
    }
  }
  return found.map(({ run }) => run)
}

/** Sets the dirty bit of the item that maps a page, as hardware would; false where none does. */
export function markDirty(bulk: Bulk, ref: TableRef, page: number): boolean {
  const table = openTable(bulk, ref)
  const { geometry, memory } = table
  let found = false
  eachEntry(table, ref, { first: page, last: page }, (_, item, hpa) => {
    writeItem(memory, geometry, hpa, { lo: item.lo | word(geometry, DIRTY), hi: item.hi })
    found = true
  })
  return found
}

/** Neighbours as one. */
export function joinedRuns(runs: readonly PageRun[]): readonly PageRun[] {
  const found: PageRun[] = []
  for (const { first, last } of runs) {
    const before = found.at(-1)
    if (before !== undefined && before.last + 1 === first)
      found[found.length - 1] = { first: before.first, last }
    else found.push({ first, last })
  }
  return found
}

interface DirtyEntry {
  readonly run: DirtyRun
  /** Of the first item of the entry. */
  readonly hpa: number
}

const itemsOf = ({ run, hpa }: DirtyEntry): readonly number[] =>
  run.itemsLg2 === 0 ? [hpa] : Array.from({ length: 2 ** run.itemsLg2 }, (_, k) => hpa + k * 8)

/** Calls `fn` for each item that meets the range, with the entry it belongs to. */
function eachEntry(
  table: OpenTable,
  ref: TableRef,
  within: PageRun,
  fn: (entry: DirtyEntry, item: Item, hpa: number) => void,
): void {
  const { geometry } = table
  const top = { hpa: ref.root, level: levelsOf(geometry) - 1, page: inputPages(geometry).first }
  visitLeaves(
    table,
    top,
    ({ page, pages, level }, item, hpa) => {
      const lg2 = itemsLg2(geometry, level, item)
      // The items of an entry lie side by side, aligned to their number.
      const before = (hpa / 8) % 2 ** lg2
      const first = page - before * pages
      const run = { first, last: first + pages * 2 ** lg2 - 1, itemsLg2: lg2 }
      fn({ run, hpa: hpa - before * 8 }, item, hpa)
    },
    within,
  )
}
