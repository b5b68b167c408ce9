/**
 * What the kernel wants flushed, as SMMUv3 commands with the ATC commands that devices with ATS need on top. Only TLB
 * commands count as flushes. What a command does is in execute.ts.
 *
 * Who changes stage 2 under a guest's tables flushes by IPA what stage 2 made alone, and everything stage 1 had a part
 * in: no address of stage 1 is known there. The ASID of a guest's table is the guest's: a flush of one substream names
 * the one that its CD has in memory, and every ASID of the VMID where that CD is not valid.
 */
import { pow2, unreachable } from '../../../bits'
import type { HwContext, InvalidationScope } from '../../contract'
import { coveringBlock, exactBlocks } from '../../covering-block'
import {
  type Command,
  countsIotlb,
  deviceTlbsMeant,
  EVERYWHERE,
  type Flushing,
  isMeant,
  tellInvalidated,
} from '../../flushing'
import { pagesText, ridText } from '../../reports'
import * as command from './commands'
import { execute } from './execute'
import { lookupConfig } from './lookup'
import { type SmmuRoute, type SmmuState, vmidOf } from './state'

type Flush = Flushing<SmmuState>

/** Every scope ends in a SYNC, which waits for the commands before it. */
export function invalidateSmmu(ctx: HwContext, state: SmmuState, scope: InvalidationScope): void {
  issue({ ctx, state, reach: scope.reach ?? EVERYWHERE }, scope)
  submit(ctx, state, command.sync(), 'completion')
}

function issue(at: Flush, scope: InvalidationScope): void {
  switch (scope.kind) {
    case 'all':
      if (countsIotlb(at, 'flushAll')) submit(at.ctx, at.state, command.tlbiNsnhAll(), 'all')
      flushDevices(at, at.state.routes, 'all')
      break
    case 'domain':
      flushDomain(at, scope.domain)
      break
    case 'range':
      flushRange(at, scope)
      break
    case 'pasid':
      flushSubstream(at, scope)
      break
    case 'pasid-range':
      flushSubstreamRange(at, scope)
      break
    case 'pasid-table':
      flushContexts(at, scope)
      break
    default:
      unreachable(scope)
  }
}

/** The commands to the TLBs of devices. */
function flushDevices(at: Flush, routes: readonly SmmuRoute[], block: command.AtcBlock): void {
  for (const route of deviceTlbsMeant(at, routes)) flushDevice(at.ctx, at.state, route, block)
}

const ofDomain = (state: SmmuState, domain: number): readonly SmmuRoute[] =>
  state.routes.filter(({ to }) => to.domain === domain)

/** Routes whose stage 2 is the domain's, with a guest's stage 1 above it. */
const above = (state: SmmuState, domain: number): readonly SmmuRoute[] =>
  state.routes.filter(({ to }) => to.kind === 'pasid-table' && to.parentDomain === domain)

/** Routes that have a stage 1, of the kernel or of a guest. */
const throughStage1 = ({ to: { kind } }: SmmuRoute): boolean => kind === 'first' || kind === 'pasid-table'

/** Whether a domain stands for a stage 2: by some route, or by none that is left. */
const usesStage2 = (routes: readonly SmmuRoute[]): boolean =>
  routes.length === 0 || routes.some(route => !throughStage1(route))

function flushDomain(at: Flush, domain: number): void {
  const { ctx, state } = at
  const routes = ofDomain(state, domain)
  const first = routes.find(throughStage1)
  if (countsIotlb(at, 'flushDomain')) {
    if (first !== undefined) flushStage1(ctx, state, first, kernelsAsid(first))
    if (usesStage2(routes)) submit(ctx, state, command.tlbiS12VmAll(domain), `VMID ${domain}`)
  }
  flushDevices(at, [...new Set([...routes, ...above(state, domain)])], 'all')
}

/** The ASID of a table of the kernel's; null where the guest gives them out. */
const kernelsAsid = ({ to }: SmmuRoute): number | null => (to.kind === 'first' ? to.domain : null)

/** The ASID that translations of one substream are tagged with, as its CD says now; null where there is no valid CD. */
function asidOf({ ctx, state }: Flush, route: SmmuRoute, pasid: number | null): number | null {
  if (route.to.kind !== 'pasid-table') return kernelsAsid(route)
  const quiet = { ...ctx, events: { on: false, emit() {} } }
  const { target } = lookupConfig(quiet, state, { rid: route.rid, pasid, cached: false, commit: false })
  return 'first' in target ? target.first.asid : null
}

/** What stage 1 of a route taught, of one ASID or (null) all of its VMID. */
function flushStage1(ctx: HwContext, state: SmmuState, route: SmmuRoute, asid: number | null): void {
  const vmid = vmidOf(route)
  if (asid !== null) submit(ctx, state, command.tlbiNhAsid(vmid, asid), tagText(vmid, asid))
  else submit(ctx, state, command.tlbiNhAll(vmid), `stage 1 of VMID ${vmid}`)
}

const tagText = (vmid: number, asid: number): string =>
  vmid === 0 ? `ASID ${asid}` : `VMID ${vmid}, ASID ${asid}`

interface PageRange {
  readonly domain: number
  readonly firstPage: number
  readonly lastPage: number
}

const pagesIn = ({ firstPage, lastPage }: PageRange): number => lastPage - firstPage + 1

function flushRange(at: Flush, range: PageRange): void {
  const { ctx, state } = at
  const { domain } = range
  const nested = above(state, domain)
  const routes = ofDomain(state, domain)
  if (countsIotlb(at, 'flushRange')) {
    const first = routes.find(({ to }) => to.kind === 'first')
    for (const part of command.rangesOf(range.firstPage, pagesIn(range))) {
      if (first !== undefined) flushVa(at, first, domain, part)
      if (usesStage2(routes) || nested.length > 0)
        submit(ctx, state, command.tlbiS2Ipa(domain, part), rangeText(`VMID ${domain}`, part))
    }
    if (nested.length > 0) submit(ctx, state, command.tlbiNhAll(domain), `stage 1 of VMID ${domain}`)
  }
  flushDevices(at, routes, blockOf(range))
  flushDevices(at, nested, 'all')
}

/** Pages of one ASID, or (null) of any. */
function flushVa(
  { ctx, state }: Flush,
  route: SmmuRoute,
  asid: number | null,
  part: command.TlbiPages,
): void {
  const vmid = vmidOf(route)
  const issued = asid === null ? command.tlbiNhVaa(vmid, part) : command.tlbiNhVa(vmid, asid, part)
  const tag = asid === null ? `VMID ${vmid}, any ASID` : tagText(vmid, asid)
  submit(ctx, state, issued, rangeText(tag, part))
}

interface OfPasid {
  readonly domain: number
  readonly pasid: number | null
}

function flushSubstream(at: Flush, { domain, pasid }: OfPasid): void {
  const routes = ofDomain(at.state, domain)
  const [first] = routes
  if (countsIotlb(at, 'flushDomain') && first !== undefined)
    flushStage1(at.ctx, at.state, first, asidOf(at, first, pasid))
  flushDevices(at, ofSubstream(routes, pasid), 'all')
}

const ofSubstream = (routes: readonly SmmuRoute[], pasid: number | null): readonly SmmuRoute[] =>
  routes.map(route => ({ ...route, pasid }))

function flushSubstreamRange(at: Flush, range: PageRange & OfPasid): void {
  const routes = ofDomain(at.state, range.domain)
  const [first] = routes
  if (first === undefined) return
  if (countsIotlb(at, 'flushRange')) {
    const asid = asidOf(at, first, range.pasid)
    for (const part of command.rangesOf(range.firstPage, pagesIn(range))) flushVa(at, first, asid, part)
  }
  const devices = ofSubstream(routes, range.pasid)
  for (const block of exactBlocks(range.firstPage, range.lastPage, MOST_BLOCK))
    flushDevices(at, devices, { address: BigInt(block.firstPage) << 12n, pagesLg2: block.am })
}

/** CDs of a guest that changed. */
function flushContexts(at: Flush, { domain, pasid }: OfPasid): void {
  for (const { rid } of ofDomain(at.state, domain).filter(route => isMeant(at, route))) {
    const issued = pasid === null ? command.cfgiCdAll(rid) : command.cfgiCd(rid, pasid)
    const text = pasid === null ? ridText(rid) : `${ridText(rid)}, SubstreamID ${pasid}`
    submit(at.ctx, at.state, issued, text)
  }
}

function rangeText(what: string, { address, range }: command.TlbiPages): string {
  const pages = range === undefined ? 1 : (range.num + 1) * pow2(range.scale)
  return `${what}, ${pagesText(pages, address)}`
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
  if (kind === 'first' || kind === 'pasid-table') flushStage1(ctx, state, route, kernelsAsid(route))
  else submit(ctx, state, command.tlbiS12VmAll(vmidOf(route)), `VMID ${vmidOf(route)}`)
  flushDevice(ctx, state, route, 'all')
}

/** Hands one command to the hardware: tells of it, with what it dropped. */
export function submit(ctx: HwContext, state: SmmuState, issued: Command, scope: string): void {
  tellInvalidated(ctx, issued, scope, execute(ctx, state, issued))
}
