/**
 * VT-d configuration structures, bit by bit: root, context (legacy and scalable), PASID directory and
 * PASID table entries, and the fault recording register.
 *
 * Models VT-d 9.1 to 9.6 and 11.4.14. Bits in no row are reserved; bits that hardware ignores have a row.
 * Not modelled: memory typing (CD, EMTE, EMT, PWT, PCD, PAT are kept and ignored).
 */
import { structLayout } from '../../struct'

export const LEGACY_ROOT = structLayout(
  'root entry',
  2,
  [
    [0, 0, 0, 'P', 'context table present'],
    [0, 63, 12, 'CTP', 'context table, HPA'],
  ],
  ['CTP'],
)

export const SCALABLE_ROOT = structLayout(
  'root entry',
  2,
  [
    [0, 0, 0, 'LP', 'lower context table (devfn 0x00-0x7f) present'],
    [0, 63, 12, 'LCTP', 'lower context table, HPA'],
    [1, 0, 0, 'UP', 'upper context table (devfn 0x80-0xff) present'],
    [1, 63, 12, 'UCTP', 'upper context table, HPA'],
  ],
  ['LCTP', 'UCTP'],
)

export const LEGACY_CONTEXT = structLayout(
  'context entry',
  2,
  [
    [0, 0, 0, 'P', 'present'],
    [0, 1, 1, 'FPD', 'do not record qualified faults'],
    [0, 3, 2, 'TT', '0 second stage, 1 second stage and ATS, 2 pass-through'],
    [0, 63, 12, 'SSPTPTR', 'second-stage root, HPA'],
    [1, 2, 0, 'AW', 'address width code: levels = AW + 2'],
    [1, 6, 3, 'IGN', 'ignored by hardware'],
    [1, 23, 8, 'DID', 'domain id'],
  ],
  ['SSPTPTR'],
)

export const SCALABLE_CONTEXT = structLayout(
  'context entry',
  4,
  [
    [0, 0, 0, 'P', 'present'],
    [0, 1, 1, 'FPD', 'do not record qualified faults'],
    [0, 2, 2, 'DTE', 'device TLB: ATS and translated requests allowed'],
    [0, 3, 3, 'PASIDE', 'requests with PASID allowed'],
    [0, 4, 4, 'PRE', 'page requests allowed'],
    [0, 11, 9, 'PDTS', 'the directory has 2^(PDTS+7) entries'],
    [0, 63, 12, 'PASIDDIRPTR', 'PASID directory, HPA'],
    [1, 19, 0, 'RID_PASID', 'the PASID that requests without PASID use'],
    [1, 20, 20, 'RID_PRIV', 'privilege of requests without PASID'],
  ],
  ['PASIDDIRPTR'],
)

export const PASID_DIRECTORY_ENTRY = structLayout(
  'PASID directory entry',
  1,
  [
    [0, 0, 0, 'P', 'present'],
    [0, 1, 1, 'FPD', 'do not record qualified faults'],
    [0, 63, 12, 'SMPTBLPTR', 'PASID table, HPA'],
  ],
  ['SMPTBLPTR'],
)

export const PASID_ENTRY = structLayout(
  'PASID entry',
  8,
  [
    [0, 0, 0, 'P', 'present'],
    [0, 1, 1, 'FPD', 'do not record qualified faults'],
    [0, 4, 2, 'AW', 'second-stage width code: levels = AW + 2'],
    [0, 5, 5, 'SLEE', 'honour the execute bit of the second stage'],
    [0, 8, 6, 'PGTT', '1 first stage, 2 second stage, 3 nested, 4 pass-through'],
    [0, 9, 9, 'SSADE', 'set accessed and dirty bits in second-stage entries'],
    [0, 63, 12, 'SSPTPTR', 'second-stage root, HPA'],
    [1, 15, 0, 'DID', 'domain id'],
    [1, 23, 23, 'PWSNP', 'table walks snoop processor caches'],
    [1, 24, 24, 'PGSNP', 'data accesses snoop processor caches'],
    [1, 25, 25, 'CD', 'memory typing, ignored'],
    [1, 26, 26, 'EMTE', 'memory typing, ignored'],
    [1, 29, 27, 'EMT', 'memory typing, ignored'],
    [1, 30, 30, 'PWT', 'memory typing, ignored'],
    [1, 31, 31, 'PCD', 'memory typing, ignored'],
    [1, 63, 32, 'PAT', 'memory typing, ignored'],
    [2, 0, 0, 'SRE', 'supervisor requests allowed'],
    [2, 1, 1, 'ERE', 'execute requests allowed'],
    [2, 3, 2, 'FSPM', 'first-stage paging: 0 is 4-level, 1 is 5-level'],
    [2, 4, 4, 'WPE', 'supervisor writes honour R/W=0'],
    [2, 5, 5, 'NXE', 'the execute-disable bit is honoured'],
    [2, 6, 6, 'SMEP', 'supervisor execution of user pages refused'],
    [2, 7, 7, 'EAFE', 'set the extended accessed bit'],
    [2, 63, 12, 'FSPTPTR', 'first-stage root: HPA, or GPA when nested'],
  ],
  ['SSPTPTR', 'FSPTPTR'],
)

export const FAULT_RECORD = structLayout(
  'fault record',
  2,
  [
    [0, 63, 12, 'FI', 'page of the address that faulted'],
    [1, 15, 0, 'SID', 'requester id'],
    [1, 29, 29, 'PRIV', 'supervisor privilege was asked for'],
    [1, 30, 30, 'EXE', 'execute permission was asked for'],
    [1, 31, 31, 'PP', 'the request had a PASID'],
    [1, 39, 32, 'FR', 'fault reason'],
    [1, 59, 40, 'PV', 'PASID'],
    [1, 61, 60, 'AT', 'address type of the request'],
    [1, 62, 62, 'T', '1 read, 0 write'],
    [1, 63, 63, 'F', 'the record holds a fault; write 1 to clear'],
  ],
  ['FI'],
)

/** RTADDR_REG, at offset 0x20 (VT-d 11.4.6). */
export const RTADDR = structLayout(
  'RTADDR_REG, offset 0x20',
  1,
  [
    [0, 11, 10, 'TTM', 'translation table mode: 0 legacy, 1 scalable, 3 abort'],
    [0, 63, 12, 'RTA', 'root table, HPA'],
  ],
  ['RTA'],
)

/** Values of TTM in RTADDR_REG. */
export const TTM = { legacy: 0, scalable: 1 } as const

/** The structures that a request is looked up in. */
export const LAYOUTS = [
  LEGACY_ROOT,
  SCALABLE_ROOT,
  LEGACY_CONTEXT,
  SCALABLE_CONTEXT,
  PASID_DIRECTORY_ENTRY,
  PASID_ENTRY,
]

/** Values of TT in a legacy context entry. */
export const TT = { second: 0, secondAts: 1, passThrough: 2 } as const

/** Values of PGTT in a PASID entry. */
export const PGTT = { first: 1, second: 2, nested: 3, passThrough: 4 } as const

/** A PASID as indexes: entry of the directory, entry of the table that one points to (64 per table). */
export const pasidIndexes = (pasid: number): { directory: number; table: number } => {
  return { directory: pasid >>> 6, table: pasid & 63 }
}

/** Smallest PDTS whose directory covers PASIDs of that many bits. */
export const pdtsFor = (pasidBits: number): number => Math.max(0, pasidBits - 13)
