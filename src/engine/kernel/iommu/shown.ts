/**
 * Areas by the byte as areas of whole pages, for readers that know no other: an area is shown from the page that its
 * first byte lies in to that of its last one, so two small ones may show the same page.
 */
import type { Machine } from '../machine'
import type { SpaceRecord } from '../state'
import type { IoArea, IoPagetable } from './io-pagetable'
import { pagesOf } from './pages'
import { allRanges, type Ranged, rangesIn, sizeOf } from './range-map'

/** 4 KiB pages, both ends inclusive; `target` is the first page of process memory, or of the file's place. */
export interface ShownArea {
  readonly first: number
  readonly last: number
  readonly target: number
  /** Bits of AreaFlag. */
  readonly perm: number
}

export function shownAreas(
  machine: Machine,
  io: IoPagetable,
  span: { readonly first: number; readonly last: number },
): readonly ShownArea[] {
  const bytes = { first: BigInt(span.first) << 12n, last: (BigInt(span.last) << 12n) + 0xfffn }
  return rangesIn(io.areas, bytes).map(area => shown(machine, area))
}

function shown(machine: Machine, { first, last, value }: Ranged<IoArea>): ShownArea {
  const { base } = pagesOf(machine, value.pages)
  const target = base + Number(value.offset >> 12n)
  return { first: Number(first >> 12n), last: Number(last >> 12n), target, perm: value.perm }
}

/** How many areas a space has, by the byte or by the page. */
export const shownCount = (space: SpaceRecord): number | null =>
  space.io === undefined ? null : sizeOf(space.io.areas)

/** Bytes that areas cover. */
export const coveredBytes = (io: IoPagetable): bigint =>
  allRanges(io.areas).reduce((sum, { first, last }) => sum + (last - first + 1n), 0n)
