/**
 * What of a device's PASIDs a platform lets the kernel route, beside its requests without PASID. Where stage 2 and
 * the PASID table are the whole device's, a PASID of its own has a first stage of the host, or is the user's.
 *
 * Source: R24, R25; hardware facts 0 (what one entry of a PASID table can hold).
 */
import { ridChain } from './chain'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { DeviceRecord, SpaceRecord } from './state'
import { pasidTableOf } from './tracked'

interface Request {
  readonly device: DeviceRecord
  readonly space: SpaceRecord
  readonly pasid: bigint | null
}

const routing = (machine: Machine, device: DeviceRecord) =>
  machine.platform.caps(machine.hwConfig, device.hw).pasidRouting

/** A PASID table is one device's, which attaches by its RID and can do PASIDs (R25). */
export function pasidTableTakes(machine: Machine, { device, space, pasid }: Request): Outcome<null> {
  if (space.pasidTable === null) return answer(null)
  if (machine.platform.caps(machine.hwConfig, device.hw).pasidBits === null)
    return refuse('pasid.none', { device: device.name })
  if (pasid === null && space.attachments.length === 0) return answer(null)
  return refuse('attach.pasid-table', { ioasid: space.id, device: device.name })
}

/** A PASID may be the host's first stage where nothing else is, or what a table of the user says. */
export function mayRoutePasid(machine: Machine, { device, space, pasid }: Request): Outcome<null> {
  if (routing(machine, device) === 'any-table') return answer(null)
  const shared = space.kind === 'sva'
  const users = pasidTableOf(machine, device) !== null
  if (shared ? ridChain(device).length === 0 : users) return answer(null)
  const { title: platform } = machine.platform
  return refuse('pasid.whole-device', { platform, device: device.name, pasid: pasid ?? 0n })
}

/** Requests without PASID take stage 2, which leaves no room for PASIDs of the host; a mediated device has no other. */
export function mayRouteRid(machine: Machine, { device, space }: Request): Outcome<null> {
  if (device.kind === 'swmdev' || routing(machine, device) === 'any-table') return answer(null)
  if (space.userTable !== null)
    return refuse('bind-pgtable.pasid-table', { platform: machine.platform.title, ioasid: space.id })
  const held = device.attachments.find(at => at.pasid !== null)
  const blocked = ridChain(device).length === 0 && held !== undefined
  if (!blocked && device.kind !== 'mdev') return answer(null)
  const { title: platform } = machine.platform
  const pasid = held?.pasid ?? device.defaultPasid ?? 0
  return refuse('pasid.whole-device', { platform, device: device.name, pasid })
}
