/**
 * Table types and operations in the words of v1. dev1 is in the table under test where a device can be, dev2
 * is the one to attach; a child is made under a root that maps all guest memory and has both.
 */
import type { MatrixLine, MatrixWords } from '../matrix.data'

const ATTACH_PASID = '.flag = IOASID_ATTACH_USER_PASID'

/** What ends the attach phase where there is one (R35). */
const enabled = (space: string): MatrixLine => {
  return { knob: 'activation', value: 'enable-call', line: `ioctl(ioasid_fd, IOASID_ENABLE, ${space});` }
}

const attached = (device: 1 | 2, space: string): string =>
  `ioctl(device_fd${device}, VFIO_ATTACH_IOASID, ${space});`

const nested = (name: string): string => `${name} = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);`

const ROOT: readonly string[] = ['gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);', attached(1, 'gpa_ioasid')]

const PARENT: readonly MatrixLine[] = [
  ...ROOT,
  attached(2, 'gpa_ioasid'),
  enabled('gpa_ioasid'),
  'ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa_ioasid, .iova = 0, .vaddr = 0x40000000, .size = 1GB });',
]

const CHILD: readonly MatrixLine[] = [
  ...PARENT,
  nested('giova_ioasid'),
  attached(1, 'giova_ioasid'),
  enabled('giova_ioasid'),
]

const typed = (name: string, type: string): string =>
  `${name} = ioctl(ioasid_fd, IOASID_ALLOC, { .type = IOMMU_IOASID_TYPE_${type} });`

const MAP =
  'ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = {ioas}, .iova = {iova}, .vaddr = {vaddr}, .size = 64KB });'
const DETACH = 'ioctl(device_fd1, VFIO_DETACH_IOASID, {ioas});'

/** The guest has a table for PASID 1, with nothing in it. */
const FAULT_OF_PASID = {
  before: ['guest_pasid_set(0x3fff0000, 1, 0x3ffd0000);', 'dma_read(dev1, 0x800000, 1, 1);'],
  line: 'read(ioasid_fd, &report);',
}

export const MATRIX: MatrixWords = {
  start: [
    'device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);',
    'device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);',
    'ioasid_fd = open("/dev/ioasid", O_RDWR);',
    'ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);',
    'ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);',
  ],
  words: { iova: '0x100000', vaddr: '0x40000000', pasid: '' },
  types: {
    'kernel-root': { lines: [...ROOT, enabled('gpa_ioasid')], words: { ioas: 'gpa_ioasid' } },
    'kernel-child': { lines: CHILD, words: { ioas: 'giova_ioasid', vaddr: '0x10000' } },
    'user-child': {
      lines: [
        ...CHILD,
        'ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = giova_ioasid, .addr = 0x3ffff000 });',
      ],
      words: { ioas: 'giova_ioasid', vaddr: '0x10000' },
    },
    'user-pasid-table': {
      lines: [
        ...PARENT,
        nested('pasids_ioasid'),
        attached(1, 'pasids_ioasid'),
        enabled('pasids_ioasid'),
        'ioctl(ioasid_fd, IOASID_BIND_PASID_TABLE, { .ioasid = pasids_ioasid, .addr = 0x3fff0000 });',
      ],
      words: { ioas: 'pasids_ioasid', vaddr: '0x10000' },
      operations: { 'fault-report': FAULT_OF_PASID },
    },
    sva: {
      lines: [
        typed('sva_ioasid', 'SVA'),
        `ioctl(device_fd1, VFIO_ATTACH_IOASID, { .ioasid = sva_ioasid, ${ATTACH_PASID}, .user_pasid = 1 });`,
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
    'block-dma': { lines: [], words: { ioas: '0' } },
  },
  operations: {
    map: { line: MAP },
    unmap: {
      before: [MAP],
      line: 'ioctl(ioasid_fd, IOASID_UNMAP_DMA, { .ioasid = {ioas}, .iova = {iova}, .size = 64KB });',
    },
    attach: { line: attached(2, '{ioas}') },
    'attach-pasid': {
      line: `ioctl(device_fd2, VFIO_ATTACH_IOASID, { .ioasid = {ioas}, ${ATTACH_PASID}, .user_pasid = 5 });`,
    },
    detach: { line: DETACH },
    'create-child': { line: 'child_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, {ioas});' },
    'bind-pgtable': {
      line: 'ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = {ioas}, .addr = 0x3fffe000 });',
    },
    'bind-pasid-table': {
      line: 'ioctl(ioasid_fd, IOASID_BIND_PASID_TABLE, { .ioasid = {ioas}, .addr = 0x3ffe0000 });',
    },
    'invalidate-all': { line: 'ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, { .ioasid = {ioas} });' },
    'invalidate-range': {
      line: 'ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, { .ioasid = {ioas}, .iova = {iova}, .size = 64KB });',
    },
    'get-info': { line: 'ioctl(ioasid_fd, IOASID_GET_INFO, {ioas});' },
    'fault-report': {
      before: ['dma_read(dev1, 0x800000, 1{pasid});'],
      line: 'read(ioasid_fd, &report);',
    },
    'dirty-tracking': { line: 'ioctl(ioasid_fd, IOASID_SET_DIRTY, { .ioasid = {ioas}, .enable = 1 });' },
    free: { before: [DETACH], line: 'ioctl(ioasid_fd, IOASID_FREE, {ioas});' },
  },
}
