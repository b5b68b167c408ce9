/**
 * Dirty bits of a table's leaves: read, and cleared.
 *
 * Not modelled: formats whose dirty state is no bit of its own that hardware sets to 1.
 */
import type { Bulk } from '../mem'
import type { TableRef } from './contract'
import { DIRTY, inputPages, levelsOf, word } from './geometry'
import { visitLeaves } from './inspect'
import { type Item, writeItem } from './item'
import { openTable, type TableSink } from './table'

/** 4 KiB pages of input that one dirty leaf maps, both inclusive. */
export interface DirtyRun {
  readonly first: number
  readonly last: number
}

/** False where no leaf of the table ever says that it was written. */
export function marksDirty(bulk: Bulk, ref: TableRef): boolean {
  return word(openTable(bulk, ref).geometry, DIRTY) !== 0
}

/**
 * The dirty leaves that meet [first, last], in order of input. With `clear` the bit goes from those that lie inside
 * whole; one that only meets the range keeps it, since the rest of its pages was not asked for.
 */
export function dirtyLeaves(
  bulk: Bulk,
  ref: TableRef,
  within: DirtyRun & { readonly clear: TableSink | null },
): readonly DirtyRun[] {
  const table = openTable(bulk, ref)
  const { geometry, memory } = table
  const bit = word(geometry, DIRTY)
  const found: {
    readonly run: DirtyRun
    readonly item: Item
    readonly hpa: number
    readonly level: number
  }[] = []
  const top = { hpa: ref.root, level: levelsOf(geometry) - 1, page: inputPages(geometry).first }
  visitLeaves(
    table,
    top,
    ({ page, pages, level }, item, hpa) => {
      if ((item.lo & bit) === 0) return
      found.push({ run: { first: page, last: page + pages - 1 }, item, hpa, level })
    },
    within,
  )
  const inside = found.filter(({ run }) => run.first >= within.first && run.last <= within.last)
  for (const { item, hpa } of within.clear === null ? [] : inside)
    writeItem(memory, geometry, hpa, { lo: item.lo & ~bit, hi: item.hi })
  if (within.clear !== null) within.clear.costs.add('entriesWritten', inside.length)
  return found.map(({ run }) => run)
}
