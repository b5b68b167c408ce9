/**
 * The process's own memory: which virtual pages exist, and the host pages behind them.
 *
 * Every HVA has one HPA for good, given by a rule instead of a table: pieces of 2 MiB are contiguous
 * and keep their alignment, and a hole of the same size follows each, so that a mapper that uses large
 * pages shows it and no HPA equals its HVA. `pages=4K` alternates between piece and hole, `scattered`
 * shuffles inside both, `1G` leaves pieces of 1 GiB whole.
 *
 * Not modelled: swapping, copy on write, file mappings, munmap, NUMA, a page that moves.
 */

import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { addressOf, pageOf, TREE } from './state'

export type BackingPages = '4K' | '2M' | '1G' | 'scattered'

export interface MemoryRegion {
  readonly hva: bigint
  /** Bytes, a multiple of 4 KiB. */
  readonly size: bigint
  readonly pages: BackingPages
  readonly guest: boolean
  readonly readOnly: boolean
}

/** Called for each run of host pages: HVA page, HPA page, count. */
export type PageRun = (hvaPage: number, hpaPage: number, pages: number) => void

const MODES: readonly BackingPages[] = ['2M', '4K', '1G', 'scattered']
const MODE_MASK = 3
const READ_ONLY = 4
const GUEST = 8
const GUESSED = 16

const PIECE = 512
const GIG = 512 * PIECE
/** HVA 0x4000_0000 lies behind HPA 0x1_4000_0000. */
const FIRST_PIECE = 0x600
const FIRST_GIG = 3

export function addMemory(machine: Machine, region: MemoryRegion): void {
  const first = pageOf(region.hva)
  const last = first + pageOf(region.size) - 1
  const flags = MODES.indexOf(region.pages) | (region.readOnly ? READ_ONLY : 0) | (region.guest ? GUEST : 0)
  addPages(machine, first, last, flags)
}

/** True where [first, last] meets memory that exists already. */
export function memoryOverlaps(machine: Machine, first: number, last: number): boolean {
  const { ranges } = machine.bulk
  const slot = ranges.firstFrom(TREE.memory, first)
  return slot >= 0 && ranges.first(slot) <= last
}

/**
 * Makes sure that every page of [first, last] exists and may be used that way. Where the flow says
 * nothing of memory, missing pages come to be and the guess is told.
 */
export function requireMemory(machine: Machine, first: number, last: number, write: boolean): Outcome<null> {
  let page = first
  while (page <= last) {
    const slot = machine.bulk.ranges.find(TREE.memory, page)
    if (slot < 0) {
      if (!machine.limits.guessMemory) return refuse('map.fault', { vaddr: addressOf(page) })
      page = guessPages(machine, page, last) + 1
      continue
    }
    if (write && machine.bulk.ranges.b(slot) & READ_ONLY)
      return refuse('map.read-only', { vaddr: addressOf(page) })
    page = machine.bulk.ranges.last(slot) + 1
  }
  return answer(null)
}

/** Every region there is, guessed ones too, in order of address. */
export function memoryRegions(machine: Machine): readonly (MemoryRegion & { readonly guessed: boolean })[] {
  const { ranges } = machine.bulk
  const found: (MemoryRegion & { readonly guessed: boolean })[] = []
  ranges.forEachIn(TREE.memory, 0, 2 ** 52 - 1, slot => {
    const flags = ranges.b(slot)
    found.push({
      hva: addressOf(ranges.first(slot)),
      size: addressOf(ranges.last(slot) - ranges.first(slot) + 1),
      pages: MODES[flags & MODE_MASK] ?? '2M',
      guest: (flags & GUEST) !== 0,
      readOnly: (flags & READ_ONLY) !== 0,
      guessed: (flags & GUESSED) !== 0,
    })
  })
  return found
}

/** Host pages behind [first, last], all of which exist, as runs in ascending order. */
export function eachHostRun(machine: Machine, first: number, last: number, run: PageRun): void {
  const { ranges } = machine.bulk
  let page = first
  while (page <= last) {
    const slot = ranges.find(TREE.memory, page)
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

function guessPages(machine: Machine, page: number, last: number): number {
  const next = machine.bulk.ranges.firstFrom(TREE.memory, page)
  const end = next < 0 ? last : Math.min(last, machine.bulk.ranges.first(next) - 1)
  const size = addressOf(end - page + 1)
  machine.guess({
    name: `process memory ${hex(addressOf(page))}`,
    value: `0x${size.toString(16)} bytes, in pieces of 2 MiB`,
    number: null,
    role: null,
    directive: `#memory ${hex(addressOf(page))} 0x${size.toString(16)}`,
  })
  addPages(machine, page, end, GUESSED)
  return end
}

function addPages(machine: Machine, first: number, last: number, flags: number): void {
  machine.bulk.ranges.insert(TREE.memory, first, last, 0, flags)
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
