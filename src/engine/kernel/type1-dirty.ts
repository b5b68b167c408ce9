/**
 * Dirty pages of a container. No dirty bit of the IOMMU is used: whatever a group of devices can reach counts as
 * dirty, so a bitmap has every mapped page while logging is on.
 *
 * Source: iommufd facts 7.3, 7.4; recording type1_dirty. Not modelled: pages that a mediated device pins, which
 * would be the only ones to count.
 */
import { areasMeeting } from './areas'
import type { Machine } from './machine'
import { answer, done, type Outcome, refuse } from './outcome'
import { type ContainerRecord, pageOf } from './state'
import { checkAlign, pageSizeOf, uncut } from './type1'

/** Bytes that the driver takes for a bitmap at most. */
export const MOST_BITMAP_BYTES = 1n << 28n

export interface DirtyRange {
  readonly iova: bigint
  readonly size: bigint
  readonly pgsize: bigint
  /** Bytes of the user's bitmap. */
  readonly bitmapSize: bigint
}

/** Bytes that this emulator hands back at most. */
const MOST_SHOWN = 1n << 20n

/** The bitmap's length: common to GET_BITMAP and to an unmap that asks for the bits. */
export function checkBitmap({ size, pgsize, bitmapSize }: DirtyRange): Outcome<null> {
  const pages = pagesOf({ size, pgsize })
  const needed = ((pages + 63n) / 64n) * 8n
  if (pages === 0n || bitmapSize > MOST_BITMAP_BYTES || bitmapSize < needed)
    return refuse('type1.dirty-bitmap', { bytes: bitmapSize, pages })
  if (needed > MOST_SHOWN) return refuse('not-modelled-yet', { what: `a bitmap of ${needed} bytes` })
  return done
}

const pagesOf = ({ size, pgsize }: Pick<DirtyRange, 'size' | 'pgsize'>): bigint =>
  pgsize === 0n ? 0n : size / (pgsize & -pgsize)

/** VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP: bit i is page i of the range. */
export function dirtyBitmap(
  machine: Machine,
  container: ContainerRecord,
  range: DirtyRange,
): Outcome<Uint8Array> {
  const { iova, size, pgsize } = range
  if (iova + size >= 1n << 64n) return refuse('type1.dirty-wrap', { iova, size })
  const checked = checkBitmap(range)
  if (!checked.ok) return checked
  const page = pageSizeOf(machine, container)
  if (pgsize !== page) return refuse('type1.dirty-page', { pgsize, page })
  const aligned = checkAlign({ iova, size }, page)
  if (!aligned.ok) return aligned
  if (!container.dirtyTracking) return refuse('type1.dirty-off')
  const span = { first: pageOf(iova), last: pageOf(iova + size - 1n) }
  const whole = uncut(machine, container, span)
  return whole.ok ? answer(bitsOf(machine, container, range)) : whole
}

/** The bits of the mappings in a range that cuts none. */
export function bitsOf(
  machine: Machine,
  container: ContainerRecord,
  { iova, size, pgsize }: DirtyRange,
): Uint8Array {
  const bits = new Uint8Array(Number((pagesOf({ size, pgsize }) + 63n) / 64n) * 8)
  const first = pageOf(iova)
  const span = { first, last: pageOf(iova + size - 1n) }
  for (const area of areasMeeting(machine, container.space, span))
    for (let page = Math.max(area.first, first); page <= Math.min(area.last, span.last); page++) {
      const at = page - first
      bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
    }
  return bits
}
