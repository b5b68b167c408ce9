/**
 * Invalidations on VT-d: which commands a change needs, and what each drops from the IOTLB
 * (VT-d 6.5.2, Linux intel_pasid_tear_down_entry and domain_context_clear_one for the order).
 *
 * A command takes effect as it is submitted; the wait descriptor that follows each in Linux is left out. What a
 * command drops is decided by its bits, in execute.ts. Only IOTLB commands count as flushes.
 */
import { pow2, unreachable } from '../../../bits'
import type { HwContext, InvalidationScope } from '../../contract'
import { ridText } from '../../reports'
import * as command from './commands'
import { MAMV } from './config'
import { RID_PASID } from './entries'
import { execute } from './execute'
import type { VtdRoute, VtdState } from './state'

export function invalidateVtd(ctx: HwContext, state: VtdState, scope: InvalidationScope): void {
  switch (scope.kind) {
    case 'all':
      flushAll(ctx, state)
      break
    case 'domain':
      flushDomain(ctx, state, scope.domain)
      break
    case 'range':
      flushRange(ctx, state, scope)
      break
    case 'pasid':
      flushPasid(ctx, state, scope.domain, scope.pasid ?? RID_PASID)
      break
    case 'pasid-range':
      flushPasidRange(ctx, state, { ...scope, pasid: scope.pasid ?? RID_PASID })
      break
    case 'pasid-table':
      break // no user has one here
    default:
      unreachable(scope)
  }
}

function flushAll(ctx: HwContext, state: VtdState): void {
  ctx.costs.add('flushAll', 1)
  submit(ctx, state, command.iotlbGlobal(), 'all')
  for (const route of state.routes) flushDevice(ctx, state, route, 'all')
}

export function flushDomain(ctx: HwContext, state: VtdState, domain: number): void {
  ctx.costs.add('flushDomain', 1)
  submit(ctx, state, command.iotlbDomain(domain), `domain ${domain}`)
  for (const route of routesOf(state, domain)) flushDevice(ctx, state, route, 'all')
}

/** What a first stage, alone or nested, taught under one PASID of a domain. */
export function flushPasid(ctx: HwContext, state: VtdState, domain: number, pasid: number): void {
  ctx.costs.add('flushDomain', 1)
  const text = `domain ${domain}, PASID ${pasid}`
  submit(ctx, state, command.pasidIotlbAll(domain, pasid), text)
  for (const route of routesUnder(state, domain, pasid)) flushDevice(ctx, state, route, 'all')
}

/** As `flushPasid`, for the smallest aligned block that covers a range of input. */
function flushPasidRange(ctx: HwContext, state: VtdState, range: PageRange & { pasid: number }): void {
  const { domain, pasid } = range
  const block = command.coveringBlock(range.firstPage, range.lastPage, MAMV)
  if (block === null) {
    flushPasid(ctx, state, domain, pasid)
    return
  }
  const { firstPage, am } = block
  const address = BigInt(firstPage) << 12n
  ctx.costs.add('flushRange', 1)
  const text = `domain ${domain}, PASID ${pasid}, ${pow2(am)} pages at 0x${address.toString(16)}`
  const issued = command.pasidIotlbPages(domain, pasid, { address, am })
  submit(ctx, state, issued, text)
  for (const route of routesUnder(state, domain, pasid))
    flushDevice(ctx, state, route, { address, bytesLg2: 12 + am })
}

const routesUnder = (state: VtdState, domain: number, pasid: number): readonly VtdRoute[] =>
  routesOf(state, domain).filter(route => (route.pasid ?? RID_PASID) === pasid)

interface PageRange {
  readonly domain: number
  readonly firstPage: number
  readonly lastPage: number
}

/** One page-selective command over the smallest aligned block that covers the range, else the domain. */
function flushRange(ctx: HwContext, state: VtdState, range: PageRange): void {
  const block = command.coveringBlock(range.firstPage, range.lastPage, MAMV)
  if (block === null) flushDomain(ctx, state, range.domain)
  else flushBlock(ctx, state, range.domain, block)
}

function flushBlock(ctx: HwContext, state: VtdState, domain: number, block: command.CoveringBlock): void {
  const { firstPage, am } = block
  const address = BigInt(firstPage) << 12n
  ctx.costs.add('flushRange', 1)
  const text = `domain ${domain}, ${pow2(am)} pages at 0x${address.toString(16)}`
  submit(ctx, state, command.iotlbPages(domain, { address, am }), text)
  for (const route of routesOf(state, domain)) flushDevice(ctx, state, route, { address, bytesLg2: 12 + am })
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
export function submit(ctx: HwContext, state: VtdState, issued: command.Command, scope: string): void {
  const dropped = execute(ctx, state, issued)
  if (!ctx.events.on) return
  const event = { command: issued.name, raw: issued.words, scope, dropped }
  ctx.events.emit({ kind: 'invalidated', actor: 'iommu', ...event })
}
