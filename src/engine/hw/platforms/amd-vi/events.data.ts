/**
 * AMD-Vi events (specification 2.5): those a translation modelled here can log, and the condition in a few words.
 *
 * Not modelled: hardware errors (every address reads), command errors.
 */
export type EventName =
  | 'illegal-dte'
  | 'blocked'
  | 'not-present'
  | 'beyond-levels'
  | 'no-permission'
  | 'malformed'
  | 'no-gcr3'
  | 'no-guest-tables'
  | 'ats-disabled'
  | 'reserved-address'
  | 'ppr-disabled'

interface EventKind {
  readonly type: number
  readonly name: string
  readonly text: string
  /** PR of the flags: something was there. */
  readonly present: boolean
}

const fault = (text: string, present: boolean): EventKind => ({
  type: 2,
  name: 'IO_PAGE_FAULT',
  text,
  present,
})

export const EVENTS: Readonly<Record<EventName, EventKind>> = {
  'illegal-dte': {
    type: 1,
    name: 'ILLEGAL_DEV_TABLE_ENTRY',
    text: 'reserved fields of the DTE',
    present: false,
  },
  blocked: fault('the DTE grants neither read nor write', true),
  'not-present': fault('not present', false),
  'beyond-levels': fault('the address has more bits than the levels take', false),
  'no-permission': fault('no permission', true),
  malformed: fault('an entry that leads nowhere', true),
  'no-gcr3': fault('no guest CR3 for the PASID', false),
  'no-guest-tables': {
    type: 8,
    name: 'INVALID_DEVICE_REQUEST',
    text: 'request with PASID while GV is 0',
    present: false,
  },
  'ats-disabled': {
    type: 8,
    name: 'INVALID_DEVICE_REQUEST',
    text: 'ATS or translated request while I is 0',
    present: false,
  },
  'reserved-address': {
    type: 8,
    name: 'INVALID_DEVICE_REQUEST',
    text: 'address in the HyperTransport range',
    present: false,
  },
  'ppr-disabled': {
    type: 9,
    name: 'INVALID_PPR_REQUEST',
    text: 'page request while PPR is 0',
    present: false,
  },
}

/** What a device may get over by a page request: a page that is missing, or a right to it. */
export const RECOVERABLE: ReadonlySet<EventName> = new Set(['not-present', 'no-permission'])
