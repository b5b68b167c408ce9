/**
 * VFIO_IOMMU_MAP_DMA and UNMAP_DMA of a container, with the checks in the kernel's order.
 *
 * Source: iommufd facts 7.2, 7.3; recordings type1_map, type1_unmap_v1, type1_unmap_v2, big_type1. A mapping whose
 * vaddr was taken away keeps its pages pinned and mapped; the vaddr it is given later names the same pages, which is
 * what the flag is for, so the area keeps its target. Not modelled: mappings of device memory (VM_PFNMAP), mediated
 * devices, a charge that moves to another process with the vaddr.
 */
import { type AreaRequest, areasMeeting, cutAreas, EVERY_PAGE, insertArea, setFlags } from './areas'
import { setContainer } from './containers'
import type { Machine } from './machine'
import { answer, done, type Outcome, refuse } from './outcome'
import { isPermitted, permittedRanges, spaceCaps } from './permitted'
import { AreaFlag, addressOf, type ContainerRecord, lastByteOf, pageOf, TREE } from './state'
import type { PageSpan } from './tables'

export const MapFlag = { read: 1n, write: 2n, vaddr: 4n } as const
export const UnmapFlag = { getDirty: 1n, all: 2n, vaddr: 4n } as const

/** What a container holds at most, the driver's dma_entry_limit. */
export const MOST_ENTRIES = 65_535

const TOP = 1n << 64n

/** Bytes of the smallest page that every group of the container has. */
export function pageSizeOf(machine: Machine, container: ContainerRecord): bigint {
  const sizes = pageSizesOf(machine, container)
  return sizes & -sizes
}

/** Bit n set: pages of 2^n bytes. */
export function pageSizesOf(machine: Machine, container: ContainerRecord): bigint {
  return spaceCaps(machine, machine.space(container.space))
    .map(caps => caps.pageSizes)
    .reduce((a, b) => a & b)
}

/** Mappings that the container still takes. */
export function entriesLeft({ bulk }: Machine, container: ContainerRecord): number {
  return MOST_ENTRIES - bulk.ranges.count(TREE.areas(container.space))
}

export interface Type1Map {
  readonly flags: bigint
  readonly vaddr: bigint
  readonly iova: bigint
  readonly size: bigint
}

export function type1Map(machine: Machine, container: ContainerRecord, call: Type1Map): Outcome<null> {
  const { flags, vaddr, iova, size } = call
  if (size === 0n) return refuse('type1.size-zero')
  for (const [field, value] of Object.entries({ iova, vaddr }))
    if (value + size > TOP) return refuse('type1.wrap', { field, value, size })
  const directed = (flags & (MapFlag.read | MapFlag.write)) !== 0n
  if (directed === ((flags & MapFlag.vaddr) !== 0n)) return refuse('type1.direction', { flags })
  const aligned = checkAlign({ size, iova, vaddr }, pageSizeOf(machine, container))
  if (!aligned.ok) return aligned
  const span = { first: pageOf(iova), last: pageOf(iova + size - 1n) }
  if (!directed) return giveVaddr(machine, container, span)
  const request = { ...span, target: pageOf(vaddr), perm: Number(flags) }
  return insert(machine, container, request)
}

function insert(machine: Machine, container: ContainerRecord, request: AreaRequest): Outcome<null> {
  const space = machine.space(container.space)
  const [met] = areasMeeting(machine, space.uid, request)
  if (met !== undefined) return refuse('type1.overlap', { ...bytes(request), iova: addressOf(met.first) })
  if (entriesLeft(machine, container) <= 0) return refuse('type1.entries', { entries: MOST_ENTRIES })
  if (!isPermitted(permittedRanges(machine, space), request)) return refuse('type1.outside', bytes(request))
  return insertArea(machine, space, request)
}

/** MAP with VADDR: the mapping that lost it has one again. */
function giveVaddr(machine: Machine, container: ContainerRecord, span: PageSpan): Outcome<null> {
  const iova = addressOf(span.first)
  const [area] = areasMeeting(machine, container.space, span)
  if (area === undefined) return refuse('type1.no-mapping', { iova })
  if ((area.perm & AreaFlag.noVaddr) === 0) return refuse('type1.vaddr-valid', { iova })
  if (area.first !== span.first || area.last !== span.last) return refuse('type1.vaddr-exact', { iova })
  setFlags(machine, machine.space(container.space), area, area.perm & ~AreaFlag.noVaddr)
  setContainer(machine, { ...container, withoutVaddr: container.withoutVaddr - 1 })
  return done
}

export interface Type1Unmap {
  readonly flags: bigint
  readonly iova: bigint
  readonly size: bigint
  /** The page that each bit of the bitmap asked for stands for, bytes; null where none is asked for. */
  readonly dirtyPage: bigint | null
}

/** Which pages an unmap means, or why it means none. The flags have been found known and to go together. */
export function type1Span(
  machine: Machine,
  container: ContainerRecord,
  { flags, iova, size, dirtyPage }: Type1Unmap,
): Outcome<PageSpan> {
  const page = pageSizeOf(machine, container)
  const aligned = checkAlign({ iova }, page)
  if (!aligned.ok) return aligned
  if ((flags & UnmapFlag.all) !== 0n)
    return iova === 0n && size === 0n ? answer(EVERY_PAGE) : refuse('type1.all')
  if (size === 0n) return refuse('type1.size-zero')
  const whole = checkAlign({ size }, page)
  if (!whole.ok) return whole
  if (iova + size > TOP) return refuse('type1.wrap', { field: 'iova', value: iova, size })
  if (dirtyPage !== null && !container.dirtyTracking) return refuse('type1.dirty-off')
  if (dirtyPage !== null && dirtyPage !== page) return refuse('type1.dirty-page', { pgsize: dirtyPage, page })
  const span = { first: pageOf(iova), last: pageOf(iova + size - 1n) }
  return container.version === 2 ? uncut(machine, container, span) : answer(span)
}

/** TYPE1v2: no mapping may reach over either end. */
export function uncut(machine: Machine, container: ContainerRecord, span: PageSpan): Outcome<PageSpan> {
  const cut = areasMeeting(machine, container.space, span).find(
    area => area.first < span.first || area.last > span.last,
  )
  return cut === undefined
    ? answer(span)
    : refuse('type1.bisect', { ...bytes(span), iova: addressOf(cut.first) })
}

/** Unmaps, or with VADDR takes the vaddr away. Answers the bytes of all mappings it met. */
export function type1Unmap(
  machine: Machine,
  container: ContainerRecord,
  span: PageSpan,
  flags: bigint,
): Outcome<bigint> {
  if ((flags & UnmapFlag.vaddr) !== 0n) return takeVaddr(machine, container, span)
  const gone = areasMeeting(machine, container.space, span).filter(
    area => (area.perm & AreaFlag.noVaddr) !== 0,
  )
  const rule = container.version === 1 && span !== EVERY_PAGE ? 'type1' : 'type1v2'
  const removed = cutAreas(machine, machine.space(container.space), span, rule)
  if (!removed.ok) return removed
  if (gone.length > 0) {
    const left = gone.filter(area => machine.bulk.ranges.find(TREE.areas(container.space), area.first) >= 0)
    const withoutVaddr = container.withoutVaddr - gone.length + left.length
    setContainer(machine, { ...container, withoutVaddr })
  }
  return answer(addressOf(removed.value))
}

function takeVaddr(machine: Machine, container: ContainerRecord, span: PageSpan): Outcome<bigint> {
  const space = machine.space(container.space)
  const met = areasMeeting(machine, space.uid, span)
  const stop = container.version === 1 && met[0] !== undefined && met[0].first < span.first
  const chosen = stop ? [] : met
  const gone = chosen.find(area => (area.perm & AreaFlag.noVaddr) !== 0)
  if (gone !== undefined) return refuse('type1.vaddr-gone', { iova: addressOf(gone.first) })
  for (const area of chosen) setFlags(machine, space, area, area.perm | AreaFlag.noVaddr)
  setContainer(machine, { ...container, withoutVaddr: container.withoutVaddr + chosen.length })
  return answer(addressOf(chosen.reduce((pages, area) => pages + (area.last - area.first + 1), 0)))
}

export function checkAlign(values: Readonly<Record<string, bigint>>, page: bigint): Outcome<null> {
  for (const [field, value] of Object.entries(values))
    if (value % page !== 0n) return refuse('type1.align', { field, value, page })
  return done
}

function bytes({ first, last }: PageSpan): { first: bigint; last: bigint } {
  return { first: addressOf(first), last: lastByteOf(last) }
}
