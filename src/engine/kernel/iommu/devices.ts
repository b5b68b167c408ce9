/**
 * Devices on an address space file: bound, unbound when their file is closed, and those of the test driver.
 *
 * Source: iommufd facts 1.3, 3.1, 5.2.
 */

import { groupMates, isHarmless } from '../isolation'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { blockDevice } from '../routing'
import type { DeviceRecord } from '../state'
import { detach } from './attach'
import { driverOf, isTest } from './driver'
import type { DeviceObject, SelftestObject } from './records'
import { addObject, contextRecord, dropObject, ioOf, objectsOf, putObject } from './store'

/** Numbers the test driver keeps for each of its devices, and what they start with. */
const TEST_CACHE = [0xbaddad, 0xbaddad, 0xbaddad, 0xbaddad] as const

/** Binds a device to a context, and takes its whole group off the bus until it is attached. */
export function bind(machine: Machine, name: string, fd: number, context: number): Outcome<DeviceObject> {
  const device = machine.device(name)
  if (driverOf(machine, device.hw) === null) return refuse('bind.no-iommu', { device: name })
  const owner = groupMates(machine, device.hw.group).find(mate =>
    mate.bindings.some(binding => binding.context !== context),
  )
  if (owner !== undefined) return refuse('bind.group-owned', { device: name, mate: owner.name })
  const host = groupMates(machine, device.hw.group).find(mate => !isTest(mate.hw) && !isHarmless(mate))
  if (host !== undefined)
    return refuse('bind.group-driver', { device: name, mate: host.name, driver: host.driver })
  const cache = isTest(device.hw) ? TEST_CACHE : []
  const object = addObject(
    machine,
    context,
    id =>
      ({
        ...{ type: 'DEVICE', id, device: name, group: device.hw.group, attached: false, pasids: [] },
        ...{ cache, failNext: false },
      }) as const satisfies DeviceObject,
  )
  machine.setDevice({ ...device, bindings: [{ fd, context, cookie: null }] })
  for (const mate of groupMates(machine, device.hw.group))
    if (!isTest(mate.hw)) blockUnrouted(machine, context, mate)
  const told = { device: name, fd: contextRecord(machine, context).fd, cookie: null }
  machine.emit({ kind: 'bound', actor: 'kernel', ...told })
  return answer(object)
}

function blockUnrouted(machine: Machine, context: number, mate: DeviceRecord): void {
  if ((ioOf(machine, context).groups.get(mate.hw.group) ?? []).length === 0) blockDevice(machine, mate)
}

/** The object of a device on a context, or null. */
export function deviceObject(machine: Machine, name: string, context: number): DeviceObject | null {
  return objectsOf(machine, context, 'DEVICE').find(one => one.device === name) ?? null
}

/** Detaches a device from everything, with its PASIDs first, and takes its number back. */
export function unbind(machine: Machine, name: string, context: number): void {
  const object = deviceObject(machine, name, context)
  if (object === null) return
  const pasids = (ioOf(machine, context).groups.get(object.group) ?? []).map(one => one.pasid)
  for (const pasid of pasids.toReversed()) detach(machine, context, object.id, pasid)
  for (const vdevice of objectsOf(machine, context, 'VDEVICE'))
    if (vdevice.device === object.id) putObject(machine, context, { type: 'RESERVED', id: vdevice.id })
  dropObject(machine, context, object.id)
  machine.setDevice({ ...machine.device(name), bindings: [] })
  const told = { device: name, fd: contextRecord(machine, context).fd, cookie: null }
  machine.emit({ kind: 'unbound', actor: 'kernel', ...told })
}

/**
 * Makes a device of the test driver, alone in its group, and binds it. Its own number is taken before the device's, and
 * stands for nothing until `publishTestDevice`.
 */
export function createTestDevice(
  machine: Machine,
  context: number,
  testFlags: number,
): Outcome<{ readonly id: number; readonly device: DeviceObject }> {
  const { id } = addObject(machine, context, free => ({ type: 'RESERVED', id: free }) as const)
  const bound = bind(machine, addTestDevice(machine, testFlags), NO_FD, context)
  return bound.ok ? answer({ id, device: bound.value }) : bound
}

export function publishTestDevice(machine: Machine, context: number, id: number, device: DeviceObject): void {
  putObject(machine, context, { type: 'SELFTEST', id, device: device.id })
}

/** A device of the test driver is bound through no file. */
const NO_FD = -1

const TEST_DRIVER_NAME = 'iommufd_mock'

/** Groups of the test driver are numbered from here, apart from those of the machine. */
const TEST_GROUPS = 1000

function addTestDevice(machine: Machine, testFlags: number): string {
  const { devices } = machine.root
  const groups = new Set([...devices.values()].map(device => device.hw.group))
  let at = 0
  while (devices.has(`testdev${at}`) || groups.has(TEST_GROUPS + at)) at++
  const group = TEST_GROUPS + at
  const name = `testdev${at}`
  const hw = { name, rid: at, segment: TEST_GROUPS, group, pe: 0, pasidBits: null, ats: false, pri: false }
  machine.setDevice({
    name,
    path: name,
    kind: 'pci',
    type: 1,
    driver: TEST_DRIVER_NAME,
    noSnoop: false,
    rid: null,
    defaultPasid: null,
    hw: { ...hw, aliases: [], testFlags },
    bindings: [],
    attachments: [],
    routed: null,
    pasidRoutes: [],
    order: machine.takeOrder(),
  })
  return name
}

/** Takes a device of the test driver away. */
export function destroyTestDevice(machine: Machine, context: number, selftest: SelftestObject): void {
  const device = objectsOf(machine, context, 'DEVICE').find(one => one.id === selftest.device)
  dropObject(machine, context, selftest.id)
  if (device === undefined) return
  unbind(machine, device.device, context)
  const devices = new Map(machine.root.devices)
  devices.delete(device.device)
  machine.update({ devices })
}
