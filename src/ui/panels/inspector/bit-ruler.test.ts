import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitsText, rulerRows } from './bit-ruler'

const field = (name: string, high: number, low: number) => ({ name, high, low, value: 0n, doc: '' })
const FIELDS = [field('TM', 62, 62), field('ADDR', 51, 12), field('W', 1, 1), field('R', 0, 0)]

describe('bit ruler', () => {
  it('shows the very bits of the word, highest first', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), value => {
        const bits = rulerRows(value, FIELDS).flatMap(row => row.cells.map(cell => (cell.one ? '1' : '0')))
        expect(BigInt(`0b${bits.join('')}`)).toBe(value)
      }),
      { seed: 5 },
    )
  })

  it('cuts a field that lies over both rows and names both parts', () => {
    const [upper, lower] = rulerRows(0n, FIELDS)
    expect(upper?.braces).toEqual([
      { first: 2, last: 2, label: 'T' },
      { first: 13, last: 32, label: 'ADDR 51:32' },
    ])
    expect(lower?.braces.map(b => [b.first, b.last, b.label])).toEqual([
      [1, 20, 'ADDR 31:12'],
      [31, 31, 'W'],
      [32, 32, 'R'],
    ])
  })

  it('shortens a name that does not fit over its cells', () => {
    const [, lower] = rulerRows(0n, [field('SNP', 11, 11), field('PS', 7, 7), field('IGN', 6, 3)])
    expect(lower?.braces.map(b => b.label)).toEqual(['S', 'P', 'IGN'])
  })

  it('tells address bits from flag bits', () => {
    const address = rulerRows(0n, FIELDS).flatMap(row =>
      row.cells.filter(cell => cell.address).map(cell => cell.bit),
    )
    expect([Math.max(...address), Math.min(...address), address.length]).toEqual([51, 12, 40])
  })

  it('writes bit ranges as manuals do', () => {
    expect(FIELDS.map(bitsText)).toEqual(['62', '51:12', '1', '0'])
  })
})
