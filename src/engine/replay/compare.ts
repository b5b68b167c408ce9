/**
 * Whether the emulator answered what the kernel did: a recorded value against the machine's.
 *
 * The recording writes 64-bit numbers as `0x` text, ranges as pairs, and null for memory that the call left alone.
 */
import type { OutValue } from '../kernel/outcome'
import { numberIn, type Recorded, type RecordedFields } from './recording'

export interface Difference {
  /** `return`, `errno`, or the output field. */
  readonly field: string
  readonly expected: string
  readonly got: string
}

export type Written = Readonly<Record<string, OutValue | undefined>>

/** The recorded fields that differ; on failure also fields that only the emulator wrote. */
export function differingFields(
  expected: RecordedFields,
  got: Written,
  given: ReadonlyMap<string, bigint> | null,
): readonly Difference[] {
  const missed = Object.entries(expected).flatMap(([field, value]) => {
    const found = field === FIRST_WORD ? firstWord(got.bitmap) : got[field]
    if (field === NOT_TOLD) return []
    if (
      field === NOT_EXACT &&
      typeof value === 'string' &&
      typeof found === 'string' &&
      value.length === found.length
    )
      return []
    return same(value, found) ? [] : [{ field, expected: shown(value), got: shown(found) }]
  })
  if (given === null) return missed
  const extra = Object.entries(got).flatMap(([field, value]) =>
    field in expected || value === undefined || given.get(field) === value || isEmpty(value)
      ? []
      : [{ field, expected: 'untouched', got: shown(value) }],
  )
  return [...missed, ...extra]
}

/** Dirty bits differed between two recordings of the same calls: only how many there are is held. */
export const NOT_EXACT = 'bitmap'

/** The recording prints a word of the struct under this name that the kernel only reads: the flags. */
export const NOT_TOLD = 'out_access_id'

/** Of a bitmap that type1 fills the recording keeps the first 64 bits. */
export const FIRST_WORD = 'bitmap0'

function firstWord(bytes: OutValue | undefined): bigint | undefined {
  if (typeof bytes !== 'string') return undefined
  return BigInt(`0x${(bytes.slice(0, 16).match(/../g) ?? []).reverse().join('')}`)
}

const isEmpty = (value: OutValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0)

function same(expected: Recorded, got: OutValue | undefined): boolean {
  if (expected === null) return got === undefined || got === null
  if (got === undefined || got === null) return Array.isArray(expected) && expected.length === 0
  if (Array.isArray(expected)) return sameList(expected, got)
  if (typeof expected === 'object') return sameRecord(expected as RecordedFields, got)
  if (typeof got === 'string') return String(expected) === got
  const number = numberIn(expected as Recorded)
  return number !== null && (typeof got === 'number' || typeof got === 'bigint') && number === BigInt(got)
}

/** A pair of the recording may be a record of the machine's: its values in order. */
function sameList(expected: readonly Recorded[], got: OutValue): boolean {
  const list: readonly OutValue[] | null = Array.isArray(got)
    ? got
    : typeof got === 'object' && got !== null
      ? Object.values(got)
      : null
  return (
    list !== null && list.length === expected.length && expected.every((value, at) => same(value, list[at]))
  )
}

function sameRecord(expected: RecordedFields, got: OutValue): boolean {
  if (typeof got !== 'object' || got === null || Array.isArray(got)) return false
  const fields = got as Written
  return Object.entries(expected).every(([name, value]) => same(value, fields[name]))
}

/** A value as one word, for a line of the report. */
export function shown(value: Recorded | OutValue | undefined): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'bigint') return `0x${value.toString(16)}`
  if (typeof value !== 'object') return String(value)
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `0x${part.toString(16)}` : part,
  )
}
