/**
 * Table types and operations in the words of iommufd. An IOAS stands for the table of the kernel that a device
 * gets for it; a table of the user is a HWPT over one that was allocated as a parent. dev1 is in the table under
 * test, dev2 is the one to attach.
 */
import type { MatrixWords } from '../matrix.data'

const IOAS: readonly string[] = ['gpa = {};', 'ioctl(iommufd, IOMMU_IOAS_ALLOC, &gpa);']

const attach = (device: 1 | 2, table: string, tag = ''): string =>
  `ioctl(device_fd${device}, VFIO_DEVICE_ATTACH_IOMMUFD_PT, { .pt_id = ${table}${tag} });`

const MAP_FLAGS = 'IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE'
const map = (ioas: string, rest: string): string =>
  `ioctl(iommufd, IOMMU_IOAS_MAP, { .flags = ${MAP_FLAGS}, .ioas_id = ${ioas}, ${rest} });`

const PARENT: readonly string[] = [
  'parent = { .flags = IOMMU_HWPT_ALLOC_NEST_PARENT; .dev_id = bind1.out_devid; .pt_id = gpa.out_ioas_id; };',
  'ioctl(iommufd, IOMMU_HWPT_ALLOC, &parent);',
]

const VTD_S1 = 'vtd_s1 = { .pgtbl_addr = 0x3ffff000; .addr_width = 48 };'

const nestedOver = (name: string, over: string): string =>
  `${name} = { .dev_id = bind1.out_devid; .pt_id = ${over}; .data_type = IOMMU_HWPT_DATA_VTD_S1; .data_len = sizeof(vtd_s1); .data_uptr = &vtd_s1; };`
const allocate = (name: string): string => `ioctl(iommufd, IOMMU_HWPT_ALLOC, &${name});`
const CHILD_STRUCTS: readonly string[] = [VTD_S1, nestedOver('child', 'parent.out_hwpt_id')]

/** One entry of struct iommu_hwpt_vtd_s1_invalidate. All: every page from 0. */
const EVERY = '.addr = 0; .npages = ~0ULL'
const SIXTEEN = '.addr = 0x100000; .npages = 16'
const invalidate = (entry: string) => ({
  before: [`entry = { ${entry} };`],
  line: 'ioctl(iommufd, IOMMU_HWPT_INVALIDATE, { .hwpt_id = {hwpt}, .data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, .entry_len = sizeof(entry), .entry_num = 1, .data_uptr = &entry });',
})

const MAP = map('{ioas}', '.iova = 0x100000, .user_va = 0x40000000, .length = 64KB')
const DETACH = 'ioctl(device_fd1, VFIO_DEVICE_DETACH_IOMMUFD_PT, {});'
const AN_IOAS = { none: 'an IOAS has no types: it takes maps at any time, and devices or none' }
const AT_ALLOCATION = { none: 'a table of the user is an object of its own, made by IOMMU_HWPT_ALLOC' }

export const MATRIX: MatrixWords = {
  start: [
    'device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);',
    'device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);',
    'iommufd = open("/dev/iommu", O_RDWR);',
    'bind1 = { .iommufd = iommufd };',
    'ioctl(device_fd1, VFIO_DEVICE_BIND_IOMMUFD, &bind1);',
    'bind2 = { .iommufd = iommufd };',
    'ioctl(device_fd2, VFIO_DEVICE_BIND_IOMMUFD, &bind2);',
  ],
  words: {},
  types: {
    'kernel-root': {
      lines: [
        ...IOAS,
        'at = { .pt_id = gpa.out_ioas_id };',
        'ioctl(device_fd1, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &at);',
      ],
      words: { ioas: 'gpa.out_ioas_id', pt: 'gpa.out_ioas_id', hwpt: 'at.pt_id' },
    },
    'kernel-child': { none: 'only a table of the user lies over another' },
    'user-child': {
      lines: [
        ...IOAS,
        map('gpa.out_ioas_id', '.iova = 0, .user_va = 0x40000000, .length = 1GB'),
        ...PARENT,
        ...CHILD_STRUCTS,
        allocate('child'),
        attach(1, 'child.out_hwpt_id'),
      ],
      words: { ioas: 'child.out_hwpt_id', pt: 'child.out_hwpt_id', hwpt: 'child.out_hwpt_id' },
      operations: {
        'create-child': { before: [nestedOver('below', '{pt}')], line: allocate('below') },
      },
    },
    'user-pasid-table': {
      none: 'it comes with a stream table entry of SMMUv3, through a vIOMMU',
    },
    sva: { none: 'the address space of a process is no page table of iommufd' },
    prereg: AN_IOAS,
    passthrough: AN_IOAS,
    dummy: AN_IOAS,
    /** Where a bound device is that is attached to nothing: it has no number to name, and 0 is none. */
    'block-dma': { lines: [], words: { ioas: '0', pt: '0', hwpt: '0' } },
  },
  operations: {
    map: { line: MAP },
    unmap: {
      before: [MAP],
      line: 'ioctl(iommufd, IOMMU_IOAS_UNMAP, { .ioas_id = {ioas}, .iova = 0x100000, .length = 64KB });',
    },
    attach: { line: attach(2, '{pt}') },
    'attach-pasid': { line: attach(2, '{pt}', ', .flags = VFIO_DEVICE_ATTACH_PASID, .pasid = 5') },
    detach: { line: DETACH },
    'create-child': {
      before: ['gpa = { .out_ioas_id = {ioas} };', ...PARENT, ...CHILD_STRUCTS],
      line: allocate('child'),
    },
    'bind-pgtable': AT_ALLOCATION,
    'bind-pasid-table': AT_ALLOCATION,
    'invalidate-all': invalidate(EVERY),
    'invalidate-range': invalidate(SIXTEEN),
    'get-info': { none: 'info is asked of a device (IOMMU_GET_HW_INFO), ranges of an IOAS' },
    'fault-report': { none: 'faults are read from a queue that a HWPT is allocated with' },
    'dirty-tracking': {
      line: 'ioctl(iommufd, IOMMU_HWPT_SET_DIRTY_TRACKING, { .flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE, .hwpt_id = {hwpt} });',
    },
    free: { before: [DETACH], line: 'ioctl(iommufd, IOMMU_DESTROY, { .id = {pt} });' },
  },
}
