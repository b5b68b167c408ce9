/**
 * The PRI queue and the event queue, as far as requests wait in them (IHI 0070 3.5, 7.2, 8.1). A ring has one slot free
 * where hardware has a wrap bit.
 *
 * Every stalled request is an event record with STALL and a tag; events that nothing waits for are not queued here, as
 * the kernel would take them out at once.
 */
import type { HwContext, PageRequest } from '../../contract'
import type { PageGroup, Waiting } from '../../page-groups'
import { dequeueAll, EMPTY_RING, type Ring } from '../../record-ring'
import { encodeStruct, structField } from '../../struct'
import { EVENT, PRI_ENTRY } from './structures.data'

/** Requests that are answered together; a stalled one is alone. */
export interface WaitingGroup extends PageGroup {
  readonly kind: 'pri' | 'stall'
}

export interface RequestState extends Waiting<WaitingGroup> {
  readonly pri: Ring
  readonly events: Ring
}

export const NO_REQUESTS: RequestState = { pri: EMPTY_RING, events: EMPTY_RING, groups: [], silenced: [] }

export function encodePri({ rid, pasid, address, access, group, last }: PageRequest): bigint[] {
  return encodeStruct(PRI_ENTRY, {
    SID: rid,
    ...(pasid === null ? {} : { SSV: 1, SSID: pasid }),
    R: access === 'read' ? 1 : 0,
    W: access === 'write' ? 1 : 0,
    LAST: last ? 1 : 0,
    PRGI: group,
    ADDR: address & ~0xfffn,
  })
}

export function decodePri(words: readonly bigint[]): PageRequest {
  const field = (name: string) => Number(structField(PRI_ENTRY, words, name))
  return {
    rid: field('SID'),
    pasid: field('SSV') === 1 ? field('SSID') : null,
    address: structField(PRI_ENTRY, words, 'ADDR'),
    access: field('W') === 1 ? 'write' : field('R') === 1 ? 'read' : null,
    group: field('PRGI'),
    last: field('LAST') === 1,
  }
}

/** A stalled request as software reads it: its tag is the group. */
export function decodeStall(words: readonly bigint[]): PageRequest {
  const field = (name: string) => Number(structField(EVENT, words, name))
  return {
    rid: field('SID'),
    pasid: field('SSV') === 1 ? field('SSID') : null,
    address: structField(EVENT, words, 'InputAddr') & ~0xfffn,
    access: field('RnW') === 1 ? 'read' : 'write',
    group: field('STAG'),
    last: true,
  }
}

/** What waits in the queues and for an answer, a line each; for hashing. */
export function requestLines(ctx: HwContext, state: RequestState): readonly string[] {
  const line = (made: PageRequest): string => Object.values(made).join(' ')
  const queued = [
    ...dequeueAll(ctx, state.pri, PRI_ENTRY).records.map(words => line(decodePri(words))),
    ...dequeueAll(ctx, state.events, EVENT).records.map(words => line(decodeStall(words))),
  ]
  const waiting = state.groups.map(one => `${one.kind} ${one.complete} ${one.requests.map(line).join(', ')}`)
  const { pri, events, silenced } = state
  const switches =
    pri.overflow || events.overflow || silenced.length > 0
      ? [`${pri.overflow} ${events.overflow} ${silenced.join(' ')}`]
      : []
  return [...queued, ...waiting, ...switches]
}
