/** Event log entries as words (specification 2.5). The events are in events.data.ts. */
import type { Access } from '../../contract'
import { encodeStruct } from '../../struct'
import { EVENTS, type EventName } from './events.data'
import { EVENT, EVENT_FLAGS } from './structures.data'

/** The two words of an entry; RW counts only where PR is set. `domain` left out: the entry has none. */
export function eventEntry(of: {
  readonly event: EventName
  readonly rid: number
  readonly domain?: number
  readonly address: bigint
  readonly access: Access
}): bigint[] {
  const { type, present } = EVENTS[of.event]
  const write = present && of.access === 'write' ? EVENT_FLAGS.write : 0
  return encodeStruct(EVENT, {
    DeviceID: of.rid,
    DomainID: of.domain ?? 0,
    flags: (present ? EVENT_FLAGS.present : 0) | write,
    type,
    Address: of.address,
  })
}
