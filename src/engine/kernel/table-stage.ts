/**
 * Through which stage of the IOMMU a device reaches tables of the kernel. Where stage 2 is the whole device's
 * (SMMUv3, AMD-Vi), a requester id with PASIDs of the kernel has first stages alone, and its requests without PASID
 * take one, too; a PASID table of a user lies over stage 2, so the two exclude each other.
 *
 * Source: hardware facts 0, 2.2, 2.3, 3.3; R24, R25. That a requester id changes its stage with its first PASID, and
 * back with its last, is a ruling.
 */
import type { PlatformCaps, TableStage } from '../hw'
import type { Machine } from './machine'
import type { DeviceAttachment, DeviceRecord } from './state'
import { pasidTableOf, tracked } from './tracked'

export const routesAnyTable = (machine: Machine, device: DeviceRecord): boolean =>
  machine.platform.caps(machine.hwConfig, device.hw).pasidRouting === 'any-table'

/** The stage for a device's requests with a PASID of its user (null: without). */
export function stageOf(machine: Machine, device: DeviceRecord, pasid: number | null): TableStage {
  if (routesAnyTable(machine, device)) return 'second'
  if (isTagged(device, { pasid })) return tracked(machine, device, pasid) === null ? 'first' : 'second'
  return hasKernelPasids(machine, device.hw.rid) ? 'first' : 'second'
}

/** What the platform can do for the device through that stage. */
export const capsFor = (machine: Machine, device: DeviceRecord, pasid: number | null): PlatformCaps =>
  machine.platform.caps(machine.hwConfig, device.hw, stageOf(machine, device, pasid))

/** Whether requests carry a PASID on the wire: that of the user, or a mediated device's own. */
const isTagged = (device: DeviceRecord, at: Pick<DeviceAttachment, 'pasid'>): boolean =>
  at.pasid !== null || device.defaultPasid !== null

/** Devices behind one requester id that the IOMMU sees: a function and those mediated on it. */
export const behindRid = (machine: Machine, rid: number): readonly DeviceRecord[] =>
  [...machine.root.devices.values()].filter(device => device.kind !== 'swmdev' && device.hw.rid === rid)

/** Whether a requester id has PASIDs that the kernel routes itself. */
export const hasKernelPasids = (machine: Machine, rid: number): boolean =>
  kernelPasidOn(machine, rid) !== null

/** One of those PASIDs as it stands on the wire, or null. */
export function kernelPasidOn(machine: Machine, rid: number): number | null {
  for (const device of behindRid(machine, rid))
    for (const at of device.attachments)
      if (isTagged(device, at) && tracked(machine, device, at.pasid) === null) return at.wire
  return null
}

/** A device behind the requester id whose PASID table is a user's, or null. */
export const usersTableOn = (machine: Machine, rid: number): DeviceRecord | null =>
  behindRid(machine, rid).find(device => pasidTableOf(machine, device) !== null) ?? null
