/**
 * What the kernel wants flushed, as SMMUv3 commands with the ATC commands that devices with ATS need on top. Only TLB
 * commands count as flushes. What a command does is in execute.ts.
 *
 * Who changes stage 2 under a guest's tables flushes by IPA what stage 2 made alone, and everything stage 1 had a part
 * in: no address of stage 1 is known there. The ASID of a guest's table is the guest's, so that a flush of one
 * substream reaches every ASID of its VMID.
 */
import { pow2, unreachable } from '../../../bits'
import type { HwContext, InvalidationScope } from '../../contract'
import { coveringBlock } from '../../covering-block'
import { ridText } from '../../reports'
import * as command from './commands'
import { execute } from './execute'
import { type SmmuRoute, type SmmuState, vmidOf } from './state'

/** Every scope ends in a SYNC, which waits for the commands before it. */
export function invalidateSmmu(ctx: HwContext, state: SmmuState, scope: InvalidationScope): void {
  issue(ctx, state, scope)
  submit(ctx, state, command.sync(), 'completion')
}

function issue(ctx: HwContext, state: SmmuState, scope: InvalidationScope): void {
  switch (scope.kind) {
    case 'all':
      ctx.costs.add('flushAll', 1)
      submit(ctx, state, command.tlbiNsnhAll(), 'all')
      for (const route of state.routes) flushDevice(ctx, state, route, 'all')
      break
    case 'domain':
      flushDomain(ctx, state, scope.domain)
      break
    case 'range':
      flushRange(ctx, state, scope)
      break
    case 'pasid':
      flushSubstream(ctx, state, scope)
      break
    case 'pasid-range':
      flushSubstreamRange(ctx, state, scope)
      break
    case 'pasid-table':
      flushContexts(ctx, state, scope)
      break
    default:
      unreachable(scope)
  }
}

const ofDomain = (state: SmmuState, domain: number): readonly SmmuRoute[] =>
  state.routes.filter(({ to }) => to.domain === domain)

/** Routes whose stage 2 is the domain's, with a guest's stage 1 above it. */
const above = (state: SmmuState, domain: number): readonly SmmuRoute[] =>
  state.routes.filter(({ to }) => to.kind === 'pasid-table' && to.parentDomain === domain)

function flushDomain(ctx: HwContext, state: SmmuState, domain: number): void {
  const routes = ofDomain(state, domain)
  const [first] = routes
  ctx.costs.add('flushDomain', 1)
  if (first === undefined || first.to.kind === undefined || first.to.kind === 'second')
    submit(ctx, state, command.tlbiS12VmAll(domain), `VMID ${domain}`)
  else flushStage1(ctx, state, first)
  for (const route of new Set([...routes, ...above(state, domain)])) flushDevice(ctx, state, route, 'all')
}

/** All that stage 1 of a route taught: by ASID where the kernel gave it out. */
function flushStage1(ctx: HwContext, state: SmmuState, route: SmmuRoute): void {
  const vmid = vmidOf(route)
  if (route.to.kind === 'first')
    submit(ctx, state, command.tlbiNhAsid(vmid, route.to.domain), `ASID ${route.to.domain}`)
  else submit(ctx, state, command.tlbiNhAll(vmid), `stage 1 of VMID ${vmid}`)
}

interface PageRange {
  readonly domain: number
  readonly firstPage: number
  readonly lastPage: number
}

const pagesIn = ({ firstPage, lastPage }: PageRange): number => lastPage - firstPage + 1

function flushRange(ctx: HwContext, state: SmmuState, range: PageRange): void {
  const { domain } = range
  ctx.costs.add('flushRange', 1)
  for (const part of command.rangesOf(range.firstPage, pagesIn(range)))
    submit(ctx, state, command.tlbiS2Ipa(domain, part), rangeText(`VMID ${domain}`, part))
  const nested = above(state, domain)
  if (nested.length > 0) submit(ctx, state, command.tlbiNhAll(domain), `stage 1 of VMID ${domain}`)
  for (const route of ofDomain(state, domain)) flushDevice(ctx, state, route, blockOf(range))
  for (const route of nested) flushDevice(ctx, state, route, 'all')
}

interface OfPasid {
  readonly domain: number
  readonly pasid: number | null
}

function flushSubstream(ctx: HwContext, state: SmmuState, { domain, pasid }: OfPasid): void {
  ctx.costs.add('flushDomain', 1)
  const routes = ofDomain(state, domain)
  const [first] = routes
  if (first !== undefined) flushStage1(ctx, state, first)
  for (const route of routes) flushDevice(ctx, state, { ...route, pasid }, 'all')
}

function flushSubstreamRange(ctx: HwContext, state: SmmuState, range: PageRange & OfPasid): void {
  ctx.costs.add('flushRange', 1)
  const routes = ofDomain(state, range.domain)
  const [first] = routes
  if (first === undefined) return
  const vmid = vmidOf(first)
  for (const part of command.rangesOf(range.firstPage, pagesIn(range)))
    if (first.to.kind === 'first')
      submit(ctx, state, command.tlbiNhVa(vmid, range.domain, part), rangeText(`ASID ${range.domain}`, part))
    else submit(ctx, state, command.tlbiNhVaa(vmid, part), rangeText(`VMID ${vmid}, any ASID`, part))
  for (const route of routes) flushDevice(ctx, state, { ...route, pasid: range.pasid }, blockOf(range))
}

/** CDs of a guest that changed. */
function flushContexts(ctx: HwContext, state: SmmuState, { domain, pasid }: OfPasid): void {
  for (const { rid } of ofDomain(state, domain)) {
    const issued = pasid === null ? command.cfgiCdAll(rid) : command.cfgiCd(rid, pasid)
    submit(ctx, state, issued, pasid === null ? ridText(rid) : `${ridText(rid)}, SubstreamID ${pasid}`)
  }
}

function rangeText(what: string, { address, range }: command.TlbiPages): string {
  const pages = range === undefined ? 1 : (range.num + 1) * pow2(range.scale)
  return `${what}, ${pages} pages at 0x${address.toString(16)}`
}

const MOST_BLOCK = 51

function blockOf({ firstPage, lastPage }: PageRange): command.AtcBlock {
  const block = coveringBlock(firstPage, lastPage, MOST_BLOCK)
  return block === null ? 'all' : { address: BigInt(block.firstPage) << 12n, pagesLg2: block.am }
}

/** The device's own translations, where it may have any. */
export function flushDevice(
  ctx: HwContext,
  state: SmmuState,
  { ats, rid, pasid }: Pick<SmmuRoute, 'ats' | 'rid' | 'pasid'>,
  block: command.AtcBlock,
): void {
  if (ats) submit(ctx, state, command.atcInv(rid, pasid, block), ridText(rid))
}

/** What was learnt through a route that is taken away. */
export function flushRoute(ctx: HwContext, state: SmmuState, route: SmmuRoute): void {
  ctx.costs.add('flushDomain', 1)
  const { kind } = route.to
  if (kind === 'first' || kind === 'pasid-table') flushStage1(ctx, state, route)
  else submit(ctx, state, command.tlbiS12VmAll(vmidOf(route)), `VMID ${vmidOf(route)}`)
  flushDevice(ctx, state, route, 'all')
}

/** Hands one command to the hardware: tells of it, with what it dropped. */
export function submit(ctx: HwContext, state: SmmuState, issued: command.Command, scope: string): void {
  const dropped = execute(ctx, state, issued)
  if (!ctx.events.on) return
  const event = { command: issued.name, raw: issued.words, scope, dropped }
  ctx.events.emit({ kind: 'invalidated', actor: 'iommu', ...event })
}
