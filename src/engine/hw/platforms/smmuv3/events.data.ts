/**
 * SMMUv3 events (IHI 0070 7.3): every one that a translation modelled here can raise.
 *
 * Not modelled: F_UUT, the fetch aborts F_STE_FETCH, F_CD_FETCH and F_WALK_EABT (every address reads), TLB and
 * configuration conflicts, E_PAGE_REQUEST. `abort` is no event: Config = 0 ends a request silently.
 */
export type EventName =
  | 'abort'
  | 'C_BAD_STREAMID'
  | 'C_BAD_STE'
  | 'F_BAD_ATS_TREQ'
  | 'F_STREAM_DISABLED'
  | 'F_TRANSL_FORBIDDEN'
  | 'C_BAD_SUBSTREAMID'
  | 'C_BAD_CD'
  | 'F_TRANSLATION'
  | 'F_ADDR_SIZE'
  | 'F_ACCESS'
  | 'F_PERMISSION'

export interface EventKind {
  /** Null: nothing is recorded. */
  readonly id: number | null
  readonly name: string
  /** Recorded where CD.R (stage 1) or STE.S2R (stage 2) says so; others always are. */
  readonly byTable: boolean
}

const kind = (id: number | null, name: string, byTable = false): EventKind => ({ id, name, byTable })

export const EVENTS: Readonly<Record<EventName, EventKind>> = {
  abort: kind(null, 'STE.Config aborts: no event'),
  C_BAD_STREAMID: kind(0x02, 'StreamID beyond the stream table'),
  C_BAD_STE: kind(0x04, 'STE not valid or programmed wrongly'),
  F_BAD_ATS_TREQ: kind(0x05, 'ATS translation request while EATS does not allow it'),
  F_STREAM_DISABLED: kind(0x06, 'S1DSS lets no such request in'),
  F_TRANSL_FORBIDDEN: kind(0x07, 'translated request while EATS does not allow it'),
  C_BAD_SUBSTREAMID: kind(0x08, 'no CD for the SubstreamID'),
  C_BAD_CD: kind(0x0a, 'CD not valid or programmed wrongly'),
  F_TRANSLATION: kind(0x10, 'no valid descriptor, or beyond the input size', true),
  F_ADDR_SIZE: kind(0x11, 'address beyond the output size', true),
  F_ACCESS: kind(0x12, 'AF is 0', true),
  F_PERMISSION: kind(0x13, 'no permission', true),
}
