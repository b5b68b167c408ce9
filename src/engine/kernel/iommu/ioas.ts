/**
 * The calls on an IOAS: made, mapped, copied, unmapped, asked for its ranges. Each checks in the order of the facts,
 * and the first that is wrong answers.
 *
 * Source: iommufd facts 2.1 to 2.9.
 */
import type { Machine } from '../machine'
import { answer, keeping, type Outcome, refuse } from '../outcome'
import { AreaFlag } from '../state'
import { dropItems } from './access'
import { addArea, removeArea, targetOf } from './areas'
import { misaligned } from './fit'
import {
  alignmentOf,
  allow,
  coverOf,
  EMPTY_PAGETABLE,
  hasAreas,
  type IoArea,
  type IoPagetable,
  place,
  slice,
  U64_MAX,
} from './io-pagetable'
import { createPages, moveCharges, pagesOf } from './pages'
import { type AddressSpan, allRanges, firstFrom, type Ranged } from './range-map'
import type { IoasObject } from './records'
import { addObject, findObject, ioOf, objectsOf, pagetableOf, setPagetable, tablesOf } from './store'

const HOST_PAGE = 4096n

export function createIoas(machine: Machine, context: number, name: string | null): IoasObject {
  const uid = machine.takeUid()
  const ioas = addObject(machine, context, id => ({ type: 'IOAS', id, space: uid }) as const)
  machine.setSpace({
    uid,
    context,
    id: ioas.id,
    name: name ?? `ioas${ioas.id}`,
    kind: 'kernel',
    parent: null,
    children: [],
    attachments: [],
    tables: [],
    userTable: null,
    domain: 0,
    partialGroups: [],
    enabled: false,
    tracksDirty: false,
    snoop: 'off',
    pasidTable: null,
    order: machine.takeOrder(),
    io: EMPTY_PAGETABLE,
  })
  return ioas
}

export function findIoas(machine: Machine, context: number, id: bigint): Outcome<IoasObject> {
  return findObject(machine, context, 'IOAS', id)
}

/** What MAP and MAP_FILE have in common. Bytes. */
export interface MapWish {
  readonly context: number
  readonly ioas: bigint
  readonly length: bigint
  /** Null: the kernel chooses. */
  readonly iova: bigint | null
  /** AreaFlag bits. */
  readonly perm: number
}

/** Maps memory of the process that calls. Answers the address. */
export function mapMemory(machine: Machine, wish: MapWish & { readonly userVa: bigint }): Outcome<bigint> {
  const ioas = findIoas(machine, wish.context, wish.ioas)
  if (!ioas.ok) return ioas
  const { userVa, length } = wish
  if (userVa + length > U64_MAX) return refuse('ioas.wrap', { field: 'user_va', value: userVa, length })
  return mapPages(machine, ioas.value, wish, { kind: 'memory', start: userVa, base: 0n, fileSize: null })
}

/** Maps pages of a file; `place` is where they lie among all files, in bytes. */
export function mapFile(
  machine: Machine,
  wish: MapWish & { readonly start: bigint; readonly place: bigint; readonly size: bigint | null },
): Outcome<bigint> {
  const ioas = findIoas(machine, wish.context, wish.ioas)
  if (!ioas.ok) return ioas
  const { start } = wish
  return mapPages(machine, ioas.value, wish, { kind: 'file', start, base: wish.place, fileSize: wish.size })
}

interface Source {
  readonly kind: 'memory' | 'file'
  /** First byte, of the memory or in the file. */
  readonly start: bigint
  /** Added to reach the address that names the page. */
  readonly base: bigint
  readonly fileSize: bigint | null
}

function mapPages(machine: Machine, ioas: IoasObject, wish: MapWish, source: Source): Outcome<bigint> {
  const { length, perm } = wish
  if (length === 0n || length > U64_MAX - HOST_PAGE) return refuse('ioas.length', { length })
  const { start } = source
  const io = pagetableOf(machine, ioas)
  const placed = place(io, { length, iova: wish.iova, hint: start })
  if (!placed.ok) return placed
  const offset = start % HOST_PAGE
  const pages = createPages(machine, {
    kind: source.kind,
    base: Number((source.base + start) >> 12n),
    count: Number((offset + length + HOST_PAGE - 1n) >> 12n),
    writable: (perm & AreaFlag.write) !== 0,
    fileSize: source.fileSize === null ? null : source.fileSize - (start - offset),
  })
  const area = { ...placed.value, value: { pages, offset, perm } }
  const judged = judgePages(machine, ioas, area)
  if (!judged.ok) return judged
  const added = addArea(machine, wish.context, ioas, area)
  return added.ok ? answer(placed.value.first) : added
}

/** Of an area whose place is settled: its rights, and the low bits of what it shows. */
function judgePages(machine: Machine, ioas: IoasObject, { first, value }: Ranged<IoArea>): Outcome<null> {
  const { pages, offset, perm } = value
  if (perm & AreaFlag.write && !pagesOf(machine, pages).writable)
    return refuse('ioas.read-only', { iova: first })
  const align = alignmentOf(pagetableOf(machine, ioas))
  const within = offset % HOST_PAGE
  return within % align === 0n
    ? answer(null)
    : refuse('ioas.align', { field: 'offset in the page', value: within, align })
}

export interface CopyWish {
  readonly context: number
  readonly from: bigint
  readonly to: bigint
  readonly length: bigint
  readonly srcIova: bigint
  readonly dstIova: bigint | null
  readonly perm: number
}

/** Shows in one IOAS what another shows: an area for each piece, over the same pages. */
export function copyAreas(machine: Machine, wish: CopyWish): Outcome<bigint> {
  const { context, length, srcIova, perm } = wish
  const source = findIoas(machine, context, wish.from)
  if (!source.ok) return source
  if (length === 0n) return refuse('ioas.length', { length })
  const last = srcIova + length - 1n
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'src_iova', value: srcIova, length })
  const span = { first: srcIova, last }
  const cover = coverOf(pagetableOf(machine, source.value), span)
  if (!cover.ok) return cover
  const pieces = cover.value.map(area => slice(area, span))
  const target = findIoas(machine, context, wish.to)
  if (!target.ok) return target
  const hint = hintOf(machine, pieces)
  const placed = place(pagetableOf(machine, target.value), { length, iova: wish.dstIova, hint })
  if (!placed.ok) return placed
  const shift = placed.value.first - srcIova
  const areas = pieces.map(({ first, last, value }) => ({
    first: first + shift,
    last: last + shift,
    value: { ...value, perm },
  }))
  for (const area of areas) {
    const judged = judgePages(machine, target.value, area)
    if (!judged.ok) return judged
  }
  for (const area of areas) {
    const added = addArea(machine, context, target.value, area)
    if (!added.ok) return added
  }
  return answer(placed.value.first)
}

/** The address that a copied area's place is chosen by: of its first piece. */
function hintOf(machine: Machine, pieces: readonly Ranged<IoArea>[]): bigint {
  const [first] = pieces
  return first === undefined ? 0n : targetOf(machine, first)
}

/** Removes every area within [iova, iova + length), or all; answers the bytes removed. What went stays gone. */
export function unmapAreas(
  machine: Machine,
  wish: { readonly context: number; readonly ioas: bigint; readonly iova: bigint; readonly length: bigint },
): Outcome<bigint> {
  const ioas = findIoas(machine, wish.context, wish.ioas)
  if (!ioas.ok) return ioas
  const { iova, length } = wish
  if (iova === 0n && length === U64_MAX)
    return removeWithin(machine, wish.context, ioas.value, { first: 0n, last: U64_MAX })
  if (iova >= U64_MAX || length >= U64_MAX) return refuse('ioas.too-large', { iova, length })
  if (length === 0n) return refuse('ioas.length', { length })
  const last = iova + length - 1n
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'iova', value: iova, length })
  const removed = removeWithin(machine, wish.context, ioas.value, { first: iova, last })
  if (!removed.ok || removed.value > 0n) return removed
  return refuse('ioas.nothing', { first: iova, last })
}

/** Removes areas in ascending order until one is in the way. */
export function removeWithin(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  span: AddressSpan,
): Outcome<bigint> {
  let bytes = 0n
  for (;;) {
    const io = pagetableOf(machine, ioas)
    const area = firstFrom(io.areas, span.first)
    if (area === null || area.first > span.last) return answer(bytes)
    const judged = mayRemove(io, area, span)
    if (!judged.ok) return keeping(judged)
    dropItems(machine, context, ioas, area)
    const removed = removeArea(machine, context, ioas, area)
    if (!removed.ok) return keeping(removed)
    bytes += area.last - area.first + 1n
  }
}

function mayRemove(io: IoPagetable, area: Ranged<IoArea>, span: AddressSpan): Outcome<null> {
  const { first, last } = area
  if (io.pins.some(pin => pin.locked && pin.first <= last && pin.last >= first))
    return refuse('ioas.locked', { first, last })
  if (first < span.first || last > span.last)
    return refuse('ioas.cut', { first: span.first, last: span.last, areaFirst: first, areaLast: last })
  return answer(null)
}

/** Replaces the list of ranges in which the kernel chooses. */
export function allowRanges(
  machine: Machine,
  ioas: IoasObject,
  spans: readonly AddressSpan[],
): Outcome<null> {
  const allowed = allow(pagetableOf(machine, ioas), spans)
  if (!allowed.ok) return allowed
  setPagetable(machine, ioas, allowed.value)
  return answer(null)
}

/** Switches large pages of an IOAS on or off. */
export function setHugePages(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  on: boolean,
): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  if (!on && io.hugePages) {
    if (tablesOf(machine, context, ioas.id).length > 0 && hasAreas(io))
      return refuse('ioas.huge-in-use', { ioas: ioas.id })
    const misfit = misaligned(io, HOST_PAGE)
    if (misfit !== null)
      return refuse('ioas.align-area', { first: misfit.first, last: misfit.last, align: HOST_PAGE })
  }
  setPagetable(machine, ioas, { ...io, hugePages: on })
  return answer(null)
}

/** Moves the charges of everything mapped in the file to the process that calls; memory of a process stays its own. */
export function changeProcess(machine: Machine, context: number): Outcome<null> {
  const pages = new Set<number>()
  for (const ioas of objectsOf(machine, context, 'IOAS'))
    for (const area of allRanges(pagetableOf(machine, ioas).areas)) {
      if (pagesOf(machine, area.value.pages).kind !== 'file')
        return refuse('ioas.process-memory', { ioas: ioas.id })
      pages.add(area.value.pages)
    }
  for (const uid of pages) {
    const moved = moveCharges(machine, uid)
    if (!moved.ok) return moved
  }
  return answer(null)
}

/** The IOAS that calls of the old container mean. */
export function compatIoas(machine: Machine, context: number): Outcome<IoasObject> {
  const { compat } = ioOf(machine, context)
  return compat === null ? refuse('ioas.no-compat') : findIoas(machine, context, BigInt(compat))
}
