/**
 * Where a space may map: what every attached device can address, less what the platform reserves. A space
 * that only registers memory has no table, so that no device and no platform limits it.
 *
 * Source: rfc 3 (permitted ranges), R29, R31, R32, R37; hardware facts 5, reserved ranges.
 */
import type { AddressRange, PlatformCaps } from '../hw'
import { areasMeeting, EVERY_PAGE } from './areas'
import { registersMemory } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { type DeviceRecord, pageOf, type SpaceRecord } from './state'
import { capsFor } from './table-stage'
import type { PageSpan } from './tables'

/** What holds for every device of a space; without a device, what holds for any. */
export function spaceCaps(machine: Machine, space: SpaceRecord): readonly PlatformCaps[] {
  const { platform, hwConfig } = machine
  if (space.attachments.length === 0) return [platform.caps(hwConfig, null)]
  return space.attachments.map(({ device, pasid }) => capsFor(machine, machine.device(device), pasid))
}

/** The intersection over all devices, in ascending order; reserved holes are cut out. */
export function permittedRanges(machine: Machine, space: SpaceRecord): readonly AddressRange[] {
  if (registersMemory(space)) return [EVERYWHERE]
  return permittedOf(spaceCaps(machine, space))
}

const EVERYWHERE: AddressRange = { start: 0n, last: (1n << 64n) - 1n }
const HOST_PAGE_LG2 = 12

export function permittedOf(all: readonly PlatformCaps[]): readonly AddressRange[] {
  return all.map(caps => cutHoles(caps.permitted, caps.reserved)).reduce(intersect)
}

/** Reserved ranges of all devices together, in ascending order. */
export function reservedRanges(machine: Machine, space: SpaceRecord): readonly AddressRange[] {
  return registersMemory(space) ? [] : reservedOf(spaceCaps(machine, space))
}

/** Reserved ranges of all together, in ascending order. */
export function reservedOf(caps: readonly PlatformCaps[]): readonly AddressRange[] {
  const all = caps.flatMap(one => one.reserved)
  const distinct = new Map(all.map(range => [`${range.start}`, range]))
  return [...distinct.values()].sort((a, b) => compare(a.start, b.start))
}

/**
 * log2 of the smallest page that every device can map at an address: windows may differ in page size.
 * Outside all ranges, what the devices can do at best.
 */
export function pageLg2At(machine: Machine, space: SpaceRecord, iova: bigint): number {
  if (registersMemory(space)) return HOST_PAGE_LG2
  const each = spaceCaps(machine, space).map(caps => {
    const range = caps.permitted.find(one => one.start <= iova && iova <= one.last)
    return range?.pageLg2 ?? caps.smallestPageLg2
  })
  return Math.max(...each)
}

export function isPermitted(ranges: readonly AddressRange[], span: PageSpan): boolean {
  return ranges.some(range => pageOf(range.start) <= span.first && span.last <= pageOf(range.last))
}

/** An area of the space that the device could not address, with a PASID or (null) without, or null. */
export function outsidePermitted(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): PageSpan | null {
  const caps = capsFor(machine, device, pasid)
  const ranges = cutHoles(caps.permitted, caps.reserved)
  return areasMeeting(machine, space.uid, EVERY_PAGE).find(area => !isPermitted(ranges, area)) ?? null
}

/** Where windows are fixed at creation, a device attaches to the spaces they name only (R29). */
export function windowAllows(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  if ((machine.policy['initial-attach'] ?? 'explicit') === 'explicit') return answer(null)
  const named = machine.limits.windows.some(
    window =>
      window.space === space.name && (window.devices.length === 0 || window.devices.includes(device.name)),
  )
  return named ? answer(null) : refuse('attach.papr-window', { device: device.name, ioasid: space.id })
}

function cutHoles(ranges: readonly AddressRange[], holes: readonly AddressRange[]): readonly AddressRange[] {
  return holes.reduce((left, hole) => left.flatMap(range => cut(range, hole)), ranges)
}

function cut(range: AddressRange, hole: AddressRange): readonly AddressRange[] {
  if (hole.last < range.start || hole.start > range.last) return [range]
  const below = { start: range.start, last: hole.start - 1n }
  const above = { start: hole.last + 1n, last: range.last }
  return [below, above].filter(part => part.start <= part.last)
}

function intersect(a: readonly AddressRange[], b: readonly AddressRange[]): readonly AddressRange[] {
  const common = a.flatMap(x =>
    b.map(y => ({ start: later(x.start, y.start), last: earlier(x.last, y.last) })),
  )
  return common.filter(range => range.start <= range.last)
}

function later(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

function earlier(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
