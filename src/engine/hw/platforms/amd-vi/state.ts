/** What the AMD-Vi model keeps outside memory: where its structures lie, and who is routed where. */
import type { RouteTarget } from '../../contract'
import type { Waiting } from '../../page-groups'
import { EMPTY_RING, type Ring } from '../../record-ring'
import type { TagCache } from '../../tag-cache'
import type { AmdConfig } from './config'

export interface AmdRoute {
  readonly rid: number
  readonly pasid: number | null
  readonly to: Exclude<RouteTarget, 'blocked'>
  readonly ats: boolean
}

/** A GCR3 table in the kernel's memory. A DTE has one DomainID for all PASIDs: that of the table, as in Linux. */
export interface OwnGcr3 {
  readonly rid: number
  readonly hpa: number
  readonly glx: number
  readonly domain: number
}

export interface PprState extends Waiting {
  /** The page request log. */
  readonly log: Ring
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
  /** GCR3 tables that the kernel made, by requester id. */
  readonly gcr3s: readonly OwnGcr3[]
}

/** Taken from the top down, where spaces take theirs from 1 up. */
export const ownDomain = (state: AmdState): number => 0xffff - state.gcr3s.length

/** How the translations of a route are tagged: by its domain, or in a GCR3 table of the kernel's by that of the table. */
export function tagOf(
  { gcr3s }: AmdState,
  { rid, pasid, to }: AmdRoute,
): { readonly domain: number; readonly pasid: number | null } {
  if (to.kind !== 'first') return { domain: to.domain, pasid }
  return { domain: gcr3s.find(one => one.rid === rid)?.domain ?? to.domain, pasid: pasid ?? 0 }
}

export const routesOf = (state: AmdState, rid: number): readonly AmdRoute[] =>
  state.routes.filter(route => route.rid === rid)
