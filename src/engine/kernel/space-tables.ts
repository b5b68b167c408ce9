/**
 * Which tables a space keeps: those that its devices ask for, by the stage through which they reach it. A requester
 * id that comes to have PASIDs of the kernel, or loses the last, has its other spaces follow.
 */
import type { TableSpec } from '../hw'
import { groupMates } from './isolation'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { outsidePermitted } from './permitted'
import { isTranslated, pointAgain, untaggedChain } from './routing'
import { tableSpecs } from './snoop'
import { addressOf, type DeviceRecord, lastByteOf, type SpaceRecord } from './state'
import { behindRid, hasKernelPasids, routesAnyTable } from './table-stage'
import { hasOwnTables, joinTables, leaveTables } from './tables'
import { tracked } from './tracked'

/** The tables that a space must keep for the devices it has, and for those that a group takes there with them. */
export function specsOf(machine: Machine, space: SpaceRecord): readonly TableSpec[] {
  return space.attachments.flatMap(({ device: name, pasid }) => {
    const device = machine.device(name)
    const along = pasid === null ? groupMates(machine, device.hw.group) : []
    const routed = along.filter(mate => mate !== device && untaggedChain(machine, mate).includes(space.uid))
    return [device, ...routed].flatMap(one => specsFor(machine, one, space, pasid))
  })
}

/** The tables a device needs; one mediated in software alone, or a PASID of a user's table, needs none. */
export function specsFor(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): readonly TableSpec[] {
  if (!isTranslated(device) || tracked(machine, device, pasid) !== null) return []
  return tableSpecs(machine, device, space, pasid)
}

/** Drops what no device of the space needs any more. */
export function shedTables(machine: Machine, uid: number): void {
  const needed = specsOf(machine, machine.space(uid))
  leaveTables(machine, uid, new Set(needed.map(spec => spec.key)))
}

/** Refuses where the device could not address an area of the space. */
export function reaches(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): Outcome<null> {
  const stranded = outsidePermitted(machine, device, space, pasid)
  if (stranded === null) return answer(null)
  const { first, last } = stranded
  return refuse('attach.stranded-area', {
    device: device.name,
    first: addressOf(first),
    last: lastByteOf(last),
  })
}

/**
 * After the attachments of a requester id changed: where it has come to have PASIDs of the kernel (`had`: before), or
 * has none left, its requests without PASID change their stage. Tables come first, then routes.
 */
export function settleStage(machine: Machine, rid: number, had: boolean): Outcome<null> {
  if (hasKernelPasids(machine, rid) === had) return answer(null)
  for (const { name } of behindRid(machine, rid)) {
    const device = machine.device(name)
    if (routesAnyTable(machine, device) || device.defaultPasid !== null) continue
    const spaces = untaggedChain(machine, device).filter(uid => hasOwnTables(machine.space(uid)))
    for (const uid of spaces) {
      const joined = joinFor(machine, device, uid)
      if (!joined.ok) return joined
    }
    pointAgain(machine, machine.device(name))
    for (const uid of spaces) shedTables(machine, uid)
  }
  return answer(null)
}

/** A device that comes into a group with one table: what it needs in the spaces that its mates take it to. */
export function joinMates(machine: Machine, device: DeviceRecord): Outcome<null> {
  for (const uid of untaggedChain(machine, device)) {
    if (!hasOwnTables(machine.space(uid))) continue
    const joined = joinFor(machine, device, uid)
    if (!joined.ok) return joined
  }
  return answer(null)
}

/** The tables that a device needs in a space for requests without PASID. */
function joinFor(machine: Machine, device: DeviceRecord, uid: number): Outcome<null> {
  const able = reaches(machine, device, machine.space(uid), null)
  return able.ok ? joinTables(machine, uid, specsFor(machine, device, machine.space(uid), null)) : able
}
