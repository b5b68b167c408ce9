/**
 * Numbers that a v2 flow may name beside those of both proposals. The proposal gives values for the capability of
 * VFIO and of KVM only; the flags of allocation and device info are those of the code series of September 2021.
 */
import { CAP_PASID_TRANSLATION } from '../../kernel/kvm'
import type { SnoopWish } from '../../kernel/snoop'
import { CAP_PASID } from '../device-calls'
import {
  ATTACH_PASID,
  EXTENSIONS as BOTH,
  type Extension,
  SHARED_CONSTANT_DOCS,
  SHARED_CONSTANTS,
} from '../proposal-words.data'

/** Flags of IOMMU_IOASID_ALLOC. */
export const ALLOC_ENFORCE_SNOOP = 1n

/** Flags of IOMMU_DEVICE_GET_INFO: what the IOMMU can do for the device, and which fields are filled. */
export const INFO_ENFORCE_SNOOP = 1n
export const INFO_PGSIZES = 2n
export const INFO_ADDR_WIDTH = 4n

/** What `enforce_snoop` of an allocation says; false and true are off and on, the names are ours. */
export const SNOOP: readonly {
  readonly value: bigint
  readonly snoop: SnoopWish
  readonly names: readonly string[]
}[] = [
  { value: 0n, snoop: 'off', names: ['IOMMU_SNOOP_OFF', 'off'] },
  { value: 1n, snoop: 'on', names: ['IOMMU_SNOOP_ON', 'on'] },
  { value: 2n, snoop: 'auto', names: ['IOMMU_SNOOP_AUTO', 'auto'] },
]

export const EXTENSIONS: readonly Extension[] = BOTH.map(row =>
  row.name === 'EXT_DMA_NO_SNOOP' ? { ...row, present: () => true } : row,
)

export const CONSTANTS: Readonly<Record<string, bigint>> = Object.fromEntries([
  ['IOASID_ATTACH_VPASID', ATTACH_PASID],
  ['IOMMU_IOASID_ENFORCE_SNOOP', ALLOC_ENFORCE_SNOOP],
  ['IOMMU_DEVICE_INFO_ENFORCE_SNOOP', INFO_ENFORCE_SNOOP],
  ['IOMMU_DEVICE_INFO_PGSIZES', INFO_PGSIZES],
  ['IOMMU_DEVICE_INFO_ADDR_WIDTH', INFO_ADDR_WIDTH],
  ['VFIO_DEVICE_INFO_CAP_PASID', BigInt(CAP_PASID)],
  ['KVM_CAP_PASID_TRANSLATION', CAP_PASID_TRANSLATION],
  ...SNOOP.flatMap(({ names, value }) => names.map(name => [name, value] as const)),
  ...SHARED_CONSTANTS,
])

export const CONSTANT_DOCS: Readonly<Record<string, string>> = {
  ...SHARED_CONSTANT_DOCS,
  IOASID_ATTACH_VPASID: 'Flag of an attach: route one PASID of the device, vpasid, instead of its RID.',
  IOMMU_IOASID_ENFORCE_SNOOP:
    'Flag of an allocation (series of September 2021): DMA into the space is made to snoop, as enforce_snoop = on.',
  IOMMU_SNOOP_OFF: 'Value of enforce_snoop: a device may do DMA that does not snoop. Ours, not in the RFC.',
  IOMMU_SNOOP_ON:
    'Value of enforce_snoop: DMA is made to snoop, else nothing attaches. Ours, not in the RFC.',
  IOMMU_SNOOP_AUTO: 'Value of enforce_snoop: DMA is made to snoop where the IOMMU can. Ours, not in the RFC.',
  off: 'Value of enforce_snoop: a device may do DMA that does not snoop.',
  on: 'Value of enforce_snoop: DMA is made to snoop, else nothing attaches.',
  auto: 'Value of enforce_snoop: DMA is made to snoop where the IOMMU can, the legacy policy.',
  EXT_DMA_NO_SNOOP: 'Extension: DMA that does not snoop can be allowed, by enforce_snoop. 1 here.',
  IOMMU_DEVICE_INFO_ENFORCE_SNOOP: 'Flag of device info: the IOMMU can make the DMA of the device snoop.',
  IOMMU_DEVICE_INFO_PGSIZES: 'Flag of device info: page_sizes is filled.',
  IOMMU_DEVICE_INFO_ADDR_WIDTH: 'Flag of device info: addr_width is filled.',
  VFIO_DEVICE_INFO_CAP_PASID:
    'Capability of a device: the user may make address spaces of its own with vPASIDs on it.',
  KVM_CAP_PASID_TRANSLATION: 'Capability of KVM: the processor translates the PASIDs of ENQCMD.',
}
