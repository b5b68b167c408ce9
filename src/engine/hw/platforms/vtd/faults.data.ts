/**
 * VT-d fault reasons: every code the translations modelled here can give, with the specification's id,
 * whether FPD suppresses its record, and the condition in a few words.
 *
 * Models VT-d 7.1.3 with the scalable codes in scalable mode. Where QEMU keeps legacy codes for
 * scalable walks the specification's are used. Which conditions a page request can cure follows VT-d 7.2:
 * something is missing or a right is; what is malformed stays a fault.
 * Not modelled: interrupt remapping (0x20-0x29), unreadable memory (0x07-0x09, 0x38, 0x40, 0x50, 0x58,
 * 0x70, 0x73, 0x78, 0x7b: every address reads), walks that do not snoop (0x7c, 0x90), updates that fail
 * (0x91), privileged and execute requests (0x5c, 0x5d, 0x82).
 */

export interface FaultReason {
  readonly code: number
  readonly id: string
  /** True where FPD = 1 keeps the fault from being recorded. */
  readonly qualified: boolean
  readonly name: string
}

const reason = (code: number, id: string, qualified: boolean, name: string): FaultReason => {
  return { code, id, qualified, name }
}

/** What went wrong, whatever the mode calls it. */
export type FaultCondition =
  | 'pasid-in-legacy'
  | 'page-request-in-legacy'
  | 'root-not-present'
  | 'root-reserved'
  | 'context-not-present'
  | 'context-reserved'
  | 'context-invalid'
  | 'ats-disabled'
  | 'pasid-disabled'
  | 'page-requests-disabled'
  | 'pasid-beyond-directory'
  | 'rid-pasid-beyond-directory'
  | 'directory-not-present'
  | 'directory-reserved'
  | 'pasid-not-present'
  | 'pasid-reserved'
  | 'pasid-invalid'
  | 'beyond-width'
  | 'no-write'
  | 'no-read'
  | 'not-present-write'
  | 'not-present-read'
  | 'entry-reserved'
  | 'output-interrupt-range'
  | 'first-not-present'
  | 'first-reserved'
  | 'first-table-beyond-width'
  | 'first-root-denied'
  | 'first-table-denied'
  | 'first-update-denied'
  | 'not-canonical'
  | 'user-denied'
  | 'guest-output-beyond-width'

export const LEGACY_FAULTS: Partial<Record<FaultCondition, FaultReason>> = {
  'root-not-present': reason(0x01, 'LRT.2', false, 'root entry not present'),
  'context-not-present': reason(0x02, 'LCT.2', true, 'context entry not present'),
  'context-invalid': reason(0x03, 'LCT.4', true, 'context entry programmed wrongly'),
  'beyond-width': reason(0x04, 'LGN.1', true, 'address beyond the width of the domain'),
  'no-write': reason(0x05, 'LGN.2', true, 'no write permission'),
  'no-read': reason(0x06, 'LGN.3', true, 'no read permission'),
  // Legacy mode has no code for "not present": R=W=0 is a missing permission.
  'not-present-write': reason(0x05, 'LGN.2', true, 'no write permission: entry not present'),
  'not-present-read': reason(0x06, 'LGN.3', true, 'no read permission: entry not present'),
  'root-reserved': reason(0x0a, 'LRT.3', false, 'reserved bits set in root entry'),
  'context-reserved': reason(0x0b, 'LCT.3', false, 'reserved bits set in context entry'),
  'entry-reserved': reason(0x0c, 'LSL.2', true, 'reserved bits set in second-stage entry'),
  'ats-disabled': reason(0x0d, 'LCT.5', true, 'ATS or translated request while TT does not allow it'),
  'output-interrupt-range': reason(0x0e, 'LGN.4', true, 'output address in the interrupt range'),
  'pasid-in-legacy': reason(0x31, 'RTA.2', false, 'request with PASID in legacy mode'),
  'page-request-in-legacy': reason(0x32, 'RTA.3', false, 'page request in legacy mode'),
}

export const SCALABLE_FAULTS: Partial<Record<FaultCondition, FaultReason>> = {
  'root-not-present': reason(0x39, 'SRT.2', false, 'root entry not present'),
  'root-reserved': reason(0x3a, 'SRT.3', false, 'reserved bits set in root entry'),
  'context-not-present': reason(0x41, 'SCT.2', true, 'context entry not present'),
  'context-reserved': reason(0x42, 'SCT.3', false, 'reserved bits set in context entry'),
  'context-invalid': reason(0x43, 'SCT.4', true, 'context entry programmed wrongly'),
  'ats-disabled': reason(0x44, 'SCT.5', true, 'ATS or translated request while DTE is 0'),
  'pasid-disabled': reason(0x45, 'SCT.6', true, 'request with PASID while PASIDE is 0'),
  'pasid-beyond-directory': reason(0x46, 'SCT.7', true, 'PASID beyond the directory'),
  'page-requests-disabled': reason(0x47, 'SCT.8', true, 'page request while PRE is 0'),
  'rid-pasid-beyond-directory': reason(0x48, 'SCT.9', true, 'RID_PASID beyond the directory'),
  'directory-not-present': reason(0x51, 'SPD.2', true, 'PASID directory entry not present'),
  'directory-reserved': reason(0x52, 'SPD.3', true, 'reserved bits set in PASID directory entry'),
  'pasid-not-present': reason(0x59, 'SPT.2', true, 'PASID entry not present'),
  'pasid-reserved': reason(0x5a, 'SPT.3', true, 'reserved bits set in PASID entry'),
  'pasid-invalid': reason(0x5b, 'SPT.4', true, 'PASID entry programmed wrongly'),
  'first-not-present': reason(0x71, 'SFS.2', true, 'first-stage entry not present'),
  'first-reserved': reason(0x72, 'SFS.3', true, 'reserved bits set in first-stage entry'),
  'first-table-beyond-width': reason(0x74, 'SFS.5', true, 'first-stage table beyond the second-stage width'),
  'first-root-denied': reason(0x75, 'SFS.6', true, 'second stage denies reading the first-stage root table'),
  'first-table-denied': reason(0x76, 'SFS.7', true, 'second stage denies reading a first-stage table'),
  'first-update-denied': reason(0x77, 'SFS.8', true, 'second stage denies setting A, D or EA'),
  'not-present-write': reason(0x79, 'SSS.2', true, 'second-stage entry not present'),
  'not-present-read': reason(0x79, 'SSS.2', true, 'second-stage entry not present'),
  'entry-reserved': reason(0x7a, 'SSS.3', true, 'reserved bits set in second-stage entry'),
  'not-canonical': reason(0x80, 'SGN.1', true, 'address not canonical'),
  'user-denied': reason(0x81, 'SGN.2', true, 'user request to a supervisor page'),
  'beyond-width': reason(0x83, 'SGN.4', true, 'address beyond the width supported'),
  'guest-output-beyond-width': reason(0x84, 'SGN.5', true, 'guest address beyond the second-stage width'),
  'no-write': reason(0x85, 'SGN.6', true, 'no write permission'),
  'no-read': reason(0x86, 'SGN.7', true, 'no read permission'),
  'output-interrupt-range': reason(0x87, 'SGN.8', true, 'output address in the interrupt range'),
}

/** What a page request can cure. */
export const RECOVERABLE: ReadonlySet<FaultCondition> = new Set([
  'first-not-present',
  'first-root-denied',
  'first-table-denied',
  'first-update-denied',
  'not-present-write',
  'not-present-read',
  'user-denied',
  'no-write',
  'no-read',
])
