/** What the AMD-Vi model keeps outside memory: where its structures lie, and who is routed where. */
import type { RouteTarget } from '../../contract'
import type { PageGroup } from '../../page-groups'
import { EMPTY_RING, type Ring } from '../../record-ring'
import type { TagCache } from '../../tag-cache'
import type { AmdConfig } from './config'

export interface AmdRoute {
  readonly rid: number
  readonly pasid: number | null
  readonly to: Exclude<RouteTarget, 'blocked'>
  readonly ats: boolean
}

export interface PprState {
  /** The page request log. */
  readonly log: Ring
  /** Groups without answer, oldest first. */
  readonly groups: readonly PageGroup[]
  /** Requester ids that a response `failure` silenced. */
  readonly silenced: readonly number[]
}

export const NO_REQUESTS: PprState = { log: EMPTY_RING, groups: [], silenced: [] }

export interface AmdState {
  readonly config: AmdConfig
  /** The device table: HPA, and how many DTEs it holds. */
  readonly devices: { readonly hpa: number; readonly entries: number }
  /** DTEs by requester id. */
  readonly dtes: TagCache
  /** Offsets in the bulk words: the IOTLB, and what devices with ATS keep. */
  readonly iotlb: number
  readonly deviceTlb: number
  readonly routes: readonly AmdRoute[]
  readonly ppr: PprState
  /** GCR3 tables that the kernel made: HPA by requester id. */
  readonly gcr3s: readonly { readonly rid: number; readonly hpa: number }[]
}

export const routesOf = (state: AmdState, rid: number): readonly AmdRoute[] =>
  state.routes.filter(route => route.rid === rid)
