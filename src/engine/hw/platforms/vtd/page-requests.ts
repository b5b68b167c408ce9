/**
 * Page requests on VT-d (7.4, PCIe PRI): a device that was told a page is missing asks for it, software reads the
 * queue and answers with a page group response, and the device tries again.
 *
 * A request that finds the queue full sets PRO and is dropped, as is every later one until software has read the
 * queue; a last request is then answered `success` by the unit, so that the device tries again. That the answer is
 * `success`, and that a silenced device loses all its groups, is our reading.
 * Not modelled: requests of several accesses, privilege and execute, stop markers sent by devices.
 */

import type {
  HwContext,
  HwDevice,
  HwFault,
  PageRequest,
  PageRequestAsk,
  PageRequestOutcome,
  PageRequestUnit,
  PageResponse,
} from '../../contract'
import { answered, formRequest, isFrom, joinGroup, type PageGroup, withoutDropped } from '../../page-groups'
import { tellRequest, tellResponse } from '../../page-request-events'
import { dequeueAll, enqueue, takesNone } from '../../record-ring'
import { ridText, tellFault } from '../../reports'
import { structField } from '../../struct'
import { drainWait, pageGroupResponse, RESPONSE_CODES } from './commands'
import { PAGE_GROUP_RESPONSE, PAGE_REQUEST } from './commands.data'
import { RID_PASID } from './entries'
import { faultOf } from './faults'
import type { FaultCondition } from './faults.data'
import { flushDevice, flushPasid, submit } from './invalidate'
import { lookupContext } from './lookup'
import { decodeRequest, encodeRequest, type PageRequestState } from './page-queue'
import type { VtdState } from './state'
import { SCALABLE_CONTEXT } from './structures.data'

type Next<T> = T & { readonly state: VtdState }

const changed = (state: VtdState, change: Partial<PageRequestState>): VtdState => {
  return { ...state, pageRequests: { ...state.pageRequests, ...change } }
}

function request(
  ctx: HwContext,
  state: VtdState,
  ask: PageRequestAsk,
): Next<{ readonly outcome: PageRequestOutcome }> {
  const fault = refusal(ctx, state, ask)
  if (fault !== null) return { state, outcome: { kind: 'refused', fault } }
  const made = formRequest(state.pageRequests, ask)
  if (typeof made === 'string') return { state, outcome: { kind: 'held-back', why: made } }
  return takesNone(state.pageRequests.queue, PAGE_REQUEST)
    ? overflow(ctx, state, made)
    : queued(ctx, state, made)
}

function queued(
  ctx: HwContext,
  state: VtdState,
  made: PageRequest,
): Next<{ readonly outcome: PageRequestOutcome }> {
  const raw = encodeRequest(made)
  tellRequest(ctx, made, raw)
  const { queue, groups } = state.pageRequests
  const next = {
    queue: enqueue(ctx, queue, PAGE_REQUEST, raw),
    groups: joinGroup(groups, made, group => group),
  }
  return { state: changed(state, next), outcome: { kind: 'queued', request: made } }
}

/** The unit answers for software; the rest of the group, if any is queued, is forgotten with it. */
function overflow(
  ctx: HwContext,
  state: VtdState,
  made: PageRequest,
): Next<{ readonly outcome: PageRequestOutcome }> {
  tellRequest(ctx, made)
  if (made.last) tellResponse(ctx, made.group, 'success', made.rid)
  const groups = withoutDropped(state.pageRequests.groups, made)
  const queue = { ...state.pageRequests.queue, overflow: true }
  return { state: changed(state, { queue, groups }), outcome: { kind: 'overflow', request: made } }
}

/** Why the configuration does not let the device ask, as a fault; null where it does. */
function refusal(
  ctx: HwContext,
  state: VtdState,
  { device, pasid, address, access }: PageRequestAsk,
): HwFault | null {
  const quiet = { ...ctx, events: { on: false, emit() {} } }
  const from = { rid: device.rid, pasid, cached: true, commit: false }
  const { context, fpd } = lookupContext(quiet, state, from)
  const condition = typeof context === 'string' ? context : notAllowed(state, context, pasid)
  if (condition === null) return null
  const request = { device, pasid, address, access, commit: true, cached: true }
  const place = { condition, stage: 'config', level: null, fpd, pageRequests: false } as const
  const fault = faultOf(state.config, request, place)
  tellFault(ctx, fault)
  return fault
}

function notAllowed(
  state: VtdState,
  context: readonly bigint[],
  pasid: number | null,
): FaultCondition | null {
  if (state.config.mode === 'legacy') return 'page-request-in-legacy'
  const field = (name: string) => Number(structField(SCALABLE_CONTEXT, context, name))
  if (field('PRE') === 0) return 'page-requests-disabled'
  if (pasid === null) return null
  if (field('PASIDE') === 0) return 'pasid-disabled'
  return pasid >= 2 ** (field('PDTS') + 13) ? 'pasid-beyond-directory' : null
}

function read(
  ctx: HwContext,
  state: VtdState,
): Next<{ readonly requests: readonly PageRequest[]; readonly overflow: boolean }> {
  const { queue } = state.pageRequests
  const { ring, records } = dequeueAll(ctx, queue, PAGE_REQUEST)
  const requests = records.map(decodeRequest)
  return { state: changed(state, { queue: ring }), requests, overflow: queue.overflow }
}

function respond(
  ctx: HwContext,
  state: VtdState,
  response: PageResponse,
): Next<{ readonly delivered: boolean }> {
  const { words } = pageGroupResponse(response)
  const group = state.pageRequests.groups.find(candidate => candidate.complete && answers(words, candidate))
  if (group === undefined) return { state, delivered: false }
  const { rid, code } = response
  tellResponse(ctx, response.group, code, rid, words)
  const failed = Number(structField(PAGE_GROUP_RESPONSE, words, 'code')) === RESPONSE_CODES.failure
  return { state: changed(state, answered(state.pageRequests, group, failed)), delivered: true }
}

/** Whether a response descriptor is one to this group. */
function answers(words: readonly bigint[], { requests: [first] }: PageGroup): boolean {
  const field = (name: string) => Number(structField(PAGE_GROUP_RESPONSE, words, name))
  const pasid = field('PASIDP') === 1 ? field('PASID') : null
  return first?.rid === field('RID') && first.group === field('PRGI') && first.pasid === pasid
}

function drain(
  ctx: HwContext,
  state: VtdState,
  { device, pasid }: { readonly device: HwDevice; readonly pasid: number | null },
): Next<{ readonly requests: readonly PageRequest[] }> {
  const { rid } = device
  const taken = read(ctx, state)
  const route = state.routes.find(known => known.rid === rid && known.pasid === pasid)
  if (route !== undefined) {
    flushPasid(ctx, { ...state, routes: [] }, route.domain, pasid ?? RID_PASID)
    flushDevice(ctx, state, route, 'all')
  }
  submit(ctx, state, drainWait(), ridText(rid))
  const mine = isFrom(rid, pasid)
  const groups = taken.state.pageRequests.groups.filter(group => !mine(group))
  return { state: changed(taken.state, { groups }), requests: taken.requests }
}

const pending = (state: VtdState): readonly (readonly PageRequest[])[] =>
  state.pageRequests.groups.map(group => group.requests)

export const pageRequests: PageRequestUnit<VtdState> = { request, read, respond, drain, pending }
