/**
 * VT-d invalidation queue descriptors, bit by bit (VT-d 6.5.2).
 *
 * Descriptors are 128 bits here; in a 256-bit queue the two upper words are 0. The submission is
 * immediate: no ring, head or tail.
 * Not modelled: interrupt entry cache, 256-bit page group response private data, queue errors.
 */
import { type StructLayout, structLayout } from '../../struct'

const TYPE = [0, 3, 0, 'type', 'descriptor type, low bits'] as const
const DID = [0, 31, 16, 'DID', 'domain id'] as const
const PASID = [0, 51, 32, 'PASID', 'PASID'] as const
const AM = [1, 5, 0, 'AM', 'address mask: 2^AM pages of 4 KiB'] as const
const IH = [1, 6, 6, 'IH', 'only leaf entries changed'] as const
const ADDR = [1, 63, 12, 'ADDR', 'address of the first page'] as const

export const CONTEXT_CACHE_INVALIDATE = structLayout('context-cache invalidate', 2, [
  TYPE,
  [0, 5, 4, 'G', '1 global, 2 domain, 3 device'],
  DID,
  [0, 47, 32, 'SID', 'requester id'],
  [0, 49, 48, 'FM', 'function mask'],
])

export const IOTLB_INVALIDATE = structLayout(
  'IOTLB invalidate',
  2,
  [
    TYPE,
    [0, 5, 4, 'G', '1 global, 2 domain, 3 page in domain'],
    [0, 6, 6, 'DW', 'drain writes'],
    [0, 7, 7, 'DR', 'drain reads'],
    DID,
    AM,
    IH,
    ADDR,
  ],
  ['ADDR'],
)

const DEV_TLB_TARGET = [
  [0, 15, 12, 'PFSID_3_0', 'requester id of the physical function, low bits'],
  [0, 63, 52, 'PFSID_15_4', 'requester id of the physical function, high bits'],
] as const

export const DEVICE_TLB_INVALIDATE = structLayout(
  'device-TLB invalidate',
  2,
  [
    TYPE,
    ...DEV_TLB_TARGET,
    [0, 20, 16, 'MIP', 'invalidations the device takes at once'],
    [0, 47, 32, 'SID', 'requester id'],
    [1, 0, 0, 'S', 'size is in the address'],
    ADDR,
  ],
  ['ADDR'],
)

export const WAIT = structLayout(
  'invalidation wait',
  2,
  [
    TYPE,
    [0, 4, 4, 'IF', 'interrupt when done'],
    [0, 5, 5, 'SW', 'write status when done'],
    [0, 6, 6, 'FN', 'fence'],
    [0, 7, 7, 'PD', 'drain page requests'],
    [0, 63, 32, 'SD', 'status data'],
    [1, 63, 2, 'SA', 'status address'],
  ],
  ['SA'],
)

export const PASID_IOTLB_INVALIDATE = structLayout(
  'PASID-based IOTLB invalidate',
  2,
  [TYPE, [0, 5, 4, 'G', '2 all pages of the PASID, 3 pages of the PASID'], DID, PASID, AM, IH, ADDR],
  ['ADDR'],
)

export const PASID_CACHE_INVALIDATE = structLayout('PASID-cache invalidate', 2, [
  TYPE,
  [0, 5, 4, 'G', '0 all PASIDs of the domain, 1 one PASID, 3 global'],
  DID,
  PASID,
])

export const PASID_DEVICE_TLB_INVALIDATE = structLayout(
  'PASID-based device-TLB invalidate',
  2,
  [
    TYPE,
    [0, 8, 4, 'MIP', 'invalidations the device takes at once'],
    ...DEV_TLB_TARGET,
    [0, 31, 16, 'SID', 'requester id'],
    PASID,
    [1, 0, 0, 'GL', 'all PASIDs'],
    [1, 11, 11, 'S', 'size is in the address'],
    ADDR,
  ],
  ['ADDR'],
)

export const PAGE_GROUP_RESPONSE = structLayout('page group response', 2, [
  TYPE,
  [0, 4, 4, 'PASIDP', 'PASID present'],
  [0, 5, 5, 'PDP', 'private data present'],
  [0, 15, 12, 'code', '0 success, 1 invalid request, 15 response failure'],
  [0, 31, 16, 'RID', 'requester id'],
  PASID,
  [1, 2, 2, 'LPIG', 'last page of its group'],
  [1, 11, 3, 'PRGI', 'page request group'],
])

/** What the unit writes into the page request queue (VT-d 7.4.1.1). */
export const PAGE_REQUEST = structLayout(
  'page request',
  4,
  [
    [0, 7, 0, 'type', 'descriptor type, 1'],
    [0, 8, 8, 'PASIDP', 'PASID present'],
    [0, 9, 9, 'PDP', 'private data present'],
    [0, 31, 16, 'RID', 'requester id'],
    PASID,
    [0, 52, 52, 'EXE', 'execute asked for'],
    [0, 53, 53, 'PRIV', 'privilege asked for'],
    [1, 0, 0, 'RD', 'read asked for'],
    [1, 1, 1, 'WR', 'write asked for'],
    [1, 2, 2, 'LPIG', 'last page of its group'],
    [1, 11, 3, 'PRGI', 'page request group'],
    ADDR,
  ],
  ['ADDR'],
)

/** Value of the type field of each descriptor. */
export const DESCRIPTOR_TYPES: ReadonlyMap<StructLayout, number> = new Map([
  [CONTEXT_CACHE_INVALIDATE, 1],
  [IOTLB_INVALIDATE, 2],
  [DEVICE_TLB_INVALIDATE, 3],
  [WAIT, 5],
  [PASID_IOTLB_INVALIDATE, 6],
  [PASID_CACHE_INVALIDATE, 7],
  [PASID_DEVICE_TLB_INVALIDATE, 8],
  [PAGE_GROUP_RESPONSE, 9],
])
