/** What the VT-d model keeps outside memory: where its structures lie, and who is routed where. */

import type { VtdCaches } from './caches'
import type { VtdConfig } from './config'
import type { PageRequestState } from './page-queue'

export interface VtdRoute {
  readonly rid: number
  readonly pasid: number | null
  readonly domain: number
  /** The device keeps translations of its own, which a flush of the domain must reach too. */
  readonly ats: boolean
}

export interface VtdState {
  readonly config: VtdConfig
  /** HPA of the root table, as in RTADDR. */
  readonly root: number
  /** Offset of the IOTLB in the bulk words. */
  readonly iotlb: number
  readonly caches: VtdCaches
  readonly pageRequests: PageRequestState
  readonly routes: readonly VtdRoute[]
}

/** Routes with one requester id and PASID replaced; null takes it out. */
export function withRoute(
  state: VtdState,
  at: { readonly rid: number; readonly pasid: number | null },
  route: VtdRoute | null,
): VtdState {
  const others = state.routes.filter(known => known.rid !== at.rid || known.pasid !== at.pasid)
  return { ...state, routes: route === null ? others : [...others, route] }
}
