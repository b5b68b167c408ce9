/**
 * The page request queue (VT-d 7.4.1): a ring of 32-byte descriptors in memory, head and tail as the registers PQH and
 * PQT hold them, PRO for overflow.
 *
 * Not modelled: rings of more than 4 KiB, private data, the interrupt that says work is pending.
 */
import { hi32, lo32 } from '../../../bits'
import type { HwContext, PageRequest } from '../../contract'
import { readStruct } from '../../memory-struct'
import type { PageGroup } from '../../page-groups'
import { encodeStruct, structField } from '../../struct'
import { PAGE_REQUEST } from './commands.data'
import { allocFrames } from './entries'

export interface PageRequestState {
  /** HPA of the ring, made when the first request comes. */
  readonly base: number | null
  /** Byte offsets. Equal: empty. */
  readonly head: number
  readonly tail: number
  /** PRO: requests are dropped until software has read the queue. */
  readonly overflow: boolean
  /** Groups without response, oldest first. */
  readonly groups: readonly PageGroup[]
  /** Requester ids that a response `failure` silenced. */
  readonly silenced: readonly number[]
}

export const NO_REQUESTS: PageRequestState = {
  base: null,
  head: 0,
  tail: 0,
  overflow: false,
  groups: [],
  silenced: [],
}

const RING_BYTES = 4096
const DESCRIPTOR_BYTES = 32
const TYPE = 1

/** One slot stays free, so that a full ring is not an empty one. */
export const RING_CAPACITY = RING_BYTES / DESCRIPTOR_BYTES - 1

/** The four words of a descriptor. */
export function encodeRequest({ rid, pasid, address, access, group, last }: PageRequest): bigint[] {
  const tag = pasid === null ? {} : { PASIDP: 1, PASID: pasid }
  const rights = { RD: access === 'read' ? 1 : 0, WR: access === 'write' ? 1 : 0 }
  const place = { ADDR: address & ~0xfffn, PRGI: group, LPIG: last ? 1 : 0 }
  return encodeStruct(PAGE_REQUEST, { type: TYPE, RID: rid, ...tag, ...rights, ...place })
}

export function decodeRequest(words: readonly bigint[]): PageRequest {
  const field = (name: string) => Number(structField(PAGE_REQUEST, words, name))
  return {
    rid: field('RID'),
    pasid: field('PASIDP') === 1 ? field('PASID') : null,
    address: structField(PAGE_REQUEST, words, 'ADDR'),
    access: field('WR') === 1 ? 'write' : field('RD') === 1 ? 'read' : null,
    group: field('PRGI'),
    last: field('LPIG') === 1,
  }
}

const next = (offset: number): number => (offset + DESCRIPTOR_BYTES) % RING_BYTES

export const isFull = ({ head, tail }: PageRequestState): boolean => next(tail) === head

/** Writes one descriptor at the tail; there must be room. */
export function enqueue(ctx: HwContext, state: PageRequestState, words: readonly bigint[]): PageRequestState {
  const base = state.base ?? allocFrames(ctx, 1)
  for (const [k, word] of words.entries())
    ctx.bulk.memory.write64(base + state.tail + k * 8, lo32(word), hi32(word))
  return { ...state, base, tail: next(state.tail) }
}

/** Everything between head and tail; the head catches up and an overflow is cleared. */
export function dequeueAll(
  ctx: HwContext,
  state: PageRequestState,
): { readonly state: PageRequestState; readonly requests: readonly PageRequest[] } {
  const requests: PageRequest[] = []
  for (let at = state.head; at !== state.tail; at = next(at))
    requests.push(decodeRequest(readStruct(ctx, PAGE_REQUEST, (state.base ?? 0) + at)))
  return { state: { ...state, head: state.tail, overflow: false }, requests }
}

/** What waits in the queue and for an answer, a line each; for hashing. */
export function requestLines(ctx: HwContext, state: PageRequestState): readonly string[] {
  const line = (made: PageRequest): string => Object.values(made).join(' ')
  const waiting = state.groups.map(({ requests, complete }) => `${complete} ${requests.map(line).join(', ')}`)
  const { overflow, silenced } = state
  const switches = overflow || silenced.length > 0 ? [`${overflow} ${silenced.join(' ')}`] : []
  return [...dequeueAll(ctx, state).requests.map(line), ...waiting, ...switches]
}
