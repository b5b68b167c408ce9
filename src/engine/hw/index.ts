/** IOMMU hardware: the platform contract, the registry, PCI names. */
export type * from './contract'
export type * from './hypercall'
export { formatRid, type PciAddress, parsePciAddress, ridOf } from './pci'
export { PLATFORMS, platformById, TEST_DRIVER } from './registry'
