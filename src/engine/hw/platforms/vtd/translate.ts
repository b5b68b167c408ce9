/**
 * Answering one request (VT-d 3.4 to 3.8, 6.2): interrupt range, configuration, width, IOTLB, walk.
 *
 * Not modelled: translated requests and ATS, first stage and nesting, paging-structure caches, and the
 * delivery of interrupts (a request to the interrupt range is refused with words to that effect).
 */
import { highHalf, lowHalf, pow2 } from '../../../bits'
import type { TableRef, WalkResult } from '../../../pt'
import type { HwContext, HwFault, Reference, TranslateRequest, Translation } from '../../contract'
import { lookup as lookupIotlb, pasidTag } from '../../iotlb'
import { entryAt, fill, type IotlbEntry } from '../../iotlb-entries'
import { countReferences, tellCache, tellOutcome, tellReferences } from '../../reports'
import { guestWidth, INTERRUPT_RANGE, widthOf } from './config'
import { type FaultPlace, faultOf } from './faults'
import { lookupConfig, type VtdTarget } from './lookup'
import { accessBits, conditionOf, tableAt, walkSecondStage } from './second-stage'
import type { VtdState } from './state'

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
  readonly table: TableRef
  readonly references: readonly Reference[]
  readonly fpd: boolean
}

function viaConfig(ctx: HwContext, state: VtdState, request: TranslateRequest): Translation {
  const { target, references, fpd } = lookupConfig(ctx, state, {
    rid: request.device.rid,
    pasid: request.pasid,
  })
  tellReferences(ctx, references)
  if (typeof target === 'string') {
    const place: FaultPlace = { condition: target, stage: 'config', level: null, fpd }
    return counted(ctx, request, { ok: false, fault: faultOf(state.config, request, place), references })
  }
  const at: Configured = { state, request, target, table: tableAt(state.config, target), references, fpd }
  const bits = Math.min(widthOf(target.levels), guestWidth(state.config))
  if (request.address >> BigInt(bits) !== 0n) return counted(ctx, request, refuse(at, 'beyond-width', null))
  if (target.passThrough) return counted(ctx, request, passThrough(at))
  return cachedAnswer(ctx, at) ?? walked(ctx, at)
}

function refuse(
  at: Configured,
  condition: FaultPlace['condition'],
  level: number | null,
  references = at.references,
): Translation {
  const place: FaultPlace = { condition, stage: 'second', level, fpd: at.fpd }
  return { ok: false, fault: faultOf(at.state.config, at.request, place), references }
}

function passThrough(at: Configured): Translation {
  const { request, target, references } = at
  if (inInterruptRange(request.address)) return refuse(at, 'output-interrupt-range', null)
  const output = Number(request.address)
  return { ok: true, output, perm: 3, pageLg2: 12, domain: target.domain, references, cache: 'none' }
}

/** The IOTLB's answer, right or stale, or null where it has none or is not asked. */
function cachedAnswer(ctx: HwContext, at: Configured): Translation | null {
  const { request, state, target } = at
  if (!request.cached) return null
  const page = pageOf(request)
  const { data } = ctx.bulk.words
  const [lo, hi] = [lowHalf(page), highHalf(page)]
  const need = accessBits(request.access)
  // Second-stage translations are tagged by domain alone, whatever PASID led to them.
  const found = lookupIotlb(data, state.iotlb, target.domain, pasidTag(null), lo, hi, need)
  if (request.commit) ctx.costs.add(found < 0 ? 'iotlbMisses' : 'iotlbHits', 1)
  if (found < 0) {
    tellCache(ctx, 'miss', { domain: target.domain, pasid: null, page })
    return null
  }
  return hit(ctx, at, entryAt(data, state.iotlb, found))
}

/** A hit, compared with what the table says now; the comparison reads silently. */
function hit(ctx: HwContext, at: Configured, entry: IotlbEntry): Translation {
  const { request, references, target } = at
  const fresh = walkSecondStage(ctx, at.table, { ...request, commit: false })
  const output = (entry.output + (pageOf(request) - entry.page)) * 4096 + Number(request.address & 0xfffn)
  const cache = isStale(fresh.result, output, entry.perm) ? 'stale-hit' : 'hit'
  tellCache(ctx, cache, entry)
  if (request.commit) countReferences(ctx, references.length + fresh.references.length, references.length)
  const { perm, pageLg2 } = entry
  return { ok: true, output, perm, pageLg2, domain: target.domain, references, cache }
}

const isStale = (fresh: WalkResult, output: number, perm: number): boolean =>
  !fresh.ok || fresh.output !== output || (perm & ~fresh.perm) !== 0

function walked(ctx: HwContext, at: Configured): Translation {
  const { request, target, table } = at
  const { result, references: read } = walkSecondStage(ctx, table, request)
  tellReferences(ctx, read)
  const references = [...at.references, ...read]
  if (!result.ok) {
    const condition = conditionOf(result.reason, request.access)
    return counted(ctx, request, refuse(at, condition, result.level, references))
  }
  if (inInterruptRange(BigInt(result.output)))
    return counted(ctx, request, refuse(at, 'output-interrupt-range', result.level, references))
  for (const { hpa, before, after } of result.updated)
    ctx.events.emit({ kind: 'ad-updated', actor: 'iommu', hpa: BigInt(hpa), before, after })
  if (request.cached && request.commit) remember(ctx, at, result, read.at(-1)?.value ?? 0n)
  const { output, perm, pageLg2 } = result
  const cache = request.cached ? 'miss' : 'none'
  return counted(ctx, request, { ok: true, output, perm, pageLg2, domain: target.domain, references, cache })
}

const LEAF_DIRTY = 1n << 9n

/** Fills the IOTLB. Where D is kept, write is remembered only once D is set, so that the first write walks. */
function remember(ctx: HwContext, at: Configured, result: WalkResult & { ok: true }, leaf: bigint): void {
  const { request, target, state } = at
  const dirty = request.access === 'write' || (leaf & LEAF_DIRTY) !== 0n
  const { pageLg2 } = result
  if (pageLg2 !== 12 && pageLg2 !== 21 && pageLg2 !== 30) return
  const within = pageOf(request) % pow2(pageLg2 - 12)
  const entry: IotlbEntry = {
    domain: target.domain,
    pasid: null,
    page: pageOf(request) - within,
    output: Math.floor(result.output / 4096) - within,
    perm: target.accessedDirty && !dirty ? result.perm & 1 : result.perm,
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
