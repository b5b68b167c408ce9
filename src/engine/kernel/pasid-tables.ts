/**
 * PASID tables that the user writes: bound to a child that stands for all PASIDs of one device, read by the IOMMU
 * through the parent, flushed when the user says so.
 *
 * Beneath one, the kernel has no say in a PASID: an attachment with it, and a table bound to such a space, are kept
 * track of and write nothing. Source: v1 2 (BIND_PASID_TABLE) and 5.7, R1, R23, R25. The entries are guest memory
 * (guest-pasid-tables.ts); the kernel never reads them.
 */
import type { PasidTables } from '../hw'
import { attachableParent } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { noKernelPasids } from './pasid-routing'
import { spaceCaps } from './permitted'
import { repoint } from './routing'
import { specsOf } from './space-tables'
import { type DeviceRecord, type SpaceRecord, TREE, type UserPasidTable } from './state'
import { flushSpace, joinTables, leaveTables } from './tables'
import { tracked } from './tracked'

export interface PasidTableBind {
  /** Of the table, an address of the parent. Bytes. */
  readonly addr: bigint
  /** Null leaves it to the platform. */
  readonly format: string | null
  /** PASIDs that it covers, as bits; null: as many as the device has. */
  readonly pasidBits: number | null
}

/** Hands the PASIDs of a device to a table of the user (R25). The space may have no device yet. */
export function bindPasidTable(machine: Machine, space: SpaceRecord, wish: PasidTableBind): Outcome<null> {
  const unit = machine.platform.pasidTables
  if (unit === null) return refuse('bind-pasid-table.platform', { platform: machine.platform.title })
  const bindable = mayBind(machine, space)
  if (!bindable.ok) return bindable
  const found = tableFor(machine, space, unit, wish)
  if (!found.ok) return found
  setTable(machine, space, found.value)
  repoint(machine, space.uid)
  leaveTables(machine, space.uid, new Set())
  return answer(null)
}

function mayBind(machine: Machine, space: SpaceRecord): Outcome<null> {
  const { id: ioasid, parent, userTable, pasidTable, children, attachments } = space
  if (parent === null) return refuse('bind-pasid-table.root', { ioasid })
  const areas = machine.bulk.ranges.count(TREE.areas(space.uid))
  if (userTable !== null || pasidTable !== null || areas > 0 || children.length > 0)
    return refuse('bind-pasid-table.busy', { ioasid, areas, children: children.length })
  if (attachments.length > 1 || attachments.some(at => at.pasid !== null))
    return refuse('bind-pasid-table.one-device', { ioasid, count: attachments.length })
  if (attachableParent(machine, space) === null)
    return refuse('bind-pgtable.no-nesting', { platform: machine.platform.title })
  const device = deviceOf(machine, space)
  return device === null ? answer(null) : noKernelPasids(machine, device)
}

/** The table as the platform reads it, for the device that is attached, or for any. */
function tableFor(
  machine: Machine,
  space: SpaceRecord,
  unit: PasidTables,
  { addr, format, pasidBits }: PasidTableBind,
): Outcome<UserPasidTable> {
  const device = deviceOf(machine, space)
  const found = unit.table(machine.hwConfig, device?.hw ?? null, { format, pasidBits })
  if ('problem' in found) return refuse('bind-pasid-table.format', { problem: found.problem })
  const bits = Math.min(...spaceCaps(machine, space).map(caps => caps.inputBits))
  const align = BigInt(unit.alignment(found))
  if (addr % align !== 0n || addr >> BigInt(bits) !== 0n)
    return refuse('bind-pasid-table.address', { addr, align, bits })
  return answer({ id: machine.takeTableId(), ...found, root: addr })
}

function deviceOf(machine: Machine, space: SpaceRecord): DeviceRecord | null {
  const [first] = space.attachments
  return first === undefined ? null : machine.device(first.device)
}

/** The kernel's again, and empty; refused while PASIDs are attached beneath it. */
export function unbindPasidTable(machine: Machine, space: SpaceRecord): Outcome<null> {
  if (space.pasidTable === null) return refuse('unbind-pasid-table.not-bound', { ioasid: space.id })
  const device = deviceOf(machine, space)
  const beneath = device?.attachments.filter(at => at.pasid !== null).length ?? 0
  if (beneath > 0)
    return refuse('unbind-pasid-table.in-use', { ioasid: space.id, device: device?.name ?? '', beneath })
  setTable(machine, space, null)
  const joined = joinTables(machine, space.uid, specsOf(machine, machine.space(space.uid)))
  if (!joined.ok) return joined
  repoint(machine, space.uid)
  flushSpace(machine, machine.space(space.uid))
  return answer(null)
}

function setTable(machine: Machine, space: SpaceRecord, pasidTable: UserPasidTable | null): void {
  const kind = pasidTable === null ? 'kernel' : 'user-pasid-table'
  machine.setSpace({ ...space, pasidTable, kind })
  const told = { kind: 'field-changed', actor: 'kernel', obj: 'ioasid_data', id: space.id } as const
  machine.emit({ ...told, field: 'kind', before: space.kind, after: kind })
  const [before, after] = [space.pasidTable?.root ?? null, pasidTable?.root ?? null]
  machine.emit({ ...told, field: 'user PASID table', before, after })
}

/** Made before it is attached: where each table is told, and a PASID table lies on the same parent to be told of. */
function awaitsTracking(machine: Machine, parent: number | null): boolean {
  if (parent === null || machine.policy['pasid-table'] !== 'tracked') return false
  return machine.space(parent).children.some(uid => machine.space(uid).pasidTable !== null)
}

/** A single table of the user on a platform whose PASID table is his: only where it lies beneath one (R25). */
export function mayTrack(machine: Machine, space: SpaceRecord): Outcome<null> {
  const parent = attachableParent(machine, space)
  const beneath = space.attachments.every(({ device, pasid }) => {
    const table = tracked(machine, machine.device(device), pasid)
    return table !== null && attachableParent(machine, table) === parent
  })
  if (beneath && (space.attachments.length > 0 || awaitsTracking(machine, parent))) return answer(null)
  return refuse('bind-pgtable.pasid-table', { platform: machine.platform.title, ioasid: space.id })
}
