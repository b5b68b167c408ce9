/**
 * Devices of the machine: declared by the flow, or guessed because they are opened.
 *
 * A device is blocked from the start; nothing reaches memory before it is bound and attached (R11).
 * Groups are given by the flow; a device without one is alone in its own.
 */
import { parsePciAddress, ridOf } from '../hw'
import type { DeviceAbilities, Machine } from './machine'
import type { DeviceRecord } from './state'

export interface DeviceSpec extends DeviceAbilities {
  readonly name: string
  readonly kind: 'pci' | 'mdev' | 'swmdev'
  /** `0000:00:03.0`, or null where the device has none of its own. */
  readonly rid: string | null
  readonly path: string | null
  readonly group: number | null
}

export function addDevice(machine: Machine, spec: DeviceSpec): void {
  const address = parsePciAddress(spec.rid ?? '')
  const group = spec.group ?? freeGroup(machine)
  const device: DeviceRecord = {
    name: spec.name,
    path: spec.path ?? `/dev/vfio/devices/${spec.name}`,
    kind: spec.kind,
    rid: spec.rid,
    hw: {
      name: spec.name,
      rid: address === null ? 0 : ridOf(address),
      segment: address?.segment ?? 0,
      group,
      pe: endpointOf(machine, group),
      pasidBits: spec.pasidBits,
      ats: spec.ats,
      pri: spec.pri,
      aliases: [],
    },
    boundFd: null,
    context: null,
    attachments: [],
    routed: null,
    pasidRoutes: [],
    order: machine.takeOrder(),
  }
  machine.setDevice(device)
}

/** The device a path asks for, guessed: `devN` sits in slot N+2, others in the next free one. */
export function guessDevice(machine: Machine, path: string, can: DeviceAbilities): DeviceSpec | null {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '')
  if (name === '') return null
  const kind = path.startsWith('/dev/vfio/mdev/') ? 'mdev' : 'pci'
  const rid = kind === 'mdev' ? null : parsePciAddress(name) === null ? freeAddress(machine, name) : name
  const directive = kind === 'mdev' ? null : `#device ${name} pci ${rid}${abilityWords(can)}`
  machine.guess({ name: `device ${name}`, value: rid ?? 'mediated', number: null, role: null, directive })
  return { name, kind, rid, path, group: null, ...can }
}

function abilityWords({ pasidBits, ats, pri }: DeviceAbilities): string {
  return `${pasidBits === null ? '' : ' pasid'}${ats ? ' ats' : ''}${pri ? ' pri' : ''}`
}

const FIRST_SLOT = 3
const SLOTS = 32
const BUSES = 256

function freeAddress(machine: Machine, name: string): string {
  const taken = new Set([...machine.root.devices.values()].map(device => device.rid))
  const numbered = Number(/(\d+)$/.exec(name)?.[1] ?? 1)
  for (let at = numbered + FIRST_SLOT - 1; ; at++) {
    const segment = digits(Math.floor(at / (SLOTS * BUSES)), 4)
    const rid = `${segment}:${digits(Math.floor(at / SLOTS) % BUSES, 2)}:${digits(at % SLOTS, 2)}.0`
    if (!taken.has(rid)) return rid
  }
}

function digits(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}

function freeGroup(machine: Machine): number {
  const taken = new Set([...machine.root.devices.values()].map(device => device.hw.group))
  let group = 1
  while (taken.has(group)) group++
  return group
}

function endpointOf(machine: Machine, group: number): number {
  const groups = [...new Set([...machine.root.devices.values()].map(device => device.hw.group))]
  const at = groups.indexOf(group)
  return at < 0 ? groups.length : at
}
