/**
 * A page table as the rows of a tree: which tables are opened, which runs unfolded, and where each row begins.
 * Nothing is decoded here; a row is a run of items of one table. Tables are read whole only where they are opened.
 */
import {
  formatOf,
  type Geometry,
  type ItemRun,
  inputPages,
  itemAt,
  itemRuns,
  levelsOf,
  shiftOf,
  type TableItems,
  tableBytes,
  tableItems,
} from '../../pt'
import type { FlowSession } from '../../session/session'
import { hostOf, type ShownTable } from './shown-tables'
import { TouchedWords } from './touched'

/** A whole page table is opened by itself up to so many tables; above, only the way to what is looked at. */
const OPEN_BY_ITSELF = 64
/** A table that a guest wrote may point back at itself: so many of its tables are looked at, and no more. */
const MOST_GUEST_TABLES = 2048

export interface TreeTable {
  /** As the entry above it says; the same as `hpa` for a table in host memory. */
  readonly address: number
  readonly hpa: number
  readonly level: number
  /** First input page. */
  readonly page: number
  readonly depth: number
  readonly items: TableItems
  /** The same items one step earlier, where the step may have changed them. */
  readonly was: TableItems | null
  readonly above: TreeTable | null
  /** Index in `above` of the item that points here. */
  readonly at: number
}

export interface TreeItemRow {
  readonly table: TreeTable
  readonly run: ItemRun
  readonly open: boolean | null
}

/** An entry by its level and first input page. */
export interface Place {
  readonly page: number
  readonly level: number
  readonly exact: boolean
}

export interface TreeWish {
  readonly toggled: ReadonlySet<string>
  /** Tables on the way there are opened. */
  readonly place: Place | null
}

/** The key under which a table is opened or closed, and a run unfolded. */
export const tableKey = (address: number): string => `t${address.toString(16)}`
export const runKey = (hpa: number): string => `r${hpa.toString(16)}`

export class TableTree {
  readonly geometry: Geometry
  readonly shown: ShownTable
  private readonly session: FlowSession
  private readonly touched: TouchedWords
  private readonly known = new Map<number, TreeTable>()
  private readonly plainRuns = new Map<TreeTable, readonly ItemRun[]>()
  private listed: { readonly key: string; readonly rows: readonly TreeItemRow[] } | null = null
  private tables = -1

  constructor(session: FlowSession, shown: ShownTable) {
    this.session = session
    this.shown = shown
    this.geometry = formatOf(shown.ref.format).geometry(shown.ref.cfg)
    this.touched = new TouchedWords(session)
  }

  /** Null where a user's table lies in no memory. */
  get root(): TreeTable | null {
    const level = levelsOf(this.geometry) - 1
    const page = inputPages(this.geometry).first
    return this.read({ address: this.shown.ref.root, level, page, depth: 0, above: null, at: 0 })
  }

  /** The table that an item points to, or null. */
  below(table: TreeTable, index: number): TreeTable | null {
    const { ref } = this.shown
    const entry = formatOf(ref.format).decode(itemAt(table.items, index), table.level, ref.cfg)
    if (entry.kind !== 'table' || table.level === 0) return null
    const page = table.page + index * 2 ** shiftOf(this.geometry, table.level)
    return this.read({
      address: Number(entry.address),
      level: table.level - 1,
      page,
      depth: table.depth + 1,
      above: table,
      at: index,
    })
  }

  /** Index of the item of a table that translates a page; may lie outside of it. */
  indexOf(table: TreeTable, page: number): number {
    return Math.floor((page - table.page) / 2 ** shiftOf(this.geometry, table.level))
  }

  /** The deepest table down to a level that a page leads to. */
  descend(page: number, level: number): TreeTable | null {
    let table = this.root
    while (table !== null && table.level > level) {
      const index = this.indexOf(table, page)
      const next = index < 0 || index >= table.items.lo.length ? null : this.below(table, index)
      if (next === null) break
      table = next
    }
    return table
  }

  /** Every row as the wish opens the tree, in the order of a tree: a table's entries stand below the entry above. */
  rows(wish: TreeWish): readonly TreeItemRow[] {
    const { place } = wish
    const key = [place?.page, place?.level, place?.exact, ...wish.toggled].join(' ')
    if (this.listed?.key !== key) {
      const rows: TreeItemRow[] = []
      if (this.root !== null) this.list(this.root, wish, rows)
      this.listed = { key, rows }
    }
    return this.listed.rows
  }

  /** Every table that exists, upper ones first. */
  *all(): Generator<TreeTable> {
    let left = this.shown.within === null ? Number.POSITIVE_INFINITY : MOST_GUEST_TABLES
    if (this.root === null) return
    for (const table of this.under(this.root)) {
      yield table
      if (--left === 0) return
    }
  }

  private *under(table: TreeTable): Generator<TreeTable> {
    yield table
    if (table.level === 0) return
    for (const { first, kind } of this.runsOf(table, () => false)) {
      const next = kind === 'table' ? this.below(table, first) : null
      if (next !== null) yield* this.under(next)
    }
  }

  /** True where the item differs from what stood there one step earlier. */
  changed({ items, was }: TreeTable, index: number): boolean {
    return was !== null && (was.lo[index] !== items.lo[index] || was.hi[index] !== items.hi[index])
  }

  private list(table: TreeTable, wish: TreeWish, rows: TreeItemRow[]): void {
    for (const run of this.runsFor(table, wish.place)) this.listRun({ table, run, open: null }, wish, rows)
  }

  /** Runs of one mark each; the entry of an exact place stands alone. */
  private runsFor(table: TreeTable, place: Place | null): readonly ItemRun[] {
    const at = place?.exact && place.level === table.level ? this.indexOf(table, place.page) : -1
    const aim = at >= 0 && at < table.items.lo.length
    const known = aim ? undefined : this.plainRuns.get(table)
    if (known !== undefined) return known
    const marked = table.was !== null
    const runs = this.runsOf(
      table,
      index =>
        (aim && (index === at || index === at + 1)) ||
        (marked && this.markOf(table, index) !== this.markOf(table, index - 1)),
    )
    if (!aim) this.plainRuns.set(table, runs)
    return runs
  }

  private listRun(row: TreeItemRow, wish: TreeWish, rows: TreeItemRow[]): void {
    const { table, run } = row
    const next = run.kind === 'table' ? this.below(table, run.first) : null
    if (next !== null) {
      const open = this.isOpen(next, wish)
      rows.push({ ...row, open })
      if (open) this.list(next, wish, rows)
    } else if (run.last > run.first) {
      const unfolded = wish.toggled.has(runKey(table.hpa + run.first * 8))
      if (!unfolded) rows.push({ ...row, open: false })
      else
        for (let k = run.first; k <= run.last; k++)
          rows.push({ table, run: { ...run, first: k, last: k }, open: k === run.first ? true : null })
    } else rows.push(row)
  }

  private isOpen(table: TreeTable, { toggled, place }: TreeWish): boolean {
    const onTheWay = place !== null && place.level <= table.level && this.holds(table, place.page)
    const byItself = onTheWay || this.count() <= OPEN_BY_ITSELF
    return byItself !== toggled.has(tableKey(table.address))
  }

  private holds(table: TreeTable, page: number): boolean {
    const index = this.indexOf(table, page)
    return index >= 0 && index < table.items.lo.length
  }

  private count(): number {
    if (this.tables < 0) {
      this.tables = 0
      for (const _ of this.all()) if (++this.tables > OPEN_BY_ITSELF) break
    }
    return this.tables
  }

  /** Two items of one mark may share a row. */
  private markOf({ items, was }: TreeTable, index: number): number {
    if (was === null) return 0
    const [lo, hi] = [items.lo[index] ?? 0, items.hi[index] ?? 0]
    const [oldLo, oldHi] = [was.lo[index] ?? 0, was.hi[index] ?? 0]
    if (lo === oldLo && hi === oldHi) return 0
    if ((oldLo | oldHi) === 0) return 1
    return (lo | hi) === 0 ? 2 : 3
  }

  private runsOf(table: TreeTable, cut: (index: number) => boolean): readonly ItemRun[] {
    return itemRuns(table.items, { ref: this.shown.ref, level: table.level }, cut)
  }

  /** Tables of a guest are 4 KiB, so that what is behind their first byte is behind all of them. */
  private read(at: Omit<TreeTable, 'hpa' | 'items' | 'was'>): TreeTable | null {
    const known = this.known.get(at.address)
    if (known !== undefined && known.level === at.level && known.page === at.page) return known
    const { bulk } = this.session.machine
    const { ref } = this.shown
    const hpa = hostOf(this.session.machine, this.shown, at.address)
    if (hpa === null) return null
    const place = { hpa, level: at.level }
    const items = tableItems(bulk, ref, place)
    const changed = this.touched.has(hpa, tableBytes(this.geometry, at.level))
    const was = changed ? tableItems(bulk, ref, place, offset => this.touched.wordBefore(offset)) : null
    const table = { ...at, hpa, items, was }
    this.known.set(at.address, table)
    return table
  }
}
