/**
 * Binding windows of a device to TCE tables, and taking them away: the host's table of LIOBNs, which no
 * guest sees in memory.
 *
 * Not modelled: the PE and TVE tables of the host bridge, ownership of a PE by a guest, the bypass window
 * of host drivers.
 */
import { assert, hex } from '../../../bits'
import type { HwContext, InvalidationScope, RouteRequest } from '../../contract'
import { tellInvalidated } from '../../flushing'
import type { BoundWindow, PaprRoute, PaprState } from './state'
import { windowsOf } from './windows'

export function routePapr(ctx: HwContext, state: PaprState, request: RouteRequest): PaprState {
  assert(request.pasid === null, 'PAPR has no PASIDs')
  const ids = new Set([request.device.rid, ...request.device.aliases])
  const bound = boundTo(state, request)
  return [...ids].reduce((now, rid) => withRoute(ctx, now, rid, bound), state)
}

type Binding = Omit<PaprRoute, 'rid'> | null

function boundTo(state: PaprState, { device, to }: RouteRequest): Binding {
  if (to === 'blocked') return null
  assert('tables' in to && to.kind !== 'nested' && to.kind !== 'pasid-table', 'PAPR has one stage')
  const windows = windowsOf(state.config, device).map((window, k) => {
    const table = to.tables[k]
    assert(table !== undefined, 'a PAPR device is routed to one table a window')
    return { window, table }
  })
  return { domain: to.domain, windows }
}

function withRoute(ctx: HwContext, state: PaprState, rid: number, binding: Binding): PaprState {
  const before = state.routes.find(route => route.rid === rid)
  const others = state.routes.filter(route => route.rid !== rid)
  tell(ctx, before?.windows ?? [], binding?.windows ?? [])
  return { ...state, routes: binding === null ? others : [...others, { rid, ...binding }] }
}

/** One event a window whose table changes; the word is the HPA of the table, 0 for none. */
function tell(ctx: HwContext, before: readonly BoundWindow[], after: readonly BoundWindow[]): void {
  if (!ctx.events.on) return
  const liobns = new Set([...before, ...after].map(bound => bound.window.liobn))
  for (const liobn of liobns) {
    const [from, to] = [before, after].map(list => list.find(bound => bound.window.liobn === liobn))
    const bound = to ?? from
    if (bound === undefined || from?.table.root === to?.table.root) continue
    const words = [from, to].map(each => [BigInt(each?.table.root ?? 0)])
    ctx.events.emit({
      kind: 'config-written',
      actor: 'kernel',
      struct: 'TCE window',
      hpa: BigInt(bound.table.root),
      before: words[0] ?? [],
      after: words[1] ?? [],
      fields: windowFields(bound),
    })
  }
}

export function windowFields({ window, table }: BoundWindow): Record<string, number | string> {
  return {
    LIOBN: hex(window.liobn),
    start: hex(window.start),
    size: hex(window.size),
    pageShift: window.pageLg2,
    levels: window.levels,
    table: hex(table.root),
  }
}

/** TCE kill: the host tells the bridge to forget TCEs. Nothing is kept here, so nothing is dropped. */
export function invalidatePapr(ctx: HwContext, _state: PaprState, scope: InvalidationScope): void {
  const cost = { all: 'flushAll', domain: 'flushDomain', range: 'flushRange' } as const
  assert(scope.kind in cost, 'PAPR has no PASIDs')
  ctx.costs.add(cost[scope.kind as keyof typeof cost], 1)
  const text = scope.kind === 'all' ? 'all' : `domain ${scope.domain}`
  tellInvalidated(ctx, { name: 'TCE kill', words: [] }, text, 0)
}
