/** The unit's answer to a request that no device TLB answers: configuration, IOTLB, walk (VT-d 3.4 to 3.8, 6.2). */
import { highHalf, lowHalf } from '../../../bits'
import { accessBits, entryOf, isStale, outputOf, pageOf } from '../../cached-answer'
import type { CacheOutcome, HwContext, Reference, TranslateRequest, Translation } from '../../contract'
import { lookup as lookupIotlb, pasidTag } from '../../iotlb'
import { entryAt, fill, type IotlbEntry } from '../../iotlb-entries'
import { tellCache, tellCacheOp, tellReferences } from '../../reports'
import { isAbsent, keepAbsent } from './absent-cache'
import { INTERRUPT_RANGE } from './config'
import { faultOf } from './faults'
import { lookupConfig, type VtdLookup } from './lookup'
import type { StageWalk, WalkFault } from './stage-walk'
import type { VtdState } from './state'
import type { VtdTarget } from './target'
import { inputFault, keepTables, walkTarget } from './walk-target'

export interface Asking {
  readonly ctx: HwContext
  readonly state: VtdState
  readonly request: TranslateRequest
  /** What memory says, where caches are asked. */
  readonly fresh: Translation | null
}

/** A request with what its configuration said. */
interface Configured extends Asking {
  readonly lookup: VtdLookup
}

interface Targeted extends Configured {
  readonly target: VtdTarget
}

export const inInterruptRange = (address: bigint): boolean =>
  address >= INTERRUPT_RANGE.start && address <= INTERRUPT_RANGE.last

export function answerRequest(asking: Asking): Translation {
  const { ctx, state, request } = asking
  const { pasid, cached, commit } = request
  const lookup = lookupConfig(ctx, state, { rid: request.device.rid, pasid, cached, commit })
  const { target, references } = lookup
  tellReferences(ctx, references)
  if (typeof target === 'string')
    return refuse({ ...asking, lookup }, { condition: target, stage: 'config', level: null }, references)
  const at: Targeted = { ...asking, lookup, target }
  const beyond = inputFault(state.config, target, request.address)
  if (beyond !== null) return refuse(at, beyond, references)
  if (target.kind === 'pass-through') return passThrough(at)
  return cachedAnswer(at) ?? walked(at)
}

function refuse(
  { state, request, lookup }: Configured,
  fault: WalkFault,
  references: readonly Reference[],
): Translation {
  const { fpd, pageRequests } = lookup
  return { ok: false, fault: faultOf(state.config, request, { ...fault, fpd, pageRequests }), references }
}

const INTERRUPT_OUTPUT = { condition: 'output-interrupt-range', stage: 'second' } as const

function passThrough(at: Targeted): Translation {
  const { request, target, lookup } = at
  const { references } = lookup
  if (inInterruptRange(request.address)) return refuse(at, { ...INTERRUPT_OUTPUT, level: null }, references)
  const output = Number(request.address)
  return { ok: true, output, perm: 3, pageLg2: 12, domain: target.domain, references, cache: 'none' }
}

/** What is cached of a second stage is tagged by domain alone, whatever PASID led to it. */
const pasidOf = (target: VtdTarget): number | null => ('pasid' in target ? target.pasid : null)

/** The IOTLB's answer, right or stale, or null where it has none or is not asked. */
function cachedAnswer(at: Targeted): Translation | null {
  const { ctx, request, state, target } = at
  if (!request.cached) return null
  const page = pageOf(request)
  const pasid = pasidOf(target)
  const { data } = ctx.bulk.words
  const [lo, hi] = [lowHalf(page), highHalf(page)]
  const need = accessBits(request.access)
  const found = lookupIotlb(data, state.iotlb, target.domain, pasidTag(pasid), lo, hi, need)
  if (request.commit) ctx.costs.add(found < 0 ? 'iotlbMisses' : 'iotlbHits', 1)
  if (found >= 0) return hit(at, entryAt(data, state.iotlb, found))
  tellCache(ctx, 'miss', { domain: target.domain, pasid, page })
  return absentAnswer(at)
}

function hit(at: Targeted, entry: IotlbEntry): Translation {
  const { ctx, request, target, lookup } = at
  const { perm, pageLg2 } = entry
  const output = outputOf(entry, request)
  const { references } = lookup
  const answer = { ok: true, output, perm, pageLg2, domain: target.domain, references } as const
  const cache = isStale(at.fresh, answer) ? 'stale-hit' : 'hit'
  tellCache(ctx, cache, entry)
  return { ...answer, cache }
}

/** Under caching mode: a page that was found missing is still missing, until it is flushed. */
function absentAnswer(at: Targeted): Translation | null {
  const { ctx, request, state, target } = at
  if (target.kind !== 'second') return null
  const page = { domain: target.domain, page: pageOf(request) }
  if (!isAbsent(ctx.bulk.words.data, state.caches.absent, page)) return null
  const tag = `domain ${page.domain}, page ${page.page.toString(16)}: not present`
  tellCacheOp(ctx, 'iotlb', at.fresh?.ok === true ? 'stale-hit' : 'hit', tag)
  const condition = request.access === 'read' ? 'not-present-read' : 'not-present-write'
  return refuse(at, { condition, stage: 'second', level: null }, at.lookup.references)
}

function walked(at: Targeted): Translation {
  const { ctx, state, request, target } = at
  const walk = walkTarget(ctx, state, target, request)
  tellReferences(ctx, walk.references)
  const references = [...at.lookup.references, ...walk.references]
  const filling = request.cached && request.commit
  if (!walk.ok) {
    if (filling) rememberAbsent(at, walk.fault)
    return refuse(at, walk.fault, references)
  }
  if (inInterruptRange(BigInt(walk.output))) {
    const level = walk.references.at(-1)?.level ?? null
    return refuse(at, { ...INTERRUPT_OUTPUT, level }, references)
  }
  for (const { hpa, before, after } of walk.updated)
    ctx.events.emit({ kind: 'ad-updated', actor: 'iommu', hpa: BigInt(hpa), before, after })
  if (filling) remember(at, walk)
  const { output, perm, pageLg2 } = walk
  const cache: CacheOutcome = !request.cached ? 'none' : isStale(at.fresh, walk) ? 'stale-hit' : 'miss'
  const lasting = lastingPerm(walk)
  const kept = lasting === perm ? {} : { lasting }
  return { ok: true, output, perm, ...kept, pageLg2, domain: target.domain, references, cache }
}

const lastingPerm = ({ perm, dirty }: StageWalk & { ok: true }): number => (dirty ? perm : perm & 1)

function rememberAbsent({ ctx, state, request, target }: Targeted, { condition }: WalkFault): void {
  const missing = condition === 'not-present-read' || condition === 'not-present-write'
  if (!state.config.cachingMode || target.kind !== 'second' || !missing) return
  keepAbsent(ctx.bulk, state.caches.absent, { domain: target.domain, page: pageOf(request) })
}

/** Fills the caches. Where D is kept, write is remembered only once D is set, so that the first write walks. */
function remember(at: Targeted, walk: StageWalk & { ok: true }): void {
  const { ctx, request, target, state } = at
  keepTables(ctx, state, target, walk.learnt)
  const entry = entryOf(request, { ...walk, perm: lastingPerm(walk) })
  if (entry === null) return
  const nested = target.kind === 'nested' ? { nested: true as const } : {}
  const tagged = { ...entry, domain: target.domain, pasid: pasidOf(target), ...nested }
  const evicted = fill(ctx.bulk, state.iotlb, tagged)
  if (evicted !== null) tellCache(ctx, 'evict', evicted)
  tellCache(ctx, 'fill', tagged)
}
