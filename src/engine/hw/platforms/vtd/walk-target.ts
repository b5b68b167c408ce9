/** The tables that a PASID or context entry sets up, walked: first stage, second stage, or both (VT-d 3.6 to 3.8). */
import { hex, InvariantError, unreachable } from '../../../bits'
import { accessBits } from '../../cached-answer'
import type { HwContext, TranslateRequest } from '../../contract'
import { tellCacheOp } from '../../reports'
import { guestWidth, type VtdConfig, widthOf } from './config'
import { firstTable, walkFirstStage } from './first-stage'
import { type NestedTables, walkNested } from './nested'
import { findPaging, isCurrent, keepPaging, type PagingEntry, type PagingTag } from './paging-cache'
import { secondTable, walkSecondStage } from './second-stage'
import type { Learnt, StageWalk, WalkFault } from './stage-walk'
import type { VtdState } from './state'
import type { SecondStage, VtdTarget } from './target'

/** Bits of an address that a second stage takes. */
const secondBits = (config: VtdConfig, { levels }: Pick<SecondStage, 'levels'>): number =>
  Math.min(widthOf(levels), guestWidth(config))

/** Why an address can never be an input of what is set up, or null. A first stage judges its own while it walks. */
export function inputFault(config: VtdConfig, target: VtdTarget, address: bigint): WalkFault | null {
  if (target.kind === 'first' || target.kind === 'nested') return null
  const bits = secondBits(config, target.kind === 'second' ? target.second : target)
  return address >> BigInt(bits) === 0n ? null : { condition: 'beyond-width', stage: 'second', level: null }
}

/** Walks for one request. A dry walk (`commit` false) changes no word; one that is not `cached` starts at the top. */
export function walkTarget(
  ctx: HwContext,
  state: VtdState,
  target: VtdTarget,
  request: TranslateRequest,
): StageWalk {
  const { config } = state
  switch (target.kind) {
    case 'second': {
      const start = startFor(ctx, state, { tag: secondTag(target), levels: target.second.levels }, request)
      return walkSecondStage(ctx, secondTable(config, target.second), request, { start })
    }
    case 'first': {
      const start = startFor(ctx, state, { tag: firstTag(target), levels: target.first.levels }, request)
      return walkFirstStage(ctx, firstTable(target.first, false), request, start)
    }
    case 'nested':
      return walkNested(ctx, nestedTables(ctx, state, target, request), request)
    case 'pass-through':
      throw new InvariantError('pass-through has no table')
    default:
      return unreachable(target)
  }
}

function nestedTables(
  ctx: HwContext,
  state: VtdState,
  target: VtdTarget & { kind: 'nested' },
  request: TranslateRequest,
): NestedTables {
  const first = { tag: firstTag(target), levels: target.first.levels }
  const second = { tag: secondTag(target), levels: target.second.levels }
  return {
    first: firstTable(target.first, true),
    second: secondTable(state.config, target.second),
    guestBits: secondBits(state.config, target.second),
    start: startFor(ctx, state, first, request),
    secondStart: (address, access) => startFor(ctx, state, second, { ...request, address, access }),
  }
}

const secondTag = ({ domain, kind }: VtdTarget): PagingTag => {
  return { stage: 'second', domain, pasid: null, nested: kind === 'nested' }
}

const firstTag = ({ domain, kind, pasid }: VtdTarget & { kind: 'first' | 'nested' }): PagingTag => {
  return { stage: 'first', domain, pasid, nested: kind === 'nested' }
}

/** The lowest table that the paging-structure caches know on the way, or null. */
function startFor(
  ctx: HwContext,
  state: VtdState,
  { tag, levels }: { readonly tag: PagingTag; readonly levels: number },
  request: TranslateRequest,
): PagingEntry | null {
  if (!request.cached) return null
  const wanted = { page: Number(request.address >> 12n), top: levels - 1, need: accessBits(request.access) }
  const found = findPaging(ctx.bulk.words.data, state.caches.paging, tag, wanted)
  if (found !== null) {
    const current = isCurrent(tag, found, ctx.bulk.memory.read64(found.item.hpa))
    tellCacheOp(ctx, 'paging-structure', current ? 'hit' : 'stale-hit', pagingText(tag, found))
  }
  return found
}

function pagingText({ stage, domain, pasid }: PagingTag, { level, page }: PagingEntry): string {
  const tagged = pasid === null ? '' : ` PASID ${pasid}`
  return `${stage} stage of domain ${domain}${tagged}, level ${level} table of ${hex(BigInt(page) << 12n)}`
}

/** Keeps the tables that a walk came through, with what its entries hold now. */
export function keepTables(
  ctx: HwContext,
  state: VtdState,
  target: VtdTarget,
  learnt: readonly Learnt[],
): void {
  for (const { stage, entry } of learnt) {
    const tag = stage === 'first' && 'first' in target ? firstTag(target) : secondTag(target)
    const item = { ...entry.item, value: ctx.bulk.memory.read64(entry.item.hpa) }
    keepPaging(ctx.bulk, state.caches.paging, tag, { ...entry, item })
  }
}
