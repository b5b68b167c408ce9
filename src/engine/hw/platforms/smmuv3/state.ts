/** What the SMMUv3 model keeps outside memory: where its structures lie, and who is routed where. */
import type { Bulk } from '../../../mem'
import type { RouteTarget } from '../../contract'
import { createIotlb } from '../../iotlb-entries'
import { createStructCache } from '../../struct-cache'
import type { TagCache } from '../../tag-cache'
import type { SmmuConfig } from './config'
import type { CdTableShape } from './pasid-table-format'
import type { RequestState } from './request-queues'
import { CD, STE } from './structures.data'

export interface SmmuRoute {
  readonly rid: number
  readonly pasid: number | null
  readonly to: Exclude<RouteTarget, 'blocked'>
  /** The device keeps translations of its own, which a flush must reach too. */
  readonly ats: boolean
}

/** A table of CDs in the kernel's memory. */
export interface CdTable {
  readonly rid: number
  readonly hpa: number
  readonly shape: CdTableShape
}

export interface SmmuCaches {
  /** STEs by stream, CDs by stream and substream. */
  readonly ste: TagCache
  readonly cd: TagCache
  /** Offsets in the bulk words: the TLB, and what devices with ATS keep. */
  readonly tlb: number
  readonly deviceTlb: number
}

export interface SmmuState {
  readonly config: SmmuConfig
  /** HPA of the stream table, as in STRTAB_BASE. */
  readonly streamTable: number
  readonly caches: SmmuCaches
  readonly requests: RequestState
  readonly routes: readonly SmmuRoute[]
  /** CD tables that the kernel made, by stream. */
  readonly cdTables: readonly CdTable[]
}

export const createCaches = (bulk: Bulk): SmmuCaches => ({
  ste: createStructCache(bulk, 1, STE.words),
  cd: createStructCache(bulk, 2, CD.words),
  tlb: createIotlb(bulk),
  deviceTlb: createIotlb(bulk),
})

export const routesOf = (state: SmmuState, rid: number): readonly SmmuRoute[] =>
  state.routes.filter(route => route.rid === rid)

/** The VMID that a route's translations are tagged with. Stage 1 alone has VMID 0, as in Linux. */
export function vmidOf({ to }: Pick<SmmuRoute, 'to'>): number {
  if (to.kind === 'first') return 0
  return to.kind === 'pasid-table' ? to.parentDomain : to.domain
}

/** Routes with one requester id and PASID replaced; null takes it out. */
export function withRoute(
  state: SmmuState,
  at: { readonly rid: number; readonly pasid: number | null },
  route: SmmuRoute | null,
): SmmuState {
  const others = state.routes.filter(known => known.rid !== at.rid || known.pasid !== at.pasid)
  return { ...state, routes: route === null ? others : [...others, route] }
}
