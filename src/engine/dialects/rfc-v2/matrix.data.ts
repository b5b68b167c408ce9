/**
 * Table types and operations in the words of v2. dev1 is in the table under test where a device can be, dev2
 * is the one to attach; a child is made under a root that maps all guest memory and has both.
 */
import type { MatrixLine, MatrixWords } from '../matrix.data'

const ATTACH_PASID = '.flag = IOASID_ATTACH_VPASID'

/** What ends the attach phase where there is one (R35). */
const enabled = (space: string): MatrixLine => {
  return { knob: 'activation', value: 'enable-call', line: `ioctl(iommu_fd, IOMMU_IOASID_ENABLE, ${space});` }
}

const attached = (device: 1 | 2, space: string): string =>
  `ioctl(device_fd${device}, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = ${space} });`

const made = (name: string, attributes = '.user_pgtable = false'): string =>
  `${name} = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { ${attributes} });`

const ROOT: readonly string[] = [made('gpa_ioasid'), attached(1, 'gpa_ioasid')]

const PARENT: readonly MatrixLine[] = [
  ...ROOT,
  attached(2, 'gpa_ioasid'),
  enabled('gpa_ioasid'),
  'ioctl(iommu_fd, IOMMU_MAP_DMA, { .ioasid = gpa_ioasid, .iova = 0, .vaddr = 0x40000000, .size = 1GB });',
]

const child = (name: string, attributes: string): readonly MatrixLine[] => [
  ...PARENT,
  made(name, `.parent = gpa_ioasid, ${attributes}`),
  attached(1, name),
  enabled(name),
]

const typed = (name: string, type: string): string => made(name, `.type = IOMMU_IOASID_TYPE_${type}`)

const MAP =
  'ioctl(iommu_fd, IOMMU_MAP_DMA, { .ioasid = {ioas}, .iova = {iova}, .vaddr = {vaddr}, .size = 64KB });'
const DETACH = 'ioctl(device_fd1, VFIO_DETACH_IOASID, { .fd = iommu_fd, .ioasid = {ioas} });'
const AT_ALLOCATION = { none: 'what a space is, its allocation says; there is no call to bind later' }

/** The guest has a table for PASID 1, with nothing in it. */
const FAULT_OF_PASID = {
  before: ['guest_pasid_set(0x3fff0000, 1, 0x3ffd0000);', 'dma_read(dev1, 0x800000, 1, 1);'],
  line: 'read(iommu_fd, &report);',
}

export const MATRIX: MatrixWords = {
  start: [
    'device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);',
    'device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);',
    'iommu_fd = open("/dev/iommu", O_RDWR);',
    'ioctl(device_fd1, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd, .cookie = 1 });',
    'ioctl(device_fd2, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd, .cookie = 2 });',
  ],
  words: { iova: '0x100000', vaddr: '0x40000000', pasid: '' },
  types: {
    'kernel-root': { lines: [...ROOT, enabled('gpa_ioasid')], words: { ioas: 'gpa_ioasid' } },
    'kernel-child': {
      lines: child('giova_ioasid', '.user_pgtable = false'),
      words: { ioas: 'giova_ioasid', vaddr: '0x10000' },
    },
    'user-child': {
      lines: child('giova_ioasid', '.user_pgtable = true, .addr = 0x3ffff000'),
      words: { ioas: 'giova_ioasid', vaddr: '0x10000' },
    },
    'user-pasid-table': {
      lines: child('pasids_ioasid', '.user_pasid_table = true, .addr = 0x3fff0000'),
      words: { ioas: 'pasids_ioasid', vaddr: '0x10000' },
      operations: { 'fault-report': FAULT_OF_PASID },
    },
    sva: {
      lines: [
        typed('sva_ioasid', 'SVA'),
        `ioctl(device_fd1, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = sva_ioasid, ${ATTACH_PASID}, .vpasid = 1 });`,
      ],
      words: { ioas: 'sva_ioasid', pasid: ', 1' },
    },
    prereg: { lines: [typed('prereg_ioasid', 'PREREG')], words: { ioas: 'prereg_ioasid' } },
    passthrough: {
      lines: [typed('gpa_ioasid', 'PASSTHROUGH'), attached(1, 'gpa_ioasid'), enabled('gpa_ioasid')],
      words: { ioas: 'gpa_ioasid' },
    },
    dummy: { lines: [typed('hva_ioasid', 'DUMMY')], words: { ioas: 'hva_ioasid', iova: '0x40000000' } },
    /** Where a bound device is that is attached to nothing (R11): it has no number to name, and 0 is none. */
    'block-dma': {
      lines: [],
      words: { ioas: '0' },
      operations: {
        'create-child': { none: 'block-DMA has no number, and a parent of 0 is none' },
        'get-info': { none: 'info is of a device, and says nothing of where it is' },
      },
    },
  },
  operations: {
    map: { line: MAP },
    unmap: {
      before: [MAP],
      line: 'ioctl(iommu_fd, IOMMU_UNMAP_DMA, { .ioasid = {ioas}, .iova = {iova}, .size = 64KB });',
    },
    attach: { line: attached(2, '{ioas}') },
    'attach-pasid': {
      line: `ioctl(device_fd2, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = {ioas}, ${ATTACH_PASID}, .vpasid = 5 });`,
    },
    detach: { line: DETACH },
    'create-child': { line: 'child_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .parent = {ioas} });' },
    'bind-pgtable': AT_ALLOCATION,
    'bind-pasid-table': AT_ALLOCATION,
    'invalidate-all': { line: 'ioctl(iommu_fd, IOMMU_INVALIDATE_CACHE, { .ioasid = {ioas} });' },
    'invalidate-range': {
      line: 'ioctl(iommu_fd, IOMMU_INVALIDATE_CACHE, { .ioasid = {ioas}, .iova = {iova}, .size = 64KB });',
    },
    'get-info': { none: 'info is asked by device, before there is a space' },
    'fault-report': {
      before: ['dma_read(dev1, 0x800000, 1{pasid});'],
      line: 'read(iommu_fd, &report);',
    },
    'dirty-tracking': { line: 'ioctl(iommu_fd, IOMMU_IOASID_SET_DIRTY, { .ioasid = {ioas}, .enable = 1 });' },
    free: { before: [DETACH], line: 'ioctl(iommu_fd, IOMMU_IOASID_FREE, {ioas});' },
  },
}
