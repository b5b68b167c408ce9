/**
 * What the cards of this dialect's words tell: the struct of each call, what the kernel writes into it, and which rules
 * it may break.
 *
 * Source: iommufd facts 2, 3.1, 5.3, 11.
 */
import type { CommandDocs, DialectDocs } from '../contract'
import { COMMANDS, STRUCT_OF } from './commands.data'
import { CONTAINER_CONSTANTS, CONTAINER_DOCS } from './container.data'
import { STRUCTS } from './structs.data'
import { TEST_LAYOUTS } from './test-structs.data'

interface Row {
  /** Section of the facts. */
  readonly source: string
  readonly rules: readonly string[]
  /** Outputs beside the members that are named `out_`. */
  readonly writes?: CommandDocs['writes']
}

const MEMORY = ['map.fault', 'map.read-only', 'pages.*', 'alloc.no-space'] as const
const PLACE = [
  ...['ioas.align', 'ioas.reserved', 'ioas.overlap', 'ioas.auto-length', 'ioas.auto-align', 'ioas.no-room'],
  'ioas.read-only',
] as const
const MAP = [
  'object.unknown',
  'ioas.too-large',
  'ioas.no-access',
  'ioas.length',
  'ioas.wrap',
  ...PLACE,
  ...MEMORY,
]
const JOIN = [
  'ioas.no-access',
  'ioas.align-area',
  'ioas.reserve-area',
  'ioas.reserve-allowed',
  'hwpt.granule',
  ...MEMORY,
] as const
const ATTACH = ['attach.*', 'driver.*', ...JOIN] as const
const DEVICE = ['bind.before', ...ATTACH] as const
const TEST_DEVICE = ['object.unknown', ...ATTACH] as const
const ACCESS = ['fd.bad', 'access.*', 'ioas.wrap', 'ioas.hole', ...MEMORY] as const

const ALLOW = ['ioas.allow-range', 'ioas.allow-overlap', 'ioas.allow-reserved'] as const

const IOVA = { name: 'iova', type: '__aligned_u64', doc: 'the address that was chosen' }
const written = (name: string, type: string, doc: string) => [{ name, type, doc }]

const ROWS: Readonly<Record<string, Row>> = {
  IOMMU_DESTROY: { source: '1.4', rules: ['object.none', 'object.busy'] },
  IOMMU_IOAS_ALLOC: { source: '2.1', rules: [] },
  IOMMU_IOAS_ALLOW_IOVAS: { source: '2.3', rules: ['object.unknown', 'ioas.pointer', ...ALLOW] },
  IOMMU_IOAS_COPY: {
    source: '2.6',
    rules: [...MAP, 'ioas.hole'],
    writes: written('dst_iova', '__aligned_u64', 'the address that was chosen'),
  },
  IOMMU_IOAS_IOVA_RANGES: {
    source: '2.2',
    rules: ['object.unknown', 'ioas.pointer', 'ioas.ranges-room'],
    writes: [
      { name: 'num_iovas', type: '__u32', doc: 'ranges that there are' },
      { name: 'ranges', type: 'list', doc: 'the ranges, as far as the array takes them' },
    ],
  },
  IOMMU_IOAS_MAP: { source: '2.4', rules: MAP, writes: [IOVA] },
  IOMMU_IOAS_MAP_FILE: { source: '2.5', rules: [...MAP, 'ioas.file'], writes: [IOVA] },
  IOMMU_IOAS_UNMAP: {
    source: '2.7',
    rules: [
      ...['object.unknown', 'ioas.too-large', 'ioas.length', 'ioas.wrap', 'ioas.nothing', 'ioas.cut'],
      'ioas.locked',
      'alloc.no-space',
    ],
    writes: written('length', '__aligned_u64', 'bytes removed'),
  },
  IOMMU_OPTION: {
    source: '2.9',
    rules: ['object.unknown', 'option.*', 'ioas.huge-in-use', 'ioas.align-area'],
    writes: written('val64', '__aligned_u64', 'the value'),
  },
  IOMMU_VFIO_IOAS: {
    source: '2.10',
    rules: ['object.unknown', 'ioas.no-compat', 'option.unknown'],
    writes: written('ioas_id', '__u32', 'the IOAS that stands for the container'),
  },
  IOMMU_HWPT_ALLOC: {
    source: '2.11',
    rules: ['object.unknown', 'hwpt.*', 'driver.*', 'viommu.other-iommu', ...JOIN],
  },
  IOMMU_GET_HW_INFO: {
    source: '2.12',
    rules: ['object.unknown', 'hwpt.info-type', 'ioas.pointer'],
    writes: [
      { name: 'data_len', type: '__u32', doc: 'bytes that the kernel has to tell' },
      { name: 'out_data_type', type: '__u32', doc: 'whose registers they are' },
      { name: 'data', type: 'bytes', doc: 'the registers' },
    ],
  },
  IOMMU_HWPT_SET_DIRTY_TRACKING: { source: '2.13', rules: ['object.unknown', 'dirty.untracked'] },
  IOMMU_HWPT_GET_DIRTY_BITMAP: {
    source: '2.14',
    rules: ['object.unknown', 'dirty.*', 'ioas.wrap'],
    writes: written('bitmap', 'bytes', 'a bit a page, from the first one asked for'),
  },
  IOMMU_HWPT_INVALIDATE: {
    source: '2.15',
    rules: ['object.none', 'invalidate.*', 'driver.*'],
    writes: written('entry_num', '__u32', 'entries done, also where one failed'),
  },
  IOMMU_FAULT_QUEUE_ALLOC: { source: '2.16', rules: ['open.too-many'] },
  IOMMU_VIOMMU_ALLOC: {
    source: '2.17',
    rules: ['object.unknown', 'viommu.type', 'viommu.parent', 'driver.*'],
  },
  IOMMU_VDEVICE_ALLOC: { source: '2.18', rules: ['object.unknown', 'viommu.other-iommu', 'vdevice.*'] },
  IOMMU_IOAS_CHANGE_PROCESS: { source: '2.8', rules: ['ioas.process-memory', 'pages.memlock'] },
  IOMMU_VEVENTQ_ALLOC: {
    source: '2.19',
    rules: ['object.unknown', 'veventq.*', 'open.too-many'],
  },
  IOMMU_HW_QUEUE_ALLOC: {
    source: '2.20',
    rules: [
      'object.unknown',
      'hw-queue.*',
      'ioas.wrap',
      'ioas.hole',
      'ioas.align-area',
      'access.*',
      ...MEMORY,
    ],
  },
  VFIO_DEVICE_BIND_IOMMUFD: { source: '3.1', rules: ['bind.*', 'fd.wrong-file'] },
  VFIO_DEVICE_ATTACH_IOMMUFD_PT: {
    source: '3.1, 3.3 to 3.5',
    rules: [...DEVICE, 'struct.command'],
    writes: written('pt_id', '__u32', 'the page table that is used'),
  },
  VFIO_DEVICE_DETACH_IOMMUFD_PT: {
    source: '3.1, 3.6',
    rules: ['bind.before', 'attach.struct', 'struct.command'],
  },
  TEST_ADD_RESERVED: {
    source: '5.3',
    rules: ['object.unknown', 'ioas.length', 'ioas.wrap', 'ioas.reserve-area', 'ioas.reserve-allowed'],
  },
  TEST_MOCK_DOMAIN: {
    source: '5.3',
    rules: ['test.flags', ...ATTACH],
    writes: [
      { name: 'out_stdev_id', type: '__u32', doc: 'number of the test device' },
      { name: 'out_hwpt_id', type: '__u32', doc: 'number of the page table used' },
      { name: 'out_idev_id', type: '__u32', doc: 'number of the bound device' },
    ],
  },
  TEST_CREATE_ACCESS: {
    source: '5.3',
    rules: ['object.unknown', 'ioas.align-area', 'open.too-many'],
    writes: written('out_access_fd', '__u32', 'the file of the access'),
  },
  TEST_DESTROY_ACCESS_PAGES: { source: '5.3', rules: ['fd.bad', 'access.*'] },
  TEST_ACCESS_PAGES: {
    source: '5.3',
    rules: ACCESS,
    writes: written('out_access_pages_id', '__u32', 'number of what was pinned'),
  },
  TEST_ACCESS_RW: {
    source: '5.3',
    rules: [...ACCESS, 'ioas.pointer'],
    writes: written('data', 'bytes', 'what was read'),
  },
  TEST_MD_CHECK_MAP: {
    source: '5.3',
    rules: ['object.unknown', 'dirty.align', 'test.check', 'ioas.pointer'],
  },
  TEST_MD_CHECK_REFS: { source: '5.3', rules: ['dirty.align', 'test.refs', 'ioas.pointer'] },
  TEST_SET_TEMP_MEMORY_LIMIT: { source: '5.3', rules: ['test.limit'] },
  TEST_MOCK_DOMAIN_REPLACE: {
    source: '5.3',
    rules: TEST_DEVICE,
    writes: written('pt_id', '__u32', 'the page table that is used'),
  },
  TEST_ACCESS_REPLACE_IOAS: { source: '5.3', rules: ['object.unknown', ...ACCESS, 'ioas.align-area'] },
  TEST_DIRTY: {
    source: '5.3',
    rules: ['object.unknown', 'dirty.align', 'test.check'],
    writes: written('out_nr_dirty', '__u64', 'pages marked'),
  },
  TEST_MD_CHECK_IOTLB: { source: '5.3', rules: ['object.unknown', 'test.check'] },
  TEST_TRIGGER_IOPF: { source: '5.3', rules: ['object.unknown'] },
  TEST_DEV_CHECK_CACHE: { source: '5.3', rules: ['object.unknown', 'test.check'] },
  TEST_TRIGGER_VEVENT: { source: '5.3', rules: ['object.unknown', 'test.not-attached', 'test.no-events'] },
  TEST_PASID_ATTACH: { source: '5.3', rules: TEST_DEVICE },
  TEST_PASID_REPLACE: { source: '5.3', rules: TEST_DEVICE },
  TEST_PASID_DETACH: { source: '5.3', rules: ['object.unknown'] },
  TEST_PASID_CHECK_HWPT: {
    source: '5.3',
    rules: ['object.unknown', 'attach.no-table', 'attach.table-type', 'test.check'],
  },
}

function docsOf(name: string): CommandDocs {
  const row = ROWS[name]
  const struct = STRUCT_OF.get(name)
  const layout = struct === undefined ? null : STRUCTS[struct]
  const outputs = layout?.members.filter(({ field }) => field.startsWith('out_')) ?? []
  return {
    source: `iommufd ${row?.source ?? ''}`,
    returns: '0',
    writes: [
      ...outputs.map(({ field, type }) => ({ name: field, type, doc: OUTPUTS[field] ?? 'what was made' })),
      ...(row?.writes ?? []),
    ],
    rules: row?.rules ?? [],
    layout: layout === null ? (TEST_LAYOUTS[name] ?? null) : { struct: layout.name, members: layout.members },
  }
}

const OUTPUTS: Readonly<Record<string, string>> = {
  out_ioas_id: 'number of the new IOAS',
  out_hwpt_id: 'number of the new page table',
  out_iova_alignment: 'what addresses and lengths must be multiples of',
  out_max_pasid_log2: 'width of a PASID in bits, 0 without',
  out_capabilities: '1 dirty tracking, 2 and 4 PASID rights, 8 no ATS',
  out_fault_id: 'number of the new fault queue',
  out_fault_fd: 'its file',
  out_viommu_id: 'number of the new vIOMMU',
  out_vdevice_id: 'number of the new vDEVICE',
  out_veventq_id: 'number of the new event queue',
  out_veventq_fd: 'its file',
  out_hw_queue_id: 'number of the new queue',
  out_devid: 'number of the bound device',
}

const CONSTANT_DOCS: Readonly<Record<string, string>> = {
  IOMMU_IOAS_MAP_FIXED_IOVA: 'The address is the one asked for.',
  IOMMU_IOAS_MAP_WRITEABLE: 'Devices may write.',
  IOMMU_IOAS_MAP_READABLE: 'Devices may read.',
  IOMMU_HWPT_ALLOC_NEST_PARENT: 'Tables of users may lie over it.',
  IOMMU_HWPT_ALLOC_DIRTY_TRACKING: 'It can note what devices write.',
  IOMMU_HWPT_FAULT_ID_VALID: 'fault_id names who answers page requests.',
  IOMMU_HWPT_ALLOC_PASID: 'PASIDs may be attached to it.',
  IOMMU_HWPT_DATA_NONE: 'No data: a table of the kernel.',
  IOMMU_HWPT_DATA_VTD_S1: 'struct iommu_hwpt_vtd_s1: flags, pgtbl_addr, addr_width.',
  IOMMU_HWPT_DATA_ARM_SMMUV3: 'struct iommu_hwpt_arm_smmuv3: two words of a stream table entry.',
  IOMMU_HWPT_DATA_AMD_GUEST: 'struct iommu_hwpt_amd_guest: four words of a device table entry.',
  IOMMU_HWPT_DATA_SELFTEST: 'Data of the test driver.',
  IOMMU_HWPT_INVALIDATE_DATA_VTD_S1: 'struct iommu_hwpt_vtd_s1_invalidate: addr, npages, flags.',
  IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3: 'struct iommu_viommu_arm_smmuv3_invalidate: one command.',
  IOMMU_HWPT_INVALIDATE_DATA_SELFTEST: 'Entries of the test driver.',
  IOMMU_HW_INFO_FLAG_INPUT_TYPE: 'in_data_type says which registers are asked for.',
  IOMMU_HWPT_DIRTY_TRACKING_ENABLE: 'Start noting; without it, stop.',
  IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR: 'What is told is not forgotten.',
  IOMMU_OPTION_RLIMIT_MODE: '0: the user is charged, 1: the process.',
  IOMMU_OPTION_HUGE_PAGES: '1: large pages are used, 0: they are not.',
  IOMMU_OPTION_OP_SET: 'Set the option.',
  IOMMU_OPTION_OP_GET: 'Get the option.',
  IOMMU_VFIO_IOAS_GET: 'Tell the IOAS.',
  IOMMU_VFIO_IOAS_SET: 'Set the IOAS.',
  IOMMU_VFIO_IOAS_CLEAR: 'Forget the IOAS.',
  IOMMU_VIOMMU_TYPE_ARM_SMMUV3: "A slice of Arm's SMMUv3.",
  IOMMU_VIOMMU_TYPE_SELFTEST: 'The vIOMMU of the test driver.',
  IOMMU_VEVENTQ_TYPE_ARM_SMMUV3: 'Events of an SMMUv3.',
  IOMMU_VEVENTQ_TYPE_SELFTEST: 'Events of the test driver.',
  IOMMU_HW_QUEUE_TYPE_SELFTEST: 'Queues of the test driver.',
  VFIO_DEVICE_ATTACH_PASID: 'Attach one PASID.',
  VFIO_DEVICE_DETACH_PASID: 'Detach one PASID.',
  VFIO_DEVICE_BIND_FLAG_TOKEN: 'A token is given.',
  MOCK_FLAGS_DEVICE_NO_DIRTY: 'The test device cannot track what it writes.',
  MOCK_FLAGS_DEVICE_PASID: 'The test device has PASIDs.',
  MOCK_ACCESS_RW_WRITE: 'Into the pages, not out of them.',
  MOCK_ACCESS_RW_SLOW_PATH: 'By way of pages looked up again; the answer is the same.',
  MOCK_APERTURE_START: 'First address of the test driver.',
  MOCK_APERTURE_LAST: 'Last address of the test driver.',
  MOCK_PAGE_SIZE: 'Smallest page of the test driver.',
}

export const DOCS: DialectDocs = {
  mails: {},
  anyCall: ['fd.bad', 'fd.wrong-command', 'struct.*'],
  commands: {
    ...Object.fromEntries(COMMANDS.map(({ name }) => [name, docsOf(name)])),
    ...CONTAINER_DOCS,
  },
  constants: {
    ...CONSTANT_DOCS,
    ...Object.fromEntries(Object.entries(CONTAINER_CONSTANTS).map(([name, { doc }]) => [name, doc])),
  },
  files: {
    '/dev/iommu': 'Each open is an address space file with objects of its own.',
    '/dev/vfio/vfio': 'An address space file that stands for a VFIO container.',
    '/dev/vfio/': 'A group: devices that the platform cannot isolate from each other, /dev/vfio/N.',
    '/dev/null': 'A file whose pages cannot be pinned: a map of it is found wrong late.',
    '/init': 'A program: a file on a disk, whose pages cannot be pinned either.',
    '/dev/vfio/devices/': 'A device that VFIO drives: bind, attach, detach.',
  },
}
