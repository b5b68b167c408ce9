/** Pure reading of a table view: which row is which, what it is called, which one to open first. */
import type { TableRow, TableView } from '../../../engine'

/** Names a row for as long as the table stands, so that a choice survives stepping. */
export function rowKey(table: TableView, row: TableRow): string {
  return `${table.table}/${row.level}/${row.hpa}`
}

/** `PT[2]`, `PT[3..511]`. */
export function rowName({ name, index, lastIndex }: TableRow): string {
  const short = name.replace(/ table$/, '')
  return lastIndex > index ? `${short}[${index}..${lastIndex}]` : `${short}[${index}]`
}

/** The row asked for; else the lowest one the step wrote; else the first leaf; else the first row. */
export function rowToOpen(table: TableView, asked: string | null): TableRow | undefined {
  const { rows } = table
  const changed = rows.filter(row => row.mark !== '')
  const lowest = Math.min(...changed.map(row => row.level))
  return (
    rows.find(row => rowKey(table, row) === asked) ??
    changed.find(row => row.level === lowest) ??
    rows.find(row => row.kind === 'leaf') ??
    rows[0]
  )
}

/** From the root down to the row: the entries a walk reads on its way there. */
export function pathTo(table: TableView, row: TableRow): readonly TableRow[] {
  const end = table.rows.indexOf(row)
  const path: TableRow[] = [row]
  for (let i = end - 1; i >= 0; i--) {
    const candidate = table.rows[i]
    const lowest = path[0]
    if (candidate !== undefined && lowest !== undefined && candidate.level > lowest.level)
      path.unshift(candidate)
  }
  return path
}

/** `2`, `509`: how many entries an empty run stands for. */
export function runLength({ index, lastIndex }: TableRow): number {
  return lastIndex - index + 1
}

/** What the entry grants and how much it maps, or why it maps nothing. */
export function decodedText(row: TableRow): string {
  switch (row.kind) {
    case 'empty':
      return String(runLength(row))
    case 'malformed':
      return 'malformed'
    default:
      return row.perm === '' ? 'none' : [...row.perm.toUpperCase()].join(' ')
  }
}
