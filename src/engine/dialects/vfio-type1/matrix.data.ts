/**
 * Table types and operations in the words of VFIO's containers: one table a container, which the kernel writes.
 * The group of dev1 is in it, the group of dev2 is the one to put in.
 */
import type { MatrixWords } from '../matrix.data'

const MAP =
  'ioctl(container, VFIO_IOMMU_MAP_DMA, { .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE, .vaddr = 0x40000000, .iova = 0x100000, .size = 64KB });'

const NO_NESTING = { none: 'a container has one table, and no parent' }
const NO_PASIDS = { none: 'containers know no PASIDs' }
const KERNEL_ONLY = { none: 'the kernel alone writes the table of a container, and flushes it itself' }

export const MATRIX: MatrixWords = {
  start: [
    'container = open("/dev/vfio/vfio", O_RDWR);',
    'group1 = open("/dev/vfio/1", O_RDWR);',
    'group2 = open("/dev/vfio/2", O_RDWR);',
  ],
  words: {},
  types: {
    'kernel-root': {
      lines: [
        'ioctl(group1, VFIO_GROUP_SET_CONTAINER, container);',
        'ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);',
      ],
      words: {},
    },
    'kernel-child': NO_NESTING,
    'user-child': NO_NESTING,
    'user-pasid-table': NO_PASIDS,
    sva: NO_PASIDS,
    prereg: { none: 'type1 pins with each map' },
    passthrough: { none: 'no call marks one: it is a container that maps guest memory' },
    dummy: NO_NESTING,
    /** A group in no container: its devices belong to the user and reach nothing. */
    'block-dma': { lines: [], words: {} },
  },
  operations: {
    map: { line: MAP },
    unmap: {
      before: [MAP],
      line: 'ioctl(container, VFIO_IOMMU_UNMAP_DMA, { .iova = 0x100000, .size = 64KB });',
    },
    attach: { line: 'ioctl(group2, VFIO_GROUP_SET_CONTAINER, container);' },
    'attach-pasid': NO_PASIDS,
    detach: { line: 'ioctl(group1, VFIO_GROUP_UNSET_CONTAINER);' },
    'create-child': NO_NESTING,
    'bind-pgtable': KERNEL_ONLY,
    'bind-pasid-table': KERNEL_ONLY,
    'invalidate-all': KERNEL_ONLY,
    'invalidate-range': KERNEL_ONLY,
    'get-info': { line: 'ioctl(container, VFIO_IOMMU_GET_INFO, {});' },
    'fault-report': { none: 'a fault of a device is for the log of the host alone' },
    'dirty-tracking': {
      line: 'ioctl(container, VFIO_IOMMU_DIRTY_PAGES, { .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_START });',
    },
    free: {
      before: ['ioctl(group1, VFIO_GROUP_UNSET_CONTAINER);'],
      line: 'close(container);',
    },
  },
}
