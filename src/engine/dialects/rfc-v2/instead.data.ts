/** What people do under v2 instead of calls of v1 that it dropped or folded. Source: v2, changelog, 1.1 and 2.1. */
const COUNTING =
  'each map pins and charges its own pages; to count once for several roots, nest them on a dummy root that maps process memory onto itself'
const FOLDED =
  "the guest's table is said when its space is allocated (user_pgtable, user_pasid_table, addr): nothing is made before it is known"

export const INSTEAD: Readonly<Record<string, string>> = {
  IOASID_CHECK_EXTENSION: 'IOMMU_CHECK_EXTENSION asks the file, IOMMU_DEVICE_GET_INFO a device by its cookie',
  IOASID_REGISTER_MEMORY: COUNTING,
  IOASID_UNREGISTER_MEMORY: COUNTING,
  IOASID_GET_INFO: 'IOMMU_DEVICE_GET_INFO asks a device by its cookie, before a space is allocated for it',
  IOASID_CREATE_NESTING: FOLDED,
  IOASID_UNBIND_PGTABLE: 'a table stays with its space: another space is allocated',
  IOASID_UNBIND_PASID_TABLE: 'a table stays with its space: another space is allocated',
  VFIO_UNBIND_IOASID_FD: 'a device is unbound when its file is closed',
}
