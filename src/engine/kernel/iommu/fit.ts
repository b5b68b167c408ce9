/** Whether areas fit an alignment. Source: iommufd facts 2.9, 3.2. */
import type { IoArea, IoPagetable } from './io-pagetable'
import { allRanges, type Ranged } from './range-map'

const HOST_PAGE = 4096n

/** An area whose address, length or place in its page an alignment does not fit, or null. Bytes, a power of two. */
export function misaligned(io: IoPagetable, align: bigint): Ranged<IoArea> | null {
  const fits = ({ first, last, value }: Ranged<IoArea>): boolean =>
    first % align === 0n && (last + 1n) % align === 0n && (value.offset % HOST_PAGE) % align === 0n
  return allRanges(io.areas).find(area => !fits(area)) ?? null
}
