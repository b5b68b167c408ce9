/** The platforms there are. The only file that names them. */
import type { Platform } from './contract'
import { vtd } from './platforms/vtd'

export const PLATFORMS: readonly Platform[] = [vtd]

/** The platform of an id, or null. */
export const platformById = (id: string): Platform | null =>
  PLATFORMS.find(platform => platform.id === id) ?? null
