/** Reading a table as a whole: its leaves, one of its tables, its size. For views, hashes and tests. */
import type { Bulk } from '../mem'
import type { Perm, TableRef } from './contract'
import { inputPages, itemsOf, leafPages, levelsOf, spanOf, tableBytes } from './geometry'
import {
  type Item,
  isPresent,
  itemsLg2,
  itemValue,
  kindOf,
  levelBelow,
  outputOf,
  permOf,
  readItem,
  tableOf,
} from './item'
import { formatOf } from './registry'
import { type OpenTable, openTable, type TableReader } from './table'

/** A leaf item: `pages` 4 KiB pages of input from `page` onto HPA page `target`. `perm` is the leaf's own. */
export interface Leaf {
  readonly page: number
  readonly pages: number
  readonly target: number
  readonly perm: Perm
  readonly level: number
}

export interface LeafSearch {
  /** Only leaves that meet these input pages, both inclusive. */
  readonly within?: { readonly first: number; readonly last: number }
  /** Where the tables are, if not at the HPAs that their pointers hold. */
  readonly reader?: TableReader
}

/** Calls `fn` for every leaf, in order of input. What lies below a table that the reader refuses is passed over. */
export function forEachLeaf(
  bulk: Bulk,
  ref: TableRef,
  fn: (leaf: Leaf) => void,
  { within = EVERYWHERE, reader }: LeafSearch = {},
): void {
  const table = openTable(bulk, ref, reader ?? null)
  const top = { hpa: ref.root, level: levelsOf(table.geometry) - 1, page: inputPages(table.geometry).first }
  visitLeaves(table, top, fn, within)
}

const EVERYWHERE = { first: 0, last: 2 ** 52 - 1 }

interface TableAt {
  readonly hpa: number
  readonly level: number
  /** First input page. */
  readonly page: number
}

/** As `forEachLeaf` for a part of a table, with the item itself and where it lies. */
export function visitLeaves(
  table: OpenTable,
  at: TableAt,
  fn: (leaf: Leaf, item: Item, hpa: number) => void,
  within: { readonly first: number; readonly last: number },
): void {
  const { geometry, memory, reader } = table
  const pages = spanOf(geometry, at.level)
  const host = reader === null ? at.hpa : reader.resolve(at.hpa, 'read')
  if (host < 0) return
  forEachItem(table, { ...at, hpa: host }, (index, hpa) => {
    const item = readItem(memory, geometry, hpa)
    if (!isPresent(geometry, item)) return
    const page = at.page + index * pages
    if (page > within.last || page + pages - 1 < within.first) return
    const { level } = at
    if (kindOf(geometry, level, item) === 'table') {
      visitLeaves(
        table,
        { hpa: tableOf(geometry, item), level: levelBelow(geometry, level, item), page },
        fn,
        within,
      )
    } else {
      const before = (index % 2 ** itemsLg2(geometry, level, item)) * pages
      const target = outputOf(geometry, level, item) / 4096 + before
      fn({ page, pages, target, perm: permOf(geometry, item), level }, item, hpa)
    }
  })
}

/** Calls `fn`, which writes nothing, for the items of a table that are not empty. A frame's words lie side by side. */
function forEachItem(
  { geometry, memory }: OpenTable,
  at: TableAt,
  fn: (index: number, hpa: number) => void,
): void {
  const items = itemsOf(geometry, at.level)
  const { data } = memory.words
  for (let first = 0; first < items; ) {
    const hpa = at.hpa + first * 8
    const here = Math.min(items - first, (4096 - (hpa % 4096)) / 8)
    const word = memory.wordAt(hpa)
    for (let k = 0; k < here; k++) {
      if (((data[word + 2 * k] as number) | (data[word + 2 * k + 1] as number)) !== 0)
        fn(first + k, hpa + k * 8)
    }
    first += here
  }
}

/** 4 KiB pages in the smallest page the table can map: runs must be whole numbers of it. */
export function smallestPages(ref: TableRef): number {
  return leafPages(formatOf(ref.format).geometry(ref.cfg))
}

/** 4 KiB pages that the table takes as input, both ends inclusive. */
export function inputPagesOf(ref: TableRef): { readonly first: number; readonly last: number } {
  return inputPages(formatOf(ref.format).geometry(ref.cfg))
}

/** `count` items from `start` of a table of a level at `hpa`, as the numbers they mean. */
export function readTable(
  bulk: Bulk,
  ref: TableRef,
  at: { readonly hpa: number; readonly level: number; readonly start?: number; readonly count?: number },
): bigint[] {
  const { geometry, memory } = openTable(bulk, ref)
  const start = at.start ?? 0
  const count = Math.min(at.count ?? Number.POSITIVE_INFINITY, itemsOf(geometry, at.level) - start)
  return Array.from({ length: count }, (_, k) =>
    itemValue(readItem(memory, geometry, at.hpa + (start + k) * 8)),
  )
}

export interface TableStats {
  /** Tables of the page table, of all levels. */
  readonly tables: number
  readonly bytes: number
  /** Items that map a page. */
  readonly leaves: number
  /** Input that is mapped, in 4 KiB pages. */
  readonly pages: number
}

/** Where a table lies that an item points to, and how many tables are counted at most. */
export interface TableSearch {
  /** HPA, or null where nothing is behind the address. */
  readonly host: (address: number) => number | null
  readonly most: number
}

const IN_HOST_MEMORY: TableSearch = { host: address => address, most: Number.POSITIVE_INFINITY }

/** Counts a page table by reading it. */
export function tableStats(bulk: Bulk, ref: TableRef, search: TableSearch = IN_HOST_MEMORY): TableStats {
  const table = openTable(bulk, ref)
  const stats = { tables: 0, bytes: 0, leaves: 0, pages: 0 }
  const hpa = search.host(ref.root)
  if (hpa !== null)
    countTable({ table, search, stats }, { hpa, level: levelsOf(table.geometry) - 1, page: 0 })
  return stats
}

interface Counting {
  readonly table: OpenTable
  readonly search: TableSearch
  readonly stats: { -readonly [K in keyof TableStats]: number }
}

function countTable(counting: Counting, at: TableAt): void {
  const { table, search, stats } = counting
  const { geometry, memory } = table
  stats.tables += 1
  stats.bytes += tableBytes(geometry, at.level)
  forEachItem(table, at, (_, hpa) => {
    const item = readItem(memory, geometry, hpa)
    if (!isPresent(geometry, item)) return
    if (kindOf(geometry, at.level, item) === 'table') {
      const below = stats.tables < search.most ? search.host(tableOf(geometry, item)) : null
      const level = levelBelow(geometry, at.level, item)
      if (below !== null) countTable(counting, { hpa: below, level, page: 0 })
    } else {
      stats.leaves += 1
      stats.pages += spanOf(geometry, at.level)
    }
  })
}
