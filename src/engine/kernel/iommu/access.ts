/**
 * Use of an IOAS by the kernel itself: a mediated driver, or a queue. It pins pages, or reads and writes through them,
 * and is told when they are unmapped.
 *
 * Source: iommufd facts 1.2, 2.7, 2.20, 4.
 */
import type { Machine } from '../machine'
import { answer, done, type Outcome, refuse } from '../outcome'
import { AreaFlag } from '../state'
import { indexesOf } from './areas'
import { misaligned } from './fit'
import { alignmentOf, type IoArea, type IoPagetable, slice, U64_MAX } from './io-pagetable'
import { eachFrameRun, pagesOf, pinPages, unpinPages } from './pages'
import { type AddressSpan, type Ranged, rangesIn } from './range-map'
import type { AccessObject, IoasObject } from './records'
import { addObject, dropObject, findObject, objectOf, pagetableOf, putObject, setPagetable } from './store'

const HOST_PAGE = 4096n

export interface AccessWish {
  readonly context: number
  readonly ioas: IoasObject
  /** True for one that pins pages, and so wants whole ones. */
  readonly pins: boolean
  readonly hidden: boolean
}

export function createAccess(machine: Machine, wish: AccessWish): Outcome<AccessObject> {
  const { context, ioas, pins, hidden } = wish
  const access = addObject(
    machine,
    context,
    id => ({ type: 'ACCESS', id, ioas: ioas.id, pins, hidden, items: new Map(), nextItem: 0 }) as const,
  )
  const joined = joinAccess(machine, ioas, access)
  return joined.ok ? answer(access) : joined
}

const ownerOf = (access: AccessObject): string => `access:${access.id}`

/** What an access asks of the alignment of an IOAS it comes to. */
function joinAccess(machine: Machine, ioas: IoasObject, access: AccessObject): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  const alignments = new Map(io.alignments).set(ownerOf(access), access.pins ? HOST_PAGE : 1n)
  const align = alignmentOf({ ...io, alignments })
  const misfit = align > alignmentOf(io) ? misaligned(io, align) : null
  if (misfit !== null) return refuse('ioas.align-area', { first: misfit.first, last: misfit.last, align })
  setPagetable(machine, ioas, { ...io, alignments })
  return answer(null)
}

/** Takes an access off its IOAS, with all it has pinned. */
export function leaveIoas(machine: Machine, context: number, id: number): void {
  const access = objectOf(machine, context, 'ACCESS', id)
  if (access.ioas === null) return
  const ioas = objectOf(machine, context, 'IOAS', access.ioas)
  for (const span of access.items.values()) unpinItem(machine, ioas, id, span)
  const io = pagetableOf(machine, ioas)
  const alignments = new Map(io.alignments)
  alignments.delete(ownerOf(access))
  setPagetable(machine, ioas, { ...io, alignments })
  putObject(machine, context, { ...access, ioas: null, items: new Map() })
}

export function destroyAccess(machine: Machine, context: number, id: number): void {
  leaveIoas(machine, context, id)
  dropObject(machine, context, id)
}

/** Moves an access to another IOAS; what it has pinned in the old one is let go. To its own: nothing changes. */
export function moveAccess(machine: Machine, context: number, id: number, to: bigint): Outcome<null> {
  const ioas = findObject(machine, context, 'IOAS', to)
  if (!ioas.ok) return ioas
  const access = objectOf(machine, context, 'ACCESS', id)
  if (access.ioas === ioas.value.id) return done
  const joined = joinAccess(machine, ioas.value, access)
  if (!joined.ok) return joined
  leaveIoas(machine, context, id)
  putObject(machine, context, { ...objectOf(machine, context, 'ACCESS', id), ioas: ioas.value.id })
  return done
}

export interface AccessRange {
  readonly iova: bigint
  readonly length: bigint
  readonly write: boolean
}

/** What an access does with the part of an area that it reaches. */
type Use = (piece: Ranged<IoArea>) => Outcome<null>

/**
 * Uses the areas behind a range one by one, as far as they follow each other without a hole. The first that may not be
 * used that way refuses; a hole does so only where everything before it could be used.
 */
function eachArea(
  io: IoPagetable,
  { iova, length, write }: AccessRange,
  whole: boolean,
  use: Use,
): Outcome<null> {
  if (length === 0n) return refuse('access.length', { length })
  const last = iova + length - 1n
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'iova', value: iova, length })
  const span = { first: iova, last }
  let from = iova
  for (const area of rangesIn(io.areas, span)) {
    if (area.first > from) break
    const piece = slice(area, span)
    if (whole && piece.value.offset % HOST_PAGE !== 0n) return refuse('access.align', { iova: piece.first })
    if ((area.value.perm & (write ? AreaFlag.write : AreaFlag.read)) === 0)
      return refuse('access.rights', { iova: piece.first, wanted: write ? 'write' : 'read' })
    const used = use(piece)
    if (!used.ok) return used
    from = area.last + 1n
  }
  return from > last ? done : refuse('ioas.hole', { iova: from })
}

/** Pins a range; answers the number under which it is unpinned. */
export function pinRange(
  machine: Machine,
  context: number,
  id: number,
  range: AccessRange & { readonly locked: boolean },
): Outcome<number> {
  const access = objectOf(machine, context, 'ACCESS', id)
  const ioas = objectOf(machine, context, 'IOAS', access.ioas ?? 0)
  const pinned = eachArea(pagetableOf(machine, ioas), range, true, piece =>
    pinPages(machine, piece.value.pages, indexesOf(piece)),
  )
  if (!pinned.ok) return pinned
  const span = { first: range.iova, last: range.iova + range.length - 1n }
  const io = pagetableOf(machine, ioas)
  const pin = { ...span, access: id, locked: range.locked }
  setPagetable(machine, ioas, { ...io, pins: [...io.pins, pin] })
  const items = new Map(access.items).set(access.nextItem, span)
  putObject(machine, context, { ...access, items, nextItem: access.nextItem + 1 })
  return answer(access.nextItem)
}

/** Unpins what was pinned under a number. */
export function unpinRange(machine: Machine, context: number, id: number, item: number): Outcome<null> {
  const access = objectOf(machine, context, 'ACCESS', id)
  const span = access.items.get(item)
  if (span === undefined || access.ioas === null) return refuse('access.item', { item })
  unpinItem(machine, objectOf(machine, context, 'IOAS', access.ioas), id, span)
  const items = new Map(access.items)
  items.delete(item)
  putObject(machine, context, { ...access, items })
  return answer(null)
}

function unpinItem(machine: Machine, ioas: IoasObject, id: number, span: AddressSpan): void {
  const io = pagetableOf(machine, ioas)
  const at = io.pins.findIndex(pin => pin.access === id && pin.first === span.first && pin.last === span.last)
  setPagetable(machine, ioas, { ...io, pins: io.pins.toSpliced(at, 1) })
  for (const area of rangesIn(io.areas, span)) {
    const piece = slice(area, span)
    unpinPages(machine, piece.value.pages, indexesOf(piece))
  }
}

/**
 * Reads or writes a range through its pages, which must be there. `data` is as long as the range, and what is read is
 * put there; null: the pages are looked up and nothing is moved.
 */
export function moveBytes(
  machine: Machine,
  context: number,
  id: number,
  range: AccessRange & { readonly data: Uint8Array | null },
): Outcome<null> {
  const access = objectOf(machine, context, 'ACCESS', id)
  const ioas = objectOf(machine, context, 'IOAS', access.ioas ?? 0)
  const { data, iova, write } = range
  return eachArea(pagetableOf(machine, ioas), range, false, piece => {
    const pinned = pinPages(machine, piece.value.pages, indexesOf(piece))
    if (!pinned.ok) return pinned
    const part = data?.subarray(Number(piece.first - iova), Number(piece.last + 1n - iova))
    if (part !== undefined) movePiece(machine, piece, part, write)
    unpinPages(machine, piece.value.pages, indexesOf(piece))
    return done
  })
}

/** Moves the bytes behind a part of an area, page run by page run. */
function movePiece(machine: Machine, piece: Ranged<IoArea>, data: Uint8Array, write: boolean): void {
  const { memory } = machine.bulk
  const start = Number(piece.value.offset)
  eachFrameRun(machine, pagesOf(machine, piece.value.pages), indexesOf(piece), (index, host, count) => {
    const from = Math.max(index * 4096, start)
    const to = Math.min((index + count) * 4096, start + data.length)
    const hpa = host * 4096 + (from - index * 4096)
    const part = data.subarray(from - start, to - start)
    if (write) memory.writeBytes(hpa, part)
    else part.set(memory.readBytes(hpa, part.length))
  })
}

/** Accesses are told that an area goes: each lets go of what it has pinned there. */
export function dropItems(machine: Machine, context: number, ioas: IoasObject, area: AddressSpan): void {
  for (const { access, first, last } of pagetableOf(machine, ioas).pins) {
    if (first > area.last || last < area.first) continue
    const { items } = objectOf(machine, context, 'ACCESS', access)
    for (const [item, span] of items)
      if (span.first === first && span.last === last) unpinRange(machine, context, access, item)
  }
}
