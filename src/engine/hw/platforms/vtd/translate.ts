/**
 * Answering one request (VT-d 3.4 to 3.8, 6.2): interrupt range, device TLB, configuration, IOTLB, walk. Beside what
 * the caches make of it, every request is walked with no cache at all: what differs is told as stale, and the
 * references of that walk are the cold count.
 *
 * Not modelled: the delivery of interrupts (a request to the interrupt range is refused with words to that effect).
 */
import { NOBODY } from '../../cached-answer'
import type { HwContext, HwFault, TranslateRequest, Translation } from '../../contract'
import { countReferences, tellOutcome } from '../../reports'
import { answerRequest, inInterruptRange } from './answer'
import { answerDevice } from './device-tlb'
import type { VtdState } from './state'

export function translateVtd(ctx: HwContext, state: VtdState, request: TranslateRequest): Translation {
  if (request.pasid === null && inInterruptRange(request.address)) {
    const outcome = interruptMessage(request)
    tellOutcome(ctx, request, outcome)
    return outcome
  }
  const fresh = request.cached ? withoutCaches(ctx, state, request) : null
  const at = { ctx, state, request, fresh }
  const outcome = request.cached && request.device.ats ? answerDevice(at) : answerRequest(at)
  const warm = outcome.references.length
  if (request.commit) countReferences(ctx, fresh?.references.length ?? warm, warm)
  tellOutcome(ctx, request, outcome)
  return outcome
}

/** What memory says now: silent, and nothing changes. */
function withoutCaches({ bulk }: HwContext, state: VtdState, request: TranslateRequest): Translation {
  const dry = { ...request, commit: false, cached: false }
  return answerRequest({ ctx: { bulk, ...NOBODY }, state, request: dry, fresh: null })
}

function interruptMessage(request: TranslateRequest): Translation {
  const fault: HwFault = {
    code: 'interrupt',
    name: 'interrupt message: 0xfee00000-0xfeefffff is never translated',
    stage: 'config',
    level: null,
    address: request.address,
    access: request.access,
    recoverable: false,
    suppressed: false,
  }
  return { ok: false, fault, references: [] }
}
