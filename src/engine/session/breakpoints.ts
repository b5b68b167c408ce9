/**
 * Where a run stops: on a line, a command, an errno, an object that a step touches, or a range of
 * addresses (IOVA, or HVA) that a step maps, unmaps or accesses. Plain data, so that links can hold it.
 */
import type { Breakpoint, StepRecord } from './contract'
import type { AddressRange } from './touched-ranges'
import type { Touches } from './touches'

interface Asked {
  readonly value: string | number
  readonly record: StepRecord
  /** Costs an execution of the step; asked for by the kinds that need it. */
  readonly touches: () => Touches
}

const KINDS: Readonly<Record<Breakpoint['kind'], (asked: Asked) => boolean>> = {
  line: ({ value, record }) => record.line === Number(value),
  command: ({ value, record }) => record.call === value,
  errno: ({ value, record }) => record.errno === value,
  object: ({ value, touches }) => touches().objects.has(String(value)),
  iova: ({ value, touches }) => meets(touches().iova, value),
  hva: ({ value, touches }) => meets(touches().hva, value),
}

/** Kinds that look at a step's events; the others only at its record. */
const BY_EVENTS: readonly Breakpoint['kind'][] = ['object', 'iova', 'hva']

/** Whether one of the breakpoints stops at the step. */
export function stopsAt(points: readonly Breakpoint[], record: StepRecord, touches: () => Touches): boolean {
  const cheap = points.filter(point => !BY_EVENTS.includes(point.kind))
  const dear = points.filter(point => BY_EVENTS.includes(point.kind))
  return [...cheap, ...dear].some(({ kind, value }) => KINDS[kind]({ value, record, touches }))
}

function meets(ranges: readonly AddressRange[], value: string | number): boolean {
  const wanted = parseRange(String(value))
  if (wanted === null) return false
  return ranges.some(range => range.first <= wanted.last && wanted.first <= range.last)
}

/** `0x2000` or `0x2000..0x2fff`, last byte inclusive; null for anything else. */
export function parseRange(text: string): AddressRange | null {
  const found = /^(0x[0-9a-f_]+|\d+)(?:\s*\.\.\s*(0x[0-9a-f_]+|\d+))?$/i.exec(text.trim())
  const [, from, to] = found ?? []
  if (from === undefined) return null
  const first = BigInt(from.replaceAll('_', ''))
  const last = to === undefined ? first : BigInt(to.replaceAll('_', ''))
  return last < first ? null : { first, last }
}
