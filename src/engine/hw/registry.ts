/** The platforms there are. The only file that names them. */
import type { Platform } from './contract'
import type { DomainDriver } from './domain-driver'
import { amdVi } from './platforms/amd-vi'
import { mock } from './platforms/mock'
import { mockDriver } from './platforms/mock/driver'
import { papr } from './platforms/papr'
import { smmuv3 } from './platforms/smmuv3'
import { vtd } from './platforms/vtd'

export const PLATFORMS: readonly Platform[] = [vtd, papr, smmuv3, amdVi, mock]

/** The platform of an id, or null. */
export const platformById = (id: string): Platform | null =>
  PLATFORMS.find(platform => platform.id === id) ?? null

/** The driver of the kernel's test devices, which are there on any platform. */
export const TEST_DRIVER: DomainDriver = mockDriver
