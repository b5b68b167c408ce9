/**
 * A piece of a page table for a reader: some rows of its tree, and one entry decoded in full. Asked for by range,
 * so that a table of a million entries costs what is seen of it.
 */
import { type BitField, getField } from '../../bits'
import { addressOf, permText, type SpaceRecord } from '../../kernel/state'
import { canLeaf, type Entry, formatOf, inputPages, itemAt, levelsOf, shiftOf } from '../../pt'
import type { FlowSession } from '../../session/session'
import type { Mark } from '../contract'
import { levelName } from '../table-rows'
import { backingOf } from './backing'
import type { EntryView, TableFocus, TableQuery, TableWindow, TreeRow } from './contract'
import { hostOf, type ShownTable, shownTables } from './shown-tables'
import { type Place, runKey, TableTree, type TreeItemRow, type TreeTable, tableKey } from './table-tree'

export function tableWindow(session: FlowSession, space: SpaceRecord, query: TableQuery): TableWindow | null {
  const shown = shownTables(session.machine, space).find(one => one.ref.id === query.table)
  if (shown === undefined) return null
  const tree = treeOf(session, shown)
  const place = query.focus === null ? firstPlace(tree) : placeOf(tree, query.focus)
  const rows = tree.rows({ toggled: new Set(query.toggled), place })
  const focus = rowOf(tree, rows, place)
  const { ref, within } = shown
  const format = formatOf(ref.format)
  const { last } = inputPages(tree.geometry)
  const at = rows[focus]
  return {
    space: space.id,
    table: ref.id,
    title: format.title,
    format: format.id,
    within: within?.name ?? null,
    root: BigInt(ref.root),
    rootHpa: bigOrNull(hostOf(session.machine, shown, ref.root)),
    levels: levelsOf(tree.geometry),
    inputBits: (addressOf(last) | 0xfffn).toString(2).length,
    domain: space.domain,
    notModelled: format.notModelled,
    total: rows.length,
    from: query.from,
    rows: rows.slice(query.from, query.from + query.count).map(row => treeRow(tree, row)),
    focus,
    entry: at === undefined ? null : entryView(session, { space, tree, row: at }),
  }
}

/** The tree last asked for: a reader who scrolls asks for it again and again. */
let kept: { session: FlowSession; key: string; tree: TableTree } | null = null

function treeOf(session: FlowSession, shown: ShownTable): TableTree {
  const { ref, within } = shown
  const key = [session.at, session.steps.length, ref.id, ref.root, within?.uid].join(' ')
  if (kept === null || kept.session !== session || kept.key !== key)
    kept = { session, key, tree: new TableTree(session, shown) }
  return kept.tree
}

const bigOrNull = (value: number | null): bigint | null => (value === null ? null : BigInt(value))

function placeOf(tree: TableTree, { iova, level, exact }: TableFocus): Place {
  const page = Number(iova >> 12n)
  return { page, level: tree.descend(page, level ?? 0)?.level ?? 0, exact }
}

/** The lowest address that a page table maps, or null. */
export function lowestMapped(session: FlowSession, shown: ShownTable): bigint | null {
  const place = firstLeaf(treeOf(session, shown))
  return place === null ? null : addressOf(place.page)
}

/** The lowest entry that the step changed; else the first leaf; else the first entry. */
function firstPlace(tree: TableTree): Place | null {
  let lowest: Place | null = null
  for (const table of tree.all()) {
    if (lowest?.level === 0) break
    if (table.was === null || (lowest !== null && table.level >= lowest.level)) continue
    const index = table.items.lo.findIndex((_, k) => tree.changed(table, k))
    if (index >= 0) lowest = { page: pageAt(tree, table, index), level: table.level, exact: false }
  }
  return lowest ?? firstLeaf(tree)
}

function firstLeaf(tree: TableTree): Place | null {
  const { ref } = tree.shown
  const format = formatOf(ref.format)
  for (const table of tree.all()) {
    for (let index = 0; index < table.items.lo.length; index++) {
      if (((table.items.lo[index] ?? 0) | (table.items.hi[index] ?? 0)) === 0) continue
      const { kind } = format.decode(itemAt(table.items, index), table.level, ref.cfg)
      if (kind === 'table') break
      if (kind === 'leaf') return { page: pageAt(tree, table, index), level: table.level, exact: false }
    }
  }
  return null
}

function rowOf(tree: TableTree, rows: readonly TreeItemRow[], place: Place | null): number {
  if (place === null) return 0
  const found = rows.findIndex(({ table, run }) => {
    const index = table.level === place.level ? tree.indexOf(table, place.page) : -1
    return index >= run.first && index <= run.last
  })
  return Math.max(0, found)
}

const pageAt = (tree: TableTree, table: TreeTable, index: number): number =>
  table.page + index * 2 ** shiftOf(tree.geometry, table.level)

function treeRow(tree: TableTree, { table, run, open }: TreeItemRow): TreeRow {
  const value = itemAt(table.items, run.first)
  const entry = decode(tree, table, value)
  const hpa = table.hpa + run.first * 8
  return {
    key: run.kind === 'table' ? tableKey(Number(entry.address)) : runKey(hpa),
    level: table.level,
    name: levelName(tree.shown, table.level),
    depth: table.depth,
    index: run.first,
    lastIndex: run.last,
    hpa: BigInt(hpa),
    gpa: tree.shown.within === null ? null : BigInt(table.address + run.first * 8),
    value,
    kind: entry.kind,
    iova: addressOf(pageAt(tree, table, run.first)),
    output: entry.address,
    perm: permText(entry.perm),
    ...changeOf(table, run.first),
    open,
  }
}

function decode({ shown }: TableTree, { level }: TreeTable, value: bigint): Entry {
  return formatOf(shown.ref.format).decode(value, level, shown.ref.cfg)
}

function changeOf({ items, was }: TreeTable, index: number): Pick<TreeRow, 'mark' | 'before'> {
  const now = itemAt(items, index)
  const old = was === null ? now : itemAt(was, index)
  if (old === now) return { mark: '', before: null }
  const mark: Mark = old === 0n ? '+' : now === 0n ? '-' : '~'
  return { mark, before: old }
}

interface EntryAt {
  readonly space: SpaceRecord
  readonly tree: TableTree
  readonly row: TreeItemRow
}

function entryView(session: FlowSession, { space, tree, row }: EntryAt): EntryView {
  const { table, run } = row
  const view = treeRow(tree, row)
  const { ref } = tree.shown
  const path = wayTo(table, run.first)
  const kind = kindForBits(tree, table, view.kind)
  const fields = formatOf(ref.format).fields(table.level, ref.cfg, kind)
  const pages = 2 ** shiftOf(tree.geometry, table.level)
  return {
    ...view,
    last: view.iova + (BigInt(pages) << 12n) - 1n,
    fields: fields.map(field => bitsOf(field, view.value)),
    effective: view.kind === 'leaf' ? effective(tree, path) : null,
    ...behind(session, { space, tree, row: view }),
    path: path.map(step => pathStep(tree, step)),
  }
}

/** What an empty item would be: where no page can be mapped, a pointer. */
function kindForBits(tree: TableTree, table: TreeTable, kind: TreeRow['kind']): 'table' | 'leaf' {
  if (kind === 'table') return 'table'
  return kind === 'empty' && !canLeaf(tree.geometry, table.level) ? 'table' : 'leaf'
}

const bitsOf = (field: BitField, word: bigint) => ({ ...field, word: 0, value: getField(word, field) })

/** What an entry leads to, as host memory and, for a page, as memory of the process. */
function behind(
  { machine }: FlowSession,
  { space, tree, row }: { readonly space: SpaceRecord; readonly tree: TableTree; readonly row: TreeRow },
): Pick<EntryView, 'outputHpa' | 'hva'> {
  const { output, kind, iova } = row
  const outputHpa = output === null ? null : bigOrNull(hostOf(machine, tree.shown, Number(output)))
  if (kind !== 'leaf' || output === null) return { outputHpa, hva: null }
  const { within } = tree.shown
  if (within !== null) return { outputHpa, hva: backingOf(machine, within, Number(output >> 12n)) }
  return { outputHpa, hva: space.kind === 'sva' ? iova : backingOf(machine, space, Number(iova >> 12n)) }
}

interface PathStep {
  readonly table: TreeTable
  readonly index: number
}

function wayTo(table: TreeTable, index: number): readonly PathStep[] {
  const above = table.above === null ? [] : wayTo(table.above, table.at)
  return [...above, { table, index }]
}

function effective(tree: TableTree, path: readonly PathStep[]): string {
  const rights = path.map(({ table, index }) => decode(tree, table, itemAt(table.items, index)).perm)
  return permText(rights.reduce((all, perm) => all & perm, 3))
}

function pathStep(tree: TableTree, { table, index }: PathStep): EntryView['path'][number] {
  const low = 12 + shiftOf(tree.geometry, table.level)
  const high = low + Math.log2(table.items.lo.length) - 1
  return { name: levelName(tree.shown, table.level), level: table.level, index, high, low }
}
