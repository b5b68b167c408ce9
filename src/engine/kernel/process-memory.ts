/**
 * The process's own memory: which virtual pages exist, as the flow declares them or as they are needed. The
 * host pages behind them are those of host-pages.ts.
 *
 * Not modelled: swapping, copy on write, file mappings, NUMA, a page that moves.
 */

import { hex } from '../bits'
import { type BackingPages, GONE, MODE_MASK, MODES, READ_ONLY } from './host-pages'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { extendProcessTable } from './process-table'
import { addressOf, FIRST_TASK, pageOf, TREE } from './state'

export interface MemoryRegion {
  readonly hva: bigint
  /** Bytes, a multiple of 4 KiB. */
  readonly size: bigint
  readonly pages: BackingPages
  readonly guest: boolean
  readonly readOnly: boolean
}

const GUEST = 8
const GUESSED = 16

export function addMemory(machine: Machine, region: MemoryRegion): void {
  const first = pageOf(region.hva)
  const last = first + pageOf(region.size) - 1
  const flags = MODES.indexOf(region.pages) | (region.readOnly ? READ_ONLY : 0) | (region.guest ? GUEST : 0)
  addPages(machine, first, last, flags)
}

/** True where [first, last] meets memory that exists already. */
export function memoryOverlaps(machine: Machine, first: number, last: number): boolean {
  const { ranges } = machine.bulk
  const slot = ranges.firstFrom(TREE.memoryOf(machine.root.task), first)
  return slot >= 0 && ranges.first(slot) <= last
}

/**
 * Makes sure that every page of [first, last] exists and may be used that way. Where the flow says
 * nothing of memory, missing pages come to be and the guess is told.
 */
export function requireMemory(
  machine: Machine,
  first: number,
  last: number,
  write: boolean,
  task: number = machine.root.task,
): Outcome<null> {
  const tree = TREE.memoryOf(task)
  let page = first
  while (page <= last) {
    const slot = machine.bulk.ranges.find(tree, page)
    if (slot >= 0 && machine.bulk.ranges.b(slot) & GONE)
      return refuse('map.fault', { vaddr: addressOf(page) })
    if (slot < 0) {
      if (!machine.limits.guessMemory || task !== FIRST_TASK)
        return refuse('map.fault', { vaddr: addressOf(page) })
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

function guessPages(machine: Machine, page: number, last: number): number {
  const next = machine.bulk.ranges.firstFrom(TREE.memory, page)
  const end = next < 0 ? last : Math.min(last, machine.bulk.ranges.first(next) - 1)
  const size = addressOf(end - page + 1)
  machine.guess({
    name: `process memory ${hex(addressOf(page))}`,
    value: `${hex(size)} bytes, in pieces of 2 MiB`,
    number: null,
    role: null,
    directive: `#memory ${hex(addressOf(page))} ${hex(size)}`,
  })
  addPages(machine, page, end, GUESSED)
  return end
}

function addPages(machine: Machine, first: number, last: number, flags: number): void {
  machine.bulk.ranges.insert(TREE.memoryOf(machine.root.task), first, last, 0, flags)
  extendProcessTable(machine, first, last)
}
