/** How a VMM's calls are spelled in /dev/iommu: what a space is, its allocation says; an attach names the file. */
import type { Intents } from '../contract'
import { proposalIntents, typeField } from '../proposal-intents'

const alloc = (fields: Readonly<Record<string, bigint>>) => ({ command: 'IOMMU_IOASID_ALLOC', fields })

export const INTENTS: Intents = proposalIntents({
  own: 'VFIO_BIND_IOMMU_FD',
  enable: 'IOMMU_IOASID_ENABLE',
  free: 'IOMMU_IOASID_FREE',
  map: 'IOMMU_MAP_DMA',
  unmap: 'IOMMU_UNMAP_DMA',
  invalidate: 'IOMMU_INVALIDATE_CACHE',
  respond: 'IOMMU_PAGE_RESPONSE',
  make: (over, type) => alloc(over === null ? typeField(type) : { parent: over }),
  bind: null,
  nest: (over, table, of) =>
    alloc({ [of === 'pasid-table' ? 'user_pasid_table' : 'user_pgtable']: 1n, parent: over, addr: table }),
  namesFile: true,
})
