/**
 * AMD-Vi configuration structures, bit by bit: device table entry, GCR3 entry, the register that says where the device
 * table is, entries of the event log and of the page request log. AMD I/O Virtualization Technology specification 2.2.2,
 * 2.2.6, 2.5, 2.6, 3.4; the flags and the last bit of a page request are as Linux has them.
 *
 * Not modelled: interrupt remapping (its fields are kept and ignored), the fields of dw3.
 */
import { structLayout } from '../../struct'

export const DTE = structLayout(
  'DTE',
  4,
  [
    [0, 0, 0, 'V', 'valid; 0: nothing is translated'],
    [0, 1, 1, 'TV', 'the fields of translation are valid'],
    [0, 8, 7, 'HAD', 'hardware sets dirty (and accessed) bits in host tables'],
    [0, 11, 9, 'Mode', 'levels of the host table; 0: none'],
    [0, 51, 12, 'HostRoot', 'host (v1) table, SPA'],
    [0, 52, 52, 'PPR', 'page requests allowed'],
    [0, 54, 54, 'GIOV', 'requests without PASID use guest table 0'],
    [0, 55, 55, 'GV', 'the GCR3 table is valid'],
    [0, 57, 56, 'GLX', 'levels of the GCR3 table less one'],
    [0, 60, 58, 'GCR3_14_12', 'GCR3 table, bits 14:12'],
    [0, 61, 61, 'IR', 'read allowed'],
    [0, 62, 62, 'IW', 'write allowed'],
    [1, 15, 0, 'DomainID', 'tag of its translations'],
    [1, 31, 16, 'GCR3_30_15', 'GCR3 table, bits 30:15'],
    [1, 32, 32, 'I', 'ATS allowed'],
    [1, 34, 34, 'SE', 'page faults are not logged'],
    [1, 63, 43, 'GCR3_51_31', 'GCR3 table, bits 51:31'],
    [2, 0, 0, 'IV', 'interrupt remapping'],
    [2, 4, 1, 'IntTabLen', 'interrupt remapping'],
    [2, 51, 6, 'IntTable', 'interrupt remapping'],
    [2, 55, 54, 'GuestPagingMode', 'guest tables: 0 four levels, 1 five'],
    [2, 61, 60, 'IntCtl', 'interrupt remapping'],
  ],
  ['HostRoot'],
)

export const DTE_BYTES = 32

/** Where an address of the GCR3 table goes in a DTE. */
export const gcr3Fields = (root: number) => {
  const address = BigInt(root)
  return {
    GCR3_14_12: (address >> 12n) & 7n,
    GCR3_30_15: (address >> 15n) & 0xffffn,
    GCR3_51_31: address >> 31n,
  }
}

export const GCR3 = structLayout(
  'GCR3 entry',
  1,
  [
    [0, 0, 0, 'V', 'valid'],
    [0, 51, 12, 'ADDR', 'guest CR3, or the next GCR3 table'],
  ],
  ['ADDR'],
)

export const DEV_TAB_BAR = structLayout(
  'DevTabBase, offset 0x00',
  1,
  [
    [0, 8, 0, 'Size', '4 KiB units of the device table, less one'],
    [0, 51, 12, 'DevTabBase', 'device table, SPA'],
  ],
  ['DevTabBase'],
)

export const EVENT = structLayout('event', 2, [
  [0, 15, 0, 'DeviceID', 'requester id'],
  [0, 19, 16, 'PASID_19_16', 'PASID, high bits'],
  [0, 47, 32, 'DomainID', 'domain, or PASID bits 15:0'],
  [0, 59, 48, 'flags', 'I 8, PR 0x10, RW 0x20, TR 0x100'],
  [0, 63, 60, 'type', 'event type'],
  [1, 63, 0, 'Address', 'address of the request'],
])

export const PPR = structLayout(
  'page request',
  2,
  [
    [0, 15, 0, 'DeviceID', 'requester id'],
    [0, 31, 16, 'PASID_15_0', 'PASID, low bits'],
    [0, 40, 32, 'Tag', 'page request group'],
    [0, 41, 41, 'Last', 'last page of its group'],
    [0, 45, 42, 'PASID_19_16', 'PASID, high bits'],
    [0, 59, 48, 'flags', 'R 4, W 0x20, US 0x40, GN 0x100 (has a PASID)'],
    [0, 63, 60, 'type', '1: page request'],
    [1, 63, 12, 'Address', 'address of the page'],
  ],
  ['Address'],
)

export const PPR_TYPE = 1
export const PPR_FLAGS = { read: 0x04, write: 0x20, user: 0x40, guest: 0x100 } as const

export const EVENT_FLAGS = { present: 0x10, write: 0x20, translation: 0x100 } as const
