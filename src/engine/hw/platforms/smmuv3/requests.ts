/**
 * Recoverable faults on SMMUv3, in its two ways (IHI 0070 3.5.5, 3.9, 3.12.2): a device with ATS and PRI asks by a page
 * request and is answered by CMD_PRI_RESP; any other is held with its request where the CD says so, until CMD_RESUME
 * names its tag. To software both are requests in a queue.
 *
 * Choices: a tag is the lowest number free for the stream; a response `invalid` terminates a stalled request, `failure`
 * aborts it. A last page request that finds the queue full is answered `success` by the unit.
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
import type { Command } from '../../flushing'
import { answered, formRequest, isFrom, isOfGroup, joinGroup, withoutDropped } from '../../page-groups'
import { tellRequest, tellResponse } from '../../page-request-events'
import { dequeueAll, enqueue, takesNone } from '../../record-ring'
import { ridText, tellFault } from '../../reports'
import { structField } from '../../struct'
import { priResp, resume, sync } from './commands'
import * as commands from './commands.data'
import { EVENTS } from './events.data'
import { eventRecord, faultOf } from './faults'
import { flushRoute, submit } from './invalidate'
import { lookupStream } from './lookup'
import { decodePri, decodeStall, encodePri, type RequestState, type WaitingGroup } from './request-queues'
import type { SmmuState } from './state'
import { EVENT, PRI_ENTRY } from './structures.data'
import { NO_POLICY } from './target'
import { withoutCaches } from './translate'

type Next<T> = T & { readonly state: SmmuState }
type Outcome = Next<{ readonly outcome: PageRequestOutcome }>

const changed = (state: SmmuState, change: Partial<RequestState>): SmmuState => ({
  ...state,
  requests: { ...state.requests, ...change },
})

function request(ctx: HwContext, state: SmmuState, ask: PageRequestAsk): Outcome {
  const { device } = ask
  const kind = device.ats && device.pri ? 'pri' : 'stall'
  const fault = kind === 'pri' ? refusal(ctx, state, ask) : null
  if (fault !== null) return { state, outcome: { kind: 'refused', fault } }
  const made = formRequest(state.requests, ask)
  if (typeof made === 'string') return { state, outcome: { kind: 'held-back', why: made } }
  return kind === 'pri' ? askByPage(ctx, state, made) : stall(ctx, state, ask, { ...made, last: true })
}

/** Why the STE does not let the device ask, as a fault; null where it does. */
function refusal(ctx: HwContext, state: SmmuState, ask: PageRequestAsk): HwFault | null {
  const quiet = { ...ctx, events: { on: false, emit() {} } }
  const from = { rid: ask.device.rid, pasid: ask.pasid, cached: true, commit: false }
  const { ste } = lookupStream(quiet, state, from)
  if (!('fault' in ste)) return null
  const fault = faultOf({ ...ask, commit: true, cached: true }, ste.fault, NO_POLICY)
  tellFault(ctx, fault)
  return fault
}

function askByPage(ctx: HwContext, state: SmmuState, made: PageRequest): Outcome {
  const { pri } = state.requests
  if (takesNone(pri, PRI_ENTRY)) return overflow(ctx, state, made)
  const raw = encodePri(made)
  tellRequest(ctx, made, raw)
  const queued = changed(state, {
    pri: enqueue(ctx, pri, PRI_ENTRY, raw),
    groups: joinGroup(state.requests.groups, made, group => ({ ...group, kind: 'pri' })),
  })
  return { state: queued, outcome: { kind: 'queued', request: made } }
}

function overflow(ctx: HwContext, state: SmmuState, made: PageRequest): Outcome {
  tellRequest(ctx, made)
  if (made.last) tellResponse(ctx, made.group, 'success', made.rid)
  const groups = withoutDropped(state.requests.groups, made)
  const pri = { ...state.requests.pri, overflow: true }
  return { state: changed(state, { pri, groups }), outcome: { kind: 'overflow', request: made } }
}

/** The request is held, and an event with its tag says so. */
function stall(ctx: HwContext, state: SmmuState, ask: PageRequestAsk, made: PageRequest): Outcome {
  const { events } = state.requests
  if (takesNone(events, EVENT))
    return {
      state: changed(state, { events: { ...events, overflow: true } }),
      outcome: { kind: 'overflow', request: made },
    }
  const raw = eventRecord({
    id: eventNow(ctx, state, ask),
    sid: made.rid,
    ssid: made.pasid,
    input: { address: ask.address, access: ask.access, class: 'IN', stag: made.group },
  })
  tellRequest(ctx, made, raw)
  const group = { kind: 'stall' as const, requests: [made], complete: true }
  const queued = changed(state, {
    events: enqueue(ctx, events, EVENT, raw),
    groups: [...state.requests.groups, group],
  })
  return { state: queued, outcome: { kind: 'queued', request: made } }
}

/** The number of the event that the request meets. */
function eventNow(
  ctx: HwContext,
  state: SmmuState,
  { device, pasid, address, access }: PageRequestAsk,
): number {
  const found = withoutCaches(ctx, state, { device, pasid, address, access, commit: false, cached: false })
  return found.ok ? (EVENTS.F_TRANSLATION.id ?? 0) : Number(found.fault.code)
}

function read(
  ctx: HwContext,
  state: SmmuState,
): Next<{ readonly requests: readonly PageRequest[]; readonly overflow: boolean }> {
  const { requests } = state
  const pri = dequeueAll(ctx, requests.pri, PRI_ENTRY)
  const events = dequeueAll(ctx, requests.events, EVENT)
  return {
    state: changed(state, { pri: pri.ring, events: events.ring }),
    requests: [...pri.records.map(decodePri), ...events.records.map(decodeStall)],
    overflow: requests.pri.overflow || requests.events.overflow,
  }
}

const RESUME = { success: 'retry', invalid: 'terminate', failure: 'abort' } as const

function respond(
  ctx: HwContext,
  state: SmmuState,
  response: PageResponse,
): Next<{ readonly delivered: boolean }> {
  const group = state.requests.groups.find(
    one => one.complete && isOfGroup(one, response) && one.requests[0]?.pasid === response.pasid,
  )
  if (group === undefined) return { state, delivered: false }
  const { rid, code } = response
  const { words } = answerTo(group, response)
  tellResponse(ctx, response.group, code, rid, words)
  const silences = group.kind === 'pri' && failed(words)
  return { state: changed(state, answered(state.requests, group, silences)), delivered: true }
}

/** The command that reaches a waiting group. */
function answerTo({ kind }: WaitingGroup, { rid, pasid, group, code }: PageResponse): Command {
  return kind === 'pri' ? priResp(rid, pasid, { group, code }) : resume(rid, group, RESUME[code])
}

/** What the command's bits say, as the unit reads them. */
const failed = (words: readonly bigint[]): boolean => structField(commands.PRI_RESP, words, 'RESP') === 1n

function drain(
  ctx: HwContext,
  state: SmmuState,
  { device, pasid }: { readonly device: HwDevice; readonly pasid: number | null },
): Next<{ readonly requests: readonly PageRequest[] }> {
  const { rid } = device
  const taken = read(ctx, state)
  const route = state.routes.find(known => known.rid === rid && known.pasid === pasid)
  if (route !== undefined) flushRoute(ctx, state, route)
  const mine = isFrom(rid, pasid)
  for (const {
    kind,
    requests: [first],
  } of state.requests.groups.filter(mine))
    if (kind === 'stall' && first !== undefined)
      submit(ctx, state, resume(rid, first.group, 'terminate'), ridText(rid))
  submit(ctx, state, sync(), 'completion')
  const groups = taken.state.requests.groups.filter(group => !mine(group))
  return { state: changed(taken.state, { groups }), requests: taken.requests }
}

const pending = (state: SmmuState): readonly (readonly PageRequest[])[] =>
  state.requests.groups.map(group => group.requests)

export const pageRequests: PageRequestUnit<SmmuState> = { request, read, respond, drain, pending }
