/** Which table each requester of the test IOMMU is on. Nothing of it is in memory. */
import { assert, hex } from '../../../bits'
import type { TableRef } from '../../../pt'
import type { HwContext, RouteRequest } from '../../contract'
import { untracked } from './tables'

export interface MockRoute {
  readonly device: string
  readonly pasid: number | null
  readonly table: TableRef
  readonly domain: number
}

export interface MockState {
  readonly routes: readonly MockRoute[]
}

export function routeMock(ctx: HwContext, state: MockState, request: RouteRequest): MockState {
  const { device, pasid, to } = request
  const is = (one: MockRoute): boolean => one.device === device.name && one.pasid === pasid
  const before = state.routes.find(is)
  const others = state.routes.filter(one => !is(one))
  const after = to === 'blocked' ? null : tableOf(request)
  tell(ctx, before?.table ?? null, after)
  if (to === 'blocked' || after === null) return { routes: others }
  return { routes: [...others, { device: device.name, pasid, table: after, domain: to.domain }] }
}

function tableOf({ to }: RouteRequest): TableRef | null {
  assert(to !== 'blocked' && 'tables' in to, 'the test IOMMU has one stage')
  const [table] = to.tables
  if (table === undefined) return null
  return 'dirty' in to && to.dirty === false ? untracked(table) : table
}

function tell(ctx: HwContext, before: TableRef | null, after: TableRef | null): void {
  if (!ctx.events.on || before?.root === after?.root) return
  const words = [before, after].map(table => [BigInt(table?.root ?? 0)])
  ctx.events.emit({
    kind: 'config-written',
    actor: 'kernel',
    struct: 'domain of the device',
    hpa: BigInt((after ?? before)?.root ?? 0),
    before: words[0] ?? [],
    after: words[1] ?? [],
    fields: { table: hex(after?.root ?? 0) },
  })
}
