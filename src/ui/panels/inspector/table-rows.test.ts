import { describe, expect, it } from 'vitest'
import type { TableRow, TableView } from '../../../engine'
import { decodedText, pathTo, rowKey, rowName, rowToOpen } from './table-rows'

const base = { iova: 0n, output: null, perm: 'rw', mark: '', fields: [] } as const

function row(level: number, index: number, more: Partial<TableRow> = {}): TableRow {
  const name = ['PT', 'PD', 'PDPT', 'PML4'][level] ?? ''
  const hpa = BigInt(level * 4096 + index * 8)
  return {
    ...base,
    level,
    name,
    index,
    lastIndex: index,
    hpa,
    value: 3n,
    kind: level === 0 ? 'leaf' : 'table',
    ...more,
  }
}

const rows = [
  row(2, 0),
  row(1, 0),
  row(0, 0, { lastIndex: 1, kind: 'empty', value: 0n, perm: '' }),
  row(0, 2),
  row(1, 4, { hpa: 0x9000n }),
  row(0, 7, { hpa: 0xa000n, mark: '+' }),
]
const table: TableView = { space: 1, table: 1, format: 'x', title: 'x', root: 0n, rows, notModelled: [] }

describe('table rows', () => {
  it('names single entries and runs', () => {
    expect(rows.map(rowName)).toEqual(['PDPT[0]', 'PD[0]', 'PT[0..1]', 'PT[2]', 'PD[4]', 'PT[7]'])
  })

  it('opens what was asked for, else what the step wrote, else a leaf', () => {
    const [asked] = rows.slice(3)
    if (asked === undefined) throw new Error()
    expect(rowToOpen(table, rowKey(table, asked))).toBe(rows[3])
    expect(rowToOpen(table, null)).toBe(rows[5])
    const quiet = { ...table, rows: rows.slice(0, 5) }
    expect(rowToOpen(quiet, null)).toBe(rows[3])
    expect(rowToOpen({ ...table, rows: [] }, null)).toBeUndefined()
  })

  it('a path passes only through the tables above the row', () => {
    const last = rows.at(-1)
    if (last === undefined) throw new Error()
    expect(pathTo(table, last).map(rowName)).toEqual(['PDPT[0]', 'PD[4]', 'PT[7]'])
  })

  it('says how many entries an empty run stands for', () => {
    expect(rows.slice(2, 4).map(decodedText)).toEqual(['2', 'R W'])
  })
})
