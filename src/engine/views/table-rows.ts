/** A space's hardware tables in a few rows: where the root is, how many tables, what they map. */
import { pasidTableEntries } from '../kernel/guest-pasid-tables'
import type { Machine } from '../kernel/machine'
import type { SpaceRecord, SpaceTable } from '../kernel/state'
import { formatOf, tableStats } from '../pt'
import type { GraphRow } from './contract'
import { hostOf, shownTables } from './inspect/shown-tables'
import { addressText, countText, plural, sizeText } from './units'

/** At most three rows: root, tables, leaves; two tables by their roots, more by their number. */
export function tableSummary(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  const { tables } = space
  if (tables.length < 2) return tableRows(machine, space)
  const stats = tables.map(table => tableStats(machine.bulk, table.ref))
  const sum = (of: (one: (typeof stats)[number]) => number) =>
    stats.reduce((total, one) => total + of(one), 0)
  const roots = tables.map(table => addressText(BigInt(table.ref.root)))
  return [
    row('roots', tables.length === 2 ? roots.join(' ') : `${countText(tables.length)} tables`),
    row('tables', `${countText(sum(one => one.tables))}, ${sizeText(BigInt(sum(one => one.bytes)))}`),
    row('leaves', sum(one => one.leaves) === 0 ? 'none' : countText(sum(one => one.leaves))),
  ]
}

/** The rows of `tableSummary` by name; nothing is counted. */
export function tableNames(_: Machine, { tables }: SpaceRecord): readonly GraphRow[] {
  if (tables.length === 0) return []
  return [row(tables.length === 1 ? 'root' : 'roots', ''), row('tables', ''), row('leaves', '')]
}

/** Root, tables and leaves; more than one table is told by its window. */
export function tableRows(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  return space.tables.flatMap((table, at) => {
    const label = (name: string) => (at === 0 ? name : `${name} ${at + 1}`)
    const levels = formatOf(table.ref.format).levelNames(table.ref.cfg).length
    const stats = tableStats(machine.bulk, table.ref)
    return [
      row(label('root'), `${addressText(BigInt(table.ref.root))} ${levels}-level`),
      row(label('tables'), `${countText(stats.tables)}, ${sizeText(BigInt(stats.bytes))}`),
      row(label('leaves'), leavesText(stats.leaves, stats.pages)),
    ]
  })
}

/** A table in guest memory is whatever the guest wrote, perhaps a circle: so many of its tables are counted. */
const MOST_GUEST_TABLES = 2048

/** A user's table: where its top lies, in what format, and what it maps now. */
export function userTableRows(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  const [shown] = shownTables(machine, space)
  if (shown === undefined || space.userTable === null) return []
  const { ref } = shown
  const levels = formatOf(ref.format).levelNames(ref.cfg).length
  const host = (address: number) => hostOf(machine, shown, address)
  const stats = tableStats(machine.bulk, ref, { host, most: MOST_GUEST_TABLES })
  return [
    row('pgd', `GPA ${addressText(space.userTable.root)}`),
    row('format', `${ref.format}, ${levels}-level`),
    row('leaves', leavesText(stats.leaves, stats.pages)),
  ]
}

/** The rows of `userTableRows` by name; nothing is counted. */
export function userTableNames(): readonly GraphRow[] {
  return [row('pgd', ''), row('format', ''), row('leaves', '')]
}

/** A user's PASID table: where it lies, and how many of its entries are valid. */
export function pasidTableRows(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  if (space.pasidTable === null) return []
  return [
    row('PASIDs', `GPA ${addressText(space.pasidTable.root)}`),
    row('format', space.pasidTable.format),
    row('valid', plural(pasidTableEntries(machine, space).length, 'entry', 'entries')),
  ]
}

function leavesText(leaves: number, pages: number): string {
  if (leaves === 0) return 'none'
  const each = pages / leaves
  return Number.isInteger(each)
    ? `${countText(leaves)} x ${sizeText(BigInt(each) * 4096n)}`
    : `${countText(leaves)}, ${sizeText(BigInt(pages) * 4096n)}`
}

/** `PT` for level 0 of VT-d, and so on: the specification's name of a table. */
export function levelName(table: Pick<SpaceTable, 'ref'>, level: number): string {
  return formatOf(table.ref.format).levelNames(table.ref.cfg)[level] ?? `level ${level}`
}

function row(label: string, value: string): GraphRow {
  return { label, value, mark: '', before: null }
}
