/**
 * What the kernel wants flushed, as AMD-Vi commands with those that devices with ATS need on top. Only INVALIDATE_IOMMU
 * commands count as flushes. What a command does is in execute.ts.
 *
 * What is cached of a GCR3 entry is the translations made through it: to make a changed entry seen they go.
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
  tellInvalidated,
} from '../../flushing'
import { pagesText, ridText } from '../../reports'
import * as command from './commands'
import { execute } from './execute'
import { type AmdRoute, type AmdState, tagOf } from './state'

type Flush = Flushing<AmdState>

/** Every scope ends in a COMPLETION_WAIT. */
export function invalidateAmd(ctx: HwContext, state: AmdState, scope: InvalidationScope): void {
  issue({ ctx, state, reach: scope.reach ?? EVERYWHERE }, scope)
  submit(ctx, state, command.completionWait(), 'completion')
}

function issue(at: Flush, scope: InvalidationScope): void {
  switch (scope.kind) {
    case 'all':
      if (countsIotlb(at, 'flushAll')) submit(at.ctx, at.state, command.invalidateAll(), 'all')
      flushDevices(at, at.state.routes, 'all')
      break
    case 'domain':
      dropDomain(at, scope.domain)
      break
    case 'range':
      flush(at, 'flushRange', { domain: scope.domain, pasid: null, of: 'host' }, [blockOf(scope)])
      break
    case 'pasid':
      flush(at, 'flushDomain', { ...scope, of: 'guest' }, ['all'])
      break
    case 'pasid-range':
      flush(at, 'flushRange', { ...scope, of: 'guest' }, blocksOf(scope))
      break
    case 'pasid-table': {
      // What is held of an entry is translations, in whichever cache: the user did not have to name those.
      const everywhere = { ...at, reach: { ...EVERYWHERE, rids: at.reach.rids } }
      flush(everywhere, 'flushDomain', { ...scope, of: scope.pasid === null ? 'host' : 'guest' }, ['all'])
      break
    }
    default:
      unreachable(scope)
  }
}

/** The commands to the TLBs of devices. */
function flushDevices(at: Flush, routes: readonly AmdRoute[], block: command.Block): void {
  for (const route of deviceTlbsMeant(at, routes)) flushDevice(at.ctx, at.state, route, block)
}

const ofDomain = (state: AmdState, domain: number): readonly AmdRoute[] =>
  state.routes.filter(({ to }) => to.domain === domain)

/** Host translations, what both tables made, and for PASIDs of the kernel their own. */
export function flushDomain(ctx: HwContext, state: AmdState, domain: number): void {
  dropDomain({ ctx, state, reach: EVERYWHERE }, domain)
  submit(ctx, state, command.completionWait(), 'completion')
}

function dropDomain(at: Flush, domain: number): void {
  const { ctx, state } = at
  const routes = ofDomain(state, domain)
  if (countsIotlb(at, 'flushDomain')) {
    submit(ctx, state, command.invalidatePages(domain, null, 'all'), `domain ${domain}`)
    dropOwnPasids(at, routes, 'all')
  }
  flushDevices(at, routes, 'all')
}

/** What PASIDs of the kernel were taught, each under the domain of its GCR3 table. */
function dropOwnPasids({ ctx, state }: Flush, routes: readonly AmdRoute[], block: command.Block): void {
  for (const route of routes.filter(({ to }) => to.kind === 'first')) {
    const { domain, pasid } = tagOf(state, route)
    const text = `domain ${domain}, PASID ${pasid}`
    submit(ctx, state, command.invalidatePages(domain, pasid, block), text)
  }
}

interface Target {
  readonly domain: number
  readonly pasid: number | null
  readonly of: 'host' | 'guest'
}

/** Blocks of one range count as one flush. */
function flush(
  at: Flush,
  count: 'flushDomain' | 'flushRange',
  { domain, pasid, of }: Target,
  blocks: readonly command.Block[],
): void {
  const { ctx, state } = at
  const tag = of === 'guest' ? (pasid ?? 0) : null
  const whose = `domain ${domain}${tag === null ? '' : `, PASID ${tag}`}`
  const routes = ofDomain(state, domain)
  const counts = countsIotlb(at, count)
  for (const block of blocks) {
    if (counts) {
      submit(ctx, state, command.invalidatePages(domain, tag, block), `${whose}, ${blockText(block)}`)
      if (of === 'host') dropOwnPasids(at, routes, block)
    }
    flushDevices(at, of === 'guest' ? routes.map(route => ({ ...route, pasid })) : routes, block)
  }
}

const blockText = (block: command.Block): string =>
  block === 'all' ? 'all' : pagesText(pow2(block.pagesLg2), block.address)

const MOST_BLOCK = 51

interface Pages {
  readonly firstPage: number
  readonly lastPage: number
}

function blockOf({ firstPage, lastPage }: Pages): command.Block {
  const block = coveringBlock(firstPage, lastPage, MOST_BLOCK)
  return block === null ? 'all' : { address: BigInt(block.firstPage) << 12n, pagesLg2: block.am }
}

/** A range that the user named, and nothing beside it. */
const blocksOf = ({ firstPage, lastPage }: Pages): readonly command.Block[] =>
  exactBlocks(firstPage, lastPage, MOST_BLOCK).map(({ firstPage: page, am }) => ({
    address: BigInt(page) << 12n,
    pagesLg2: am,
  }))

/** The device's own translations, where it may have any. */
export function flushDevice(
  ctx: HwContext,
  state: AmdState,
  { ats, rid, pasid }: Pick<AmdRoute, 'ats' | 'rid' | 'pasid'>,
  block: command.Block,
): void {
  if (ats) submit(ctx, state, command.invalidateIotlb(rid, pasid, block), ridText(rid))
}

/** Hands one command to the hardware: tells of it, with what it dropped. */
export function submit(ctx: HwContext, state: AmdState, issued: Command, scope: string): void {
  tellInvalidated(ctx, issued, scope, execute(ctx, state, issued))
}
