/**
 * Which table a device uses with which PASID; PASID 0 stands for requests without.
 *
 * Source: iommufd facts 1.5, 3.3, 3.4.
 */
import type { Machine } from '../machine'
import type { DeviceObject, GroupAttachment, NestedObject, PagingObject } from './records'
import { ioOf, isTable } from './store'

export const NO_PASID = 0

export type Table = PagingObject | NestedObject

/** The group's attachment with a PASID, or null. */
export function attachmentOf(
  machine: Machine,
  context: number,
  device: DeviceObject,
  pasid: number,
): GroupAttachment | null {
  const all = ioOf(machine, context).groups.get(device.group) ?? []
  return all.find(one => one.pasid === pasid) ?? null
}

/** The table that a device uses with a PASID, or null where it is not attached. */
export function tableOf(
  machine: Machine,
  context: number,
  device: DeviceObject,
  pasid: number,
): Table | null {
  const at = attachmentOf(machine, context, device, pasid)
  return at?.devices.includes(device.id) ? tableAt(machine, context, at.hwpt) : null
}

export function tableAt(machine: Machine, context: number, id: number): Table {
  const found = ioOf(machine, context).objects.get(id)
  if (found === undefined || !isTable(found)) throw new Error(`no table ${id}`)
  return found
}
