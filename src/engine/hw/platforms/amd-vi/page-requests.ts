/**
 * Page requests on AMD-Vi (specification 2.6, PCIe PRI): a device with ATS and PRI that misses a page asks for it, the
 * unit writes an entry into the page request log (PPR log), software reads it and answers the group by COMPLETE_PPR.
 *
 * Choices: an entry that finds the log full is dropped, as is every later one until software has read it, and the unit
 * answers a dropped last request `success`; a response `failure` ends all groups of the device.
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
import { encodeStruct, structField } from '../../struct'
import { completePpr, completionWait, PPR_CODES } from './commands'
import { COMPLETE_PPR_REQUEST } from './commands.data'
import type { EventName } from './events.data'
import { flushDevice, submit } from './invalidate'
import type { AmdState, PprState } from './state'
import { PPR, PPR_FLAGS, PPR_TYPE } from './structures.data'
import { faultOf, lookupDte } from './translate'

type Next<T> = T & { readonly state: AmdState }
type Outcome = Next<{ readonly outcome: PageRequestOutcome }>

const changed = (state: AmdState, change: Partial<PprState>): AmdState => ({
  ...state,
  ppr: { ...state.ppr, ...change },
})

function request(ctx: HwContext, state: AmdState, ask: PageRequestAsk): Outcome {
  const fault = refusal(ctx, state, ask)
  if (fault !== null) return { state, outcome: { kind: 'refused', fault } }
  const made = formRequest(state.ppr, ask)
  if (typeof made === 'string') return { state, outcome: { kind: 'held-back', why: made } }
  return takesNone(state.ppr.log, PPR) ? overflow(ctx, state, made) : logged(ctx, state, made)
}

/** Why the DTE does not let the device ask, as a fault; null where it does. */
function refusal(ctx: HwContext, state: AmdState, ask: PageRequestAsk): HwFault | null {
  const dte = lookupDte(ctx, state, ask.device)
  if (dte?.pageRequests === true) return null
  const event: EventName = dte === null ? 'illegal-dte' : 'ppr-disabled'
  const place = { event, stage: 'config', level: null } as const
  const fault = faultOf({ ...ask, commit: true, cached: true }, place, dte)
  tellFault(ctx, fault)
  return fault
}

function logged(ctx: HwContext, state: AmdState, made: PageRequest): Outcome {
  const raw = encodePpr(made)
  tellRequest(ctx, made, raw)
  const { log, groups } = state.ppr
  const next = { log: enqueue(ctx, log, PPR, raw), groups: joinGroup(groups, made, group => group) }
  return { state: changed(state, next), outcome: { kind: 'queued', request: made } }
}

/** The unit answers for software; the rest of the group, if any is logged, is forgotten with it. */
function overflow(ctx: HwContext, state: AmdState, made: PageRequest): Outcome {
  tellRequest(ctx, made)
  if (made.last) tellResponse(ctx, made.group, 'success', made.rid)
  const groups = withoutDropped(state.ppr.groups, made)
  const log = { ...state.ppr.log, overflow: true }
  return { state: changed(state, { log, groups }), outcome: { kind: 'overflow', request: made } }
}

function read(
  ctx: HwContext,
  state: AmdState,
): Next<{ readonly requests: readonly PageRequest[]; readonly overflow: boolean }> {
  const { ring, records } = dequeueAll(ctx, state.ppr.log, PPR)
  const requests = records.map(decodePpr)
  return { state: changed(state, { log: ring }), requests, overflow: state.ppr.log.overflow }
}

function respond(
  ctx: HwContext,
  state: AmdState,
  response: PageResponse,
): Next<{ readonly delivered: boolean }> {
  const { rid, pasid, group: tag, code } = response
  const { words } = completePpr(rid, pasid, { tag, code })
  const group = state.ppr.groups.find(candidate => candidate.complete && answers(words, candidate))
  if (group === undefined) return { state, delivered: false }
  tellResponse(ctx, tag, code, rid, words)
  const failed = Number(structField(COMPLETE_PPR_REQUEST, words, 'Status')) === PPR_CODES.failure
  return { state: changed(state, answered(state.ppr, group, failed)), delivered: true }
}

/** Whether a command is the answer to this group. */
function answers(words: readonly bigint[], { requests: [first] }: PageGroup): boolean {
  const field = (name: string) => Number(structField(COMPLETE_PPR_REQUEST, words, name))
  const pasid = field('GN') === 1 ? field('PASID') : null
  return first?.rid === field('DeviceID') && first.group === field('Tag') && first.pasid === pasid
}

function drain(
  ctx: HwContext,
  state: AmdState,
  { device, pasid }: { readonly device: HwDevice; readonly pasid: number | null },
): Next<{ readonly requests: readonly PageRequest[] }> {
  const { rid, ats } = device
  const taken = read(ctx, state)
  flushDevice(ctx, state, { rid, ats, pasid }, 'all')
  submit(ctx, state, completionWait(), ridText(rid))
  const mine = isFrom(rid, pasid)
  const groups = taken.state.ppr.groups.filter(group => !mine(group))
  return { state: changed(taken.state, { groups }), requests: taken.requests }
}

const pending = (state: AmdState): readonly (readonly PageRequest[])[] =>
  state.ppr.groups.map(group => group.requests)

export const pageRequests: PageRequestUnit<AmdState> = { request, read, respond, drain, pending }

const RIGHTS = { read: PPR_FLAGS.read, write: PPR_FLAGS.write } as const

/** The two words of an entry of the log. */
export function encodePpr({ rid, pasid, address, access, group, last }: PageRequest): bigint[] {
  const tag = pasid === null ? {} : { PASID_15_0: pasid & 0xffff, PASID_19_16: pasid >> 16 }
  const rights = access === null ? 0 : RIGHTS[access]
  const flags = rights | PPR_FLAGS.user | (pasid === null ? 0 : PPR_FLAGS.guest)
  const place = { Tag: group, Last: last ? 1 : 0, Address: address & ~0xfffn }
  return encodeStruct(PPR, { type: PPR_TYPE, DeviceID: rid, ...tag, flags, ...place })
}

function decodePpr(words: readonly bigint[]): PageRequest {
  const field = (name: string) => Number(structField(PPR, words, name))
  const flags = field('flags')
  const has = (flag: number): boolean => (flags & flag) !== 0
  return {
    rid: field('DeviceID'),
    pasid: has(PPR_FLAGS.guest) ? (field('PASID_19_16') << 16) | field('PASID_15_0') : null,
    address: structField(PPR, words, 'Address'),
    access: has(PPR_FLAGS.write) ? 'write' : has(PPR_FLAGS.read) ? 'read' : null,
    group: field('Tag'),
    last: field('Last') === 1,
  }
}

/** What waits in the log and for an answer, a line each; for hashing. */
export function requestLines(ctx: HwContext, { log, groups, silenced }: PprState): readonly string[] {
  const line = (made: PageRequest): string => Object.values(made).join(' ')
  const queued = dequeueAll(ctx, log, PPR).records.map(words => line(decodePpr(words)))
  const waiting = groups.map(({ requests, complete }) => `${complete} ${requests.map(line).join(', ')}`)
  const switches = log.overflow || silenced.length > 0 ? [`${log.overflow} ${silenced.join(' ')}`] : []
  return [...queued, ...waiting, ...switches]
}
