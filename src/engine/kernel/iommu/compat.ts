/**
 * The calls of a VFIO container that an address space file takes in its place: one IOAS stands for the container.
 *
 * Source: iommufd facts 2.22, 7.5; recordings type1-compat. The first generation of unmap is one that switches large
 * pages off and cuts areas at both ends of the range. Not modelled: no-IOMMU mode; that a file opened as /dev/vfio/vfio
 * charges the memory of the process and not of the user.
 */
import { groupMates, isHarmless } from '../isolation'
import type { Machine } from '../machine'
import { done, type Outcome, refuse, writing } from '../outcome'
import type { DeviceRecord } from '../state'
import { indexesOf } from './areas'
import { attach } from './attach'
import { bind, deviceObject } from './devices'
import { alignmentOf, type IoArea, slice, U64_MAX } from './io-pagetable'
import { compatIoas, createIoas, removeWithin } from './ioas'
import { pinPages, showPages, unpinPages } from './pages'
import {
  type AddressSpan,
  allRanges,
  firstFrom,
  insertRange,
  type Ranged,
  type RangeMap,
  removeRange,
} from './range-map'
import type { IoasObject } from './records'
import { ioOf, pagetableOf, putObject, setPagetable, tablesOf, updateIo } from './store'

const HOST_PAGE = 4096n

/** VFIO_GROUP_SET_CONTAINER: an IOAS is made where none stands for the container yet. */
export function requireCompat(machine: Machine, context: number): void {
  if (ioOf(machine, context).compat !== null) return
  const ioas = createIoas(machine, context, 'container')
  updateIo(machine, context, { compat: ioas.id })
}

/** A device of a group opens: bound, and attached to the IOAS that stands for the container. */
export function openInContainer(
  machine: Machine,
  device: DeviceRecord,
  fd: number,
  context: number,
): Outcome<null> {
  const bound = bind(machine, device.name, fd, context)
  if (!bound.ok) return bound
  const ioas = compatIoas(machine, context)
  if (!ioas.ok) return ioas
  const { id } = bound.value
  const attached = attach(machine, { context, device: id, pasid: 0, pt: BigInt(ioas.value.id) })
  if (!attached.ok) return attached
  const object = deviceObject(machine, device.name, context)
  if (object !== null) putObject(machine, context, { ...object, attached: true })
  return done
}

/** True where nobody else has the group: its devices are bound nowhere, and none is the host's. */
export const isViable = (machine: Machine, group: number): boolean =>
  groupMates(machine, group).every(mate => mate.bindings.length === 0 && isHarmless(mate))

/** Page sizes that every table of the IOAS has, the smallest a page of the host; bit n for 2^n bytes. */
export function compatPageSizes(machine: Machine, context: number, ioas: IoasObject): bigint {
  const sizes = tablesOf(machine, context, ioas.id).map(({ granuleLg2, table }) =>
    table === null || granuleLg2 < HOST_PAGE_LG2
      ? U64_MAX & ~((1n << BigInt(granuleLg2)) - 1n)
      : machine.platform.caps(machine.hwConfig, null).pageSizes,
  )
  const all = sizes.reduce((a, b) => a & b, U64_MAX)
  return all % HOST_PAGE === 0n ? all : (all & ~(HOST_PAGE - 1n)) | HOST_PAGE
}

const HOST_PAGE_LG2 = 12

/** VFIO_IOMMU_UNMAP_DMA of a range: the bytes removed are told where it fails, too. */
export function compatUnmap(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  { iova, size }: { readonly iova: bigint; readonly size: bigint },
): Outcome<bigint> {
  if (!pagetableOf(machine, ioas).hugePages) {
    const cut = cutEnds(machine, context, ioas, { iova, size })
    if (!cut.ok) return cut
  }
  if (size === 0n) return counting(refuse('ioas.length', { length: size }), 0n)
  const last = iova + size - 1n
  if (last > U64_MAX) return counting(refuse('ioas.wrap', { field: 'iova', value: iova, length: size }), 0n)
  return removeCounted(machine, context, ioas, { first: iova, last })
}

/** Everything goes. */
export function compatUnmapAll(machine: Machine, context: number, ioas: IoasObject): Outcome<bigint> {
  return removeCounted(machine, context, ioas, { first: 0n, last: U64_MAX })
}

function removeCounted(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  span: AddressSpan,
): Outcome<bigint> {
  const had = pagetableOf(machine, ioas).areas
  const removed = removeWithin(machine, context, ioas, span)
  return removed.ok ? removed : counting(removed, bytesOf(had) - bytesOf(pagetableOf(machine, ioas).areas))
}

function counting(refused: Outcome<never>, size: bigint): Outcome<never> {
  return refused.ok ? refused : writing(refused, { size })
}

const bytesOf = (areas: RangeMap<IoArea>): bigint =>
  allRanges(areas).reduce((sum, { first, last }) => sum + (last - first + 1n), 0n)

/** Cuts the areas that reach over the ends of a range, so that what is within can go. */
function cutEnds(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  { iova, size }: { readonly iova: bigint; readonly size: bigint },
): Outcome<null> {
  const ends = [BigInt.asUintN(64, iova + size - 1n), ...(iova === 0n ? [] : [iova - 1n])]
  for (const end of ends) {
    const cut = cutAfter(machine, context, ioas, end)
    if (!cut.ok) return cut
  }
  return done
}

/** Makes two areas of the one that has a byte and more behind it; nothing changes for who looks an address up. */
function cutAfter(machine: Machine, context: number, ioas: IoasObject, byte: bigint): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  const area = firstFrom(io.areas, byte)
  if (area === null || area.first >= byte || area.last === byte) return done
  const low = slice(area, { first: area.first, last: byte })
  const high = slice(area, { first: byte + 1n, last: area.last })
  const align = alignmentOf(io)
  if (high.first % align !== 0n || high.value.offset % align !== 0n)
    return refuse('compat.cut-align', { iova: high.first, align })
  if (io.pins.some(pin => pin.first <= area.last && pin.last >= area.first))
    return refuse('compat.cut-pinned', { first: area.first, last: area.last })
  share(machine, context, ioas, { area, parts: [low, high] })
  const whole = removeRange(io.areas, area.first)
  setPagetable(machine, ioas, { ...io, areas: insertRange(insertRange(whole, low), high) })
  return done
}

/** Two areas show the pages now, and each holds its own part pinned. */
function share(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  { area, parts }: { readonly area: Ranged<IoArea>; readonly parts: readonly Ranged<IoArea>[] },
): void {
  const { pages } = area.value
  showPages(machine, pages)
  if (tablesOf(machine, context, ioas.id).length === 0) return
  for (const part of parts) pinPages(machine, pages, indexesOf(part))
  unpinPages(machine, pages, indexesOf(area))
}
