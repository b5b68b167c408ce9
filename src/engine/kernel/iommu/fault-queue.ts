/**
 * Page requests that a user answers: queued by the table that the device used, read as records, answered by cookie.
 *
 * Source: iommufd facts 2.16. A group is one request here: no device sends more before it waits. Not modelled: that a
 * driver switches page requests on with the first table that takes them; a device that has them asks in any table.
 */
import type { PageRequest } from '../../hw'
import { giveUp, isGroup } from '../fault-answers'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import type { DeviceRecord, PendingFault } from '../state'
import { attachmentOf, NO_PASID, type Table, tableAt } from './attached'
import { driverNamed } from './driver'
import type { DeviceObject, FaultObject, FaultReport } from './records'
import { addObject, objectOf, objectsOf, putObject } from './store'

/** struct iommu_hwpt_pgfault. Bytes. */
export const FAULT_BYTES = 40

export function createFaultQueue(machine: Machine, context: number): FaultObject {
  return addObject(
    machine,
    context,
    id => ({ type: 'FAULT', id, queued: [], pending: new Map() }) as const satisfies FaultObject,
  )
}

/** Whether a device is bound to a file of objects, whose tables say where its page requests go. */
export const isOnObjects = (machine: Machine, device: DeviceRecord): boolean =>
  placeOf(machine, device) !== null

interface Place {
  readonly context: number
  readonly object: DeviceObject
}

function placeOf(machine: Machine, { name, bindings }: DeviceRecord): Place | null {
  for (const { context } of bindings) {
    const object = objectsOf(machine, context, 'DEVICE').find(one => one.device === name)
    if (object !== undefined) return { context, object }
  }
  return null
}

const PERM = { read: 1, write: 2 } as const

/** A request out of the IOMMU's queue goes into that of a table; false where nobody takes it. */
export function queueRequest(machine: Machine, device: DeviceRecord, request: PageRequest): boolean {
  const place = placeOf(machine, device)
  const { pasid: wire, group, address, access } = request
  if (place === null || access === null) return false
  const { context, object } = place
  const table = reportFault(machine, context, object, {
    ...{ pasid: wire ?? 0, withPasid: wire !== null, group, perm: PERM[access], address },
    asked: { device: device.name, wire, group },
  })
  if (table === null) return false
  const space =
    table.type === 'HWPT_NESTED' ? table.space : objectOf(machine, context, 'IOAS', table.ioas).space
  const fault = {
    context,
    space,
    device: device.name,
    pasid: wire,
    wire,
    group,
    address,
    access,
    read: false,
  }
  machine.update({ faults: [...machine.root.faults, fault] })
  const what = `page request in FAULT ${table.fault}, its file can be read`
  machine.emit({ kind: 'message', actor: 'kernel', to: 'vmm', what, ref: device.name })
  return true
}

/**
 * A device asks for a page. The table that the PASID is attached to takes it, else a user's table of requests without
 * one, where the PASID table is the user's. Where nobody takes it (null) the answer is `invalid`, at once.
 */
export function reportFault(
  machine: Machine,
  context: number,
  device: DeviceObject,
  fault: Omit<FaultReport, 'device' | 'hwpt' | 'by'>,
): Table | null {
  const taker = takerOf(machine, context, device, fault)
  if (taker === null || taker.table.fault === null) return null
  const { table, by } = taker
  const queue = objectOf(machine, context, 'FAULT', taker.table.fault)
  const report = { ...fault, device: device.id, hwpt: table.id, by }
  putObject(machine, context, { ...queue, queued: [...queue.queued, report] })
  return table
}

function takerOf(
  machine: Machine,
  context: number,
  device: DeviceObject,
  { withPasid, pasid }: Pick<FaultReport, 'withPasid' | 'pasid'>,
): { readonly table: Table; readonly by: number } | null {
  const tagged = withPasid ? attachmentOf(machine, context, device, pasid) : null
  if (tagged !== null) return { table: tableAt(machine, context, tagged.hwpt), by: pasid }
  const plain = attachmentOf(machine, context, device, NO_PASID)
  if (plain === null) return null
  const table = tableAt(machine, context, plain.hwpt)
  const users = table.type === 'HWPT_NESTED' && driverNamed(machine, table.driver).userPasidTables === true
  return !withPasid || users ? { table, by: NO_PASID } : null
}

export interface ReadFault extends FaultReport {
  readonly cookie: number
}

/** Takes as many requests as fit into so many bytes, each with the lowest cookie that is free. */
export function readFaults(
  machine: Machine,
  context: number,
  id: number,
  bytes: number,
): Outcome<readonly ReadFault[]> {
  if (bytes % FAULT_BYTES !== 0) return refuse('fault-queue.read-size', { bytes, record: FAULT_BYTES })
  const queue = objectOf(machine, context, 'FAULT', id)
  const taken = queue.queued.slice(0, bytes / FAULT_BYTES)
  const pending = new Map(queue.pending)
  const read = taken.map(report => ({ ...report, cookie: takeCookie(pending, report) }))
  putObject(machine, context, { ...queue, queued: queue.queued.slice(taken.length), pending })
  const seen = taken.map(report => askedFor(machine, report))
  const faults = machine.root.faults.map(one => (seen.includes(one) ? { ...one, read: true } : one))
  if (seen.some(one => one !== null)) machine.update({ faults })
  return answer(read)
}

/** Gives a request the lowest cookie that is free. */
function takeCookie(pending: Map<number, FaultReport>, report: FaultReport): number {
  let cookie = 1
  while (pending.has(cookie)) cookie++
  pending.set(cookie, report)
  return cookie
}

export interface AnswerPlace {
  /** Of an open file of the queue. */
  readonly fd: number
  readonly cookie: number
  /** How many requests must be read before it has that cookie. */
  readonly unread: number
}

/** Where a user answers the request of a device; null where no file of its queue is open. */
export function answerPlace(machine: Machine, fault: PendingFault): AnswerPlace | null {
  const { context } = fault
  const isIt = (report: FaultReport): boolean => askedFor(machine, report) === fault
  for (const queue of objectsOf(machine, context, 'FAULT')) {
    const file = [...machine.root.files].find(
      ([, one]) => one.kind === 'object' && one.context === context && one.object === queue.id,
    )
    if (file === undefined) continue
    for (const [cookie, report] of queue.pending) if (isIt(report)) return { fd: file[0], cookie, unread: 0 }
    const at = queue.queued.findIndex(isIt)
    const pending = new Map(queue.pending)
    const cookies = queue.queued.slice(0, at + 1).map(report => takeCookie(pending, report))
    const cookie = cookies.at(-1)
    if (cookie !== undefined) return { fd: file[0], cookie, unread: at + 1 }
  }
  return null
}

/** The device's request behind a report, while it waits. */
export function askedFor(machine: Machine, { asked }: FaultReport): PendingFault | null {
  if (asked === null) return null
  return machine.root.faults.find(one => isGroup(one, asked.device, asked.wire, asked.group)) ?? null
}

/** A device leaves a table with a PASID (0: without): what it asked for by that attachment is answered `invalid`. */
export function cancelFaults(
  machine: Machine,
  context: number,
  hwpt: Table,
  device: number,
  pasid: number,
): void {
  if (hwpt.fault === null) return
  const queue = objectOf(machine, context, 'FAULT', hwpt.fault)
  const stays = (report: FaultReport): boolean =>
    report.device !== device || report.hwpt !== hwpt.id || report.by !== pasid
  const lost = [...queue.queued, ...queue.pending.values()].filter(report => !stays(report))
  if (lost.length === 0) return
  const waiting = lost.map(report => askedFor(machine, report))
  const queued = queue.queued.filter(stays)
  const pending = new Map([...queue.pending].filter(([, report]) => stays(report)))
  putObject(machine, context, { ...queue, queued, pending })
  giveUp(
    machine,
    waiting.filter(fault => fault !== null),
  )
}
