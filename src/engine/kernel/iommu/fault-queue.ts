/**
 * Page requests that a user answers: queued by device, read as records, answered by cookie.
 *
 * Source: iommufd facts 2.16. A group is one request here: no device sends more before it waits.
 */
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { attachmentOf, NO_PASID, tableAt } from './attached'
import type { DeviceObject, FaultObject, FaultReport, NestedObject, PagingObject } from './records'
import { addObject, objectOf, putObject } from './store'

/** struct iommu_hwpt_pgfault and struct iommu_hwpt_page_response. Bytes. */
export const FAULT_BYTES = 40
export const RESPONSE_BYTES = 8
const SUCCESS = 0
const INVALID = 1

export function createFaultQueue(machine: Machine, context: number): FaultObject {
  return addObject(
    machine,
    context,
    id => ({ type: 'FAULT', id, queued: [], pending: new Map() }) as const satisfies FaultObject,
  )
}

/**
 * A device asks for a page. The table that the PASID is attached to takes it, else the user's table of requests
 * without one, whose PASID table is the user's. Where nobody takes it the answer is `invalid`, at once.
 */
export function reportFault(
  machine: Machine,
  context: number,
  device: DeviceObject,
  fault: Omit<FaultReport, 'device' | 'hwpt'>,
): boolean {
  const table = takerOf(machine, context, device, fault)
  if (table === null || table.fault === null) return false
  const queue = objectOf(machine, context, 'FAULT', table.fault)
  const report = { ...fault, device: device.id, hwpt: table.id }
  putObject(machine, context, { ...queue, queued: [...queue.queued, report] })
  return true
}

function takerOf(
  machine: Machine,
  context: number,
  device: DeviceObject,
  { withPasid, pasid }: Pick<FaultReport, 'withPasid' | 'pasid'>,
): PagingObject | NestedObject | null {
  const tagged = withPasid ? attachmentOf(machine, context, device, pasid) : null
  if (tagged !== null) return tableAt(machine, context, tagged.hwpt)
  const plain = attachmentOf(machine, context, device, NO_PASID)
  const table = plain === null ? null : tableAt(machine, context, plain.hwpt)
  return withPasid && table?.type !== 'HWPT_NESTED' ? null : table
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
  const read = taken.map(report => {
    let cookie = 1
    while (pending.has(cookie)) cookie++
    pending.set(cookie, report)
    return { ...report, cookie }
  })
  putObject(machine, context, { ...queue, queued: queue.queued.slice(taken.length), pending })
  return answer(read)
}

/** Answers requests; the first that cannot be answered ends it. Answers the bytes that were taken. */
export function writeResponses(
  machine: Machine,
  context: number,
  id: number,
  data: Uint8Array,
): Outcome<number> {
  if (data.length % RESPONSE_BYTES !== 0)
    return refuse('fault-queue.write-size', { bytes: data.length, record: RESPONSE_BYTES })
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < data.length; at += RESPONSE_BYTES) {
    const done = respond(machine, context, id, view.getUint32(at, true), view.getUint32(at + 4, true))
    if (!done.ok) return at > 0 ? answer(at) : done
  }
  return answer(data.length)
}

function respond(machine: Machine, context: number, id: number, cookie: number, code: number): Outcome<null> {
  if (code !== SUCCESS && code !== INVALID) return refuse('fault-queue.code', { code })
  const queue = objectOf(machine, context, 'FAULT', id)
  if (!queue.pending.has(cookie)) return refuse('fault-queue.cookie', { cookie })
  const pending = new Map(queue.pending)
  pending.delete(cookie)
  putObject(machine, context, { ...queue, pending })
  return answer(null)
}

/** A device leaves a table: what it asked for there is answered `invalid`. */
export function cancelFaults(
  machine: Machine,
  context: number,
  hwpt: PagingObject | NestedObject,
  device: number,
  pasid: number,
): void {
  if (hwpt.fault === null) return
  const queue = objectOf(machine, context, 'FAULT', hwpt.fault)
  const stays = (report: FaultReport): boolean =>
    report.device !== device ||
    report.hwpt !== hwpt.id ||
    (pasid !== NO_PASID && (!report.withPasid || report.pasid !== pasid))
  const queued = queue.queued.filter(stays)
  const pending = new Map([...queue.pending].filter(([, report]) => stays(report)))
  putObject(machine, context, { ...queue, queued, pending })
}
