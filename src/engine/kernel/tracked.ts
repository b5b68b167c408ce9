/**
 * PASIDs that a table of the user translates: attachments with one are kept track of, and nothing is written for
 * them (R25).
 */
import { ridChain } from './chain'
import type { Machine } from './machine'
import type { DeviceRecord, SpaceRecord } from './state'

/** The space whose PASID table, a user's, decides about the PASIDs of a device; null where there is none. */
export function pasidTableOf(machine: Machine, device: DeviceRecord): SpaceRecord | null {
  const spaces = ridChain(device).map(uid => machine.space(uid))
  return spaces.find(space => space.pasidTable !== null) ?? null
}

/** The same for one PASID; null for requests without. */
export const tracked = (machine: Machine, device: DeviceRecord, pasid: number | null): SpaceRecord | null =>
  pasid === null ? null : pasidTableOf(machine, device)
