/** The smallest power of two of pages that an invalidation must name to cover a range. */
import { ceilLg2, pow2 } from '../bits'

export interface CoveringBlock {
  readonly firstPage: number
  readonly am: number
}

/**
 * The smallest naturally aligned block of 2^am pages that covers [firstPage, lastPage], or null where
 * that needs more than `most`. What it covers beyond the range is dropped as well, as on hardware.
 */
export function coveringBlock(firstPage: number, lastPage: number, most: number): CoveringBlock | null {
  let am = ceilLg2(lastPage - firstPage + 1)
  while (am <= most && Math.floor(firstPage / pow2(am)) !== Math.floor(lastPage / pow2(am))) am++
  return am <= most ? { firstPage: Math.floor(firstPage / pow2(am)) * pow2(am), am } : null
}
