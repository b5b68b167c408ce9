/**
 * The guest's memory as the guest sees it: which page of the host is behind a guest page, and pages that the
 * guest takes for tables.
 *
 * Guest memory is what `#memory .. guest` declares; where the flow says nothing, it is what the oldest root
 * with areas maps (R4), or mapped when a VMM took note of it. Tables are taken down from the top of what of it
 * a root maps, as a table elsewhere could not be walked.
 */
import { areaCount, areasMeeting, EVERY_PAGE } from './areas'
import { eachHostRun } from './host-pages'
import type { Machine } from './machine'
import type { GuestRam, SpaceRecord } from './state'
import { eachTranslation } from './translation'

/** As `GuestRam`; null where a space maps it. */
type GuestRange = Omit<GuestRam, 'hva'> & { readonly hva: number | null }

/** Host page behind a guest page, or null. */
export function guestHostPage(machine: Machine, page: number): number | null {
  const range = guestRanges(machine).find(one => one.first <= page && page <= one.last)
  if (range === undefined) return null
  let found: number | null = null
  const take = (_: number, host: number): void => {
    found ??= host
  }
  const root = guestRoot(machine)
  if (range.hva !== null)
    eachHostRun(machine, range.hva + (page - range.first), range.hva + (page - range.first), take)
  else if (root !== null) eachTranslation(machine, root.uid, { first: page, last: page }, take)
  return found
}

function guestRanges(machine: Machine): readonly GuestRange[] {
  const known = knownRam(machine)
  if (known.length > 0) return known
  const root = guestRoot(machine)
  if (root === null) return []
  return areasMeeting(machine, root.uid, EVERY_PAGE).map(({ first, last }) => ({ first, last, hva: null }))
}

const knownRam = (machine: Machine): readonly GuestRam[] =>
  machine.limits.guestRam.length > 0 ? machine.limits.guestRam : machine.root.guestRam

/**
 * A VMM takes note of what guest memory is, so that it stays known when the space that told it is gone. What the flow
 * declares is never replaced.
 */
export function noteGuestRam(machine: Machine): void {
  const root = guestRoot(machine)
  if (root === null || knownRam(machine).length > 0) return
  const guestRam = areasMeeting(machine, root.uid, EVERY_PAGE).map(({ first, last, target }) => ({
    first,
    last,
    hva: target,
  }))
  machine.update({ guestRam })
}

/** Process memory behind guest pages: HVA page, count. Pages without any are left out. */
export type GuestRun = (page: number, hva: number, pages: number) => void

/** Calls `run` for the pieces of [first, last] that are guest memory, in ascending order. */
export function eachGuestRun(machine: Machine, first: number, last: number, run: GuestRun): void {
  const ranges = [...knownRam(machine)].sort((a, b) => a.first - b.first)
  for (const range of ranges) {
    const from = Math.max(first, range.first)
    const to = Math.min(last, range.last)
    if (from <= to) run(from, range.hva + (from - range.first), to - from + 1)
  }
}

/** The first page of process memory behind guest pages [first, last]; null where it is not all there in one piece. */
export function guestHvaPage(machine: Machine, first: number, last: number): number | null {
  const runs: { page: number; hva: number; pages: number }[] = []
  eachGuestRun(machine, first, last, (page, hva, pages) => runs.push({ page, hva, pages }))
  const [start] = runs
  if (start === undefined) return null
  const inOne = runs.every(run => run.hva - start.hva === run.page - first)
  const pages = runs.reduce((sum, run) => sum + run.pages, 0)
  return inOne && pages === last - first + 1 ? start.hva : null
}

/** The guest page that a page of process memory is behind, or null. */
export function guestPageOf(machine: Machine, hva: number): number | null {
  const range = knownRam(machine).find(one => one.hva <= hva && hva <= one.hva + (one.last - one.first))
  return range === undefined ? null : range.first + (hva - range.hva)
}

/** The oldest root that maps anything: what the guest calls its physical memory. */
export function guestRoot(machine: Machine): SpaceRecord | null {
  const roots = [...machine.root.spaces.values()].filter(
    space => space.parent === null && space.kind !== 'dummy',
  )
  return roots.find(space => areaCount(machine, space) > 0) ?? null
}

/** Guests keep this many pages at the top for top tables, which flows name; tables below those lie lower. */
const ROOT_PAGES = 256
/** Where no memory is known yet: the top of 1 GiB. */
const DEFAULT_TOP = 0x3_ffff

/** The page of a guest's `nth` top table, from the top of its memory down. */
export function guestRootPage(machine: Machine, nth: number): number {
  return (topRange(machine)?.last ?? DEFAULT_TOP) - nth
}

/** Pages kept for one PASID table: as many as a platform's own choice of shape takes. */
const PASID_TABLE_PAGES = 16

/** The first page of a guest's `nth` PASID table: below its top tables, from the lower end of their room up. */
export function guestPasidTablePage(machine: Machine, nth: number): number {
  const { first, last } = topRange(machine) ?? { first: 0, last: DEFAULT_TOP }
  const room = last + 1 - Math.min(ROOT_PAGES, Math.floor((last - first + 1) / 2))
  return Math.ceil(room / PASID_TABLE_PAGES) * PASID_TABLE_PAGES + nth * PASID_TABLE_PAGES
}

/**
 * The first of `pages` pages (a power of two) that hold nothing and lie side by side, aligned to their size; null
 * where guest memory is at its end. Pages passed over stay free.
 */
export function takeGuestPages(machine: Machine, pages: number): number | null {
  if (pages === 1) return takeGuestPage(machine)
  const top = topRange(machine)
  if (top === null) return null
  const below = Math.min(ROOT_PAGES, Math.floor((top.last - top.first + 1) / 2))
  const { next, free } = machine.root.guestPages
  const from = Math.min(next ?? top.last, top.last - below)
  const first = Math.floor((from + 1) / pages) * pages - pages
  if (first < top.first) return null
  const passed = Array.from({ length: from + 1 - pages - first }, (_, k) => first + pages + k)
  machine.update({ guestPages: { next: first - 1, free: [...free, ...passed] } })
  for (let page = first; page < first + pages; page++) clearPage(machine, page)
  return first
}

/** A page that holds nothing, for a table; null where guest memory is at its end. */
export function takeGuestPage(machine: Machine): number | null {
  const top = topRange(machine)
  if (top === null) return null
  const below = Math.min(ROOT_PAGES, Math.floor((top.last - top.first + 1) / 2))
  const { next, free } = machine.root.guestPages
  const page = free.at(-1) ?? Math.min(next ?? top.last, top.last - below)
  if (page < top.first) return null
  const rest = free.length > 0 ? { next, free: free.slice(0, -1) } : { next: page - 1, free }
  machine.update({ guestPages: rest })
  clearPage(machine, page)
  return page
}

/** The guest needs a table no more. */
export function giveGuestPage(machine: Machine, page: number): void {
  const { next, free } = machine.root.guestPages
  machine.update({ guestPages: { next, free: [...free, page] } })
}

/** The largest piece: windows of devices are mapped beside memory, and are small. */
function topRange(machine: Machine): GuestRange | null {
  const mapped = mappedRam(machine)
  const ranges = joined(mapped.length > 0 ? mapped : guestRanges(machine))
  const largest = Math.max(...ranges.map(({ first, last }) => last - first))
  return ranges.find(({ first, last }) => last - first === largest) ?? null
}

/** What the oldest root that maps known guest memory, page for page, has of it: R4's guest RAM. */
function mappedRam(machine: Machine): readonly GuestRam[] {
  const known = knownRam(machine)
  for (const { uid, parent, kind } of machine.root.spaces.values()) {
    if (known.length === 0 || parent !== null || kind === 'dummy') continue
    const found = areasMeeting(machine, uid, EVERY_PAGE).flatMap(({ first, last, target }) =>
      known.flatMap(range => {
        if (target - first !== range.hva - range.first) return []
        const from = Math.max(first, range.first)
        const to = Math.min(last, range.last)
        return from > to ? [] : [{ first: from, last: to, hva: range.hva + (from - range.first) }]
      }),
    )
    if (found.length > 0) return found
  }
  return []
}

/** Pieces in ascending order, those that touch as one: guest memory mapped in parts is one memory. */
function joined(ranges: readonly GuestRange[]): readonly GuestRange[] {
  const found: GuestRange[] = []
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = found.at(-1)
    if (before !== undefined && before.last + 1 === range.first)
      found[found.length - 1] = { ...before, last: range.last }
    else found.push(range)
  }
  return found
}

function clearPage(machine: Machine, page: number): void {
  const host = guestHostPage(machine, page)
  if (host === null) return
  const zeros = new Uint8Array(4096)
  if (machine.bulk.memory.readBytes(host * 4096, 4096).some(byte => byte !== 0))
    machine.bulk.memory.writeBytes(host * 4096, zeros)
}
