/** Powers of two of pages by which an invalidation names a range: one that covers it, or those that it is made of. */
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

/** The fewest naturally aligned blocks, of 2^`most` pages at most, that make up [firstPage, lastPage], in order. */
export function exactBlocks(firstPage: number, lastPage: number, most: number): readonly CoveringBlock[] {
  const blocks: CoveringBlock[] = []
  for (let page = firstPage; page <= lastPage; ) {
    let am = 0
    while (am < most && page % pow2(am + 1) === 0 && page + pow2(am + 1) - 1 <= lastPage) am++
    blocks.push({ firstPage: page, am })
    page += pow2(am)
  }
  return blocks
}
