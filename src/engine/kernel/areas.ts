/**
 * MAP and UNMAP on kernel-managed spaces, with VFIO type1 semantics: the checks in the order of R13,
 * then areas, pins, charges and tables together.
 *
 * Source: rfc 4; R13 to R18, R31, R32. Ranges here are 4 KiB pages; bytes and alignment are checked
 * by `map-request.ts` before.
 */
import { assert } from '../bits'
import { charge, pin, uncharge, unpin } from './accounting'
import { coveredBytes, shownAreas, shownCount } from './iommu/shown'
import { registersMemory } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { countMapping, hasRegistered, isRegistered } from './prereg'
import { requireMemory } from './process-memory'
import { dependents, spreadClear, spreadFill } from './shadow'
import { AreaFlag, addressOf, lastByteOf, permText, type SpaceRecord, TREE } from './state'
import { type PageSpan, roomForEntries } from './tables'
import { firstHole } from './translation'

export interface AreaRequest extends PageSpan {
  /** First page of process memory (root) or of the parent's addresses (child). */
  readonly target: number
  /** Bits of AreaFlag.read and write. */
  readonly perm: number
}

/** Adds one area, or refuses and leaves everything as it was (the caller's `attempt` sees to that). */
export function insertArea(machine: Machine, space: SpaceRecord, request: AreaRequest): Outcome<null> {
  const overlap = overlapping(machine, space, request)
  if (!overlap.ok) return overlap
  const backed =
    space.parent === null ? backRoot(machine, space, request) : coverByParent(machine, space, request)
  if (!backed.ok) return backed
  record(machine, space, request, request.perm | backed.value)
  return spreadFill(machine, space.uid, request)
}

function overlapping(machine: Machine, space: SpaceRecord, span: PageSpan): Outcome<null> {
  const { ranges } = machine.bulk
  const slot = ranges.firstFrom(TREE.areas(space.uid), span.first)
  if (slot < 0 || ranges.first(slot) > span.last) return answer(null)
  return refuse('map.overlap', {
    ...bytes(span.first, span.last),
    areaFirst: addressOf(ranges.first(slot)),
    areaLast: lastByteOf(ranges.last(slot)),
  })
}

/** Process memory behind a root's area: registered already, or pinned and charged now. */
function backRoot(machine: Machine, space: SpaceRecord, request: AreaRequest): Outcome<number> {
  const first = request.target
  const last = first + (request.last - request.first)
  const registered = hasRegistered(machine, space.context)
  if (registered && !isRegistered(machine, space.context, first, last))
    return refuse('map.not-preregistered', bytes(first, last))
  if (!pinsNow(machine, space)) return answer(0)
  const room = roomForEntries(machine, { first, last })
  if (!room.ok) return room
  return pinRootArea(machine, space, { first, last, perm: request.perm })
}

/**
 * Pins what one area of a root names and says which flags it takes: `counted` inside a registered
 * range, which was pinned and charged before, else `charged`.
 */
function pinRootArea(
  machine: Machine,
  space: SpaceRecord,
  target: PageSpan & { perm: number },
): Outcome<number> {
  const { first, last } = target
  const memory = requireMemory(machine, first, last, (target.perm & AreaFlag.write) !== 0)
  if (!memory.ok) return memory
  if (hasRegistered(machine, space.context)) {
    countMapping(machine, space.context, first, 1)
    return answer(AreaFlag.counted)
  }
  const charged = charge(machine, last - first + 1, 'map.memlock')
  if (!charged.ok) return charged
  pin(machine, first, last)
  return answer(AreaFlag.charged)
}

/** Under `ready=any-time` a space without a device keeps areas only (R6). */
function pinsNow(machine: Machine, space: SpaceRecord): boolean {
  return space.attachments.length > 0 || registersMemory(space) || machine.policy.ready !== 'any-time'
}

function coverByParent(machine: Machine, space: SpaceRecord, request: AreaRequest): Outcome<number> {
  const parent = machine.space(space.parent ?? 0)
  const last = request.target + (request.last - request.first)
  const hole = firstHole(machine, parent.uid, request.target, last)
  if (hole !== null) return refuse('map.not-in-parent', { address: addressOf(hole), parent: parent.id })
  return answer(0)
}

function record(machine: Machine, space: SpaceRecord, request: AreaRequest, flags: number): void {
  machine.bulk.ranges.insert(TREE.areas(space.uid), request.first, request.last, request.target, flags)
  if (space.parent !== null) {
    const target = { first: request.target, last: request.target + (request.last - request.first) }
    machine.bulk.overlapping.insert(TREE.targets(space.uid), target.first, target.last, request.first)
  }
  tellArea(machine, 'area-added', space, { ...request, perm: flags }, 'map')
}

/** Cuts [first, last] out of a space by the rule of the `unmap` knob; answers the pages removed. */
export function removeAreas(machine: Machine, space: SpaceRecord, span: PageSpan): Outcome<number> {
  return cutAreas(machine, space, span, machine.policy.unmap ?? 'exact')
}

/** The same by the rule of that name, a value of the `unmap` knob. */
export function cutAreas(
  machine: Machine,
  space: SpaceRecord,
  span: PageSpan,
  name: string,
): Outcome<number> {
  const rule = CUT_RULES[name] ?? exact
  const chosen = rule(areasMeeting(machine, space.uid, span), span)
  if (!chosen.ok) return chosen
  if (machine.policy['parent-change'] === 'refuse') {
    const kept = refuseDependents(machine, space, chosen.value)
    if (!kept.ok) return kept
  }
  for (const area of chosen.value) {
    const dropped = dropArea(machine, space, area, 'unmap')
    if (!dropped.ok) return dropped
  }
  return answer(chosen.value.reduce((pages, area) => pages + (area.last - area.first + 1), 0))
}

type CutRule = (meeting: readonly AreaRequest[], span: PageSpan) => Outcome<readonly AreaRequest[]>

const CUT_RULES: Readonly<Record<string, CutRule>> = {
  exact,
  type1v2: wholeAreas,
  type1: legacyAreas,
  iommufd: wholeOrNothing,
}

function exact(meeting: readonly AreaRequest[], span: PageSpan): Outcome<readonly AreaRequest[]> {
  const [area] = meeting
  if (area === undefined) return refuse('unmap.nothing', bytes(span.first, span.last))
  if (area.first === span.first && area.last === span.last) return answer([area])
  return refuse('unmap.not-exact', cutValues(area, span))
}

function wholeAreas(meeting: readonly AreaRequest[], span: PageSpan): Outcome<readonly AreaRequest[]> {
  const cut = meeting.find(area => isCut(area, span))
  return cut === undefined ? answer(meeting) : refuse('unmap.bisect', cutValues(cut, span))
}

/** An area that starts before the request ends the search; one that reaches past its end goes whole. */
function legacyAreas(meeting: readonly AreaRequest[], span: PageSpan): Outcome<readonly AreaRequest[]> {
  const [area] = meeting
  return answer(area !== undefined && area.first < span.first ? [] : meeting)
}

function wholeOrNothing(meeting: readonly AreaRequest[], span: PageSpan): Outcome<readonly AreaRequest[]> {
  const cut = meeting.find(area => isCut(area, span))
  if (cut !== undefined) return refuse('unmap.cut', cutValues(cut, span))
  return meeting.length > 0 ? answer(meeting) : refuse('unmap.nothing', bytes(span.first, span.last))
}

function isCut(area: PageSpan, span: PageSpan): boolean {
  return area.first < span.first || area.last > span.last
}

function refuseDependents(
  machine: Machine,
  space: SpaceRecord,
  areas: readonly AreaRequest[],
): Outcome<null> {
  for (const area of areas) {
    const [part] = dependents(machine, space.uid, area)
    if (part === undefined) continue
    const child = machine.space(part.child).id
    return refuse('unmap.child-depends', { child, ...bytes(area.first, area.last) })
  }
  return answer(null)
}

/** The areas that meet `span`, whole, in ascending order. */
export function areasMeeting(machine: Machine, uid: number, span: PageSpan): readonly AreaRequest[] {
  const io = machine.root.spaces.get(uid)?.io
  if (io !== undefined) return shownAreas(machine, io, span)
  const found: AreaRequest[] = []
  const { ranges } = machine.bulk
  ranges.forEachIn(TREE.areas(uid), span.first, span.last, slot => {
    found.push({
      first: ranges.first(slot),
      last: ranges.last(slot),
      target: ranges.a(slot),
      perm: ranges.b(slot),
    })
  })
  return found
}

/** How many areas a space has. */
export function areaCount(machine: Machine, space: SpaceRecord): number {
  return shownCount(space) ?? machine.bulk.ranges.count(TREE.areas(space.uid))
}

/** Bytes that the areas of a space cover. */
export function areaBytes(machine: Machine, space: SpaceRecord): bigint {
  return space.io === undefined
    ? addressOf(machine.bulk.ranges.span(TREE.areas(space.uid)))
    : coveredBytes(space.io)
}

/** First page of the lowest area of a space, or null. */
export function lowestArea(machine: Machine, uid: number): number | null {
  const io = machine.root.spaces.get(uid)?.io
  if (io !== undefined) return shownAreas(machine, io, EVERY_PAGE)[0]?.first ?? null
  const { ranges } = machine.bulk
  const slot = ranges.firstFrom(TREE.areas(uid), 0)
  return slot < 0 ? null : ranges.first(slot)
}

/** The area that a page of the space lies in, or null. */
export function areaAt(machine: Machine, uid: number, page: number): AreaRequest | null {
  return areasMeeting(machine, uid, { first: page, last: page })[0] ?? null
}

export const EVERY_PAGE: PageSpan = { first: 0, last: 2 ** 52 - 1 }

/** Removes every area of a space: its last device left, or it is freed. Nothing maps through it any more. */
export function dropAllAreas(machine: Machine, uid: number, cause: string): void {
  const space = machine.space(uid)
  for (const area of areasMeeting(machine, uid, EVERY_PAGE))
    assert(dropArea(machine, space, area, cause).ok, 'an area dropped whole splits no page')
}

/** Adds what a table of the user says: nothing is pinned, and the parent need not map it. */
export function keepArea(machine: Machine, space: SpaceRecord, request: AreaRequest): Outcome<null> {
  record(machine, space, request, request.perm & RIGHTS)
  return spreadFill(machine, space.uid, request)
}

export const forgetArea = dropArea

function dropArea(machine: Machine, space: SpaceRecord, area: AreaRequest, cause: string): Outcome<null> {
  const cleared = spreadClear(machine, space.uid, area)
  if (!cleared.ok) return cleared
  machine.bulk.ranges.remove(TREE.areas(space.uid), area.first)
  if (space.parent !== null) machine.bulk.overlapping.remove(TREE.targets(space.uid), area.target, area.first)
  releaseArea(machine, space, area)
  tellArea(machine, 'area-removed', space, area, cause)
  return answer(null)
}

/** Gives back the pins, charge or mapping count that one area holds. */
function releaseArea(machine: Machine, space: SpaceRecord, area: AreaRequest): void {
  const last = area.target + (area.last - area.first)
  if (area.perm & AreaFlag.counted) countMapping(machine, space.context, area.target, -1)
  if ((area.perm & AreaFlag.charged) === 0) return
  unpin(machine, area.target, last)
  uncharge(machine, last - area.target + 1)
}

/** First device on a space that kept its areas (R6): pins and charges them, or refuses all. */
export function pinAreas(machine: Machine, space: SpaceRecord): Outcome<null> {
  if (space.parent !== null || registersMemory(space)) return answer(null)
  for (const area of areasMeeting(machine, space.uid, EVERY_PAGE)) {
    const last = area.target + (area.last - area.first)
    const pinned = pinRootArea(machine, space, { first: area.target, last, perm: area.perm })
    if (!pinned.ok) return pinned
    setFlags(machine, space, area, (area.perm & RIGHTS) | pinned.value)
  }
  return answer(null)
}

/** Last device off a space that keeps its areas (R6): pins and charges go. */
export function unpinAreas(machine: Machine, space: SpaceRecord): void {
  for (const area of areasMeeting(machine, space.uid, EVERY_PAGE)) {
    releaseArea(machine, space, area)
    setFlags(machine, space, area, area.perm & RIGHTS)
  }
}

const RIGHTS = AreaFlag.read | AreaFlag.write

/** Gives an area other flags; its pages stay what they are. */
export function setFlags(machine: Machine, space: SpaceRecord, area: AreaRequest, flags: number): void {
  const { ranges } = machine.bulk
  ranges.update(ranges.find(TREE.areas(space.uid), area.first), area.target, flags)
}

function tellArea(
  machine: Machine,
  kind: 'area-added' | 'area-removed',
  space: SpaceRecord,
  area: AreaRequest,
  cause: string,
): void {
  machine.emit({
    kind,
    actor: 'kernel',
    space: space.id,
    first: addressOf(area.first),
    last: lastByteOf(area.last),
    target: addressOf(area.target),
    perm: permText(area.perm),
    cause,
  })
}

function cutValues(area: PageSpan, span: PageSpan): Record<string, bigint> {
  return {
    ...bytes(span.first, span.last),
    areaFirst: addressOf(area.first),
    areaLast: lastByteOf(area.last),
  }
}

function bytes(first: number, last: number): { first: bigint; last: bigint } {
  return { first: addressOf(first), last: lastByteOf(last) }
}
