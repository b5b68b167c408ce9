/**
 * VFIO groups, the unit of ownership before devices had files of their own: /dev/vfio/N is opened, put into a
 * container, and gives out files of its devices, which keep it open.
 *
 * Source: iommufd facts 7.1 and the recordings type1_container, dev_group_unviable. Not modelled: no-IOMMU groups,
 * drivers that come and go, mediated devices in a container.
 */

import { openOther } from './files'
import { groupMates } from './isolation'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { DeviceRecord, FileRecord, GroupRecord } from './state'

/** Opens the file of a group, which only one file may be. */
export function openGroup(machine: Machine, number: number, path: string, name: string): Outcome<number> {
  const mates = groupMates(machine, number)
  if (mates.length === 0) return refuse('open.no-group', { path })
  if (machine.root.groups.has(number)) return refuse('open.group-twice', { group: number })
  const own = mates.find(mate => mate.bindings.length > 0)
  if (own !== undefined) return refuse('open.group-device', { group: number, device: own.name })
  const fd = openOther(machine, { kind: 'group', path, name, group: number })
  if (!fd.ok) return fd
  setGroup(machine, { group: number, fd: fd.value, closed: false, container: null, deviceFiles: 0 })
  return fd
}

export function setGroup(machine: Machine, group: GroupRecord): void {
  machine.update({ groups: new Map(machine.root.groups).set(group.group, group) })
}

/** The group that an open file of it, or of one of its devices, is of. */
export function groupOfFile(machine: Machine, file: FileRecord): GroupRecord {
  const group = machine.root.groups.get(file.group ?? -1)
  if (group === undefined) throw new Error(`${file.path} is of no open group`)
  return group
}

/** The open group that a device belongs to, or null. */
export function openGroupOf(machine: Machine, device: DeviceRecord): GroupRecord | null {
  return machine.root.groups.get(device.hw.group) ?? null
}

/** The device of a group by its name or its PCI address. */
export function deviceInGroup(machine: Machine, group: GroupRecord, name: string): Outcome<DeviceRecord> {
  const mates = groupMates(machine, group.group)
  const named = mates.find(mate => mate.name === name || mate.rid === name)
  const [only] = mates
  if (named !== undefined) return answer(named)
  if (only === undefined || mates.length > 1 || machine.limits.guessDevices === null)
    return refuse('vfio-group.no-device', { group: group.group, name })
  machine.guess({ name: `device ${only.name}`, value: name, number: null, role: null, directive: null })
  return answer(only)
}

/** A file of one of the group's devices, which keeps the group open. Answers its fd. */
export function openGroupDevice(
  machine: Machine,
  group: GroupRecord,
  device: DeviceRecord,
  name: string,
): Outcome<number> {
  const { path, name: of } = device
  const file = { kind: 'device', path, device: of, name, ofGroup: true, group: group.group } as const
  const fd = openOther(machine, file)
  if (fd.ok) setGroup(machine, { ...group, deviceFiles: group.deviceFiles + 1 })
  return fd
}

/**
 * A group file, or a device file that came out of a group, has been closed. With the last file that kept it open
 * the group is left behind: true.
 */
export function closeGroupFile(machine: Machine, file: FileRecord): boolean {
  const group = groupOfFile(machine, file)
  const ofDevice = file.kind === 'device'
  const deviceFiles = group.deviceFiles - (ofDevice ? 1 : 0)
  const closed = group.closed || !ofDevice
  setGroup(machine, { ...group, closed, deviceFiles })
  return closed && deviceFiles === 0
}

/** The last file of a group is gone. */
export function forgetGroup(machine: Machine, number: number): void {
  const groups = new Map(machine.root.groups)
  groups.delete(number)
  machine.update({ groups })
}
