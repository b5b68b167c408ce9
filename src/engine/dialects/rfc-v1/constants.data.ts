/**
 * Numbers a v1 flow may name. The proposal gives no values for most of them; those here only have to
 * differ from each other, and are this emulator's own.
 */
import type { Machine } from '../../kernel/machine'
import type { ResponseCode } from '../../kernel/page-faults'
import type { SpaceKind } from '../../kernel/state'

export const ATTACH_USER_PASID = 1n

/** Types of R30. KERNEL is what a plain IOASID_ALLOC means. */
export const SPACE_TYPES: readonly {
  readonly name: string
  readonly value: bigint
  readonly kind: SpaceKind
}[] = [
  { name: 'IOMMU_IOASID_TYPE_KERNEL', value: 0n, kind: 'kernel' },
  { name: 'IOMMU_IOASID_TYPE_PREREG', value: 1n, kind: 'prereg' },
  { name: 'IOMMU_IOASID_TYPE_DUMMY', value: 2n, kind: 'dummy' },
  { name: 'IOMMU_IOASID_TYPE_SVA', value: 3n, kind: 'sva' },
  { name: 'IOMMU_IOASID_TYPE_PASSTHROUGH', value: 4n, kind: 'passthrough' },
]

/** Formats of user tables; left out, a bind means the platform's. */
export const PGTABLE_FORMATS: readonly {
  readonly name: string
  readonly value: bigint
  readonly format: string
}[] = [{ name: 'IOASID_PGTABLE_FORMAT_VTD_FS', value: 1n, format: 'vtd-fs' }]

/** Answers to a page request, numbered as Linux numbered them for its first page-response call. */
export const RESPONSE_CODES: readonly {
  readonly name: string
  readonly value: bigint
  readonly code: ResponseCode
}[] = [
  { name: 'IOASID_PAGE_RESP_SUCCESS', value: 0n, code: 'success' },
  { name: 'IOASID_PAGE_RESP_INVALID', value: 1n, code: 'invalid' },
  { name: 'IOASID_PAGE_RESP_FAILURE', value: 2n, code: 'failure' },
]

export interface Extension {
  readonly name: string
  readonly value: bigint
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
  { name: 'EXT_DIRTY_TRACKING', value: 8n, present: never },
  {
    name: 'EXT_MEMORY_PREREG',
    value: 9n,
    present: ({ policy }) => (policy.prereg ?? 'command') === 'command',
  },
]

const named = (rows: readonly { name: string; value: bigint }[]) =>
  rows.map(row => [row.name, row.value] as const)

export const CONSTANTS: Readonly<Record<string, bigint>> = Object.fromEntries([
  ['IOASID_ATTACH_USER_PASID', ATTACH_USER_PASID],
  ['VFIO_DMA_MAP_FLAG_READ', 1n],
  ['VFIO_DMA_MAP_FLAG_WRITE', 2n],
  ['IOASID_DMA_MAP_FLAG_READ', 1n],
  ['IOASID_DMA_MAP_FLAG_WRITE', 2n],
  ...named(SPACE_TYPES),
  ...named(EXTENSIONS),
  ...named(PGTABLE_FORMATS),
  ...named(RESPONSE_CODES),
])
