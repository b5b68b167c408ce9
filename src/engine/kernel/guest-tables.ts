/**
 * What a guest writes into a page table of its own, as bits in guest memory: the one mapper, working on
 * tables that lie where the guest's memory lies. The kernel learns nothing of it.
 */
import { hex } from '../bits'
import {
  clearRun,
  forEachLeaf,
  formatOf,
  inputPagesOf,
  mapRun,
  type TableKeeper,
  type TableRef,
  type TableSink,
} from '../pt'
import { CostRow } from '../trace/cost-row'
import type { EventBody } from '../trace/events'
import { giveGuestPage, guestHostPage, takeGuestPage } from './guest-ram'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { addressOf, permText } from './state'

/** 4 KiB pages: `pages` of the guest's virtual addresses from `page`, onto guest pages from `target`. */
export interface GuestRun {
  readonly root: bigint
  readonly page: number
  readonly pages: number
}

/** Writes entries that map a run; what stood there goes. `perm` bit 0 read, bit 1 write. */
export function guestMap(
  machine: Machine,
  run: GuestRun & { readonly target: number; readonly perm: number },
): Outcome<null> {
  const table = guestTable(machine, run)
  if (!table.ok) return table
  const sink = guestSink(machine, table.value, `maps ${hex(addressOf(run.page))} ${permText(run.perm)}`)
  const cleared = clearRun(machine.bulk, table.value, run, sink)
  if (cleared && mapRun(machine.bulk, table.value, run, sink)) return answer(null)
  return refuse('guest-table.no-memory', { gpa: run.root })
}

/** Clears the entries of a run. */
export function guestUnmap(machine: Machine, run: GuestRun): Outcome<null> {
  const table = guestTable(machine, run)
  if (!table.ok) return table
  const sink = guestSink(machine, table.value, `unmaps ${hex(addressOf(run.page))}`)
  if (clearRun(machine.bulk, table.value, run, sink)) return answer(null)
  return refuse('guest-table.no-memory', { gpa: run.root })
}

/** A run of pages that a guest's table maps: guest pages from `target`, rights as a leaf has them. */
export interface GuestMapping {
  readonly first: number
  readonly last: number
  readonly target: number
  /** Bit 0 read, bit 1 write. */
  readonly perm: number
}

/** What a guest's table says of the pages [first, last] as it stands, in runs as long as they can be. */
export function guestMappings(
  machine: Machine,
  root: bigint,
  within: { readonly first: number; readonly last: number },
): readonly GuestMapping[] {
  const table = guestTable(machine, { root, page: 0, pages: 1 })
  if (!table.ok) return []
  const found: GuestMapping[] = []
  const reader = { resolve: keeperOf(machine, new Map()).host }
  const take = (page: number, pages: number, target: number, perm: number): void => {
    const first = Math.max(page, within.first)
    const last = Math.min(page + pages - 1, within.last)
    const run = { first, last, target: target + (first - page), perm }
    const before = found.at(-1)
    if (before !== undefined && continues(before, run)) found[found.length - 1] = { ...before, last }
    else found.push(run)
  }
  forEachLeaf(machine.bulk, table.value, ({ page, pages, target, perm }) => take(page, pages, target, perm), {
    within,
    reader,
  })
  return found
}

function continues(before: GuestMapping, run: GuestMapping): boolean {
  const offset = run.first - before.first
  return before.last + 1 === run.first && before.target + offset === run.target && before.perm === run.perm
}

/** The input pages of the table at an address, both inclusive; null where no guest can write one there. */
export function guestTableSpan(machine: Machine, root: bigint): { first: number; last: number } | null {
  const table = guestTable(machine, { root, page: 0, pages: 1 })
  return table.ok ? inputPagesOf(table.value) : null
}

/** The table at an address: as it is bound, else in the format that the platform would take. */
function guestTable(machine: Machine, run: GuestRun): Outcome<TableRef> {
  const { root } = run
  const bound = [...machine.root.spaces.values()].find(space => space.userTable?.root === root)?.userTable
  const format = bound ?? machine.platform.userTable(machine.hwConfig, { format: null, addressBits: null })
  if ('problem' in format) return refuse('guest-table.none', { problem: format.problem })
  const ref = { id: bound?.id ?? 0, format: format.format, cfg: format.cfg, root: Number(root) }
  if (guestHostPage(machine, Number(root >> 12n)) === null)
    return refuse('guest-table.no-memory', { gpa: root })
  const input = inputPagesOf(ref)
  if (run.page < input.first || run.page + run.pages - 1 > input.last)
    return refuse('guest-table.range', { va: addressOf(run.page), last: addressOf(input.last) })
  return answer(ref)
}

/** Tells writes as the guest's, and counts nothing: counts are of the kernel's and the IOMMU's work. */
function guestSink(machine: Machine, table: TableRef, what: string): TableSink {
  const behind = new Map<number, number>()
  const names = formatOf(table.format).levelNames(table.cfg)
  const emit = (event: EventBody): void => {
    if (event.kind !== 'entries-written') return
    const { level, index, count, before, after, hpa } = event
    const gpa = BigInt(behind.get(Number(hpa >> 12n)) ?? 0) * 4096n + (hpa & 0xfffn)
    const place = `${names[level]}[${index}${count > 1 ? `..${index + count - 1}` : ''}]`
    machine.emit({ kind: 'guest-wrote', actor: 'guest', gpa, before, after, what: `${place} ${what}` })
  }
  return { events: { on: machine.events.on, emit }, costs: new CostRow(), keeper: keeperOf(machine, behind) }
}

/** `behind` learns which guest page each host page stands for. */
function keeperOf(machine: Machine, behind: Map<number, number>): TableKeeper {
  return {
    host: address => {
      const guest = Math.floor(address / 4096)
      const page = guestHostPage(machine, guest)
      if (page === null) return -1
      behind.set(page, guest)
      return page * 4096
    },
    take: () => {
      const page = takeGuestPage(machine)
      return page === null ? -1 : page * 4096
    },
    give: address => giveGuestPage(machine, Math.floor(address / 4096)),
  }
}
