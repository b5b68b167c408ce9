/** SMMUv3 faults as values and as event records (IHI 0070 7.3). The events are in events.data.ts. */
import type { Access, HwFault, TranslateRequest } from '../../contract'
import { encodeStruct } from '../../struct'
import { EVENTS } from './events.data'
import { CLASS, EVENT } from './structures.data'
import type { FaultPolicy } from './target'
import type { WalkFault } from './walk'

/** Faults that a device may get over: by a page request where it has ATS and PRI, by waiting where it stalls. */
export function faultOf(request: TranslateRequest, place: WalkFault, policy: FaultPolicy): HwFault {
  const { id, name, byTable } = EVENTS[place.event]
  const { device } = request
  const asks = device.ats && device.pri
  const stalls = place.stage === 'first' ? policy.stall1 : policy.stall2
  const recorded = stalls || (place.stage === 'first' ? policy.record1 : policy.record2)
  return {
    code: id === null ? place.event : `0x${id.toString(16).padStart(2, '0')}`,
    name: `${id === null ? '' : `${place.event} `}${name}${id === null || !byTable ? '' : whileText(place)}`,
    stage: place.stage,
    level: place.level,
    address: request.address,
    ...(place.guestAddress === undefined ? {} : { guestAddress: place.guestAddress }),
    access: request.access,
    recoverable: byTable && place.class !== 'CD' && (asks || stalls),
    suppressed: id === null || (byTable && !recorded),
  }
}

const WHILE: Readonly<Record<keyof typeof CLASS, string>> = {
  CD: ', fetching the CD',
  TT: ', fetching a stage 1 descriptor',
  IN: '',
}

const whileText = ({ class: what }: WalkFault): string => WHILE[what]

/** What an event says. */
export interface EventSource {
  readonly id: number
  readonly sid: number
  readonly ssid: number | null
  /** Left out for configuration events, whose record ends with the stream. */
  readonly input?: {
    readonly address: bigint
    readonly access: Access
    readonly class: keyof typeof CLASS
    /** Stage 2 faulted on this IPA. */
    readonly ipa?: bigint
    /** Names the request where it stalls. */
    readonly stag?: number
  }
}

/** The four words of an event record. */
export function eventRecord({ id, sid, ssid, input }: EventSource): bigint[] {
  const stream = { id, SID: sid, ...(ssid === null ? {} : { SSV: 1, SSID: ssid }) }
  if (input === undefined) return encodeStruct(EVENT, stream)
  const { ipa, stag } = input
  return encodeStruct(EVENT, {
    ...stream,
    RnW: input.access === 'read' ? 1 : 0,
    CLASS: CLASS[input.class],
    InputAddr: input.address,
    ...(ipa === undefined ? {} : { S2: 1, IPA: ipa & ~0xfffn }),
    ...(stag === undefined ? {} : { STALL: 1, STAG: stag }),
  })
}
