/**
 * Answers that a user writes to the file of a queue: each goes to the device that waits, which tries again or gives up.
 *
 * Source: iommufd facts 2.16.
 */
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { respondToFault } from '../page-response'
import { askedFor } from './fault-queue'
import { objectOf, putObject } from './store'

/** struct iommu_hwpt_page_response. Bytes. */
export const RESPONSE_BYTES = 8
const SUCCESS = 0
const INVALID = 1

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
  const report = queue.pending.get(cookie)
  if (report === undefined) return refuse('fault-queue.cookie', { cookie })
  const pending = new Map(queue.pending)
  pending.delete(cookie)
  putObject(machine, context, { ...queue, pending })
  const fault = askedFor(machine, report)
  if (fault !== null) respondToFault(machine, fault, code === SUCCESS ? 'success' : 'invalid')
  return answer(null)
}
