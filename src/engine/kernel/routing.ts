/**
 * Which table a device's untagged DMA walks: the deepest space of its RID chain, once every device of
 * its group is attached along the whole chain; until then the whole group is blocked.
 *
 * Source: R1, R11, R27. A route is changed only where it differs, so a detach of a child makes the
 * parent route again and nothing is written twice.
 */
import type { Machine } from './machine'
import type { DeviceRecord, SpaceRecord } from './state'
import { tablesFor } from './tables'

/** Devices that the platform cannot isolate from each other, in order of creation. */
export function groupMates(machine: Machine, group: number): readonly DeviceRecord[] {
  return [...machine.root.devices.values()].filter(device => device.hw.group === group)
}

export function attachedByRid(device: DeviceRecord, uid: number): boolean {
  return device.attachments.some(at => at.space === uid && at.pasid === null)
}

/** The uids of a device's RID attachments, root first. */
export function ridChain(device: DeviceRecord): readonly number[] {
  return device.attachments.filter(at => at.pasid === null).map(at => at.space)
}

/** Devices of the group that are not attached to the space: whom it waits for. */
export function waitingFor(machine: Machine, uid: number, group: number): readonly DeviceRecord[] {
  return groupMates(machine, group).filter(mate => !attachedByRid(mate, uid))
}

/** Brings partial lists and routes of one group up to date after an attach or a detach. */
export function rerouteGroup(machine: Machine, group: number): void {
  for (const uid of spacesOf(machine, group)) updatePartial(machine, uid, group)
  for (const mate of groupMates(machine, group)) route(machine, mate)
}

function spacesOf(machine: Machine, group: number): readonly number[] {
  const touched = [...machine.root.spaces.values()].filter(
    space =>
      space.partialGroups.includes(group) ||
      space.attachments.some(at => groupOf(machine, at.device) === group),
  )
  return touched.map(space => space.uid)
}

function groupOf(machine: Machine, device: string): number {
  return machine.device(device).hw.group
}

function updatePartial(machine: Machine, uid: number, group: number): void {
  const space = machine.space(uid)
  const waiting = waitingFor(machine, uid, group)
  const some = groupMates(machine, group).some(mate => attachedByRid(mate, uid))
  const partial = some && waiting.length > 0
  if (partial === space.partialGroups.includes(group)) return
  const others = space.partialGroups.filter(g => g !== group)
  machine.setSpace({ ...space, partialGroups: partial ? [...others, group] : others })
  const names = waiting.map(mate => mate.name)
  const state = partial ? 'partial' : some ? 'owned' : 'blocked'
  machine.emit({ kind: 'group', actor: 'kernel', id: group, state, waiting: partial ? names : [] })
}

function route(machine: Machine, device: DeviceRecord): void {
  const target = routeTarget(machine, device)
  if (target === device.routed) return
  const { platform, hwConfig } = machine
  const space = target === null ? null : machine.space(target)
  const tables = space === null ? [] : tablesFor(space, platform.tablesFor(hwConfig, device.hw))
  const to = space === null ? 'blocked' : { tables: tables.map(table => table.ref), domain: space.domain }
  machine.update({
    hw: platform.route(machine.hw(), machine.root.hw, { device: device.hw, pasid: null, to }),
  })
  machine.setDevice({ ...machine.device(device.name), routed: target })
  tell(machine, device, space, tables[0]?.ref.id ?? null)
}

/** Gives a device just bound its configuration entries, all of them saying blocked (R11). */
export function blockDevice(machine: Machine, device: DeviceRecord): void {
  if (device.kind !== 'pci') return
  const request = { device: device.hw, pasid: null, to: 'blocked' } as const
  machine.update({ hw: machine.platform.route(machine.hw(), machine.root.hw, request) })
}

function routeTarget(machine: Machine, device: DeviceRecord): number | null {
  const chain = ridChain(device)
  const deepest = chain.at(-1)
  if (deepest === undefined) return null
  const group = device.hw.group
  const waits = groupMates(machine, group).some(mate =>
    ridChain(mate).some(uid => machine.space(uid).partialGroups.includes(group)),
  )
  return waits ? null : deepest
}

function tell(machine: Machine, device: DeviceRecord, space: SpaceRecord | null, table: number | null): void {
  const from = device.routed === null ? null : (machine.root.spaces.get(device.routed)?.id ?? null)
  machine.emit({
    kind: 'routed',
    actor: 'kernel',
    device: device.name,
    pasid: null,
    from,
    to: space?.id ?? null,
    table,
  })
}
