/**
 * In which order each call looks for something wrong: of several mistakes the first of the list answers.
 *
 * Source: iommufd facts 7.2, 7.3, 7.4.
 */
import type { RuleId } from '../../kernel/rules.data'

const FILE: readonly RuleId[] = ['fd.bad', 'fd.wrong-command']
const DRIVER: readonly RuleId[] = [...FILE, 'container.no-iommu']

export const CHECKS: Readonly<Record<string, readonly RuleId[]>> = {
  VFIO_SET_IOMMU: [...FILE, 'container.no-groups', 'container.iommu-set', 'container.iommu-type'],
  VFIO_IOMMU_MAP_DMA: [
    ...DRIVER,
    'type1.argument',
    'type1.argsz',
    'type1.flags',
    'type1.size-zero',
    'type1.wrap',
    'type1.direction',
    'type1.align',
    'type1.no-mapping',
    'type1.vaddr-valid',
    'type1.vaddr-exact',
    'type1.overlap',
    'type1.entries',
    'type1.outside',
    'map.fault',
    'map.read-only',
    'map.memlock',
    'alloc.no-space',
  ],
  VFIO_IOMMU_UNMAP_DMA: [
    ...DRIVER,
    'type1.argument',
    'type1.argsz',
    'type1.flags',
    'type1.dirty-bitmap',
    'type1.align',
    'type1.all',
    'type1.size-zero',
    'type1.wrap',
    'type1.dirty-off',
    'type1.dirty-page',
    'type1.bisect',
    'type1.vaddr-gone',
  ],
  VFIO_IOMMU_DIRTY_PAGES: [
    ...DRIVER,
    'type1.dirty-v1',
    'type1.argsz',
    'type1.flags',
    'type1.dirty-wrap',
    'type1.dirty-bitmap',
    'type1.dirty-page',
    'type1.align',
    'type1.dirty-off',
    'type1.bisect',
  ],
  VFIO_GROUP_SET_CONTAINER: [...FILE, 'vfio-group.container-set', 'container.bad-file', 'bind.taken'],
  VFIO_GROUP_UNSET_CONTAINER: [...FILE, 'vfio-group.no-container', 'vfio-group.devices-open'],
  VFIO_GROUP_GET_DEVICE_FD: [
    ...FILE,
    'vfio-group.no-device',
    'vfio-group.no-container',
    'container.no-iommu',
  ],
}
