/** IOMMU hardware: the platform contract, the registry, PCI names. */
export type * from './contract'
export { PLATFORMS, platformById } from './registry'
