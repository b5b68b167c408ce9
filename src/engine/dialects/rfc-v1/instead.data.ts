/** What people do under v1 instead of calls that v2 added. Source: v1 2 and 5. */
export const INSTEAD: Readonly<Record<string, string>> = {
  IOMMU_CHECK_EXTENSION: 'IOASID_CHECK_EXTENSION asks the file, IOASID_GET_INFO a space with a device in it',
  IOMMU_DEVICE_GET_INFO: 'IOASID_GET_INFO asks a space, once a device is in it',
  IOMMU_IOASID_ALLOC:
    'a space with a table of the guest is made by IOASID_CREATE_NESTING, and the table bound to it once the device is in',
  IOMMU_MAP_DMA: 'a space takes maps once a device is in it',
}
