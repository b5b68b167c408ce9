/**
 * AMD-Vi commands, bit by bit (specification 2.4), as two 64-bit words. The submission is immediate: no ring.
 *
 * Not modelled: interrupt table commands, prefetching, command errors.
 */
import { type StructLayout, structLayout } from '../../struct'

const DEVICE = [0, 15, 0, 'DeviceID', 'requester id'] as const
const TYPE = [0, 63, 60, 'type', 'command type'] as const
const S = [1, 0, 0, 'S', 'size is in the address'] as const
const GN = [1, 2, 2, 'GN', 'guest (PASID) translations'] as const
const ADDRESS = [1, 63, 12, 'Address', 'first address'] as const

export const COMPLETION_WAIT = structLayout(
  'COMPLETION_WAIT',
  2,
  [
    [0, 0, 0, 's', 'store the data when done'],
    [0, 1, 1, 'i', 'interrupt when done'],
    [0, 51, 3, 'StoreAddress', 'where'],
    TYPE,
    [1, 63, 0, 'Data', 'what'],
  ],
  ['StoreAddress'],
)
export const INVALIDATE_DEVTAB_ENTRY = structLayout('INVALIDATE_DEVTAB_ENTRY', 2, [DEVICE, TYPE])
export const INVALIDATE_IOMMU_PAGES = structLayout(
  'INVALIDATE_IOMMU_PAGES',
  2,
  [
    [0, 19, 0, 'PASID', 'PASID'],
    [0, 47, 32, 'DomainID', 'domain'],
    TYPE,
    S,
    [1, 1, 1, 'PDE', 'entries above the leaves too'],
    GN,
    ADDRESS,
  ],
  ['Address'],
)
export const INVALIDATE_IOTLB_PAGES = structLayout(
  'INVALIDATE_IOTLB_PAGES',
  2,
  [
    DEVICE,
    [0, 23, 16, 'PASID_15_8', 'PASID, high bits'],
    [0, 31, 24, 'Maxpend', 'invalidations the device takes at once'],
    [0, 47, 32, 'QueueID', 'queue'],
    [0, 55, 48, 'PASID_7_0', 'PASID, low bits'],
    TYPE,
    S,
    GN,
    ADDRESS,
  ],
  ['Address'],
)
export const COMPLETE_PPR_REQUEST = structLayout('COMPLETE_PPR_REQUEST', 2, [
  DEVICE,
  [0, 51, 32, 'PASID', 'PASID'],
  TYPE,
  GN,
  [1, 40, 32, 'Tag', 'page request group'],
  [1, 47, 44, 'Status', '0 success, 1 invalid, 15 failure'],
])
export const INVALIDATE_IOMMU_ALL = structLayout('INVALIDATE_IOMMU_ALL', 2, [TYPE])

export const COMMAND_TYPES: ReadonlyMap<StructLayout, number> = new Map([
  [COMPLETION_WAIT, 1],
  [INVALIDATE_DEVTAB_ENTRY, 2],
  [INVALIDATE_IOMMU_PAGES, 3],
  [INVALIDATE_IOTLB_PAGES, 4],
  [COMPLETE_PPR_REQUEST, 7],
  [INVALIDATE_IOMMU_ALL, 8],
])
