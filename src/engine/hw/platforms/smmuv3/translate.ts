/**
 * Answering one request: device TLB, configuration, TLB, walk. Beside what the caches make of it, every request is
 * walked with no cache at all: what differs is told as stale, and the references of that walk are the cold count.
 *
 * Not modelled: MSIs, which are writes like any other here.
 */
import { NOBODY } from '../../cached-answer'
import type { HwContext, TranslateRequest, Translation } from '../../contract'
import { type AtsAnswer, throughDeviceTlb } from '../../device-tlb'
import { countReferences, tellOutcome } from '../../reports'
import { type Asking, answerRequest } from './answer'
import { faultOf } from './faults'
import { lookupStream } from './lookup'
import type { SmmuState } from './state'
import { aborts, NO_POLICY } from './target'
import type { WalkFault } from './walk'

export function translateSmmu(ctx: HwContext, state: SmmuState, request: TranslateRequest): Translation {
  const fresh = request.cached ? withoutCaches(ctx, state, request) : null
  const at = { ctx, state, request, fresh }
  const outcome = request.cached && request.device.ats ? answerDevice(at) : answerRequest(at)
  const warm = outcome.references.length
  if (request.commit) countReferences(ctx, fresh?.references.length ?? warm, warm)
  tellOutcome(ctx, request, outcome)
  return outcome
}

/** What memory says now: silent, and nothing changes. */
export function withoutCaches({ bulk }: HwContext, state: SmmuState, request: TranslateRequest): Translation {
  const dry = { ...request, commit: false, cached: false }
  return answerRequest({ ctx: { bulk, ...NOBODY }, state, request: dry, fresh: null })
}

function answerDevice(at: Asking): Translation {
  return throughDeviceTlb({
    ...at,
    store: at.state.caches.deviceTlb,
    allowed: translated => atsAllowed(at, translated),
    translate: () => answerRequest(at),
  })
}

/** ATS needs EATS, under CR0.ATSCHK = 1 for translated requests too. */
function atsAllowed({ ctx, state, request }: Asking, translated: boolean): AtsAnswer {
  const quiet = { ...ctx, events: NOBODY.events }
  const { pasid, cached } = request
  const from = { rid: request.device.rid, pasid, cached, commit: false }
  const { ste, references } = lookupStream(quiet, state, from)
  const place = 'fault' in ste ? ste.fault : aborts(ste) ? ABORT : ste.ats ? null : forbidden(translated)
  if (place === null) return { ok: true, references }
  return { ok: false, refused: { ok: false, fault: faultOf(request, place, NO_POLICY), references } }
}

const ABORT: WalkFault = { event: 'abort', stage: 'config', level: null, class: 'IN' }

const forbidden = (translated: boolean): WalkFault => ({
  ...ABORT,
  event: translated ? 'F_TRANSL_FORBIDDEN' : 'F_BAD_ATS_TREQ',
})
