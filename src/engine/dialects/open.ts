/**
 * open(path): which file a path names in a dialect, and which device.
 *
 * Device files go by the last part of their path: `/dev/vfio/devices/devN`, `.../vfioN`,
 * `/dev/vfio/pci/DDDD:BB:SS.F`, `/dev/vfio/mdev/NAME`. Without a `#device` directive a device exists
 * because it is opened, alone in its group, able to do what the flow asks of it.
 */

import type { FileWord } from '../flow/vocabulary'
import { addDevice, guessDevice } from '../kernel/devices'
import { openContext, openDevice, openKvm, openOther } from '../kernel/files'
import { openGroup } from '../kernel/groups'
import type { Machine } from '../kernel/machine'
import { type Outcome, refuse } from '../kernel/outcome'
import type { DeviceRecord } from '../kernel/state'
import { currentTask } from '../kernel/tasks'
import type { Dialect } from './contract'

/** Opens what a path names; `name` is the flow's name for the fd. Answers the fd. */
export function openPath(machine: Machine, dialect: Dialect, path: string, name: string): Outcome<number> {
  const word = dialect.files.find(file => matches(file, path))
  if (word !== undefined && !currentTask(machine).sysResource) return refuse('open.privilege', { path })
  switch (word?.kind) {
    case 'context':
      return openContext(machine, path, name)
    case 'device':
      return openDevicePath(machine, path, name)
    case 'kvm':
      return openKvm(machine, path, name)
    case 'group':
      return openGroupPath(machine, path, name)
    case 'container':
      return openContext(machine, path, name, 'container')
    case 'plain':
      return openOther(machine, { kind: 'plain', path, name })
    case undefined:
      return refuse('open.no-file', { path })
  }
}

function matches(file: FileWord, path: string): boolean {
  return file.prefix ? path.startsWith(file.path) && path.length > file.path.length : path === file.path
}

function openDevicePath(machine: Machine, path: string, name: string): Outcome<number> {
  const device = deviceAt(machine, path) ?? guessed(machine, path)
  return device === null ? refuse('open.no-device', { path }) : openDevice(machine, device.name, path, name)
}

/** `/dev/vfio/N`; without a `#device` directive group N has one device, named after it. */
function openGroupPath(machine: Machine, path: string, name: string): Outcome<number> {
  const last = path.slice(path.lastIndexOf('/') + 1)
  const group = /^\d+$/.test(last) ? Number(last) : -1
  const { guessDevices } = machine.limits
  const there = [...machine.root.devices.values()].some(device => device.hw.group === group)
  if (!there && group >= 0 && guessDevices !== null) {
    const device = guessDevice(machine, `/dev/vfio/devices/dev${group}`, guessDevices)
    if (device !== null) addDevice(machine, { ...device, group })
  }
  return openGroup(machine, group, path, name)
}

/** A device goes by its own path, by its name, or by its PCI address. */
function deviceAt(machine: Machine, path: string): DeviceRecord | null {
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '')
  const devices = [...machine.root.devices.values()]
  return devices.find(device => device.path === path || device.name === last || device.rid === last) ?? null
}

function guessed(machine: Machine, path: string): DeviceRecord | null {
  if (machine.limits.guessDevices === null) return null
  const device = guessDevice(machine, path, machine.limits.guessDevices)
  if (device !== null) addDevice(machine, device)
  return device === null ? null : machine.device(device.name)
}
