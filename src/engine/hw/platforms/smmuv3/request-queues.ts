/**
 * The PRI queue and the event queue, as far as requests wait in them (IHI 0070 3.5, 7.2, 8.1): rings of 4 KiB in memory.
 *
 * Every stalled request is an event record with STALL and a tag; events that nothing waits for are not queued here, as
 * the kernel would take them out at once. Not modelled: the interrupts, indexes as registers, rings of other sizes.
 */
import { hi32, lo32 } from '../../../bits'
import type { HwContext, PageRequest } from '../../contract'
import { readStruct } from '../../memory-struct'
import { encodeStruct, type StructLayout, structField } from '../../struct'
import { allocBytes } from './entries'
import { EVENT, PRI_ENTRY } from './structures.data'

export interface Ring {
  /** HPA, given when the first entry comes. */
  readonly base: number | null
  /** Entries taken out and put in, both counted modulo the ring. Equal: empty. */
  readonly cons: number
  readonly prod: number
  /** Entries are dropped until software has read the queue. */
  readonly overflow: boolean
}

/** Requests that are answered together; a stalled one is alone. */
export interface WaitingGroup {
  readonly kind: 'pri' | 'stall'
  readonly requests: readonly PageRequest[]
  readonly complete: boolean
}

export interface RequestState {
  readonly pri: Ring
  readonly events: Ring
  /** Groups without answer, oldest first. */
  readonly groups: readonly WaitingGroup[]
  /** Streams that a response `failure` silenced. */
  readonly silenced: readonly number[]
}

const EMPTY: Ring = { base: null, cons: 0, prod: 0, overflow: false }
export const NO_REQUESTS: RequestState = { pri: EMPTY, events: EMPTY, groups: [], silenced: [] }

const RING_BYTES = 4096
const sizeOf = (layout: StructLayout): number => RING_BYTES / (layout.words * 8)

/** One slot stays free here, where hardware has a wrap bit. */
export const isFull = (ring: Ring, layout: StructLayout): boolean =>
  (ring.prod + 1) % sizeOf(layout) === ring.cons

export function enqueue(ctx: HwContext, ring: Ring, layout: StructLayout, words: readonly bigint[]): Ring {
  const base = ring.base ?? allocBytes(ctx, RING_BYTES)
  for (const [k, word] of words.entries())
    ctx.bulk.memory.write64(base + (ring.prod * layout.words + k) * 8, lo32(word), hi32(word))
  return { ...ring, base, prod: (ring.prod + 1) % sizeOf(layout) }
}

/** Everything that waits; the consumer catches up and an overflow is cleared. */
export function dequeueAll(
  ctx: HwContext,
  ring: Ring,
  layout: StructLayout,
): { readonly ring: Ring; readonly records: readonly (readonly bigint[])[] } {
  const records: bigint[][] = []
  for (let at = ring.cons; at !== ring.prod; at = (at + 1) % sizeOf(layout))
    records.push(readStruct(ctx, layout, (ring.base ?? 0) + at * layout.words * 8))
  return { ring: { ...ring, cons: ring.prod, overflow: false }, records }
}

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
