/**
 * Areas of an IOAS and what stands behind them: pages pinned while a table or an access needs them, and entries in
 * every table of the IOAS.
 *
 * Source: iommufd facts 3.2, 4. A call that fails is undone as a whole by `attempt`, so nothing is unwound here.
 */
import { clearRun, mapRun } from '../../pt'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { permText } from '../state'
import { forgetWritten } from './dirty'
import type { IoArea } from './io-pagetable'
import { eachFrameRun, hidePages, type PageIndexes, pagesOf, pinPages, showPages, unpinPages } from './pages'
import { type AddressSpan, allRanges, insertRange, type Ranged, removeRange } from './range-map'
import type { IoasObject, PagingObject } from './records'
import { pagetableOf, setPagetable, tablesOf } from './store'

/** The pages behind a part of an area. */
export function indexesOf({ first, last, value }: Ranged<IoArea>): PageIndexes {
  const end = value.offset + (last - first)
  return { first: Number(value.offset >> 12n), last: Number(end >> 12n) }
}

/** The first address behind an area: of the process's memory, or of the place of the file. Bytes. */
export function targetOf(machine: Machine, area: Ranged<IoArea>): bigint {
  return (BigInt(pagesOf(machine, area.value.pages).base) << 12n) + area.value.offset
}

/** Adds an area where nothing is; with tables there, pins its pages and writes its entries. */
export function addArea(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  area: Ranged<IoArea>,
): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  setPagetable(machine, ioas, { ...io, areas: insertRange(io.areas, area) })
  showPages(machine, area.value.pages)
  tell(machine, 'area-added', ioas, area)
  const tables = tablesOf(machine, context, ioas.id)
  if (tables.length === 0) return answer(null)
  const pinned = pinPages(machine, area.value.pages, indexesOf(area))
  if (!pinned.ok) return pinned
  for (const table of tables) {
    const filled = fill(machine, table, area, io.hugePages)
    if (!filled.ok) return filled
  }
  return answer(null)
}

/** Takes an area out of all tables, then lets its pages go. */
export function removeArea(
  machine: Machine,
  context: number,
  ioas: IoasObject,
  area: Ranged<IoArea>,
): Outcome<null> {
  const tables = tablesOf(machine, context, ioas.id)
  for (const table of tables) {
    const cleared = clear(machine, table, area)
    if (!cleared.ok) return cleared
    forgetWritten(machine, context, table, area)
  }
  if (tables.length > 0) unpinPages(machine, area.value.pages, indexesOf(area))
  tell(machine, 'area-removed', ioas, area)
  hidePages(machine, area.value.pages)
  const io = pagetableOf(machine, ioas)
  setPagetable(machine, ioas, { ...io, areas: removeRange(io.areas, area.first) })
  return answer(null)
}

/** Fills a table that just joined with all areas; the first table of an IOAS makes their pages pinned. */
export function fillAll(
  machine: Machine,
  ioas: IoasObject,
  table: PagingObject,
  pin: boolean,
): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  for (const area of allRanges(io.areas)) {
    const pinned = pin ? pinPages(machine, area.value.pages, indexesOf(area)) : answer(null)
    if (!pinned.ok) return pinned
    const filled = fill(machine, table, area, io.hugePages)
    if (!filled.ok) return filled
  }
  return answer(null)
}

/** Lets all pages go: the last table of the IOAS is gone. */
export function unpinAll(machine: Machine, ioas: IoasObject): void {
  for (const area of allRanges(pagetableOf(machine, ioas).areas))
    unpinPages(machine, area.value.pages, indexesOf(area))
}

/** Writes the entries of an area into one table. */
function fill(machine: Machine, hwpt: PagingObject, area: Ranged<IoArea>, huge: boolean): Outcome<null> {
  const { table } = hwpt
  if (table === null) return answer(null)
  let outcome: Outcome<null> = answer(null)
  eachTarget(machine, hwpt.granuleLg2, area, (page, target, pages) => {
    const step = huge ? pages : 1 << (12 - hwpt.granuleLg2)
    for (let done = 0; done < pages && outcome.ok; done += step) {
      const run = { page: page + done, pages: Math.min(step, pages - done), target: target + done }
      if (!mapRun(machine.bulk, table, { ...run, perm: area.value.perm }, machine.hw()))
        outcome = refuse('alloc.no-space')
    }
  })
  if (machine.platform.caps(machine.hwConfig, null).flushOnMap) flush(machine, hwpt, area)
  return outcome
}

/** Runs of an area in units of a table's granule: input, output, count. */
function eachTarget(
  machine: Machine,
  granuleLg2: number,
  area: Ranged<IoArea>,
  run: (page: number, target: number, pages: number) => void,
): void {
  const { offset, pages } = area.value
  const perPage = 1 << (12 - granuleLg2)
  const granule = BigInt(granuleLg2)
  /** Units from the first page to the start of the area, and past its end. */
  const from = Number(offset >> granule)
  const end = Number((offset + (area.last - area.first) + 1n) >> granule)
  const start = Number(area.first >> granule)
  eachFrameRun(machine, pagesOf(machine, pages), indexesOf(area), (index, host, count) => {
    const first = Math.max(index * perPage, from)
    const last = Math.min((index + count) * perPage, end)
    run(start + (first - from), host * perPage + (first - index * perPage), last - first)
  })
}

function clear(machine: Machine, hwpt: PagingObject, area: Ranged<IoArea>): Outcome<null> {
  if (hwpt.table === null) return answer(null)
  const granule = BigInt(hwpt.granuleLg2)
  const page = Number(area.first >> granule)
  const pages = Number((area.last - area.first + 1n) >> granule)
  if (!clearRun(machine.bulk, hwpt.table, { page, pages }, machine.hw())) return refuse('alloc.no-space')
  flush(machine, hwpt, area)
  return answer(null)
}

/** What a first stage taught is kept by PASID, and goes by each PASID that the table is reached with. */
function flush(machine: Machine, hwpt: PagingObject, { first, last }: AddressSpan): void {
  const scope = { firstPage: Number(first >> 12n), lastPage: Number(last >> 12n), domain: hwpt.tag }
  const { platform } = machine
  if (hwpt.driver !== platform.domains?.name) return
  if (!hwpt.firstStage) {
    platform.invalidate(machine.hw(), machine.root.hw, { kind: 'range', ...scope })
    return
  }
  for (const pasid of pasidsOf(machine, hwpt))
    platform.invalidate(machine.hw(), machine.root.hw, { kind: 'pasid-range', ...scope, pasid })
}

/** The PASIDs by which devices reach a table; null: without. */
function pasidsOf(machine: Machine, hwpt: PagingObject): ReadonlySet<number | null> {
  const found = new Set<number | null>()
  for (const { io } of machine.root.contexts.values())
    if (io.objects.get(hwpt.id) === hwpt)
      for (const attachments of io.groups.values())
        for (const at of attachments) if (at.hwpt === hwpt.id) found.add(at.pasid === 0 ? null : at.pasid)
  return found
}

function tell(
  machine: Machine,
  kind: 'area-added' | 'area-removed',
  ioas: IoasObject,
  area: Ranged<IoArea>,
): void {
  if (!machine.events.on) return
  const { first, last } = area
  const target = targetOf(machine, area)
  const perm = permText(area.value.perm)
  machine.emit({ kind, actor: 'kernel', space: ioas.id, first, last, target, perm, cause: 'map' })
}
