/** Numbers of the VFIO uAPI that a flow of this dialect may name, as the kernel's header has them. */
import { MapFlag, UnmapFlag } from '../../kernel/type1'

/** When VFIO_CHECK_EXTENSION answers 1: `driver` with an IOMMU set, `coherent` where that can enforce snooping, too. */
export type Present = 'always' | 'never' | 'driver' | 'coherent'

export const EXTENSIONS: readonly {
  readonly name: string
  readonly value: bigint
  readonly present: Present
}[] = [
  { name: 'VFIO_TYPE1_IOMMU', value: 1n, present: 'always' },
  { name: 'VFIO_SPAPR_TCE_IOMMU', value: 2n, present: 'never' },
  { name: 'VFIO_TYPE1v2_IOMMU', value: 3n, present: 'always' },
  { name: 'VFIO_DMA_CC_IOMMU', value: 4n, present: 'coherent' },
  { name: 'VFIO_EEH', value: 5n, present: 'never' },
  { name: 'VFIO_TYPE1_NESTING_IOMMU', value: 6n, present: 'never' },
  { name: 'VFIO_SPAPR_TCE_v2_IOMMU', value: 7n, present: 'never' },
  { name: 'VFIO_NOIOMMU_IOMMU', value: 8n, present: 'never' },
  { name: 'VFIO_UNMAP_ALL', value: 9n, present: 'always' },
  { name: 'VFIO_UPDATE_VADDR', value: 10n, present: 'driver' },
]

export const GroupFlag = { viable: 1, containerSet: 2 } as const

export const DirtyFlag = { start: 1n, stop: 2n, getBitmap: 4n } as const

/** Flags and ids of VFIO_IOMMU_GET_INFO. */
export const InfoFlag = { pageSizes: 1n, caps: 2n } as const
export const InfoCap = { iovaRange: 1, migration: 2, dmaAvail: 3 } as const

export const CONSTANTS: Readonly<Record<string, bigint>> = {
  ...Object.fromEntries(EXTENSIONS.map(({ name, value }) => [name, value])),
  VFIO_API_VERSION: 0n,
  VFIO_GROUP_FLAGS_VIABLE: BigInt(GroupFlag.viable),
  VFIO_GROUP_FLAGS_CONTAINER_SET: BigInt(GroupFlag.containerSet),
  VFIO_DMA_MAP_FLAG_READ: MapFlag.read,
  VFIO_DMA_MAP_FLAG_WRITE: MapFlag.write,
  VFIO_DMA_MAP_FLAG_VADDR: MapFlag.vaddr,
  VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP: UnmapFlag.getDirty,
  VFIO_DMA_UNMAP_FLAG_ALL: UnmapFlag.all,
  VFIO_DMA_UNMAP_FLAG_VADDR: UnmapFlag.vaddr,
  VFIO_IOMMU_DIRTY_PAGES_FLAG_START: DirtyFlag.start,
  VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP: DirtyFlag.stop,
  VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP: DirtyFlag.getBitmap,
  VFIO_IOMMU_INFO_PGSIZES: InfoFlag.pageSizes,
  VFIO_IOMMU_INFO_CAPS: InfoFlag.caps,
}
