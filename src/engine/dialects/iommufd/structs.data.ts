/**
 * The structs of the calls as include/uapi/linux/iommufd.h and vfio.h lay them out: size, how much a caller must have,
 * and every member in order. Offsets follow from the types, which are all aligned to themselves.
 *
 * Source: iommufd facts 2.0, 3.1, 11.
 */
import type { MemberLayout, Pointee } from '../contract'

export interface StructRow {
  readonly name: string
  /** Bytes of all that is known. */
  readonly bytes: number
  /** Bytes that a caller must give at least: through the last member it cannot do without. */
  readonly least: number
  /** The member that says how much the caller gives. */
  readonly sizeField: 'size' | 'argsz'
  readonly members: readonly MemberLayout[]
}

const BYTES: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, s32: 4, u64: 8 }
const TYPES: Readonly<Record<string, string>> = {
  u8: '__u8',
  u16: '__u16',
  u32: '__u32',
  s32: '__s32',
  u64: '__aligned_u64',
}

/** `members`: `name:type`, in order. */
function struct(name: string, least: number, members: string): StructRow {
  const rows: MemberLayout[] = []
  let end = 0
  for (const word of members.split(' ')) {
    const [field = '', short = ''] = word.split(':')
    const bytes = BYTES[short] ?? 0
    const offset = Math.ceil(end / bytes) * bytes
    rows.push({ field, type: TYPES[short] ?? short, offset, bytes })
    end = offset + bytes
  }
  const sizeField = rows[0]?.field === 'argsz' ? 'argsz' : 'size'
  return { name, bytes: end, least, sizeField, members: rows }
}

export const STRUCTS = {
  destroy: struct('iommu_destroy', 8, 'size:u32 id:u32'),
  ioasAlloc: struct('iommu_ioas_alloc', 12, 'size:u32 flags:u32 out_ioas_id:u32'),
  allowIovas: struct(
    'iommu_ioas_allow_iovas',
    24,
    'size:u32 ioas_id:u32 num_iovas:u32 __reserved:u32 allowed_iovas:u64',
  ),
  copy: struct(
    'iommu_ioas_copy',
    40,
    'size:u32 flags:u32 dst_ioas_id:u32 src_ioas_id:u32 length:u64 dst_iova:u64 src_iova:u64',
  ),
  iovaRanges: struct(
    'iommu_ioas_iova_ranges',
    32,
    'size:u32 ioas_id:u32 num_iovas:u32 __reserved:u32 allowed_iovas:u64 out_iova_alignment:u64',
  ),
  map: struct(
    'iommu_ioas_map',
    40,
    'size:u32 flags:u32 ioas_id:u32 __reserved:u32 user_va:u64 length:u64 iova:u64',
  ),
  unmap: struct('iommu_ioas_unmap', 24, 'size:u32 ioas_id:u32 iova:u64 length:u64'),
  option: struct('iommu_option', 24, 'size:u32 option_id:u32 op:u16 __reserved:u16 object_id:u32 val64:u64'),
  vfioIoas: struct('iommu_vfio_ioas', 12, 'size:u32 ioas_id:u32 op:u16 __reserved:u16'),
  hwptAlloc: struct(
    'iommu_hwpt_alloc',
    24,
    'size:u32 flags:u32 dev_id:u32 pt_id:u32 out_hwpt_id:u32 __reserved:u32 data_type:u32 data_len:u32 data_uptr:u64 fault_id:u32 __reserved2:u32',
  ),
  hwInfo: struct(
    'iommu_hw_info',
    32,
    'size:u32 flags:u32 dev_id:u32 data_len:u32 data_uptr:u64 in_data_type:u32 out_max_pasid_log2:u8 __reserved:u8 __reserved1:u8 __reserved2:u8 out_capabilities:u64',
  ),
  setDirty: struct('iommu_hwpt_set_dirty_tracking', 16, 'size:u32 flags:u32 hwpt_id:u32 __reserved:u32'),
  getDirty: struct(
    'iommu_hwpt_get_dirty_bitmap',
    48,
    'size:u32 hwpt_id:u32 flags:u32 __reserved:u32 iova:u64 length:u64 page_size:u64 data:u64',
  ),
  invalidate: struct(
    'iommu_hwpt_invalidate',
    32,
    'size:u32 hwpt_id:u32 data_uptr:u64 data_type:u32 entry_len:u32 entry_num:u32 __reserved:u32',
  ),
  faultAlloc: struct('iommu_fault_alloc', 16, 'size:u32 flags:u32 out_fault_id:u32 out_fault_fd:u32'),
  mapFile: struct(
    'iommu_ioas_map_file',
    40,
    'size:u32 flags:u32 ioas_id:u32 fd:s32 start:u64 length:u64 iova:u64',
  ),
  viommuAlloc: struct(
    'iommu_viommu_alloc',
    24,
    'size:u32 flags:u32 type:u32 dev_id:u32 hwpt_id:u32 out_viommu_id:u32 data_len:u32 __reserved:u32 data_uptr:u64',
  ),
  vdeviceAlloc: struct(
    'iommu_vdevice_alloc',
    24,
    'size:u32 viommu_id:u32 dev_id:u32 out_vdevice_id:u32 virt_id:u64',
  ),
  changeProcess: struct('iommu_ioas_change_process', 8, 'size:u32 __reserved:u32'),
  veventqAlloc: struct(
    'iommu_veventq_alloc',
    28,
    'size:u32 flags:u32 viommu_id:u32 type:u32 veventq_depth:u32 out_veventq_id:u32 out_veventq_fd:u32 __reserved:u32',
  ),
  hwQueueAlloc: struct(
    'iommu_hw_queue_alloc',
    40,
    'size:u32 flags:u32 viommu_id:u32 type:u32 index:u32 out_hw_queue_id:u32 nesting_parent_iova:u64 length:u64',
  ),
  bind: struct(
    'vfio_device_bind_iommufd',
    16,
    'argsz:u32 flags:u32 iommufd:s32 out_devid:u32 token_uuid_ptr:u64',
  ),
  attach: struct('vfio_device_attach_iommufd_pt', 12, 'argsz:u32 flags:u32 pt_id:u32 pasid:u32'),
  detach: struct('vfio_device_detach_iommufd_pt', 8, 'argsz:u32 flags:u32 pasid:u32'),
} as const

export type StructName = keyof typeof STRUCTS

const pointee = (name: string, members: string) => ({
  struct: name,
  members: struct(name, 0, members).members,
})

/** Structs that pointers lead to; those of the test driver last, as they have names that others have, too. */
export const POINTEES: readonly Pointee[] = [
  pointee('iommu_hwpt_vtd_s1', 'flags:u64 pgtbl_addr:u64 addr_width:u32 __reserved:u32'),
  pointee('iommu_hwpt_vtd_s1_invalidate', 'addr:u64 npages:u64 flags:u32 __reserved:u32'),
  pointee('iommu_hwpt_arm_smmuv3', 'ste0:u64 ste1:u64'),
  pointee('iommu_viommu_arm_smmuv3_invalidate', 'cmd0:u64 cmd1:u64'),
  pointee('iommu_hwpt_amd_guest', 'dte0:u64 dte1:u64 dte2:u64 dte3:u64'),
  pointee('iommu_iova_range', 'start:u64 last:u64'),
  pointee('iommu_hwpt_page_response', 'cookie:u32 code:u32'),
  pointee('iommu_hwpt_selftest', 'iotlb:u32 pagetable_type:u32'),
  pointee('iommu_hwpt_invalidate_selftest', 'flags:u32 iotlb_id:u32'),
  pointee('iommu_viommu_invalidate_selftest', 'flags:u32 vdev_id:u32 cache_id:u32'),
]
