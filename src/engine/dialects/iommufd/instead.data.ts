/**
 * What people do instead of calls of the 2021 proposals that were never merged as they were. Source: iommufd facts 8.
 */
const PROBING =
  'a call that is not there answers ENOTTY, a field E2BIG, a flag EOPNOTSUPP; IOMMU_GET_HW_INFO tells of hardware'
const PINNING =
  'memory is pinned by the map that shows it; to pin it once for several spaces map it in an IOAS that no device is in, and IOMMU_IOAS_COPY from there'
const UNPINNING = 'memory is unpinned with the last area that shows it'
const NESTING =
  "the guest's table comes with IOMMU_HWPT_ALLOC, over a table that was allocated with NEST_PARENT; nothing is made before it is known"
const ATTACHING =
  'a device is attached straight to the page table object, once that is there; an attach replaces what was before'
const PASID_TABLE =
  'SMMUv3 and AMD-Vi take the entry that points at the table of the guest as data of IOMMU_HWPT_ALLOC; VT-d keeps the PASID table in the host and attaches PASID by PASID'
const FAULTS = 'IOMMU_FAULT_QUEUE_ALLOC gives a file: read() takes requests, write() answers them'
const INFO =
  'IOMMU_IOAS_IOVA_RANGES and IOMMU_GET_HW_INFO tell it, the one for an IOAS, the other for a bound device'
const UNBINDING = 'a device is unbound when its file is closed'
const KVM = 'nothing was merged: a virtual PASID is the physical one'
const NO_CALL = 'there is no such call'

export const INSTEAD: Readonly<Record<string, string>> = {
  IOASID_CHECK_EXTENSION: PROBING,
  IOMMU_CHECK_EXTENSION: PROBING,
  IOASID_REGISTER_MEMORY: PINNING,
  IOASID_UNREGISTER_MEMORY: UNPINNING,
  IOASID_SET_PREREG: PINNING,
  IOMMU_IOASID_SET_PREREG: PINNING,
  IOASID_CREATE_NESTING: NESTING,
  IOMMU_IOASID_ALLOC: NESTING,
  IOASID_BIND_PGTABLE: NESTING,
  IOASID_UNBIND_PGTABLE: ATTACHING,
  VFIO_ATTACH_IOASID: ATTACHING,
  VFIO_DETACH_IOASID: ATTACHING,
  IOASID_BIND_PASID_TABLE: PASID_TABLE,
  IOASID_UNBIND_PASID_TABLE: PASID_TABLE,
  IOASID_PAGE_RESPONSE: FAULTS,
  IOMMU_PAGE_RESPONSE: FAULTS,
  IOASID_GET_INFO: INFO,
  IOMMU_DEVICE_GET_INFO: INFO,
  VFIO_UNBIND_IOASID_FD: UNBINDING,
  IOASID_ENABLE: NO_CALL,
  IOMMU_IOASID_ENABLE: NO_CALL,
  IOASID_LOOKUP: NO_CALL,
  IOMMU_IOASID_LOOKUP: NO_CALL,
  KVM_MAP_PASID: KVM,
  KVM_UNMAP_PASID: KVM,
}
