/**
 * Answering one request (VT-d 3.4 to 3.8, 6.2): interrupt range, configuration, width, IOTLB, walk.
 *
 * Not modelled: translated requests and ATS, paging-structure caches, and the delivery of interrupts (a
 * request to the interrupt range is refused with words to that effect).
 */
import { highHalf, lowHalf, pow2 } from '../../../bits'
import type { HwContext, HwFault, Reference, TranslateRequest, Translation } from '../../contract'
import { lookup as lookupIotlb, pasidTag } from '../../iotlb'
import { entryAt, fill, type IotlbEntry } from '../../iotlb-entries'
import { countReferences, tellCache, tellOutcome, tellReferences } from '../../reports'
import { INTERRUPT_RANGE } from './config'
import { faultOf } from './faults'
import { lookupConfig, type VtdLookup, type VtdTarget } from './lookup'
import { accessBits, type StageWalk, type WalkFault } from './stage-walk'
import type { VtdState } from './state'
import { inputFault, walkTarget } from './walk-target'

export function translateVtd(ctx: HwContext, state: VtdState, request: TranslateRequest): Translation {
  const untagged = request.pasid === null
  const outcome =
    untagged && inInterruptRange(request.address) ? interruptMessage(request) : viaConfig(ctx, state, request)
  tellOutcome(ctx, request, outcome)
  return outcome
}

const inInterruptRange = (address: bigint): boolean =>
  address >= INTERRUPT_RANGE.start && address <= INTERRUPT_RANGE.last

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

/** A request with what its configuration said. */
interface Configured {
  readonly state: VtdState
  readonly request: TranslateRequest
  readonly target: VtdTarget
  readonly lookup: VtdLookup
}

function viaConfig(ctx: HwContext, state: VtdState, request: TranslateRequest): Translation {
  const lookup = lookupConfig(ctx, state, { rid: request.device.rid, pasid: request.pasid })
  const { target, references } = lookup
  tellReferences(ctx, references)
  if (typeof target === 'string') {
    const place: WalkFault = { condition: target, stage: 'config', level: null }
    return counted(ctx, request, refuse({ state, request, lookup }, place, references))
  }
  const at: Configured = { state, request, target, lookup }
  const beyond = inputFault(state.config, target, request.address)
  if (beyond !== null) return counted(ctx, request, refuse(at, beyond, references))
  if (target.kind === 'pass-through') return counted(ctx, request, passThrough(at))
  return cachedAnswer(ctx, at) ?? walked(ctx, at)
}

function refuse(
  { state, request, lookup }: Omit<Configured, 'target'>,
  fault: WalkFault,
  references: readonly Reference[],
): Translation {
  const { fpd, pageRequests } = lookup
  return { ok: false, fault: faultOf(state.config, request, { ...fault, fpd, pageRequests }), references }
}

const INTERRUPT_OUTPUT = { condition: 'output-interrupt-range', stage: 'second' } as const

function passThrough(at: Configured): Translation {
  const { request, target, lookup } = at
  const { references } = lookup
  if (inInterruptRange(request.address)) return refuse(at, { ...INTERRUPT_OUTPUT, level: null }, references)
  const output = Number(request.address)
  return { ok: true, output, perm: 3, pageLg2: 12, domain: target.domain, references, cache: 'none' }
}

/** What is cached of a second stage is tagged by domain alone, whatever PASID led to it. */
const pasidOf = (target: VtdTarget): number | null => ('pasid' in target ? target.pasid : null)

/** The IOTLB's answer, right or stale, or null where it has none or is not asked. */
function cachedAnswer(ctx: HwContext, at: Configured): Translation | null {
  const { request, state, target } = at
  if (!request.cached) return null
  const page = pageOf(request)
  const pasid = pasidOf(target)
  const { data } = ctx.bulk.words
  const [lo, hi] = [lowHalf(page), highHalf(page)]
  const need = accessBits(request.access)
  const found = lookupIotlb(data, state.iotlb, target.domain, pasidTag(pasid), lo, hi, need)
  if (request.commit) ctx.costs.add(found < 0 ? 'iotlbMisses' : 'iotlbHits', 1)
  if (found < 0) {
    tellCache(ctx, 'miss', { domain: target.domain, pasid, page })
    return null
  }
  return hit(ctx, at, entryAt(data, state.iotlb, found))
}

/** A hit, compared with what the tables say now; the comparison reads silently. */
function hit(ctx: HwContext, at: Configured, entry: IotlbEntry): Translation {
  const { request, target } = at
  const { references } = at.lookup
  const fresh = walkTarget(ctx, at.state.config, target, { ...request, commit: false })
  const output = (entry.output + (pageOf(request) - entry.page)) * 4096 + Number(request.address & 0xfffn)
  const cache = isStale(fresh, output, entry.perm) ? 'stale-hit' : 'hit'
  tellCache(ctx, cache, entry)
  if (request.commit) countReferences(ctx, references.length + fresh.references.length, references.length)
  const { perm, pageLg2 } = entry
  return { ok: true, output, perm, pageLg2, domain: target.domain, references, cache }
}

const isStale = (fresh: StageWalk, output: number, perm: number): boolean =>
  !fresh.ok || fresh.output !== output || (perm & ~fresh.perm) !== 0

function walked(ctx: HwContext, at: Configured): Translation {
  const { request, target } = at
  const walk = walkTarget(ctx, at.state.config, target, request)
  tellReferences(ctx, walk.references)
  const references = [...at.lookup.references, ...walk.references]
  if (!walk.ok) return counted(ctx, request, refuse(at, walk.fault, references))
  if (inInterruptRange(BigInt(walk.output))) {
    const level = walk.references.at(-1)?.level ?? null
    return counted(ctx, request, refuse(at, { ...INTERRUPT_OUTPUT, level }, references))
  }
  for (const { hpa, before, after } of walk.updated)
    ctx.events.emit({ kind: 'ad-updated', actor: 'iommu', hpa: BigInt(hpa), before, after })
  if (request.cached && request.commit) remember(ctx, at, walk)
  const { output, perm, pageLg2 } = walk
  const cache = request.cached ? 'miss' : 'none'
  return counted(ctx, request, { ok: true, output, perm, pageLg2, domain: target.domain, references, cache })
}

/** Fills the IOTLB. Where D is kept, write is remembered only once D is set, so that the first write walks. */
function remember(ctx: HwContext, at: Configured, walk: StageWalk & { ok: true }): void {
  const { request, target, state } = at
  const { pageLg2 } = walk
  if (pageLg2 !== 12 && pageLg2 !== 21 && pageLg2 !== 30) return
  const within = pageOf(request) % pow2(pageLg2 - 12)
  const entry: IotlbEntry = {
    domain: target.domain,
    pasid: pasidOf(target),
    page: pageOf(request) - within,
    output: Math.floor(walk.output / 4096) - within,
    perm: walk.dirty ? walk.perm : walk.perm & 1,
    pageLg2,
  }
  const evicted = fill(ctx.bulk, state.iotlb, entry)
  if (evicted !== null) tellCache(ctx, 'evict', evicted)
  tellCache(ctx, 'fill', entry)
}

const pageOf = (request: TranslateRequest): number => Number(request.address >> 12n)

/** Counts the references of an answer that no cache gave. */
function counted(ctx: HwContext, request: TranslateRequest, outcome: Translation): Translation {
  if (request.commit) countReferences(ctx, outcome.references.length, outcome.references.length)
  return outcome
}
