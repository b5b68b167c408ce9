/**
 * Devices and the tables they use: attach, replace, detach, by device and PASID, for a whole group at a time. PASID 0
 * stands for requests without.
 *
 * Source: iommufd facts 1.5, 3.2 to 3.6.
 */
import { isRefused } from '../../hw/domain-driver'
import { attempt, type Machine } from '../machine'
import { answer, keeping, type Outcome, refuse } from '../outcome'
import { RULES } from '../rules.data'
import { attachmentOf, NO_PASID, type Table, tableAt } from './attached'
import { isTest, refusedBy, requiredDriver } from './driver'
import { cancelFaults } from './fault-queue'
import { reserve, unreserve } from './io-pagetable'
import type { DeviceObject, GroupAttachment, IoasObject, NestedObject } from './records'
import { routeGroup, syncSpaces } from './route'
import {
  ioOf,
  isTable,
  objectAt,
  objectOf,
  objectsOf,
  pagetableOf,
  parentTable,
  putObject,
  setPagetable,
  tablesOf,
  updateIo,
} from './store'
import { createPaging, joinIoas, releaseTable } from './tables'

export interface AttachCall {
  readonly context: number
  /** Object id of the device. */
  readonly device: number
  readonly pasid: number
  readonly pt: bigint
}

type Act = (machine: Machine, at: Place, hwpt: Table) => Outcome<null>

interface Place {
  readonly context: number
  readonly device: DeviceObject
  readonly pasid: number
}

/** Attaches a device to a table, or to an IOAS by a table of its own. Answers the table's id. */
export function attach(machine: Machine, call: AttachCall): Outcome<number> {
  return changeTable(machine, call, attachTo, true)
}

/** Moves a device that is attached, and its whole group, to another table. Answers the table's id. */
export function replace(machine: Machine, call: AttachCall): Outcome<number> {
  return changeTable(machine, call, replaceBy, false)
}

function changeTable(machine: Machine, call: AttachCall, act: Act, fresh: boolean): Outcome<number> {
  const { context, pasid } = call
  const device = objectOf(machine, context, 'DEVICE', call.device)
  const object = objectAt(machine, context, call.pt)
  if (object === null) return refuse('attach.no-table', { pt: call.pt })
  const at = { context, device, pasid }
  if (object.type === 'IOAS') return moveToAuto(machine, at, object, act, fresh)
  if (!isTable(object)) return refuse('attach.table-type', { pt: call.pt, type: object.type })
  const done = act(machine, at, object)
  return done.ok ? answer(object.id) : done
}

/** The first automatic table of the IOAS that takes the device, or a new one. Any refusal but -EINVAL ends the search. */
function moveToAuto(
  machine: Machine,
  at: Place,
  ioas: IoasObject,
  act: Act,
  fresh: boolean,
): Outcome<number> {
  for (const hwpt of tablesOf(machine, at.context, ioas.id).filter(one => one.auto)) {
    const done = attempt(machine, () => act(machine, at, hwpt))
    if (done.ok) return answer(hwpt.id)
    if (RULES[done.rule].errno !== 'EINVAL') return done
  }
  const wish = { nestParent: false, dirty: false, pasid: false, data: null, auto: true }
  const made = createPaging(machine, { ...wish, context: at.context, device: at.device, ioas })
  if (!made.ok) return made
  const hwpt = made.value
  const steps = [() => act(machine, at, hwpt), () => joinIoas(machine, at.context, hwpt)]
  for (const step of fresh ? steps : steps.toReversed()) {
    const done = step()
    if (!done.ok) return done
  }
  return answer(hwpt.id)
}

function setAttachment(machine: Machine, context: number, group: number, next: GroupAttachment): void {
  const { groups } = ioOf(machine, context)
  const others = (groups.get(group) ?? []).filter(one => one.pasid !== next.pasid)
  const all = next.devices.length === 0 ? others : [...others, next].sort((a, b) => a.pasid - b.pasid)
  updateIo(machine, context, { groups: new Map(groups).set(group, all) })
}

function attachTo(machine: Machine, at: Place, hwpt: Table): Outcome<null> {
  const { context, device, pasid } = at
  const now = attachmentOf(machine, context, device, pasid)
  if (now?.devices.includes(device.id))
    return refuse('attach.attached', { device: device.device, pasid, hwpt: now.hwpt })
  if (now !== null && now.hwpt !== hwpt.id)
    return refuse('attach.group', { device: device.device, group: device.group, hwpt: now.hwpt })
  if (pasid === NO_PASID) {
    const reserved = reserveFor(machine, context, device, hwpt)
    if (!reserved.ok) return reserved
  }
  if (now === null) {
    const compatible = pasidCompatible(machine, at, hwpt)
    if (!compatible.ok) return compatible
    const pointed = pointAt(machine, at, hwpt)
    if (!pointed.ok) return pointed
  }
  const devices = [...(now?.devices ?? []), device.id]
  setAttachment(machine, context, device.group, { pasid, hwpt: hwpt.id, devices })
  syncSpaces(machine, context)
  return answer(null)
}

function replaceBy(machine: Machine, at: Place, hwpt: Table): Outcome<null> {
  const { context, device, pasid } = at
  const now = attachmentOf(machine, context, device, pasid)
  if (now === null || !now.devices.includes(device.id))
    return refuse('attach.not-attached', { device: device.device, pasid })
  if (now.hwpt === hwpt.id) return answer(null)
  const old = tableAt(machine, context, now.hwpt)
  const moves = ioasOf(machine, context, old) !== ioasOf(machine, context, hwpt)
  const members = now.devices.map(id => objectOf(machine, context, 'DEVICE', id))
  if (pasid === NO_PASID && moves)
    for (const member of members) {
      const reserved = reserveFor(machine, context, member, hwpt)
      if (!reserved.ok) return reserved
    }
  const compatible = pasidCompatible(machine, at, hwpt)
  if (!compatible.ok) return compatible
  const pointed = pointAt(machine, at, hwpt)
  if (!pointed.ok) return pointed
  if (pasid === NO_PASID && moves) for (const member of members) unreserveFor(machine, context, member, old)
  setAttachment(machine, context, device.group, { ...now, hwpt: hwpt.id })
  for (const member of members) cancelFaults(machine, context, old, member.id, pasid)
  syncSpaces(machine, context)
  releaseTable(machine, context, old)
  return answer(null)
}

/** Detaches a device; nothing where it is not attached. */
export function detach(machine: Machine, context: number, id: number, pasid: number): void {
  const device = objectOf(machine, context, 'DEVICE', id)
  const now = attachmentOf(machine, context, device, pasid)
  if (now === null || !now.devices.includes(id)) return
  const hwpt = tableAt(machine, context, now.hwpt)
  const devices = now.devices.filter(one => one !== id)
  setAttachment(machine, context, device.group, { ...now, devices })
  if (devices.length === 0) routeGroup(machine, context, device, pasid, null)
  if (pasid === NO_PASID) unreserveFor(machine, context, device, hwpt)
  cancelFaults(machine, context, hwpt, id, pasid)
  syncSpaces(machine, context)
  releaseTable(machine, context, hwpt)
}

const ioasOf = (machine: Machine, context: number, hwpt: Table): number =>
  parentTable(machine, context, hwpt).ioas

const ownerOf = (device: DeviceObject): string => `device:${device.id}`

/** Reserves what the device keeps for itself (the window of its interrupt messages) in the IOAS of a table. */
function reserveFor(machine: Machine, context: number, device: DeviceObject, hwpt: Table): Outcome<null> {
  const { driver, hw } = requiredDriver(machine, device.device)
  const ioas = objectOf(machine, context, 'IOAS', ioasOf(machine, context, hwpt))
  for (const { start, last } of driver.device(machine.hwConfig, hw).reserved) {
    const reserved = reserve(pagetableOf(machine, ioas), { first: start, last, owner: ownerOf(device) })
    if (!reserved.ok) return reserved
    setPagetable(machine, ioas, reserved.value)
  }
  return answer(null)
}

function unreserveFor(machine: Machine, context: number, device: DeviceObject, hwpt: Table): void {
  const ioas = objectOf(machine, context, 'IOAS', ioasOf(machine, context, hwpt))
  setPagetable(machine, ioas, unreserve(pagetableOf(machine, ioas), ownerOf(device)))
}

/** PASIDs want a table made for them, on both sides: facts 3.4. */
function pasidCompatible(machine: Machine, { context, device, pasid }: Place, hwpt: Table): Outcome<null> {
  const all = ioOf(machine, context).groups.get(device.group) ?? []
  const rid = all.find(one => one.pasid === NO_PASID)
  const made = hwpt.pasid
  if (pasid !== NO_PASID) {
    if (!made) return refuse('attach.no-pasid-table', { hwpt: hwpt.id, pasid })
    if (rid !== undefined && !tableAt(machine, context, rid.hwpt).pasid)
      return refuse('attach.no-pasid-table', { hwpt: rid.hwpt, pasid })
    return pasidInRange(machine, device, pasid)
  }
  const tagged = all.find(one => one.pasid !== NO_PASID)
  if (tagged !== undefined && !made)
    return refuse('attach.no-pasid-table', { hwpt: hwpt.id, pasid: tagged.pasid })
  return answer(null)
}

function pasidInRange(machine: Machine, device: DeviceObject, pasid: number): Outcome<null> {
  const { driver, hw } = requiredDriver(machine, device.device)
  const { pasidLg2 } = driver.device(machine.hwConfig, hw)
  if (pasidLg2 === 0 || pasid < 2 ** pasidLg2) return answer(null)
  return refuse('attach.pasid-range', { device: device.device, pasid, bits: pasidLg2 })
}

/** The one PASID whose second attach the test driver fails, to try how a replace is taken back. */
const FAILING_PASID = 1024

/** Points a group's requests at a table, where the driver takes it. */
function pointAt(machine: Machine, at: Place, hwpt: Table): Outcome<null> {
  const { context, device, pasid } = at
  const { driver, hw } = requiredDriver(machine, device.device)
  if (hwpt.driver !== driver.name)
    return refuse('attach.other-driver', { device: device.device, hwpt: hwpt.id })
  const dirty = hwpt.type === 'HWPT_PAGING' && hwpt.dirty
  const refused = driver.attach(machine.hwConfig, hw, { fault: hwpt.fault !== null, dirty })
  if (refused !== null && isRefused(refused)) return refusedBy(driver, refused)
  if (pasid === NO_PASID && hwpt.type === 'HWPT_NESTED' && !reachable(machine, at, hwpt))
    return refuse('attach.no-vdevice', { device: device.device, hwpt: hwpt.id })
  if (pasid === FAILING_PASID && isTest(hw) && driver.device(machine.hwConfig, hw).pasidLg2 > 0) {
    if (device.failNext) return failOnce(machine, context, device)
    putObject(machine, context, { ...device, failNext: true })
  }
  routeGroup(machine, context, device, pasid, hwpt)
  return answer(null)
}

function failOnce(machine: Machine, context: number, device: DeviceObject): Outcome<never> {
  putObject(machine, context, { ...device, failNext: false })
  const refused = refuse('driver.fails', { device: device.device, pasid: FAILING_PASID })
  return refused.ok ? refused : keeping(refused)
}

/** A table made through a vIOMMU takes requests without PASID only of devices that the vIOMMU knows. */
function reachable(machine: Machine, { context, device }: Place, hwpt: NestedObject): boolean {
  const parent = ioOf(machine, context).objects.get(hwpt.parent)
  if (parent?.type !== 'VIOMMU') return true
  return objectsOf(machine, context, 'VDEVICE').some(
    one => one.viommu === parent.id && one.device === device.id,
  )
}
