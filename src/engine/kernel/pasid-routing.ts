/**
 * What of a device's PASIDs a platform lets the kernel route, beside its requests without PASID. Where stage 2 and
 * the PASID table are the whole device's, its PASIDs are either the kernel's, each with a first stage, or what a PASID
 * table of the user says.
 *
 * Source: R24, R25; hardware facts 0 (what one entry of a PASID table can hold).
 */
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { DeviceRecord, SpaceRecord } from './state'
import { kernelPasidOn, routesAnyTable, usersTableOn } from './table-stage'
import { pasidTableOf } from './tracked'

interface Request {
  readonly device: DeviceRecord
  readonly space: SpaceRecord
  readonly pasid: bigint | null
}

/** A PASID table is one function's, which attaches by its RID and can do PASIDs (R25); a mediated device has its parent's. */
export function pasidTableTakes(machine: Machine, { device, space, pasid }: Request): Outcome<null> {
  if (space.pasidTable === null) return answer(null)
  if (machine.platform.caps(machine.hwConfig, device.hw).pasidBits === null)
    return refuse('pasid.none', { device: device.name })
  if (device.kind === 'pci' && pasid === null && space.attachments.length === 0) return answer(null)
  return refuse('attach.pasid-table', { ioasid: space.id, device: device.name })
}

/** A PASID of the kernel's needs a requester id without a PASID table of a user, which says the rest itself. */
export function mayRoutePasid(machine: Machine, { device, space, pasid }: Request): Outcome<null> {
  if (routesAnyTable(machine, device)) return answer(null)
  const told = pasidTableOf(machine, device) !== null
  if (told && space.kind !== 'sva') return answer(null)
  if (space.userTable !== null)
    return refuse('bind-pgtable.pasid-table', { platform: machine.platform.title, ioasid: space.id })
  return noUsersTable(machine, device, pasid ?? 0n)
}

/** Requests without PASID take what the PASIDs leave; those of a mediated device have one. */
export function mayRouteRid(machine: Machine, { device, space }: Request): Outcome<null> {
  if (device.kind === 'swmdev' || routesAnyTable(machine, device)) return answer(null)
  if (space.userTable !== null)
    return refuse('bind-pgtable.pasid-table', { platform: machine.platform.title, ioasid: space.id })
  if (device.defaultPasid !== null) return noUsersTable(machine, device, BigInt(device.defaultPasid))
  return space.pasidTable === null ? answer(null) : noKernelPasids(machine, device)
}

function noUsersTable(machine: Machine, device: DeviceRecord, pasid: bigint): Outcome<null> {
  const owner = usersTableOn(machine, device.hw.rid)
  return owner === null ? answer(null) : wholeDevice(machine, owner, pasid)
}

/** A PASID table of a user takes all PASIDs of a requester id; those of the kernel leave first. */
export function noKernelPasids(machine: Machine, device: DeviceRecord): Outcome<null> {
  const held = routesAnyTable(machine, device) ? null : kernelPasidOn(machine, device.hw.rid)
  return held === null ? answer(null) : wholeDevice(machine, device, BigInt(held))
}

function wholeDevice(machine: Machine, device: DeviceRecord, pasid: bigint): Outcome<null> {
  return refuse('pasid.whole-device', { platform: machine.platform.title, device: device.name, pasid })
}
