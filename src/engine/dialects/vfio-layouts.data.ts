/**
 * The structs of the VFIO uAPI, for the length rules and the cards of every API that takes a container's calls. Offsets
 * and sizes in bytes.
 *
 * Source: iommufd facts 7 for the sizes; the offsets are those of include/uapi/linux/vfio.h.
 */
import type { MemberLayout } from './contract'

/** Whole structs, and what a call reads at least. */
export const SIZES = {
  info: 24n,
  infoLeast: 16n,
  map: 32n,
  unmap: 24n,
  /** vfio_bitmap, behind an unmap that asks for the bits. */
  bitmap: 24n,
  dirty: 8n,
  dirtyRange: 40n,
} as const

const TYPES: Readonly<Record<number, string>> = { 4: '__u32', 8: '__u64' }

/** Members one after the other, each aligned to itself. */
const members = (...fields: readonly (readonly [string, number])[]): readonly MemberLayout[] => {
  let offset = 0
  return fields.map(([field, bytes]) => {
    const at = offset
    offset += bytes
    return { field, type: TYPES[bytes] ?? `char[${bytes}]`, offset: at, bytes }
  })
}

const HEAD = [
  ['argsz', 4],
  ['flags', 4],
] as const

export const LAYOUTS: Readonly<
  Record<string, { readonly struct: string; readonly members: readonly MemberLayout[] }>
> = {
  VFIO_GROUP_GET_STATUS: { struct: 'vfio_group_status', members: members(...HEAD) },
  VFIO_DEVICE_GET_INFO: {
    struct: 'vfio_device_info',
    members: members(...HEAD, ['num_regions', 4], ['num_irqs', 4], ['cap_offset', 4], ['pad', 4]),
  },
  VFIO_IOMMU_GET_INFO: {
    struct: 'vfio_iommu_type1_info',
    members: members(...HEAD, ['iova_pgsizes', 8], ['cap_offset', 4]),
  },
  VFIO_IOMMU_MAP_DMA: {
    struct: 'vfio_iommu_type1_dma_map',
    members: members(...HEAD, ['vaddr', 8], ['iova', 8], ['size', 8]),
  },
  VFIO_IOMMU_UNMAP_DMA: {
    struct: 'vfio_iommu_type1_dma_unmap',
    members: members(...HEAD, ['iova', 8], ['size', 8], ['pgsize', 8], ['bitmap_size', 8], ['bitmap', 8]),
  },
  VFIO_IOMMU_DIRTY_PAGES: {
    struct: 'vfio_iommu_type1_dirty_bitmap',
    members: members(...HEAD, ['iova', 8], ['size', 8], ['pgsize', 8], ['bitmap_size', 8], ['bitmap', 8]),
  },
}
