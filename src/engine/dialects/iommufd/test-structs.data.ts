/**
 * Where the members of struct iommu_test_cmd lie, for the cards: `id` means something else in each command, and behind
 * it is a union. A member bears the name that flows have for it.
 *
 * Source: iommufd facts 5.3; offsets are those of drivers/iommu/iommufd/iommufd_test.h. Not here: `last`, which follows
 * the longest member of the union.
 */
import type { MemberLayout } from '../contract'

const BYTES: Readonly<Record<string, number>> = { u32: 4, u64: 8 }
const TYPES: Readonly<Record<string, string>> = { u32: '__u32', u64: '__aligned_u64' }

const ID = 8
const UNION = 16

/** `id` is what stands in `id`, or null; `union`: `name:type`, in order. */
function layout(id: string | null, union: string) {
  const members: MemberLayout[] = [
    { field: 'size', type: '__u32', offset: 0, bytes: 4 },
    { field: 'op', type: '__u32', offset: 4, bytes: 4 },
    ...(id === null ? [] : [{ field: id, type: '__u32', offset: ID, bytes: 4 }]),
  ]
  let end = UNION
  for (const word of union === '' ? [] : union.split(' ')) {
    const [field = '', short = ''] = word.split(':')
    const bytes = BYTES[short] ?? 0
    const offset = Math.ceil(end / bytes) * bytes
    members.push({ field, type: TYPES[short] ?? short, offset, bytes })
    end = offset + bytes
  }
  return { struct: 'iommu_test_cmd', members }
}

const PASID_TO = layout('stdev_id', 'pasid:u32 pt_id:u32')

export const TEST_LAYOUTS: Readonly<Record<string, ReturnType<typeof layout>>> = {
  TEST_ADD_RESERVED: layout('ioas_id', 'start:u64 length:u64'),
  TEST_MOCK_DOMAIN: layout('pt_id', 'out_stdev_id:u32 out_hwpt_id:u32 out_idev_id:u32 dev_flags:u32'),
  TEST_MD_CHECK_MAP: layout('hwpt_id', 'iova:u64 length:u64 uptr:u64'),
  TEST_MD_CHECK_REFS: layout(null, 'length:u64 uptr:u64 refs:u32'),
  TEST_CREATE_ACCESS: layout('ioas_id', 'out_access_fd:u32 flags:u32'),
  TEST_DESTROY_ACCESS_PAGES: layout('access_fd', 'access_pages_id:u32'),
  TEST_ACCESS_PAGES: layout('access_fd', 'write:u32 out_access_pages_id:u32 iova:u64 length:u64 uptr:u64'),
  TEST_ACCESS_RW: layout('access_fd', 'iova:u64 length:u64 uptr:u64 flags:u32'),
  TEST_SET_TEMP_MEMORY_LIMIT: layout(null, 'limit:u32'),
  TEST_MOCK_DOMAIN_REPLACE: layout('stdev_id', 'pt_id:u32'),
  TEST_ACCESS_REPLACE_IOAS: layout('access_fd', 'ioas_id:u32'),
  TEST_DIRTY: layout('hwpt_id', 'flags:u32 iova:u64 length:u64 page_size:u64 bitmap:u64 out_nr_dirty:u64'),
  TEST_MD_CHECK_IOTLB: layout('hwpt_id', 'iotlb_id:u32 iotlb:u32'),
  TEST_TRIGGER_IOPF: layout(null, 'dev_id:u32 pasid:u32 grpid:u32 perm:u32 addr:u64'),
  TEST_DEV_CHECK_CACHE: layout('dev_id', 'cache_id:u32 cache:u32'),
  TEST_TRIGGER_VEVENT: layout(null, 'dev_id:u32'),
  TEST_PASID_ATTACH: PASID_TO,
  TEST_PASID_REPLACE: PASID_TO,
  TEST_PASID_DETACH: layout('stdev_id', 'pasid:u32'),
  TEST_PASID_CHECK_HWPT: layout('stdev_id', 'pasid:u32 hwpt_id:u32'),
}
