/**
 * What caches hold of a table of the kernel is dropped: by its own tag, and with it all that users' tables over it came
 * to, whose addresses nobody here knows.
 *
 * Source: iommufd facts 4; hardware facts, VT-d nested translations are tagged by the domain of the nested entry.
 */
import type { Machine } from '../machine'
import type { AddressSpan } from './range-map'
import type { NestedObject, PagingObject } from './records'
import { ioOf, objectsOf, parentTable } from './store'

/** Of a span of input, bytes, both ends inclusive. */
export function flushTable(machine: Machine, context: number, hwpt: PagingObject, span: AddressSpan): void {
  const { platform } = machine
  if (hwpt.driver !== platform.domains?.name) return
  const { first, last } = span
  const range = { firstPage: Number(first >> 12n), lastPage: Number(last >> 12n), domain: hwpt.tag }
  if (!hwpt.firstStage) platform.invalidate(machine.hw(), machine.root.hw, { kind: 'range', ...range })
  // What a first stage taught is kept by PASID, and goes by each PASID that the table is reached with.
  else
    for (const pasid of pasidsOf(machine, context, hwpt))
      platform.invalidate(machine.hw(), machine.root.hw, { kind: 'pasid-range', ...range, pasid })
  for (const nested of nestedOver(machine, context, hwpt))
    platform.invalidate(machine.hw(), machine.root.hw, { kind: 'domain', domain: nested.tag })
}

/** The users' tables that hardware walks over a table, those made through a vIOMMU too. */
function nestedOver(machine: Machine, context: number, { id }: PagingObject): readonly NestedObject[] {
  return objectsOf(machine, context, 'HWPT_NESTED').filter(
    one => one.guest !== null && parentTable(machine, context, one).id === id,
  )
}

/** The PASIDs by which devices reach a table; null: without. */
export function pasidsOf(
  machine: Machine,
  context: number,
  { id }: PagingObject | NestedObject,
): ReadonlySet<number | null> {
  const attachments = [...ioOf(machine, context).groups.values()].flat()
  return new Set(attachments.filter(at => at.hwpt === id).map(at => (at.pasid === 0 ? null : at.pasid)))
}
