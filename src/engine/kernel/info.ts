/**
 * GET_INFO and LOOKUP: what a space can do, from platform and attached devices together, and what one
 * address of it means.
 *
 * Source: R36, R37; rfc 3 (permitted ranges).
 */
import type { AddressRange, PlatformCaps } from '../hw'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { permittedOf, permittedRanges, reservedOf, reservedRanges, spaceCaps } from './permitted'
import { addressOf, type DeviceRecord, pageOf, permText, type SpaceRecord, TREE } from './state'

interface CommonInfo {
  readonly caps: readonly string[]
  readonly nesting: 'software' | 'hardware'
  /** Bit n set: pages of 2^n bytes. */
  readonly pageSizes: bigint
  /** Reserved or permitted, as the knob iova-report says. */
  readonly ranges: readonly AddressRange[]
  readonly formats: readonly string[]
  readonly pasidFormats: readonly string[]
}

export interface SpaceInfo extends CommonInfo {
  readonly children: number
}

export interface DeviceInfo extends CommonInfo {
  /** Width of an address in bits. */
  readonly inputBits: number
  /** The IOMMU can make the device's DMA snoop. */
  readonly enforceSnoop: boolean
}

/** What holds for every device of a space. */
export function spaceInfo(machine: Machine, space: SpaceRecord): SpaceInfo {
  const caps = spaceCaps(machine, space)
  const ranges = tellsReserved(machine) ? reservedRanges(machine, space) : permittedRanges(machine, space)
  return { ...commonInfo(caps), ranges, children: space.children.length }
}

/** What the IOMMU can do for one device, whatever it is attached to. */
export function deviceInfo(machine: Machine, device: DeviceRecord): DeviceInfo {
  const caps = machine.platform.caps(machine.hwConfig, device.hw)
  const { inputBits, enforceSnoop } = caps
  const ranges = tellsReserved(machine) ? reservedOf([caps]) : permittedOf([caps])
  return { ...commonInfo([caps]), ranges, inputBits, enforceSnoop }
}

const tellsReserved = (machine: Machine): boolean => machine.policy['iova-report'] !== 'permitted'

function commonInfo(caps: readonly PlatformCaps[]): Omit<CommonInfo, 'ranges'> {
  const hardware = caps.every(one => one.nesting.hardware)
  return {
    caps: [
      'type1-map',
      ...(hardware ? ['bind-pgtable'] : []),
      ...(caps.every(one => one.pasidTableFormats.length > 0) ? ['bind-pasid-table'] : []),
      'nesting',
      ...(caps.every(one => one.dirtyTracking) ? ['dirty-tracking'] : []),
    ],
    nesting: hardware ? 'hardware' : 'software',
    pageSizes: caps.map(one => one.pageSizes).reduce((a, b) => a & b),
    formats: common(caps.map(one => one.userTableFormats)),
    pasidFormats: common(caps.map(one => one.pasidTableFormats)),
  }
}

/** What all lists hold. */
function common(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce((a, b) => a.filter(item => b.includes(item)))
}

/** One address of a space, in the terms of its output: process memory for a root, else the parent. */
export function lookup(
  machine: Machine,
  space: SpaceRecord,
  iova: bigint,
): Outcome<{ addr: bigint; perm: string }> {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.areas(space.uid), pageOf(iova))
  if (slot < 0) return refuse('lookup.hole', { ioasid: space.id, iova })
  const target = ranges.a(slot) + (pageOf(iova) - ranges.first(slot))
  return answer({ addr: addressOf(target) + (iova & 0xfffn), perm: permText(ranges.b(slot)) })
}
