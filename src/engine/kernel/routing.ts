/**
 * Which table a device's DMA walks. Untagged: the deepest space of its RID chain, once every device of
 * its group is attached along the whole chain; until then the whole group is blocked, PASIDs included.
 * Tagged: the space attached with that PASID; PASIDs are independent of each other and of the chain.
 *
 * Source: R1, R11, R24, R27. A route is changed only where it differs, so a detach of a child makes the
 * parent route again and nothing is written twice.
 */

import type { RouteTarget } from '../hw'
import { ridChain } from './chain'
import { groupMates, groupRule } from './isolation'
import { attachableParent } from './lineage'
import type { Machine } from './machine'
import { tableSpecs } from './snoop'
import type { DeviceRecord, SpaceRecord } from './state'
import { stageOf } from './table-stage'
import { isWalked, tablesFor } from './tables'
import { tracked } from './tracked'

function attachedByRid(device: DeviceRecord, uid: number): boolean {
  return device.attachments.some(at => at.space === uid && at.pasid === null)
}

/** Devices of the group that are not attached to the space: whom it waits for. */
export function waitingFor(machine: Machine, uid: number, group: number): readonly DeviceRecord[] {
  return groupMates(machine, group).filter(mate => !attachedByRid(mate, uid))
}

/** Brings partial lists and routes of one group up to date after an attach or a detach. */
export function rerouteGroup(machine: Machine, group: number): void {
  for (const uid of spacesOf(machine, group)) updatePartial(machine, uid, group)
  for (const mate of groupMates(machine, group)) routeDevice(machine, mate)
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
  const partial = groupRule(machine).waits && some && waiting.length > 0
  if (partial === space.partialGroups.includes(group)) return
  const others = space.partialGroups.filter(g => g !== group)
  machine.setSpace({ ...space, partialGroups: partial ? [...others, group] : others })
  const names = waiting.map(mate => mate.name)
  const state = partial ? 'partial' : some ? 'owned' : 'blocked'
  machine.emit({ kind: 'group', actor: 'kernel', id: group, state, waiting: partial ? names : [] })
}

function routeDevice(machine: Machine, device: DeviceRecord): void {
  const waits = isWaiting(machine, device)
  const target = waits ? null : untaggedTarget(machine, device)
  route(machine, device.name, { pasid: null, wire: device.defaultPasid, target })
  for (const gone of device.pasidRoutes)
    if (!device.attachments.some(at => at.pasid === gone.pasid))
      route(machine, device.name, { ...gone, target: null })
  for (const { pasid, wire, space } of device.attachments)
    if (pasid !== null) route(machine, device.name, { pasid, wire, target: waits ? null : space })
}

/** The space of a device's untagged DMA. */
const untaggedTarget = (machine: Machine, device: DeviceRecord): number | null =>
  untaggedChain(machine, device).at(-1) ?? null

/** The line of spaces, root first, at whose end that is: its own, or the deepest of its group where that has one table. */
export function untaggedChain(machine: Machine, device: DeviceRecord): readonly number[] {
  const own = ridChain(device)
  if (groupRule(machine).routes !== 'as-one' || device.bindings.length === 0) return own
  const chains = groupMates(machine, device.hw.group).map(ridChain)
  return chains.reduce((deepest, chain) => (chain.length > deepest.length ? chain : deepest), own)
}

/** The uid of the space that a device's requests with a PASID (null: without) are routed to, or null. */
export function routedTo(device: DeviceRecord, pasid: number | null): number | null {
  if (pasid === null) return device.routed
  return device.pasidRoutes.find(route => route.pasid === pasid)?.space ?? null
}

interface Route {
  readonly pasid: number | null
  readonly wire: number | null
  /** uid of a space; null blocks. */
  readonly target: number | null
}

function route(machine: Machine, name: string, { pasid, wire, target }: Route): void {
  const device = machine.device(name)
  if (target === routedTo(device, pasid)) return
  point(machine, device, { pasid, wire, target })
}

/** Writes the configuration entries of one route and tells of it. */
function point(machine: Machine, device: DeviceRecord, route: Route): void {
  const { platform } = machine
  const { pasid, wire, target } = route
  const space = target === null ? null : machine.space(target)
  const to = space === null ? 'blocked' : routeTarget(machine, device, space, pasid)
  // Beneath a PASID table of the user, and taken away with one, there is nothing of the kernel's to write.
  if (isTranslated(device) && tracked(machine, device, pasid) === null)
    machine.update({
      hw: platform.route(machine.hw(), machine.root.hw, { device: device.hw, pasid: wire, to }),
    })
  setRoute(machine, device, route)
  const table = space?.userTable?.id ?? space?.pasidTable?.id ?? space?.tables[0]?.ref.id ?? null
  tell(machine, device, { pasid, from: routedTo(device, pasid), to: space?.id ?? null, table })
}

/** What a device must be pointed at to reach a space: tables of its own, or a user's over the parent's. */
function routeTarget(
  machine: Machine,
  device: DeviceRecord,
  space: SpaceRecord,
  pasid: number | null,
): RouteTarget {
  const tablesOf = (one: SpaceRecord) =>
    tablesFor(one, tableSpecs(machine, device, one, pasid)).map(table => table.ref)
  const { domain, userTable, pasidTable } = space
  if (space.kind === 'sva' && machine.root.processTable !== null)
    return { kind: 'first', table: machine.root.processTable, domain }
  const above = attachableParent(machine, space)
  const parent = above === null ? null : machine.space(above)
  if (pasidTable !== null && parent !== null) {
    const table = { ...pasidTable, root: Number(pasidTable.root) }
    return { kind: 'pasid-table', tables: tablesOf(parent), table, domain, parentDomain: parent.domain }
  }
  if (userTable === null || !isWalked(space)) {
    const tables = tablesOf(space)
    const [table] = tables
    const first = stageOf(machine, device, pasid) === 'first' && table !== undefined
    return first ? { kind: 'first', table, domain } : { tables, domain }
  }
  const guest = { ...userTable, root: Number(userTable.root) }
  return { kind: 'nested', tables: parent === null ? [] : tablesOf(parent), guest, domain }
}

/** Writes the route of a device's requests without PASID anew: its space has another table for it. */
export function pointAgain(machine: Machine, device: DeviceRecord): void {
  if (device.routed !== null)
    point(machine, device, { pasid: null, wire: device.defaultPasid, target: device.routed })
}

/** Writes every route into a space anew: what it translates by has changed. */
export function repoint(machine: Machine, uid: number): void {
  for (const { name } of [...machine.root.devices.values()]) {
    const device = machine.device(name)
    if (device.routed === uid) point(machine, device, { pasid: null, wire: device.defaultPasid, target: uid })
    for (const { pasid, wire, space } of device.pasidRoutes)
      if (space === uid) point(machine, machine.device(name), { pasid, wire, target: uid })
  }
}

function setRoute(machine: Machine, device: DeviceRecord, { pasid, wire, target }: Route): void {
  if (pasid === null) {
    machine.setDevice({ ...device, routed: target })
    return
  }
  const others = device.pasidRoutes.filter(one => one.pasid !== pasid)
  const routes = target === null ? others : [...others, { pasid, wire, space: target }]
  machine.setDevice({ ...device, pasidRoutes: routes.sort((a, b) => a.pasid - b.pasid) })
}

/** False for a device mediated in software alone: no request of its own ever reaches the IOMMU. */
export const isTranslated = (device: DeviceRecord): boolean => device.kind !== 'swmdev'

/** False for a mediated device below an IOMMU without PASIDs: it cannot be told from its parent. */
const wirePasidExists = (machine: Machine, device: DeviceRecord): boolean =>
  device.defaultPasid === null || machine.platform.caps(machine.hwConfig, device.hw).pasidBits !== null

/** Gives a device just bound its configuration entries, all of them saying blocked (R11). */
export function blockDevice(machine: Machine, device: DeviceRecord): void {
  if (!isTranslated(device) || !wirePasidExists(machine, device)) return
  const request = { device: device.hw, pasid: device.defaultPasid, to: 'blocked' } as const
  machine.update({ hw: machine.platform.route(machine.hw(), machine.root.hw, request) })
}

/**
 * True while the group is blocked as a whole: a mate is missing in some space along the chain (R27), or those that
 * are attached do not sit in one space (R28).
 */
function isWaiting(machine: Machine, device: DeviceRecord): boolean {
  const { group } = device.hw
  const chains = groupMates(machine, group).map(ridChain)
  if (groupRule(machine).routes === 'agreed')
    return new Set(chains.flatMap(chain => chain.at(-1) ?? [])).size > 1
  return chains.some(chain => chain.some(uid => machine.space(uid).partialGroups.includes(group)))
}

interface RouteChange {
  readonly pasid: number | null
  /** uid of the space routed before. */
  readonly from: number | null
  readonly to: number | null
  readonly table: number | null
}

function tell(machine: Machine, device: DeviceRecord, change: RouteChange): void {
  const from = change.from === null ? null : (machine.root.spaces.get(change.from)?.id ?? null)
  machine.emit({ kind: 'routed', actor: 'kernel', device: device.name, ...change, from })
}
