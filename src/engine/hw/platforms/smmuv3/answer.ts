/** The unit's answer to a request that no device TLB answers: configuration, TLB, walk (IHI 0070 3.3, 3.4). */
import { highHalf, lowHalf } from '../../../bits'
import { accessBits, entryOf, isStale, outputOf, pageOf } from '../../cached-answer'
import type { CacheOutcome, HwContext, Reference, TranslateRequest, Translation } from '../../contract'
import { lookup as lookupTlb, pasidTag } from '../../iotlb'
import { entryAt, fill, type IotlbEntry } from '../../iotlb-entries'
import { tellCache, tellReferences } from '../../reports'
import { OUTPUT_BITS } from './config'
import { faultOf } from './faults'
import { lookupConfig, type SmmuLookup } from './lookup'
import type { SmmuState } from './state'
import type { SmmuTarget } from './target'
import { type SmmuWalk, type WalkFault, walkTarget } from './walk'

export interface Asking {
  readonly ctx: HwContext
  readonly state: SmmuState
  readonly request: TranslateRequest
  /** What memory says, where caches are asked. */
  readonly fresh: Translation | null
}

interface Targeted extends Asking {
  readonly lookup: SmmuLookup
  readonly target: Exclude<SmmuTarget, { kind: 'bypass' }>
}

/** The tag of entries that any ASID may use: ASIDs have 16 bits. */
export const ANY_ASID = 0x1_0000

export function answerRequest(asking: Asking): Translation {
  const { ctx, state, request } = asking
  const { pasid, cached, commit } = request
  const lookup = lookupConfig(ctx, state, { rid: request.device.rid, pasid, cached, commit })
  const { target, references } = lookup
  tellReferences(ctx, references)
  if ('fault' in target) return refuse(asking, lookup, target.fault, references)
  if (target.kind === 'bypass') return bypass(asking, lookup)
  const at: Targeted = { ...asking, lookup, target }
  return cachedAnswer(at) ?? walked(at)
}

function refuse(
  { request }: Asking,
  { policy }: SmmuLookup,
  fault: WalkFault,
  references: readonly Reference[],
): Translation {
  return { ok: false, fault: faultOf(request, fault, policy), references }
}

/** Untranslated, as far as the output size goes. */
function bypass(asking: Asking, lookup: SmmuLookup): Translation {
  const { address } = asking.request
  const { references } = lookup
  if (address >> BigInt(OUTPUT_BITS) !== 0n)
    return refuse(
      asking,
      lookup,
      { event: 'F_ADDR_SIZE', stage: 'first', level: null, class: 'IN' },
      references,
    )
  return { ok: true, output: Number(address), perm: 3, pageLg2: 12, domain: 0, references, cache: 'none' }
}

/** Stage 2 alone is tagged by VMID, anything with stage 1 by its ASID as well, or by none where it is global. */
const tagsOf = (target: Targeted['target']): readonly (number | null)[] =>
  target.kind === 'second' ? [null] : [target.first.asid, ANY_ASID]

function cachedAnswer(at: Targeted): Translation | null {
  const { ctx, request, target } = at
  if (!request.cached) return null
  const found = findEntry(at)
  if (request.commit) ctx.costs.add(found === null ? 'iotlbMisses' : 'iotlbHits', 1)
  if (found !== null) return hit(at, found)
  const [pasid = null] = tagsOf(target)
  tellCache(ctx, 'miss', { domain: target.vmid, pasid, page: pageOf(request) }, 'iotlb')
  return null
}

function findEntry({ ctx, request, state, target }: Targeted): IotlbEntry | null {
  const { data } = ctx.bulk.words
  const { tlb } = state.caches
  const page = pageOf(request)
  const need = accessBits(request.access)
  for (const tag of tagsOf(target)) {
    const found = lookupTlb(data, tlb, target.vmid, pasidTag(tag), lowHalf(page), highHalf(page), need)
    if (found >= 0) return entryAt(data, tlb, found)
  }
  return null
}

function hit({ ctx, request, target, lookup, fresh }: Targeted, entry: IotlbEntry): Translation {
  const { perm, pageLg2 } = entry
  const { references } = lookup
  const output = outputOf(entry, request)
  const answer = { ok: true, output, perm, pageLg2, domain: target.vmid, references } as const
  const cache = isStale(fresh, answer) ? 'stale-hit' : 'hit'
  tellCache(ctx, cache, entry)
  return { ...answer, cache }
}

function walked(at: Targeted): Translation {
  const { ctx, request, target, lookup, fresh } = at
  const walk = walkTarget(ctx, target, request)
  tellReferences(ctx, walk.references)
  const references = [...lookup.references, ...walk.references]
  if (!walk.ok) return refuse(at, lookup, walk.fault, references)
  if (request.cached && request.commit) remember(at, walk)
  const { output, perm, pageLg2 } = walk
  const cache: CacheOutcome = !request.cached ? 'none' : isStale(fresh, walk) ? 'stale-hit' : 'miss'
  return { ok: true, output, perm, pageLg2, domain: target.vmid, references, cache }
}

function remember({ ctx, request, target, state }: Targeted, walk: SmmuWalk & { ok: true }): void {
  const entry = entryOf(request, walk)
  if (entry === null) return
  const pasid = target.kind === 'second' ? null : walk.global ? ANY_ASID : target.first.asid
  const nested = target.kind === 'nested' ? { nested: true as const } : {}
  const tagged = { ...entry, domain: target.vmid, pasid, ...nested }
  const evicted = fill(ctx.bulk, state.caches.tlb, tagged)
  if (evicted !== null) tellCache(ctx, 'evict', evicted)
  tellCache(ctx, 'fill', tagged)
}
