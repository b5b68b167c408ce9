/** Answers to page requests on their way to the IOMMU, whoever gave them. Source: rfc 6, R8, R38; iommufd facts 2.16. */
import type { PageResponse } from '../hw'
import type { Machine } from './machine'
import type { PendingFault } from './state'

/** Whether a fault is of this group of a device; `wire` is the PASID as it stood on the wire. */
export const isGroup = (one: PendingFault, device: string, wire: number | null, group: number): boolean =>
  one.device === device && one.wire === wire && one.group === group

/** Hands an answer to the IOMMU; the transfer that waited is the caller's to go on with. */
export function answerFault(machine: Machine, fault: PendingFault, code: PageResponse['code']): void {
  machine.update({ faults: machine.root.faults.filter(one => one !== fault) })
  const { rid } = machine.device(fault.device).hw
  answerGroup(machine, { rid, pasid: fault.wire, group: fault.group, code })
}

export function answerGroup(machine: Machine, response: PageResponse): void {
  const { platform } = machine
  if (platform.pageRequests === null) return
  const { state } = platform.pageRequests.respond(machine.hw(), machine.root.hw, response)
  machine.update({ hw: state })
}

/** Answers faults `invalid`, and ends the transfers that waited for them in what they met. */
export function giveUp(machine: Machine, lost: readonly PendingFault[]): void {
  for (const fault of lost) answerFault(machine, fault, 'invalid')
  const gone = machine.root.waiting.filter(one =>
    lost.some(fault => isGroup(fault, one.device, one.wire, one.group)),
  )
  if (gone.length === 0) return
  const dmaResults = new Map(machine.root.dmaResults)
  for (const { device, fault } of gone) dmaResults.set(device, { ok: false, pending: false, fault, moved: 0 })
  machine.update({ waiting: machine.root.waiting.filter(one => !gone.includes(one)), dmaResults })
}
