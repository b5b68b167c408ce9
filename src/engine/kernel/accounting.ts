/**
 * Pins and charges of the one process that the flow is: pages pinned are counted once however often
 * they are pinned, pages charged add up against the memlock limit.
 *
 * Source: v1 section 2 (preregistration), R14; [M] for refusing instead of charging in part.
 */
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { RuleId } from './rules.data'
import { addressOf, TREE } from './state'

/** Charges `pages`, or refuses by `rule` and changes nothing. */
export function charge(machine: Machine, pages: number, rule: RuleId): Outcome<null> {
  const limit = machine.limits.memlockPages
  const accounted = machine.root.accountedPages
  if (limit !== null && accounted + pages > limit) return refuse(rule, { pages, accounted, limit })
  setAccounted(machine, accounted + pages)
  return answer(null)
}

export function uncharge(machine: Machine, pages: number): void {
  setAccounted(machine, machine.root.accountedPages - pages)
}

function setAccounted(machine: Machine, total: number): void {
  const delta = total - machine.root.accountedPages
  machine.update({ accountedPages: total })
  machine.costs.add('accountedDelta', delta)
  machine.costs.add('accountedPages', delta)
  machine.emit({
    kind: 'charged',
    actor: 'kernel',
    who: 'process',
    delta,
    total,
    limit: machine.limits.memlockPages,
  })
}

/** Pins the process pages [first, last]; each distinct page counts once. */
export function pin(machine: Machine, first: number, last: number): void {
  const fresh = machine.bulk.refRanges.add(TREE.pins, first, last)
  machine.costs.add('pinsNew', fresh)
  machine.costs.add('pinnedPages', fresh)
  const pages = last - first + 1
  machine.emit({ kind: 'pinned', actor: 'kernel', hva: addressOf(first), pages, frames: fresh })
}

export function unpin(machine: Machine, first: number, last: number): void {
  const gone = machine.bulk.refRanges.drop(TREE.pins, first, last)
  machine.costs.add('pinnedPages', -gone)
  const pages = last - first + 1
  machine.emit({ kind: 'unpinned', actor: 'kernel', hva: addressOf(first), pages, frames: gone })
}

/** Distinct 4 KiB frames pinned now. */
export function pinnedPages(machine: Machine): number {
  return machine.bulk.refRanges.total(TREE.pins)
}
