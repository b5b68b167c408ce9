/**
 * A device with ATS (PCIe ATS): it looks in its own TLB, asks the unit for a translation where it finds none, keeps
 * the answer, and sends its requests translated. Whether the unit lets it is the platform's to say.
 *
 * The store is laid out as an IOTLB, with the requester id in place of the domain; the devices of a unit share it.
 * Not modelled: requests ahead of need, several pages in one answer, the no-write hint (a device asks for the access
 * it makes).
 */
import { highHalf, lowHalf } from '../bits'
import { accessBits, entryOf, isStale, outputOf, pageOf } from './cached-answer'
import type { HwContext, Reference, TranslateRequest, Translation } from './contract'
import { lookup as lookupIotlb, pasidTag } from './iotlb'
import { entryAt, fill, type IotlbEntry } from './iotlb-entries'
import { tellCache, tellReferences } from './reports'

/** What the configuration says of translated requests and of requests for a translation. */
export type AtsAnswer =
  | { readonly ok: true; readonly references: readonly Reference[] }
  | { readonly ok: false; readonly refused: Translation }

export interface DeviceAsk {
  readonly ctx: HwContext
  /** Offset of the store, as `createIotlb` gave it. */
  readonly store: number
  readonly request: TranslateRequest
  /** What memory says. */
  readonly fresh: Translation | null
  /** For a request that is translated already (true), or one for a translation. Tells nothing. */
  allowed(translated: boolean): AtsAnswer
  /** The unit's own answer. */
  translate(): Translation
}

export function throughDeviceTlb(at: DeviceAsk): Translation {
  const { ctx, request } = at
  const entry = findEntry(at)
  const allowed = at.allowed(entry !== null)
  if (!allowed.ok) {
    tellReferences(ctx, allowed.refused.references)
    return allowed.refused
  }
  if (entry !== null) return translated(at, entry, allowed.references)
  const missing = { domain: request.device.rid, pasid: request.pasid, page: pageOf(request) }
  tellCache(ctx, 'miss', missing, 'device-tlb')
  const answer = at.translate()
  if (answer.ok && request.commit) keep(at, answer)
  return answer
}

function findEntry({ ctx, store, request }: DeviceAsk): IotlbEntry | null {
  const { data } = ctx.bulk.words
  const [lo, hi] = [lowHalf(pageOf(request)), highHalf(pageOf(request))]
  const need = accessBits(request.access)
  const found = lookupIotlb(data, store, request.device.rid, pasidTag(request.pasid), lo, hi, need)
  return found < 0 ? null : entryAt(data, store, found)
}

function translated(at: DeviceAsk, entry: IotlbEntry, references: readonly Reference[]): Translation {
  const { perm, pageLg2 } = entry
  const answer = { ok: true, output: outputOf(entry, at.request), perm, pageLg2, references } as const
  const cache = isStale(at.fresh, answer) ? 'stale-hit' : 'hit'
  tellCache(at.ctx, cache, entry, 'device-tlb')
  tellReferences(at.ctx, references)
  return { ...answer, domain: at.fresh?.ok === true ? at.fresh.domain : 0, cache }
}

/** The device keeps what it was told; a write only where it asked to write or D was set already. */
function keep({ ctx, store, request }: DeviceAsk, answer: Translation & { ok: true }): void {
  const entry = entryOf(request, { ...answer, perm: answer.lasting ?? answer.perm })
  if (entry === null) return
  const evicted = fill(ctx.bulk, store, entry)
  if (evicted !== null) tellCache(ctx, 'evict', evicted, 'device-tlb')
  tellCache(ctx, 'fill', entry, 'device-tlb')
}
