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
import { flushTable } from './flush'
import type { IoArea } from './io-pagetable'
import { eachFrameRun, hidePages, type PageIndexes, pagesOf, pinPages, showPages, unpinPages } from './pages'
import { allRanges, insertRange, type Ranged, removeRange } from './range-map'
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
    const filled = fill(machine, context, table, area, io.hugePages)
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
    const cleared = clear(machine, context, table, area)
    if (!cleared.ok) return cleared
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
  context: number,
  ioas: IoasObject,
  table: PagingObject,
  pin: boolean,
): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  for (const area of allRanges(io.areas)) {
    const pinned = pin ? pinPages(machine, area.value.pages, indexesOf(area)) : answer(null)
    if (!pinned.ok) return pinned
    const filled = fill(machine, context, table, area, io.hugePages)
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
function fill(
  machine: Machine,
  context: number,
  hwpt: PagingObject,
  area: Ranged<IoArea>,
  huge: boolean,
): Outcome<null> {
  const { table } = hwpt
  const fits = judgePiece(hwpt, area)
  if (!fits.ok || table === null) return fits
  let outcome: Outcome<null> = answer(null)
  eachTarget(machine, hwpt.unitLg2, area, run => {
    for (let done = 0; done < run.pages && outcome.ok; ) {
      const rest = { page: run.page + done, pages: run.pages - done, target: run.target + done }
      const pages = piece(hwpt, rest, huge)
      if (!mapRun(machine.bulk, table, { ...rest, pages, perm: area.value.perm }, machine.hw()))
        outcome = refuse('alloc.no-space')
      done += pages
    }
  })
  if (machine.platform.caps(machine.hwConfig, null).flushOnMap) flushTable(machine, context, hwpt, area)
  return outcome
}

/**
 * A table takes whole pages of its own only, though pieces of a copy side by side may each be of any length; and an
 * entry has a right at least, though a container maps without any.
 */
function judgePiece({ granuleLg2 }: PagingObject, { first, last, value }: Ranged<IoArea>): Outcome<null> {
  if (value.perm === 0) return refuse('ioas.no-access')
  const align = 1n << BigInt(granuleLg2)
  if (first % align !== 0n) return refuse('ioas.align', { field: 'iova of a piece', value: first, align })
  const length = last - first + 1n
  return length % align === 0n
    ? answer(null)
    : refuse('ioas.align', { field: 'length of a piece', value: length, align })
}

interface Run {
  readonly page: number
  readonly pages: number
  readonly target: number
}

/** How much of a run goes into the table at once, so that no entry gets larger than it may. In units of the table. */
function piece({ unitLg2, pageSizes }: PagingObject, run: Run, huge: boolean): number {
  const host = 1 << (12 - unitLg2)
  if (!huge) return Math.min(host, run.pages)
  if (pageSizes === null) return run.pages
  let pages = host
  for (let lg2 = 13; pageSizes >> BigInt(lg2) !== 0n; lg2++) {
    const size = 2 ** (lg2 - unitLg2)
    if (size > run.pages || run.page % size !== 0 || run.target % size !== 0) break
    if ((pageSizes >> BigInt(lg2)) & 1n) pages = size
  }
  return Math.min(pages, run.pages)
}

/** Runs of an area in units of a table. */
function eachTarget(machine: Machine, unitLg2: number, area: Ranged<IoArea>, call: (run: Run) => void): void {
  const { offset, pages } = area.value
  const perPage = 1 << (12 - unitLg2)
  const unit = BigInt(unitLg2)
  /** Units from the first page to the start of the area, and past its end. */
  const from = Number(offset >> unit)
  const end = Number((offset + (area.last - area.first) + 1n) >> unit)
  const start = Number(area.first >> unit)
  eachFrameRun(machine, pagesOf(machine, pages), indexesOf(area), (index, host, count) => {
    const first = Math.max(index * perPage, from)
    const last = Math.min((index + count) * perPage, end)
    const target = host * perPage + (first - index * perPage)
    call({ page: start + (first - from), pages: last - first, target })
  })
}

function clear(machine: Machine, context: number, hwpt: PagingObject, area: Ranged<IoArea>): Outcome<null> {
  if (hwpt.table === null) return answer(null)
  const unit = BigInt(hwpt.unitLg2)
  const page = Number(area.first >> unit)
  const pages = Number((area.last - area.first + 1n) >> unit)
  if (!clearRun(machine.bulk, hwpt.table, { page, pages }, machine.hw())) return refuse('alloc.no-space')
  flushTable(machine, context, hwpt, area)
  return answer(null)
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
