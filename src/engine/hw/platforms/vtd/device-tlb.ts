/**
 * A device with ATS behind VT-d (VT-d 4.1): a translated request is let through without a walk where the context
 * entry allows ATS; the unit sees neither table nor PASID entry again.
 *
 * Not modelled: the checks that newer units make of translated requests.
 */
import type { Translation } from '../../contract'
import { type AtsAnswer, throughDeviceTlb } from '../../device-tlb'
import { structField } from '../../struct'
import { type Asking, answerRequest } from './answer'
import { faultOf } from './faults'
import type { FaultCondition } from './faults.data'
import { lookupContext } from './lookup'
import { LEGACY_CONTEXT, SCALABLE_CONTEXT, TT } from './structures.data'

export function answerDevice(at: Asking): Translation {
  return throughDeviceTlb({
    ...at,
    store: at.state.caches.deviceTlb,
    allowed: () => atsAllowed(at),
    translate: () => answerRequest(at),
  })
}

/** ATS and translated requests need DTE, or TT = 1 in legacy mode. */
function atsAllowed(at: Asking): AtsAnswer {
  const { ctx, state, request } = at
  const { pasid, cached } = request
  const quiet = { ...ctx, events: { on: false, emit() {} } }
  const { context, references, fpd } = lookupContext(quiet, state, {
    rid: request.device.rid,
    pasid,
    cached,
    commit: false,
  })
  const condition = typeof context === 'string' ? context : denied(at, context)
  if (condition === null) return { ok: true, references }
  const place = { condition, stage: 'config', level: null, fpd, pageRequests: false } as const
  return { ok: false, refused: { ok: false, fault: faultOf(state.config, request, place), references } }
}

function denied({ state }: Asking, context: readonly bigint[]): FaultCondition | null {
  const legacy = state.config.mode === 'legacy'
  const allowed = legacy
    ? Number(structField(LEGACY_CONTEXT, context, 'TT')) !== TT.second
    : structField(SCALABLE_CONTEXT, context, 'DTE') === 1n
  return allowed ? null : 'ats-disabled'
}
