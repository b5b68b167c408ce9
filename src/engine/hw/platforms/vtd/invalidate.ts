/**
 * Invalidations on VT-d: which commands a change needs, and what each drops from the IOTLB
 * (VT-d 6.5.2, Linux intel_pasid_tear_down_entry and domain_context_clear_one for the order).
 *
 * A command takes effect as it is submitted; the wait descriptor that follows each in Linux is left out. What a
 * command drops is decided by its bits, in execute.ts. Only IOTLB commands count as flushes.
 */
import { pow2, unreachable } from '../../../bits'
import type { HwContext, InvalidationScope } from '../../contract'
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
import { MAMV } from './config'
import { RID_PASID } from './entries'
import { execute } from './execute'
import type { VtdRoute, VtdState } from './state'

type Flush = Flushing<VtdState>

export function invalidateVtd(ctx: HwContext, state: VtdState, scope: InvalidationScope): void {
  const at = { ctx, state, reach: scope.reach ?? EVERYWHERE }
  switch (scope.kind) {
    case 'all':
      flushAll(at)
      break
    case 'domain':
      dropDomain(at, scope.domain)
      break
    case 'range':
      flushRange(at, scope)
      break
    case 'pasid':
      dropPasid(at, scope.domain, scope.pasid ?? RID_PASID)
      break
    case 'pasid-range':
      flushPasidRange(at, { ...scope, pasid: scope.pasid ?? RID_PASID })
      break
    case 'pasid-table':
      break // no user has one here
    default:
      unreachable(scope)
  }
}

/** The command to the unit's own IOTLB, counted as a flush. */
function flushIotlb(
  at: Flush,
  count: 'flushAll' | 'flushDomain' | 'flushRange',
  issued: Command,
  scope: string,
): void {
  if (countsIotlb(at, count)) submit(at.ctx, at.state, issued, scope)
}

/** The commands to the TLBs of devices. */
function flushDevices(at: Flush, routes: readonly VtdRoute[], block: command.DeviceTlbBlock): void {
  for (const route of deviceTlbsMeant(at, routes)) flushDevice(at.ctx, at.state, route, block)
}

function flushAll(at: Flush): void {
  flushIotlb(at, 'flushAll', command.iotlbGlobal(), 'all')
  flushDevices(at, at.state.routes, 'all')
}

export const flushDomain = (ctx: HwContext, state: VtdState, domain: number): void =>
  dropDomain({ ctx, state, reach: EVERYWHERE }, domain)

function dropDomain(at: Flush, domain: number): void {
  flushIotlb(at, 'flushDomain', command.iotlbDomain(domain), `domain ${domain}`)
  flushDevices(at, routesOf(at.state, domain), 'all')
}

/** What a first stage, alone or nested, taught under one PASID of a domain. */
export const flushPasid = (ctx: HwContext, state: VtdState, domain: number, pasid: number): void =>
  dropPasid({ ctx, state, reach: EVERYWHERE }, domain, pasid)

function dropPasid(at: Flush, domain: number, pasid: number): void {
  flushIotlb(at, 'flushDomain', command.pasidIotlbAll(domain, pasid), `domain ${domain}, PASID ${pasid}`)
  flushDevices(at, routesUnder(at.state, domain, pasid), 'all')
}

/** As `flushPasid`, for a range of input and nothing beside it: a user named it. */
function flushPasidRange(at: Flush, range: PageRange & { pasid: number }): void {
  const { domain, pasid, firstPage, lastPage } = range
  if (command.coveringBlock(firstPage, lastPage, MAMV) === null) {
    dropPasid(at, domain, pasid)
    return
  }
  const blocks = command
    .exactBlocks(firstPage, lastPage, MAMV)
    .map(block => ({ address: BigInt(block.firstPage) << 12n, am: block.am }))
  if (countsIotlb(at, 'flushRange')) {
    for (const block of blocks) {
      const text = `domain ${domain}, PASID ${pasid}, ${pagesText(pow2(block.am), block.address)}`
      submit(at.ctx, at.state, command.pasidIotlbPages(domain, pasid, block), text)
    }
  }
  const routes = routesUnder(at.state, domain, pasid)
  for (const { address, am } of blocks) flushDevices(at, routes, { address, bytesLg2: 12 + am })
}

const routesUnder = (state: VtdState, domain: number, pasid: number): readonly VtdRoute[] =>
  routesOf(state, domain).filter(route => (route.pasid ?? RID_PASID) === pasid)

interface PageRange {
  readonly domain: number
  readonly firstPage: number
  readonly lastPage: number
}

/** One page-selective command over the smallest aligned block that covers the range, else the domain. */
function flushRange(at: Flush, range: PageRange): void {
  const block = command.coveringBlock(range.firstPage, range.lastPage, MAMV)
  if (block === null) dropDomain(at, range.domain)
  else flushBlock(at, range.domain, block)
}

function flushBlock(at: Flush, domain: number, block: command.CoveringBlock): void {
  const { firstPage, am } = block
  const address = BigInt(firstPage) << 12n
  const text = `domain ${domain}, ${pagesText(pow2(am), address)}`
  flushIotlb(at, 'flushRange', command.iotlbPages(domain, { address, am }), text)
  flushDevices(at, routesOf(at.state, domain), { address, bytesLg2: 12 + am })
}

const routesOf = (state: VtdState, domain: number): readonly VtdRoute[] =>
  state.routes.filter(route => route.domain === domain)

/** The device's own translations, where it may have any. */
export function flushDevice(
  ctx: HwContext,
  state: VtdState,
  route: VtdRoute,
  block: command.DeviceTlbBlock,
): void {
  if (!route.ats) return
  const target = { sid: route.rid, pfsid: route.rid, depth: 0 }
  const { pasid } = route
  const issued =
    pasid === null ? command.deviceTlb(target, block) : command.pasidDeviceTlb(target, pasid, block)
  submit(ctx, state, issued, ridText(route.rid))
}

/** Hands one command to the hardware: tells of it, with what it dropped of the cache it is for. */
export function submit(ctx: HwContext, state: VtdState, issued: Command, scope: string): void {
  tellInvalidated(ctx, issued, scope, execute(ctx, state, issued))
}
