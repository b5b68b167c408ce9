/**
 * Attaching a device to an address space by its RID, and detaching it: tables, pins and routes follow.
 *
 * Source: v1 2 (VFIO_ATTACH_IOASID), R1 to R3, R5, R6, R27, R29, R31. Not modelled yet: attachments by
 * PASID, mediated devices.
 */
import { dropAllAreas, pinAreas, registersMemory, unpinAreas } from './areas'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { outsidePermitted, windowAllows } from './permitted'
import { attachedByRid, groupMates, rerouteGroup, ridChain, waitingFor } from './routing'
import { addressOf, type DeviceRecord, lastByteOf, type SpaceRecord } from './state'
import { joinTables, leaveTables } from './tables'

/** Attaches by RID. The caller has checked that the device is bound to the space's context. */
export function attachRid(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  const allowed = mayAttach(machine, device, space)
  if (!allowed.ok) return allowed
  if (space.attachments.length === 0 && machine.policy.ready === 'any-time') {
    const pinned = pinAreas(machine, space)
    if (!pinned.ok) return pinned
  }
  link(machine, device, space.uid)
  const joined = joinTables(machine, space.uid, machine.platform.tablesFor(machine.hwConfig, device.hw))
  if (!joined.ok) return joined
  rerouteGroup(machine, device.hw.group)
  return answer(null)
}

function mayAttach(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  if (registersMemory(space)) return refuse('attach.prereg', { ioasid: space.id })
  if (device.kind !== 'pci') return refuse('not-modelled-yet', { what: `attaching a ${device.kind} device` })
  if (space.enabled) return refuse('enable.late-attach', { ioasid: space.id })
  for (const check of [chainAllows, groupAllows, platformAllows]) {
    const allowed = check(machine, device, space)
    if (!allowed.ok) return allowed
  }
  return answer(null)
}

function chainAllows(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  const named = { device: device.name, ioasid: space.id }
  if (attachedByRid(device, space.uid)) return refuse('attach.already', named)
  const deepest = ridChain(device).at(-1)
  const above = ancestors(machine, space)
  if (deepest !== undefined && !above.includes(deepest))
    return refuse('attach.rid-taken', { device: device.name, taken: machine.space(deepest).id })
  const parent = above.find(uid => !registersMemory(machine.space(uid)))
  if (parent !== undefined && !device.attachments.some(at => at.space === parent))
    return refuse('attach.parent-first', { device: device.name, parent: machine.space(parent).id })
  return answer(null)
}

/** The uids above a space, nearest first. */
export function ancestors(machine: Machine, space: SpaceRecord): readonly number[] {
  const above: number[] = []
  for (let uid = space.parent; uid !== null; uid = machine.space(uid).parent) above.push(uid)
  return above
}

/** Mates must sit along the same line of parents and children; one elsewhere splits the group (R27). */
function groupAllows(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  const { group } = device.hw
  const line = new Set([space.uid, ...ancestors(machine, space)])
  for (const mate of groupMates(machine, group)) {
    const other = ridChain(mate).find(
      uid => !line.has(uid) && !ancestors(machine, machine.space(uid)).includes(space.uid),
    )
    if (other !== undefined)
      return refuse('group.split', { mate: mate.name, group, other: machine.space(other).id })
  }
  const elsewhere = space.partialGroups.find(waiting => waiting !== group)
  if (elsewhere !== undefined) return refusePartial(machine, space, elsewhere)
  return answer(null)
}

/** `group.partial`, naming whom the space waits for. */
export function refusePartial(machine: Machine, space: SpaceRecord, group: number): Outcome<never> {
  const waiting = waitingFor(machine, space.uid, group).map(mate => mate.name)
  return refuse('group.partial', { ioasid: space.id, waiting: waiting.join(', '), group })
}

function platformAllows(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  const stranded = outsidePermitted(machine, device, space)
  if (stranded !== null)
    return refuse('attach.stranded-area', {
      device: device.name,
      first: addressOf(stranded.first),
      last: lastByteOf(stranded.last),
    })
  return windowAllows(machine, device, space)
}

function link(machine: Machine, device: DeviceRecord, uid: number): void {
  const space = machine.space(uid)
  machine.setSpace({ ...space, attachments: [...space.attachments, { device: device.name, pasid: null }] })
  machine.setDevice({ ...device, attachments: [...device.attachments, { space: uid, pasid: null }] })
}

/** Detaches by RID; the next space up the chain routes again (R1, R5, R6). */
export function detachRid(machine: Machine, device: DeviceRecord, space: SpaceRecord): Outcome<null> {
  if (!attachedByRid(device, space.uid))
    return refuse('detach.not-attached', { device: device.name, ioasid: space.id })
  const child = ridChain(device).find(uid => ancestors(machine, machine.space(uid)).includes(space.uid))
  if (child !== undefined)
    return refuse('detach.child-first', { device: device.name, child: machine.space(child).id })
  unlink(machine, device, space)
  rerouteGroup(machine, device.hw.group)
  shedTables(machine, space.uid)
  return answer(null)
}

function unlink(machine: Machine, device: DeviceRecord, space: SpaceRecord): void {
  const attachments = space.attachments.filter(at => at.device !== device.name)
  machine.setSpace({ ...space, attachments })
  const rest = device.attachments.filter(at => at.space !== space.uid)
  machine.setDevice({ ...device, attachments: rest })
}

/** Drops what no device needs any more: tables, and with the last device areas or their pins (R6). */
function shedTables(machine: Machine, uid: number): void {
  const space = machine.space(uid)
  const { platform, hwConfig } = machine
  const needed = space.attachments.flatMap(at => platform.tablesFor(hwConfig, machine.device(at.device).hw))
  leaveTables(machine, uid, new Set(needed.map(spec => spec.key)))
  if (space.attachments.length > 0) return
  if (machine.policy.ready === 'any-time') unpinAreas(machine, machine.space(uid))
  else dropAllAreas(machine, uid, 'last detach')
}

/** Detaches a device from everything, children first: its fd closes. */
export function detachAll(machine: Machine, name: string): void {
  for (const at of machine.device(name).attachments.toReversed())
    detachRid(machine, machine.device(name), machine.space(at.space))
}
