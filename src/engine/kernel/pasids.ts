/**
 * Which PASID goes on the wire for a device's request: the guest's own, one of a pool, or for a mediated
 * device without one the default PASID that sets it apart from its parent.
 *
 * Source: v2 1.4, R24, R26. A number is taken by an attachment and free again with it, so pools keep no
 * state of their own. Default PASIDs are taken from the top down (ruling), so that pools start at 1.
 */
import type { HwDevice } from '../hw'
import { deviceType, type PasidReport, type PasidSource, pasidReport } from './device-types.data'
import type { Machine } from './machine'
import type { DeviceRecord } from './state'

/** What a device says of its PASIDs here: by its type, and by whose the platform's PASID tables are; null: none. */
export function pasidReportOf(machine: Machine, device: DeviceRecord): PasidReport | null {
  const { platform, hwConfig } = machine
  const report =
    platform.caps(hwConfig, device.hw).pasidBits === null ? null : pasidReport(deviceType(device.type))
  const users = device.kind === 'pci' && platform.pasidTables !== null
  return report === null ? null : { ...report, delegated: report.delegated || users }
}

/** The pPASID for a vPASID that is attached next; null for untagged requests of a physical function. */
export function wirePasid(
  machine: Machine,
  device: DeviceRecord,
  at: { readonly vpasid: number | null; readonly context: number },
): number | null {
  const { vpasid, context } = at
  if (vpasid === null) return device.defaultPasid
  switch (deviceType(device.type).source) {
    case 'none':
    case 'guest':
      return vpasid
    case 'rid-pool':
      return lowestFree(takenOn(machine, device.hw.rid))
    case 'global-pool':
      return sharedPasid(machine, context, vpasid) ?? lowestFree(takenInPools(machine))
  }
}

/** The default PASID of a mediated device that comes up: of as many bits as its parent and the IOMMU have. */
export function freeDefaultPasid(machine: Machine, hw: HwDevice): number {
  const taken = takenOn(machine, hw.rid)
  const bits = machine.platform.caps(machine.hwConfig, hw).pasidBits ?? hw.pasidBits ?? 0
  let pasid = 2 ** bits - 1
  while (taken.has(pasid)) pasid--
  return pasid
}

/** The device whose requests carry this requester id and PASID (null: none, a physical function's), or null. */
export function wireOwner(machine: Machine, rid: number, wire: number | null): DeviceRecord | null {
  const same = [...machine.root.devices.values()].filter(device => device.hw.rid === rid)
  const sends = (device: DeviceRecord): boolean =>
    wire === null ? device.kind === 'pci' : wiresOf(device).includes(wire)
  return same.find(sends) ?? null
}

/** Devices of one VM share the number of a vPASID; a VM is known by the context of its spaces. */
function sharedPasid(machine: Machine, context: number, vpasid: number): number | null {
  const attached = bySource(machine, 'global-pool')
    .flatMap(other => other.attachments)
    .find(at => at.pasid === vpasid && machine.space(at.space).context === context)
  return attached?.wire ?? null
}

/** A requester id's own numbers, and those of the global pool, which may come up on any. */
function takenOn(machine: Machine, rid: number): ReadonlySet<number> {
  const own = [...machine.root.devices.values()].filter(device => device.hw.rid === rid)
  return new Set([...own, ...bySource(machine, 'global-pool')].flatMap(wiresOf))
}

function takenInPools(machine: Machine): ReadonlySet<number> {
  return new Set([...bySource(machine, 'global-pool'), ...bySource(machine, 'rid-pool')].flatMap(wiresOf))
}

function bySource(machine: Machine, source: PasidSource): readonly DeviceRecord[] {
  return [...machine.root.devices.values()].filter(device => deviceType(device.type).source === source)
}

function wiresOf(device: DeviceRecord): readonly number[] {
  const all = [device.defaultPasid, ...device.attachments.map(at => at.wire)]
  return all.filter(wire => wire !== null)
}

function lowestFree(taken: ReadonlySet<number>): number {
  let pasid = 1
  while (taken.has(pasid)) pasid++
  return pasid
}
