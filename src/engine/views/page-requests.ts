/** Page requests that nobody has answered yet, told where they wait: in the ring, at the space, at the device. */

import type { Machine } from '../kernel/machine'
import { RING_SIZE } from '../kernel/page-faults'
import type { DeviceRecord, PendingFault, SpaceRecord, WaitingDma } from '../kernel/state'
import type { GraphRow } from './contract'
import { addressText, pasidText, plural } from './units'

const row = (label: string, value: string): GraphRow => ({ label, value, mark: '', before: null })

/** `2 pending, 1 unread`, on a space that has some. */
export function faultSummary(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  const own = machine.root.faults.filter(fault => fault.space === space.uid)
  if (own.length === 0) return []
  const unread = own.filter(fault => !fault.read).length
  return [row('faults', `${own.length} pending, ${unread} unread`)]
}

/** `write 0x7000`, the first where several wait. */
export function waitingSummary(machine: Machine, device: DeviceRecord): readonly GraphRow[] {
  const own = machine.root.waiting.filter(one => one.device === device.name)
  const [first] = own
  if (first === undefined) return []
  const more = own.length > 1 ? `, ${own.length - 1} more` : ''
  return [row('waits', `${first.access} ${addressText(first.address)}${more}`)]
}

/** A file of objects has queues for faults, which are objects with fields of their own, and no ring. */
const hasRing = ({ root }: Machine, context: number): boolean =>
  (root.contexts.get(context)?.io.objects.size ?? 0) === 0

/** `, fault ring 1 of 16`; nothing while the ring is empty. */
export function ringText(machine: Machine, context: number): string {
  if (!hasRing(machine, context)) return ''
  const unread = unreadOf(machine, context)
  return unread === 0 ? '' : `, fault ring ${unread} of ${RING_SIZE}`
}

const unreadOf = ({ root }: Machine, context: number): number =>
  root.faults.filter(fault => fault.context === context && !fault.read).length

/** Every pending fault that `of` chooses, oldest first, with who acts next. */
export function faultRows(machine: Machine, of: (fault: PendingFault) => boolean): readonly GraphRow[] {
  return machine.root.faults.filter(of).map(fault => row('fault', faultText(machine, fault)))
}

function faultText(machine: Machine, fault: PendingFault): string {
  const { access, address, device, pasid, group, read, context } = fault
  const where = hasRing(machine, context) ? 'in the ring' : 'in the queue'
  const next = read ? 'read: the guest or its VMM answers' : `${where}: the VMM reads it`
  return `${access} ${addressText(address)} by ${device}${pasidText(pasid)}, group ${group}; ${next}`
}

/** What the ring of a context holds; it is there from the first fault on. */
export function ringRows(machine: Machine, context: number): readonly GraphRow[] {
  const faults = faultRows(machine, fault => fault.context === context)
  if (faults.length === 0 || !hasRing(machine, context)) return []
  return [row('fault ring', `${unreadOf(machine, context)} of ${RING_SIZE} unread`), ...faults]
}

/** Transfers that go on when their group is answered. */
export function waitingRows(machine: Machine, device: DeviceRecord): readonly GraphRow[] {
  return machine.root.waiting
    .filter(one => one.device === device.name)
    .map(one => row('waiting DMA', waitingText(one)))
}

function waitingText({ access, address, pasid, length, group }: WaitingDma): string {
  return `${access} of ${plural(length, 'byte')} at ${addressText(address)}${pasidText(pasid)}, for the answer to group ${group}`
}
