/**
 * Devices of the machine: declared by the flow, or guessed because they are opened.
 *
 * A device is blocked from the start; nothing reaches memory before it is bound and attached (R11).
 * Groups are given by the flow; a device without one is alone in its own.
 */
import { type PciAddress, parsePciAddress, ridOf } from '../hw'
import { deviceType, plainestType } from './device-types.data'
import { USER_DRIVER } from './isolation.data'
import type { DeviceAbilities, Machine } from './machine'
import { freeDefaultPasid } from './pasids'
import type { DeviceRecord } from './state'

export interface DeviceSpec extends DeviceAbilities {
  readonly name: string
  readonly kind: 'pci' | 'mdev' | 'swmdev'
  /** `0000:00:03.0`, or null where the device has none of its own. */
  readonly rid: string | null
  /** Of a mediated device: the name or the PCI address of the device it is a part of. */
  readonly parent: string | null
  readonly path: string | null
  readonly group: number | null
  /** The driver of the host that has it; left out: the one through which a user opens it. */
  readonly driver?: string | null
  /** It can do DMA that does not snoop. */
  readonly noSnoop?: boolean
}

export function addDevice(machine: Machine, spec: DeviceSpec): void {
  const group = spec.group ?? freeGroup(machine)
  const bus = busIdentity(machine, spec)
  const type = spec.type ?? plainestType(spec.kind, spec.pasidBits !== null)
  const hw = { ...bus, name: spec.name, group, pe: endpointOf(machine, group), aliases: [] }
  const device: DeviceRecord = {
    name: spec.name,
    path: spec.path ?? `/dev/vfio/devices/${spec.name}`,
    kind: spec.kind,
    type,
    driver: spec.driver ?? USER_DRIVER,
    noSnoop: spec.noSnoop ?? false,
    rid: spec.rid,
    defaultPasid: spec.kind === 'mdev' ? freeDefaultPasid(machine, hw) : null,
    hw,
    bindings: [],
    attachments: [],
    routed: null,
    pasidRoutes: [],
    order: machine.takeOrder(),
  }
  machine.setDevice(device)
}

type BusIdentity = Pick<DeviceRecord['hw'], 'rid' | 'segment' | 'pasidBits' | 'ats' | 'pri'>

/** Under which requester id requests go out: a mediated device's under its parent's, who can do PASIDs. */
function busIdentity(machine: Machine, spec: DeviceSpec): BusIdentity {
  const parent = machine.root.devices.get(spec.parent ?? '')
  if (spec.kind === 'mdev' && parent !== undefined) {
    const { rid, segment, ats, pri } = parent.hw
    return { rid, segment, pasidBits: parent.hw.pasidBits ?? PARENT_PASID_BITS, ats, pri }
  }
  const own = spec.kind === 'mdev' ? (spec.parent ?? '') : (spec.rid ?? '')
  const address = parsePciAddress(own) ?? (spec.kind === 'mdev' ? parentAddress(machine, spec) : null)
  const pasidBits = spec.kind === 'mdev' ? (spec.pasidBits ?? PARENT_PASID_BITS) : spec.pasidBits
  return {
    rid: address === null ? 0 : ridOf(address),
    segment: address?.segment ?? 0,
    pasidBits,
    ats: spec.ats,
    pri: spec.pri,
  }
}

/** A device that has mediated ones tells them apart by PASIDs. */
const PARENT_PASID_BITS = 20

/** A parent that nothing declares sits where a device of its name would. */
function parentAddress(machine: Machine, spec: DeviceSpec): PciAddress | null {
  return parsePciAddress(freeAddress(machine, spec.parent ?? spec.name))
}

/** The device a path asks for, guessed: `devN` sits in slot N+2, others in the next free one. */
export function guessDevice(machine: Machine, path: string, can: DeviceAbilities): DeviceSpec | null {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '')
  if (name === '') return null
  const kind = path.startsWith('/dev/vfio/mdev/') || isMediated(can) ? 'mdev' : 'pci'
  const rid = kind === 'mdev' ? null : parsePciAddress(name) === null ? freeAddress(machine, name) : name
  const where = kind === 'mdev' ? `mdev ${PARENT_NAME}` : `pci ${rid}`
  const directive = `#device ${name} ${where}${abilityWords(can)}`
  machine.guess({ name: `device ${name}`, value: rid ?? 'mediated', number: null, role: null, directive })
  return { name, kind, rid, path, parent: kind === 'mdev' ? PARENT_NAME : null, group: null, ...can }
}

/** What guessed mediated devices are parts of, where the flow names nothing. */
const PARENT_NAME = '0000:00:1f.0'

const isMediated = ({ type }: DeviceAbilities): boolean => type !== null && deviceType(type).host === 'mdev'

function abilityWords({ pasidBits, ats, pri, type }: DeviceAbilities): string {
  const words = [pasidBits !== null && 'pasid', ats && 'ats', pri && 'pri', type !== null && `type ${type}`]
  return words.map(word => (word === false ? '' : ` ${word}`)).join('')
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
