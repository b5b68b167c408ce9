/**
 * Every call of the two proposals of 2021 and what became of it in mainline, with flows that do the same then and now.
 *
 * Source: iommufd facts 8; for calls whose spelling is ours, the idea that the thread names.
 */
export interface Fate {
  /** Calls of the first proposal, of the second, and of Linux; an empty list: there is none. */
  readonly v1: readonly string[]
  readonly v2: readonly string[]
  readonly now: readonly string[]
  readonly what: string
  /** Names of scenarios; the second does today what the first proposed. */
  readonly pair?: readonly [then: string, now: string]
}

export const FATES: readonly Fate[] = [
  {
    v1: ['IOASID_CHECK_EXTENSION'],
    v2: ['IOMMU_CHECK_EXTENSION', 'KVM_CHECK_EXTENSION'],
    now: ['IOMMU_GET_HW_INFO'],
    what: 'No call asks for extensions: what is missing answers ENOTTY, E2BIG or EOPNOTSUPP. Hardware is asked by device.',
  },
  {
    v1: ['IOASID_REGISTER_MEMORY', 'IOASID_UNREGISTER_MEMORY', 'IOASID_SET_PREREG'],
    v2: ['IOMMU_IOASID_SET_PREREG'],
    now: ['IOMMU_IOAS_MAP', 'IOMMU_IOAS_COPY'],
    what: 'No registration. Memory is mapped once in an IOAS without a device, and copied from there: the pages are shared and pinned once.',
    pair: ['multiple-ioasids', 'linux-multiple'],
  },
  {
    v1: ['IOASID_ALLOC', 'IOASID_ENABLE'],
    v2: ['IOMMU_IOASID_ALLOC', 'IOMMU_IOASID_ENABLE'],
    now: ['IOMMU_IOAS_ALLOC', 'IOMMU_HWPT_ALLOC'],
    what: 'One IOASID became two objects: the IOAS, which takes maps, and the HWPT, the page table of one IOMMU. Nothing is enabled apart.',
    pair: ['simple', 'linux-simple'],
  },
  {
    v1: ['IOASID_FREE'],
    v2: ['IOMMU_IOASID_FREE'],
    now: ['IOMMU_DESTROY'],
    what: 'One call for all objects, by count of users: EBUSY while anything holds it.',
  },
  {
    v1: ['IOASID_GET_INFO'],
    v2: ['IOMMU_DEVICE_GET_INFO', 'VFIO_DEVICE_GET_INFO'],
    now: ['IOMMU_IOAS_IOVA_RANGES', 'IOMMU_GET_HW_INFO'],
    what: 'Ranges are asked of an IOAS at any time, hardware of a bound device, before any attach.',
  },
  {
    v1: ['IOASID_MAP_DMA', 'IOASID_UNMAP_DMA'],
    v2: ['IOMMU_MAP_DMA', 'IOMMU_UNMAP_DMA'],
    now: ['IOMMU_IOAS_MAP', 'IOMMU_IOAS_MAP_FILE', 'IOMMU_IOAS_COPY', 'IOMMU_IOAS_UNMAP'],
    what: 'Takes no device: without a page table nothing is pinned yet. Addresses may be chosen by the kernel. An unmap covers whole maps, as proposed.',
    pair: ['simple', 'iommufd-plain'],
  },
  {
    v1: ['IOASID_CREATE_NESTING'],
    v2: [],
    now: ['IOMMU_HWPT_ALLOC'],
    what: 'A parent is allocated with NEST_PARENT, the nested table over it. One level, by hardware alone: a kernel that composes a child by software did not land, a VMM shadows.',
    pair: ['hardware-nesting', 'linux-nesting'],
  },
  {
    v1: ['IOASID_BIND_PGTABLE', 'IOASID_UNBIND_PGTABLE'],
    v2: [],
    now: ['IOMMU_HWPT_ALLOC', 'IOMMU_DESTROY'],
    what: "The guest's table comes as data of the allocation and never changes; unbound by a replace or a detach, then DESTROY.",
    pair: ['hardware-nesting', 'linux-nesting'],
  },
  {
    v1: ['IOASID_BIND_PASID_TABLE', 'IOASID_UNBIND_PASID_TABLE'],
    v2: [],
    now: ['IOMMU_HWPT_ALLOC', 'IOMMU_VIOMMU_ALLOC', 'IOMMU_VDEVICE_ALLOC'],
    what: "No call of its own: on Arm and AMD the data of a nested table is the device's entry, which leads to the guest's table; vIOMMU and vDEVICE carry the guest's numbers. VT-d keeps the PASID table in the host.",
  },
  {
    v1: ['IOASID_INVALIDATE_CACHE'],
    v2: ['IOMMU_INVALIDATE_CACHE'],
    now: ['IOMMU_HWPT_INVALIDATE'],
    what: 'An array of entries as the vendor spells them, instead of two generic granularities; tells how many were done.',
    pair: ['hardware-nesting', 'linux-nesting'],
  },
  {
    v1: ['IOASID_PAGE_RESPONSE'],
    v2: ['IOMMU_PAGE_RESPONSE'],
    now: ['IOMMU_FAULT_QUEUE_ALLOC'],
    what: 'A queue with a file of its own: read() takes requests, write() answers them by cookie. No shared ring; a table names its queue when it is allocated.',
  },
  {
    v1: ['IOASID_SET_DIRTY', 'IOASID_GET_DIRTY'],
    v2: ['IOMMU_IOASID_SET_DIRTY', 'IOMMU_IOASID_GET_DIRTY'],
    now: ['IOMMU_HWPT_SET_DIRTY_TRACKING', 'IOMMU_HWPT_GET_DIRTY_BITMAP'],
    what: 'By page table, which is allocated for it.',
  },
  {
    v1: ['IOASID_LOOKUP'],
    v2: ['IOMMU_IOASID_LOOKUP'],
    now: [],
    what: 'No call tells what an address is mapped to.',
  },
  {
    v1: ['VFIO_BIND_IOASID_FD', 'VFIO_UNBIND_IOASID_FD'],
    v2: ['VFIO_BIND_IOMMU_FD'],
    now: ['VFIO_DEVICE_BIND_IOMMUFD'],
    what: 'Gives the device an id of the file, where v2 took a cookie of the user. No unbind: the file of the device is closed.',
    pair: ['v2-simple', 'linux-simple'],
  },
  {
    v1: ['VFIO_ATTACH_IOASID', 'VFIO_DETACH_IOASID'],
    v2: ['VFIO_ATTACH_IOASID', 'VFIO_DETACH_IOASID'],
    now: ['VFIO_DEVICE_ATTACH_IOMMUFD_PT', 'VFIO_DEVICE_DETACH_IOMMUFD_PT'],
    what: 'A second attach replaces the first, at once. A device is on one table a PASID, not on parent and child together; the first attach moves the whole group.',
    pair: ['vsva', 'linux-vsva'],
  },
  {
    v1: ['KVM_MAP_PASID', 'KVM_UNMAP_PASID'],
    v2: ['KVM_MAP_PASID', 'KVM_UNMAP_PASID', 'KVM_ENABLE_CAP'],
    now: [],
    what: 'Did not land: KVM translates no PASIDs, a virtual one is the physical one.',
  },
  {
    v1: [],
    v2: [],
    now: [
      'IOMMU_VEVENTQ_ALLOC',
      'IOMMU_HW_QUEUE_ALLOC',
      'IOMMU_VFIO_IOAS',
      'IOMMU_OPTION',
      'IOMMU_IOAS_CHANGE_PROCESS',
      'IOMMU_IOAS_ALLOW_IOVAS',
    ],
    what: 'New, without a counterpart in the proposals: a slice of the IOMMU for a guest with its events and queues, the old container on the new file, options, another process, allowed ranges.',
  },
]
