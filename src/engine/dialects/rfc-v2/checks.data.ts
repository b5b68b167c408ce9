/** The order of checks of each call of v2; those of both proposals stand beside the dialects. */
import type { RuleId } from '../../kernel/rules.data'
import { ATTACH, DETACH, FILE, MAP, UNMAP } from '../proposal-checks.data'

export const CHECKS: Readonly<Record<string, readonly RuleId[]>> = {
  IOMMU_DEVICE_GET_INFO: [...FILE, 'cookie.unknown'],
  IOMMU_IOASID_ALLOC: [
    ...FILE,
    'alloc.flags',
    'alloc.type',
    'alloc.attributes',
    'prereg.off',
    'alloc.snoop',
    'id.unknown',
    'group.partial',
    'space.unready',
    'nest.parent-type',
    'bind-pasid-table.platform',
    'bind-pgtable.root',
    'bind-pgtable.no-nesting',
    'bind-pgtable.format',
    'bind-pgtable.address',
  ],
  IOMMU_IOASID_FREE: [...FILE, 'id.unknown', 'space.busy'],
  IOMMU_MAP_DMA: MAP,
  IOMMU_UNMAP_DMA: UNMAP,
  VFIO_BIND_IOMMU_FD: [
    ...FILE,
    'fd.bad',
    'fd.wrong-file',
    'bind.taken',
    'bind.cookie-taken',
    'group.not-viable',
  ],
  VFIO_ATTACH_IOASID: ATTACH,
  VFIO_DETACH_IOASID: DETACH,
}
