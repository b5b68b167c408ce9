/**
 * What the kernel wants flushed, as AMD-Vi commands with those that devices with ATS need on top. Only INVALIDATE_IOMMU
 * commands count as flushes. What a command does is in execute.ts.
 *
 * What is cached of a GCR3 entry is the translations made through it: to make a changed entry seen they go.
 */
import { pow2, unreachable } from '../../../bits'
import type { HwContext, InvalidationScope } from '../../contract'
import { coveringBlock } from '../../covering-block'
import { ridText } from '../../reports'
import * as command from './commands'
import { execute } from './execute'
import type { AmdRoute, AmdState } from './state'

/** Every scope ends in a COMPLETION_WAIT. */
export function invalidateAmd(ctx: HwContext, state: AmdState, scope: InvalidationScope): void {
  switch (scope.kind) {
    case 'all':
      ctx.costs.add('flushAll', 1)
      submit(ctx, state, command.invalidateAll(), 'all')
      for (const route of state.routes) flushDevice(ctx, state, route, 'all')
      break
    case 'domain':
      flushDomain(ctx, state, scope.domain)
      return
    case 'range':
      ctx.costs.add('flushRange', 1)
      flush(ctx, state, { domain: scope.domain, pasid: null, of: 'host' }, blockOf(scope))
      break
    case 'pasid':
      ctx.costs.add('flushDomain', 1)
      flush(ctx, state, { ...scope, of: 'guest' }, 'all')
      break
    case 'pasid-range':
      ctx.costs.add('flushRange', 1)
      flush(ctx, state, { ...scope, of: 'guest' }, blockOf(scope))
      break
    case 'pasid-table':
      ctx.costs.add('flushDomain', 1)
      flush(ctx, state, { ...scope, of: scope.pasid === null ? 'host' : 'guest' }, 'all')
      break
    default:
      unreachable(scope)
  }
  submit(ctx, state, command.completionWait(), 'completion')
}

const ofDomain = (state: AmdState, domain: number): readonly AmdRoute[] =>
  state.routes.filter(({ to }) => to.domain === domain)

/** Host translations, what both tables made, and for PASIDs of the kernel their own. */
export function flushDomain(ctx: HwContext, state: AmdState, domain: number): void {
  ctx.costs.add('flushDomain', 1)
  const routes = ofDomain(state, domain)
  submit(ctx, state, command.invalidatePages(domain, null, 'all'), `domain ${domain}`)
  for (const { pasid } of routes)
    if (pasid !== null)
      submit(ctx, state, command.invalidatePages(domain, pasid, 'all'), `domain ${domain}, PASID ${pasid}`)
  for (const route of routes) flushDevice(ctx, state, route, 'all')
  submit(ctx, state, command.completionWait(), 'completion')
}

interface Target {
  readonly domain: number
  readonly pasid: number | null
  readonly of: 'host' | 'guest'
}

function flush(ctx: HwContext, state: AmdState, { domain, pasid, of }: Target, block: command.Block): void {
  const tag = of === 'guest' ? (pasid ?? 0) : null
  const pages = block === 'all' ? 'all' : `${pow2(block.pagesLg2)} pages at 0x${block.address.toString(16)}`
  const text = `domain ${domain}${tag === null ? '' : `, PASID ${tag}`}, ${pages}`
  submit(ctx, state, command.invalidatePages(domain, tag, block), text)
  for (const route of ofDomain(state, domain))
    if (of === 'guest') flushDevice(ctx, state, { ...route, pasid }, block)
    // A device above a guest's tables keeps addresses of those: none of the host's tells which.
    else flushDevice(ctx, state, route, route.to.kind === 'pasid-table' ? 'all' : block)
}

const MOST_BLOCK = 51

function blockOf({
  firstPage,
  lastPage,
}: {
  readonly firstPage: number
  readonly lastPage: number
}): command.Block {
  const block = coveringBlock(firstPage, lastPage, MOST_BLOCK)
  return block === null ? 'all' : { address: BigInt(block.firstPage) << 12n, pagesLg2: block.am }
}

/** The device's own translations, where it may have any. */
function flushDevice(
  ctx: HwContext,
  state: AmdState,
  { ats, rid, pasid }: Pick<AmdRoute, 'ats' | 'rid' | 'pasid'>,
  block: command.Block,
): void {
  if (ats) submit(ctx, state, command.invalidateIotlb(rid, pasid, block), ridText(rid))
}

/** Hands one command to the hardware: tells of it, with what it dropped. */
export function submit(ctx: HwContext, state: AmdState, issued: command.Command, scope: string): void {
  const dropped = execute(ctx, state, issued)
  if (!ctx.events.on) return
  const event = { command: issued.name, raw: issued.words, scope, dropped }
  ctx.events.emit({ kind: 'invalidated', actor: 'iommu', ...event })
}
