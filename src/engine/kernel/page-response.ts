/** The answer to a page request on its way back: to the IOMMU, then to the device, which tries again. */
import { retryDma } from './dma'
import { answerFault } from './fault-answers'
import type { Machine } from './machine'
import type { ResponseCode } from './page-faults'
import type { DmaOutcome, PendingFault } from './state'

/** Answers one fault. Success makes the device go on; any other code ends its transfer in the fault. */
export function respondToFault(machine: Machine, fault: PendingFault, code: ResponseCode): DmaOutcome | null {
  answerFault(machine, fault, code)
  const waiting = machine.root.waiting.find(
    one => one.device === fault.device && one.wire === fault.wire && one.group === fault.group,
  )
  if (waiting === undefined) return null
  machine.update({ waiting: machine.root.waiting.filter(one => one !== waiting) })
  if (code === 'success') return retryDma(machine, waiting)
  const ended = { ok: false, pending: false, fault: waiting.fault, moved: 0 } as const
  machine.update({ dmaResults: new Map(machine.root.dmaResults).set(fault.device, ended) })
  return ended
}
