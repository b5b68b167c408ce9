/**
 * A device with ATS (VT-d 4.1, PCIe ATS): it looks in its own TLB, asks the unit for a translation where it finds
 * none, keeps the answer, and sends its requests translated. A translated request is let through without a walk
 * where the context entry allows ATS; the unit sees neither table nor PASID entry again.
 *
 * Not modelled: requests ahead of need, several pages in one answer, the no-write hint (a device asks for the access
 * it makes), the checks that newer units make of translated requests.
 */
import { highHalf, lowHalf } from '../../../bits'
import type { Reference, Translation } from '../../contract'
import { lookup as lookupIotlb, pasidTag } from '../../iotlb'
import { entryAt, fill, type IotlbEntry } from '../../iotlb-entries'
import { tellCache, tellReferences } from '../../reports'
import { structField } from '../../struct'
import { type Asking, answerRequest, entryOf, isStale, outputOf, pageOf } from './answer'
import { faultOf } from './faults'
import type { FaultCondition } from './faults.data'
import { lookupContext } from './lookup'
import { accessBits } from './stage-walk'
import { LEGACY_CONTEXT, SCALABLE_CONTEXT, TT } from './structures.data'

export function answerDevice(at: Asking): Translation {
  const { ctx, request } = at
  const entry = findEntry(at)
  const allowed = atsAllowed(at)
  if (!allowed.ok) return allowed.refused
  if (entry !== null) return translated(at, entry, allowed.references)
  tellCache(
    ctx,
    'miss',
    { domain: request.device.rid, pasid: request.pasid, page: pageOf(request) },
    'device-tlb',
  )
  const answer = answerRequest(at)
  if (answer.ok && request.commit) keep(at, answer)
  return answer
}

function findEntry({ ctx, state, request }: Asking): IotlbEntry | null {
  const { data } = ctx.bulk.words
  const base = state.caches.deviceTlb
  const [lo, hi] = [lowHalf(pageOf(request)), highHalf(pageOf(request))]
  const need = accessBits(request.access)
  const found = lookupIotlb(data, base, request.device.rid, pasidTag(request.pasid), lo, hi, need)
  return found < 0 ? null : entryAt(data, base, found)
}

function translated(at: Asking, entry: IotlbEntry, references: readonly Reference[]): Translation {
  const { perm, pageLg2 } = entry
  const answer = { ok: true, output: outputOf(entry, at.request), perm, pageLg2, references } as const
  const cache = isStale(at.fresh, answer) ? 'stale-hit' : 'hit'
  tellCache(at.ctx, cache, entry, 'device-tlb')
  tellReferences(at.ctx, references)
  return { ...answer, domain: at.fresh?.ok === true ? at.fresh.domain : 0, cache }
}

type Allowed =
  | { readonly ok: true; readonly references: readonly Reference[] }
  | { readonly ok: false; readonly refused: Translation }

/** ATS and translated requests need DTE, or TT = 1 in legacy mode. */
function atsAllowed(at: Asking): Allowed {
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
  tellReferences(ctx, references)
  return { ok: false, refused: { ok: false, fault: faultOf(state.config, request, place), references } }
}

function denied({ state }: Asking, context: readonly bigint[]): FaultCondition | null {
  const legacy = state.config.mode === 'legacy'
  const allowed = legacy
    ? Number(structField(LEGACY_CONTEXT, context, 'TT')) !== TT.second
    : structField(SCALABLE_CONTEXT, context, 'DTE') === 1n
  return allowed ? null : 'ats-disabled'
}

/** The device keeps what it was told; a write only where it asked to write or D was set already. */
function keep({ ctx, state, request }: Asking, answer: Translation & { ok: true }): void {
  const entry = entryOf(request, { ...answer, perm: answer.lasting ?? answer.perm })
  if (entry === null) return
  const evicted = fill(ctx.bulk, state.caches.deviceTlb, entry)
  if (evicted !== null) tellCache(ctx, 'evict', evicted, 'device-tlb')
  tellCache(ctx, 'fill', entry, 'device-tlb')
}
