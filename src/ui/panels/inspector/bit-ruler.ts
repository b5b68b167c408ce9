/** Cuts an entry's fields to the two rows of 32 cells that the ruler draws. */
import type { BitsView } from '../../../engine'

export type Field = Pick<BitsView, 'name' | 'high' | 'low'>

export interface BitCell {
  readonly bit: number
  readonly one: boolean
  /** Part of a field that holds an address. */
  readonly address: boolean
}

export interface Brace {
  /** Grid columns, 1 to 32, both inclusive. */
  readonly first: number
  readonly last: number
  readonly label: string
}

export interface RulerRow {
  readonly high: 63 | 31
  readonly cells: readonly BitCell[]
  readonly braces: readonly Brace[]
}

const ADDRESS_BITS = 20

/** A field as wide as a frame number is an address; flags and small numbers are not. */
function isAddress({ high, low }: Field): boolean {
  return high - low + 1 >= ADDRESS_BITS
}

export function rulerRows(value: bigint, fields: readonly Field[]): readonly RulerRow[] {
  return ([63, 31] as const).map(high => ({
    high,
    cells: Array.from({ length: 32 }, (_, i) => cell(value, high - i, fields)),
    braces: braces(high, fields),
  }))
}

function cell(value: bigint, bit: number, fields: readonly Field[]): BitCell {
  const address = fields.some(field => isAddress(field) && bit <= field.high && bit >= field.low)
  return { bit, one: ((value >> BigInt(bit)) & 1n) === 1n, address }
}

/** Left to right; a field over both rows is named on both, with the bits of each. */
function braces(high: number, fields: readonly Field[]): Brace[] {
  const low = high - 31
  return fields
    .filter(field => field.high >= low && field.low <= high)
    .map(field => {
      const top = Math.min(field.high, high)
      const bottom = Math.max(field.low, low)
      const cut = top !== field.high || bottom !== field.low
      const label = cut ? `${field.name} ${top}:${bottom}` : shortened(field.name, top - bottom + 1)
      return { first: high - top + 1, last: high - bottom + 1, label }
    })
    .sort((a, b) => a.first - b.first)
}

/** What fits over so many cells; the list below the ruler has the whole name. */
function shortened(name: string, cells: number): string {
  const room = cells * 2 - 1
  return name.length <= room ? name : name.slice(0, room)
}

/** `51:12`, `7`. */
export function bitsText({ high, low }: Field): string {
  return high === low ? String(high) : `${high}:${low}`
}
