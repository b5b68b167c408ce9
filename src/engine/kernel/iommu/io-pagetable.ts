/**
 * What an IOAS knows of its addresses, as an immutable value: areas (which pages lie where), reserved ranges (where
 * nothing may lie, each with its owner), allowed ranges (where the kernel chooses), and what asks for alignment.
 * Byte-granular over 64 bits. Nothing here pins a page or writes a table.
 *
 * Source: iommufd facts 1.6, 2.2 to 2.7, 3.2.
 */
import { answer, type Outcome, refuse } from '../outcome'
import {
  type AddressSpan,
  firstFrom,
  meeting,
  type Ranged,
  type RangeMap,
  rangesIn,
  sizeOf,
} from './range-map'

export const U64_MAX = 2n ** 64n - 1n
const HOST_PAGE = 4096n
/** The largest alignment that is chosen: a transparent huge page of x86. */
const HUGE_PAGE = 1n << 21n

export interface IoArea {
  /** uid of the pages it shows (pages.ts). */
  readonly pages: number
  /** Bytes from the start of those pages, which lies on a page of the host. */
  readonly offset: bigint
  /** AreaFlag.read and AreaFlag.write. */
  readonly perm: number
}

export interface Reservation extends AddressSpan {
  /** Whoever asked for it, so that it goes with him: `hwpt:3`, `device:2`, or null for good. */
  readonly owner: string | null
}

export interface AccessPin extends AddressSpan {
  /** Object id of the access. */
  readonly access: number
  /** True where the areas may not be unmapped: the access does not let go when it is asked. */
  readonly locked: boolean
}

export interface IoPagetable {
  readonly areas: RangeMap<IoArea>
  /** By start, then by age; may overlap. */
  readonly reserved: readonly Reservation[]
  /** Ascending, disjoint; empty: everywhere. */
  readonly allowed: readonly AddressSpan[]
  /** Bytes that each domain and access asks for, by owner. */
  readonly alignments: ReadonlyMap<string, bigint>
  readonly hugePages: boolean
  readonly pins: readonly AccessPin[]
}

export const EMPTY_PAGETABLE: IoPagetable = {
  areas: null,
  reserved: [],
  allowed: [],
  alignments: new Map(),
  hugePages: true,
  pins: [],
}

/** What addresses and lengths must be multiples of: 1 where nothing asks for more. Bytes. */
export function alignmentOf(io: Pick<IoPagetable, 'alignments' | 'hugePages'>): bigint {
  let most = io.hugePages ? 1n : HOST_PAGE
  for (const asked of io.alignments.values()) if (asked > most) most = asked
  return most
}

export const hasAreas = (io: IoPagetable): boolean => sizeOf(io.areas) > 0

const meets = (a: AddressSpan, b: AddressSpan): boolean => a.first <= b.last && b.first <= a.last

export function reservationMeeting(io: IoPagetable, span: AddressSpan): Reservation | null {
  return io.reserved.find(one => meets(one, span)) ?? null
}

/** Holes of the reserved ranges: where areas may lie, ascending. */
export function usableRanges(io: IoPagetable): readonly AddressSpan[] {
  const found: AddressSpan[] = []
  let from = 0n
  for (const { first, last } of io.reserved) {
    if (first > from) found.push({ first: from, last: first - 1n })
    if (last + 1n > from) from = last + 1n
  }
  if (from <= U64_MAX) found.push({ first: from, last: U64_MAX })
  return found
}

/** Reserves a range, or refuses where an area or an allowed range is in the way. */
export function reserve(io: IoPagetable, wanted: Reservation): Outcome<IoPagetable> {
  const { first, last } = wanted
  const area = meeting(io.areas, wanted)
  if (area !== null)
    return refuse('ioas.reserve-area', { first, last, areaFirst: area.first, areaLast: area.last })
  const allowed = io.allowed.find(one => meets(one, wanted))
  if (allowed !== undefined)
    return refuse('ioas.reserve-allowed', { first, last, otherFirst: allowed.first, otherLast: allowed.last })
  const at = io.reserved.findIndex(one => one.first > first)
  const where = at < 0 ? io.reserved.length : at
  return answer({ ...io, reserved: io.reserved.toSpliced(where, 0, wanted) })
}

/** Without what an owner reserved. */
export function unreserve(io: IoPagetable, owner: string): IoPagetable {
  return { ...io, reserved: io.reserved.filter(one => one.owner !== owner) }
}

/** Replaces the whole list of allowed ranges; a list that does not fit leaves the old one. */
export function allow(io: IoPagetable, spans: readonly AddressSpan[]): Outcome<IoPagetable> {
  for (const [at, { first, last }] of spans.entries()) {
    if (first >= last) return refuse('ioas.allow-range', { first, last })
    const other = spans.slice(0, at).find(one => meets(one, { first, last }))
    if (other !== undefined)
      return refuse('ioas.allow-overlap', { first, last, otherFirst: other.first, otherLast: other.last })
  }
  const allowed = spans.toSorted((a, b) => (a.first < b.first ? -1 : 1))
  for (const { first, last } of allowed) {
    const taken = reservationMeeting(io, { first, last })
    if (taken !== null)
      return refuse('ioas.allow-reserved', { first, last, otherFirst: taken.first, otherLast: taken.last })
  }
  return answer({ ...io, allowed })
}

/** An area to be placed. Bytes. */
export interface Placement {
  readonly length: bigint
  /** Null: the kernel chooses. */
  readonly iova: bigint | null
  /** What a chosen address takes its low bits from: the memory's own address, or the offset into a file. */
  readonly hint: bigint
}

/** Where an area of this length may lie: the address asked for, or the one that is chosen. */
export function place(io: IoPagetable, wanted: Placement): Outcome<AddressSpan> {
  const { length, iova } = wanted
  const align = alignmentOf(io)
  if (length % align !== 0n) return refuse('ioas.align', { field: 'length', value: length, align })
  if (iova === null) return choose(io, wanted)
  if (iova % align !== 0n) return refuse('ioas.align', { field: 'iova', value: iova, align })
  const last = iova + length - 1n
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'iova', value: iova, length })
  const span = { first: iova, last }
  const taken = reservationMeeting(io, span)
  if (taken !== null)
    return refuse('ioas.reserved', { first: iova, last, otherFirst: taken.first, otherLast: taken.last })
  const area = meeting(io.areas, span)
  if (area !== null)
    return refuse('ioas.overlap', { first: iova, last, areaFirst: area.first, areaLast: area.last })
  return answer(span)
}

/** The alignment that a chosen address gets: of the length, no more than of the hint, no more than a huge page. */
export function chosenAlignment({ length, hint }: Pick<Placement, 'length' | 'hint'>): bigint {
  const ofLength = powerFrom(length)
  const ofHint = hint === 0n ? ofLength : hint & -hint
  const align = ofLength < ofHint ? ofLength : ofHint
  return align > HUGE_PAGE ? HUGE_PAGE : align
}

/** First fit from below: facts 2.4. */
function choose(io: IoPagetable, wanted: Placement): Outcome<AddressSpan> {
  const { length, hint } = wanted
  if (length >= U64_MAX / 2n) return refuse('ioas.auto-length', { length })
  const align = chosenAlignment(wanted)
  const needed = alignmentOf(io)
  if (align < needed) return refuse('ioas.auto-align', { align, needed })
  const shape = { length, align, offset: hint % HOST_PAGE }
  for (const within of chosenFrom(io)) {
    const start = startIn(within, shape)
    const found = start === null ? null : firstFit(io, { first: start, last: within.last }, shape)
    if (found !== null) return answer({ first: found, last: found + length - 1n })
  }
  return refuse('ioas.no-room', { length, align })
}

/** Where the kernel chooses: the allowed ranges, those side by side as one, without the first and the last page. */
function chosenFrom(io: IoPagetable): readonly AddressSpan[] {
  const bounds = { first: HOST_PAGE, last: U64_MAX - HOST_PAGE }
  if (io.allowed.length === 0) return [bounds]
  const found: AddressSpan[] = []
  for (const span of io.allowed) {
    const inside = clip(span, bounds)
    const before = found.at(-1)
    if (inside === null) continue
    if (before !== undefined && before.last + 1n === inside.first)
      found.splice(-1, 1, { first: before.first, last: inside.last })
    else found.push(inside)
  }
  return found
}

function clip(a: AddressSpan, b: AddressSpan): AddressSpan | null {
  const first = a.first > b.first ? a.first : b.first
  const last = a.last < b.last ? a.last : b.last
  return first <= last ? { first, last } : null
}

interface Shape {
  readonly length: bigint
  readonly align: bigint
  readonly offset: bigint
}

/** The lowest start in a free span that has the shape's alignment and the low bits of its hint. */
function startIn({ first, last }: AddressSpan, { length, align, offset }: Shape): bigint | null {
  const at = alignUp(first, align) | offset
  return at < last && last - at >= length - 1n ? at : null
}

/** The first hole within a span, in which neither areas nor reserved ranges lie, that takes the shape. */
function firstFit(io: IoPagetable, within: AddressSpan, shape: Shape): bigint | null {
  for (let from = within.first; from <= within.last; ) {
    const taken = nextTaken(io, from)
    const last = taken === null || taken.first > within.last ? within.last : taken.first - 1n
    const at = last >= from ? startIn({ first: from, last }, shape) : null
    if (at !== null) return at
    if (taken === null) return null
    from = taken.last + 1n
  }
  return null
}

/** The first area or reserved range that ends at or after a point. */
function nextTaken(io: IoPagetable, point: bigint): AddressSpan | null {
  const area: AddressSpan | null = firstFrom(io.areas, point)
  const reserved = io.reserved.find(one => one.last >= point) ?? null
  if (area === null || reserved === null) return area ?? reserved
  return reserved.first < area.first ? reserved : area
}

const alignUp = (value: bigint, align: bigint): bigint => (value + align - 1n) & ~(align - 1n)

function powerFrom(value: bigint): bigint {
  let power = 1n
  while (power < value) power <<= 1n
  return power
}

/** The areas that cover [first, last] without a hole, ascending, or the first byte that none covers. */
export function coverOf(io: IoPagetable, span: AddressSpan): Outcome<readonly Ranged<IoArea>[]> {
  const found = rangesIn(io.areas, span)
  let from = span.first
  for (const area of found) {
    if (area.first > from) return refuse('ioas.hole', { iova: from })
    from = area.last + 1n
  }
  return from > span.last ? answer(found) : refuse('ioas.hole', { iova: from })
}

/** The part of an area that lies in a span. */
export function slice(area: Ranged<IoArea>, span: AddressSpan): Ranged<IoArea> {
  const { first, last } = clip(area, span) ?? area
  return { first, last, value: { ...area.value, offset: area.value.offset + (first - area.first) } }
}
