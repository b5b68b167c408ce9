/**
 * The host page behind every page of the process's memory, given for good by a rule instead of a table:
 * pieces of 2 MiB are contiguous and keep their alignment, and a hole of the same size follows each, so
 * that a mapper that uses large pages shows it and no HPA equals its HVA. `pages=4K` alternates between
 * piece and hole, `scattered` shuffles inside both, `1G` leaves pieces of 1 GiB whole.
 */
import type { Machine } from './machine'
import { TREE } from './state'

export type BackingPages = '4K' | '2M' | '1G' | 'scattered'

/** Called for each run of host pages: HVA page, HPA page, count. */
export type PageRun = (hvaPage: number, hpaPage: number, pages: number) => void

/** Flag of a piece of process memory that may not be written. */
export const READ_ONLY = 4
/** Flag of a piece that was unmapped: no call finds it, its host pages stay with who holds them. */
export const GONE = 32
export const isReadOnly = (flags: number): boolean => (flags & READ_ONLY) !== 0

export const MODES: readonly BackingPages[] = ['2M', '4K', '1G', 'scattered']
export const MODE_MASK = 3

const PIECE = 512
const GIG = 512 * PIECE
/** HVA 0x4000_0000 lies behind HPA 0x1_4000_0000. */
const FIRST_PIECE = 0x600
const FIRST_GIG = 3

/** Host pages behind [first, last], all of which exist or did, as runs in ascending order. `tree` is whose they are. */
export function eachHostRun(
  machine: Machine,
  first: number,
  last: number,
  run: PageRun,
  tree: number = TREE.memory,
): void {
  const { ranges } = machine.bulk
  let page = first
  while (page <= last) {
    const slot = ranges.find(tree, page)
    if (slot < 0) return
    const end = Math.min(last, ranges.last(slot))
    runsOfMode(MODES[ranges.b(slot) & MODE_MASK] ?? '2M', page, end, run)
    page = end + 1
  }
}

/** The host page behind one process page. */
export function hostPage(pages: BackingPages, page: number): number {
  const piece = Math.floor(page / PIECE)
  const offset = page % PIECE
  switch (pages) {
    case '1G':
      return (2 * Math.floor(page / GIG) + FIRST_GIG) * GIG + (page % GIG)
    case '2M':
      return (2 * piece + FIRST_PIECE) * PIECE + offset
    case '4K':
      return (2 * piece + FIRST_PIECE + (offset % 2)) * PIECE + offset
    case 'scattered':
      return (2 * piece + FIRST_PIECE + (offset % 2)) * PIECE + ((offset * SHUFFLE + 1) % PIECE)
  }
}

/** Odd, so multiplying by it permutes 0..511. */
const SHUFFLE = 205

/** Pages of each run that stays contiguous. */
const RUN_PAGES: Readonly<Record<BackingPages, number>> = { '4K': 1, scattered: 1, '2M': PIECE, '1G': GIG }

/** How many pages of [first, last] lie in pieces of one page: what makes tables large. */
export function singlePages(machine: Machine, first: number, last: number): number {
  let singles = 0
  machine.bulk.ranges.forEachIn(TREE.memory, first, last, slot => {
    const { ranges } = machine.bulk
    if (RUN_PAGES[MODES[ranges.b(slot) & MODE_MASK] ?? '2M'] > 1) return
    singles += Math.min(last, ranges.last(slot)) - Math.max(first, ranges.first(slot)) + 1
  })
  return singles
}

function runsOfMode(pages: BackingPages, first: number, last: number, run: PageRun): void {
  const unit = RUN_PAGES[pages]
  let page = first
  while (page <= last) {
    const count = Math.min(last - page + 1, unit - (page % unit))
    run(page, hostPage(pages, page), count)
    page += count
  }
}
