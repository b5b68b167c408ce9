/**
 * The page request queue (VT-d 7.4.1): a ring of 32-byte descriptors in memory; consumer and producer stand for the
 * registers PQH and PQT, overflow for PRO.
 *
 * Not modelled: rings of more than 4 KiB, private data, the interrupt that says work is pending.
 */
import type { HwContext, PageRequest } from '../../contract'
import type { Waiting } from '../../page-groups'
import { dequeueAll, EMPTY_RING, type Ring, roomOf } from '../../record-ring'
import { encodeStruct, structField } from '../../struct'
import { PAGE_REQUEST } from './commands.data'

export interface PageRequestState extends Waiting {
  readonly queue: Ring
}

export const NO_REQUESTS: PageRequestState = { queue: EMPTY_RING, groups: [], silenced: [] }

const TYPE = 1

export const RING_CAPACITY = roomOf(PAGE_REQUEST)

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

/** What waits in the queue and for an answer, a line each; for hashing. */
export function requestLines(ctx: HwContext, state: PageRequestState): readonly string[] {
  const line = (made: PageRequest): string => Object.values(made).join(' ')
  const waiting = state.groups.map(({ requests, complete }) => `${complete} ${requests.map(line).join(', ')}`)
  const { queue, silenced } = state
  const switches = queue.overflow || silenced.length > 0 ? [`${queue.overflow} ${silenced.join(' ')}`] : []
  const queued = dequeueAll(ctx, queue, PAGE_REQUEST).records.map(decodeRequest)
  return [...queued.map(line), ...waiting, ...switches]
}
