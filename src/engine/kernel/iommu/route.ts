/**
 * What an attach changes beyond its own records: the entries by which hardware finds a device's table, and the spaces
 * and devices as pictures show them.
 *
 * Source: iommufd facts 3.3: the first device of a group moves the whole group.
 */
import type { RouteTarget } from '../../hw'
import { groupMates } from '../isolation'
import type { Machine } from '../machine'
import type { DeviceAttachment, DeviceRecord, PasidRoute } from '../state'
import { driverOf } from './driver'
import type { DeviceObject, NestedObject, PagingObject } from './records'
import { ioOf, isTable, objectOf, objectsOf, parentTable } from './store'

type Table = PagingObject | NestedObject

/** Points every device of a group at a table with one PASID (0: requests without), or blocks it. */
export function routeGroup(
  machine: Machine,
  context: number,
  device: DeviceObject,
  pasid: number,
  hwpt: Table | null,
): void {
  const to = hwpt === null ? 'blocked' : targetOf(machine, context, hwpt)
  for (const mate of groupMates(machine, device.group)) {
    if (!isProgrammed(machine, mate, pasid)) continue
    const request = { device: mate.hw, pasid: pasid === 0 ? null : pasid, to }
    machine.update({ hw: machine.platform.route(machine.hw(), machine.root.hw, request) })
  }
}

/** False where hardware has no place for it: a device of the test driver, a PASID the device or the IOMMU lacks. */
function isProgrammed(machine: Machine, device: DeviceRecord, pasid: number): boolean {
  if (driverOf(machine, device.hw) !== machine.platform.domains) return false
  const bits = machine.platform.caps(machine.hwConfig, device.hw).pasidBits
  return pasid === 0 || (bits !== null && pasid < 2 ** bits)
}

function targetOf(machine: Machine, context: number, hwpt: Table): RouteTarget {
  const parent = parentTable(machine, context, hwpt)
  const second = {
    tables: parent.table === null ? [] : [parent.table],
    domain: hwpt.tag,
    dirty: parent.tracking,
  }
  if (hwpt.type === 'HWPT_NESTED') return nestedTarget(hwpt, parent, second)
  return hwpt.firstStage && hwpt.table !== null
    ? { kind: 'first', table: hwpt.table, domain: hwpt.tag }
    : second
}

function nestedTarget(
  { guest, contexts, reaches, tag }: NestedObject,
  parent: PagingObject,
  second: Extract<RouteTarget, { kind?: 'second' }>,
): RouteTarget {
  if (reaches === 'nothing') return 'blocked'
  if (reaches === 'parent') return { ...second, domain: parent.tag }
  const { tables } = second
  if (contexts !== null)
    return { kind: 'pasid-table', tables, table: contexts, domain: tag, parentDomain: parent.tag }
  return guest === null ? second : { kind: 'nested', ...second, guest }
}

/** Routes anew whatever uses a table of the kernel, by itself or under a user's: what its entries say has changed. */
export function rerouteUsers(machine: Machine, context: number, hwpt: PagingObject): void {
  for (const attachments of ioOf(machine, context).groups.values())
    for (const { pasid, hwpt: id, devices } of attachments) {
      const used = ioOf(machine, context).objects.get(id)
      const [device] = devices
      if (used === undefined || !isTable(used) || device === undefined) continue
      if (parentTable(machine, context, used).id === hwpt.id)
        routeGroup(machine, context, objectOf(machine, context, 'DEVICE', device), pasid, used)
    }
}

/** Brings attachments and routes of the context's devices and spaces in line with its groups. */
export function syncSpaces(machine: Machine, context: number): void {
  const bySpace = new Map<number, { device: string; pasid: number | null }[]>()
  for (const device of objectsOf(machine, context, 'DEVICE')) {
    const attachments = attachmentsOf(machine, context, device)
    for (const { space, pasid } of attachments)
      bySpace.set(space, [...(bySpace.get(space) ?? []), { device: device.device, pasid }])
    setAttachments(machine, device.device, attachments)
  }
  for (const space of machine.root.spaces.values()) {
    if (space.context !== context) continue
    const attachments = bySpace.get(space.uid) ?? []
    if (attachments.length > 0 || space.attachments.length > 0) machine.setSpace({ ...space, attachments })
  }
}

function setAttachments(machine: Machine, name: string, attachments: readonly DeviceAttachment[]): void {
  const record = machine.device(name)
  const routed = attachments.find(at => at.pasid === null)?.space ?? null
  const pasidRoutes = attachments.flatMap(({ pasid, wire, space }): PasidRoute[] =>
    pasid === null ? [] : [{ pasid, wire, space }],
  )
  if (attachments.length === 0 && record.attachments.length === 0) return
  machine.setDevice({ ...record, attachments, routed, pasidRoutes })
  const before = record.routed === null ? null : (machine.root.spaces.get(record.routed)?.id ?? null)
  if (routed === record.routed) return
  const space = routed === null ? null : machine.space(routed)
  machine.emit({
    kind: 'routed',
    actor: 'kernel',
    device: name,
    pasid: null,
    from: before,
    to: space?.id ?? null,
    table: space?.userTable?.id ?? space?.tables[0]?.ref.id ?? null,
  })
}

function attachmentsOf(machine: Machine, context: number, device: DeviceObject): readonly DeviceAttachment[] {
  const all = ioOf(machine, context).groups.get(device.group) ?? []
  return all
    .filter(one => one.devices.includes(device.id))
    .map(({ pasid, hwpt }) => {
      const tag = pasid === 0 ? null : pasid
      return { space: spaceOf(machine, context, hwpt), pasid: tag, wire: tag }
    })
}

/** The space that shows a table: a user's has its own, the kernel's is its IOAS's. */
function spaceOf(machine: Machine, context: number, id: number): number {
  const hwpt = ioOf(machine, context).objects.get(id)
  if (hwpt === undefined || !isTable(hwpt)) throw new Error(`no table ${id}`)
  return hwpt.type === 'HWPT_NESTED' ? hwpt.space : objectOf(machine, context, 'IOAS', hwpt.ioas).space
}
