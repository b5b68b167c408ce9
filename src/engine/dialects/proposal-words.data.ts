/**
 * Words that both proposals have: fields, kinds of space, codes, extensions. The proposals give no values for
 * most of them; those here only have to differ from each other, and are this emulator's own.
 */
import type { FileWord } from '../flow/vocabulary'
import type { Machine } from '../kernel/machine'
import type { ResponseCode } from '../kernel/page-faults'
import type { SpaceKind } from '../kernel/state'
import { InvalidateCache } from '../kernel/user-tables'
import { field } from './command-rows'

/** What both open beside the address space file; of a device's path the last part is its name. */
export const FILES: readonly FileWord[] = [
  { kind: 'kvm', path: '/dev/kvm', prefix: false },
  { kind: 'device', path: '/dev/vfio/devices/', prefix: true },
  { kind: 'device', path: '/dev/vfio/pci/', prefix: true },
  { kind: 'device', path: '/dev/vfio/mdev/', prefix: true },
  { kind: 'device', path: '..', prefix: true },
]

/** What neither does here. */
export const NOT_MODELLED: readonly string[] = [
  'munmap under a space of type SVA',
  'dirty tracking of what a device mediated in software alone writes',
  'ENQCMD but for its PASID translation and the DMA it leads to',
]

export const IOASID = field('ioasid', 'ioasid', 'the address space')
export const IOVA = field('iova', 'iova', 'first I/O virtual address, bytes')
export const VADDR = field(
  'vaddr',
  'vaddr',
  'first address it maps to: process memory for a root, the parent for a child',
)
export const SIZE = field('size', 'size', 'bytes')
export const FLAGS = field('flags', 'flags', '1 read, 2 write; left out: both', ['flag'])
export const FD = field('fd', 'context-fd', 'the address space file', ['iommu_fd', 'ioasid_fd'])
export const COOKIE = field('cookie', 'cookie', 'a number of the user for the device', [
  'device_cookie',
  'dev_cookie',
])
export const USER_PASID = field('user_pasid', 'pasid', 'the PASID the guest uses', ['guest_pasid', 'vpasid'])
export const ADDR = field('addr', 'table-address', 'the table, an address of the parent', ['address'])
export const FORMAT = field('format', 'format', "the table's format; left out: the platform's")
export const ADDR_WIDTH = field('addr_width', 'number', 'input address bits of the table')

/** A call on one address space, which may be given as the bare number. */
export const onSpace = {
  file: 'context',
  argument: 'either',
  bareField: 'ioasid',
  fields: [IOASID],
} as const

/** Flag of an attach: one PASID instead of the RID. */
export const ATTACH_PASID = 1n

interface Named {
  readonly name: string
  readonly value: bigint
}

/** Types of R30; KERNEL is what an allocation without one means. */
export const SPACE_TYPES: readonly (Named & { readonly kind: SpaceKind })[] = [
  { name: 'IOMMU_IOASID_TYPE_KERNEL', value: 0n, kind: 'kernel' },
  { name: 'IOMMU_IOASID_TYPE_PREREG', value: 1n, kind: 'prereg' },
  { name: 'IOMMU_IOASID_TYPE_DUMMY', value: 2n, kind: 'dummy' },
  { name: 'IOMMU_IOASID_TYPE_SVA', value: 3n, kind: 'sva' },
  { name: 'IOMMU_IOASID_TYPE_PASSTHROUGH', value: 4n, kind: 'passthrough' },
]

/** Formats of user tables; left out, the platform's is meant. */
export const PGTABLE_FORMATS: readonly (Named & { readonly format: string })[] = [
  { name: 'IOASID_PGTABLE_FORMAT_VTD_FS', value: 1n, format: 'vtd-fs' },
  { name: 'IOASID_PGTABLE_FORMAT_ARM_S1', value: 2n, format: 'arm-s1' },
  { name: 'IOASID_PGTABLE_FORMAT_AMD_V2', value: 3n, format: 'amd-v2' },
]

/** Formats of PASID tables of the user. */
const PASID_FORMATS: readonly (Named & { readonly format: string })[] = [
  { name: 'IOASID_PASIDTBL_FORMAT_ARM_CD_LINEAR', value: 1n, format: 'arm-cd-linear' },
  { name: 'IOASID_PASIDTBL_FORMAT_ARM_CD_4K', value: 2n, format: 'arm-cd-4k' },
  { name: 'IOASID_PASIDTBL_FORMAT_ARM_CD_64K', value: 3n, format: 'arm-cd-64k' },
  { name: 'IOASID_PASIDTBL_FORMAT_AMD_GCR3', value: 4n, format: 'amd-gcr3' },
]

export const pasidFormatNamed = (value: bigint | null): string | null =>
  value === null ? null : (PASID_FORMATS.find(row => row.value === value)?.format ?? `format ${value}`)

/** The format a number stands for; null where none was given. */
export const formatNamed = (value: bigint | null): string | null =>
  value === null ? null : (PGTABLE_FORMATS.find(row => row.value === value)?.format ?? `format ${value}`)

/** Answers to a page request, numbered as Linux numbered them for its first page-response call. */
export const RESPONSE_CODES: readonly (Named & { readonly code: ResponseCode })[] = [
  { name: 'IOASID_PAGE_RESP_SUCCESS', value: 0n, code: 'success' },
  { name: 'IOASID_PAGE_RESP_INVALID', value: 1n, code: 'invalid' },
  { name: 'IOASID_PAGE_RESP_FAILURE', value: 2n, code: 'failure' },
]

export interface Extension extends Named {
  /** Whether the file has it, by policy and platform; what is not modelled is 0. */
  readonly present: (machine: Machine) => boolean
}

const never = () => false
const always = () => true
const capsOf = ({ platform, hwConfig }: Machine) => platform.caps(hwConfig, null)

export const EXTENSIONS: readonly Extension[] = [
  { name: 'EXT_MAP_TYPE1V2', value: 1n, present: ({ policy }) => policy.unmap === 'type1v2' },
  { name: 'EXT_MAP_NEWTYPE', value: 2n, present: never },
  { name: 'EXT_IOASID_NESTING', value: 3n, present: always },
  { name: 'EXT_USER_PAGE_TABLE', value: 4n, present: machine => capsOf(machine).userTableFormats.length > 0 },
  {
    name: 'EXT_USER_PASID_TABLE',
    value: 5n,
    present: machine => capsOf(machine).pasidTableFormats.length > 0,
  },
  { name: 'EXT_MULTIDEV_GROUP', value: 6n, present: always },
  { name: 'EXT_DMA_NO_SNOOP', value: 7n, present: never },
  { name: 'EXT_DIRTY_TRACKING', value: 8n, present: machine => capsOf(machine).dirtyTracking },
]

export const named = (rows: readonly Named[]) => rows.map(row => [row.name, row.value] as const)

/** Kinds of cache of an invalidation, as include/uapi/linux/iommu.h had them. */
export const CACHES: readonly Named[] = [
  { name: 'IOMMU_CACHE_INV_TYPE_IOTLB', value: InvalidateCache.iotlb },
  { name: 'IOMMU_CACHE_INV_TYPE_DEV_IOTLB', value: InvalidateCache.deviceTlb },
  { name: 'IOMMU_CACHE_INV_TYPE_PASID', value: InvalidateCache.pasid },
]

/** Constants of both proposals, with what their cards tell. */
export const SHARED_CONSTANTS: readonly (readonly [string, bigint])[] = [
  ['VFIO_DMA_MAP_FLAG_READ', 1n],
  ['VFIO_DMA_MAP_FLAG_WRITE', 2n],
  ['IOASID_DMA_MAP_FLAG_READ', 1n],
  ['IOASID_DMA_MAP_FLAG_WRITE', 2n],
  ...named(SPACE_TYPES),
  ...named(EXTENSIONS),
  ...named(PGTABLE_FORMATS),
  ...named(PASID_FORMATS),
  ...named(RESPONSE_CODES),
  ...named(CACHES),
]

export const SHARED_CONSTANT_DOCS: Readonly<Record<string, string>> = {
  VFIO_DMA_MAP_FLAG_READ: 'Flag of a map: the device may read.',
  VFIO_DMA_MAP_FLAG_WRITE: 'Flag of a map: the device may write.',
  IOASID_DMA_MAP_FLAG_READ: 'Flag of a map: the device may read. Another spelling of VFIO_DMA_MAP_FLAG_READ.',
  IOASID_DMA_MAP_FLAG_WRITE:
    'Flag of a map: the device may write. Another spelling of VFIO_DMA_MAP_FLAG_WRITE.',
  IOMMU_IOASID_TYPE_KERNEL: 'A space whose table the kernel writes: what an allocation without a type makes.',
  IOMMU_IOASID_TYPE_PREREG:
    'A space that only pins and charges; nothing attaches. Ours, not in the RFC (R30, R31).',
  IOMMU_IOASID_TYPE_DUMMY:
    'An identity root over what is mapped, for accounting. Ours, not in the RFC (R30, R32).',
  IOMMU_IOASID_TYPE_SVA: "A space that shares the process's own table. Ours, not in the RFC (R30, R34).",
  IOMMU_IOASID_TYPE_PASSTHROUGH:
    "The guest's passthrough: a kernel-managed root under that label (R30, R33).",
  IOASID_PAGE_RESP_SUCCESS: 'Answer to a page fault: the page is there, the device tries again.',
  IOASID_PAGE_RESP_INVALID: 'Answer to a page fault: there is no such page, this access ends in a fault.',
  IOASID_PAGE_RESP_FAILURE: 'Answer to a page fault: the device asks for no page any more.',
  IOASID_PGTABLE_FORMAT_ARM_S1: 'Table format: Arm stage 1, VMSAv8-64 with a 4 KiB granule.',
  IOASID_PGTABLE_FORMAT_AMD_V2:
    'Table format: AMD-Vi guest table (v2), that of x86-64 paging. Ours, not in the RFC.',
  IOASID_PASIDTBL_FORMAT_AMD_GCR3: 'PASID table format: AMD-Vi GCR3 table. Ours, not in the RFC.',
  IOASID_PASIDTBL_FORMAT_ARM_CD_LINEAR: 'PASID table format: Arm context descriptors, one linear table.',
  IOASID_PASIDTBL_FORMAT_ARM_CD_4K:
    'PASID table format: Arm context descriptors, two levels with 4 KiB leaves.',
  IOASID_PASIDTBL_FORMAT_ARM_CD_64K:
    'PASID table format: Arm context descriptors, two levels with 64 KiB leaves.',
  IOASID_PGTABLE_FORMAT_VTD_FS:
    'Format of a user table: the first stage of VT-d, that of x86-64 paging. Ours, not in the RFC.',
  IOMMU_CACHE_INV_TYPE_IOTLB: 'Cache of an invalidation: the IOTLB of the unit.',
  IOMMU_CACHE_INV_TYPE_DEV_IOTLB: 'Cache of an invalidation: the TLBs of devices with ATS.',
  IOMMU_CACHE_INV_TYPE_PASID: 'Cache of an invalidation: what is held of a PASID table of the user.',
  EXT_MAP_TYPE1V2: 'Extension: unmap as VFIO type1v2 does. 1 under unmap=type1v2 only.',
  EXT_MAP_NEWTYPE: 'Extension: a map call of a new kind. 0 here.',
  EXT_IOASID_NESTING: 'Extension: spaces can be nested. 1 here.',
  EXT_USER_PAGE_TABLE: 'Extension: the user may write a page table.',
  EXT_USER_PASID_TABLE: 'Extension: the user may write a PASID table.',
  EXT_MULTIDEV_GROUP: 'Extension: groups of several devices are understood. 1 here.',
  EXT_DMA_NO_SNOOP: 'Extension: DMA that does not snoop can be told apart. 0 here.',
  EXT_DIRTY_TRACKING: 'Extension: pages that were written can be listed.',
}
