/**
 * Pins and charges: pages pinned are counted once however often
 * they are pinned, pages charged add up against the memlock limit.
 *
 * Source: v1 section 2 (preregistration), R14; [M] for refusing instead of charging in part.
 */
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { RuleId } from './rules.data'
import { addressOf, TREE } from './state'
import { setTask, taskOf } from './tasks'

/** Charges `pages`, or refuses by `rule` and changes nothing. */
export function charge(
  machine: Machine,
  pages: number,
  rule: RuleId,
  task: number = machine.root.task,
): Outcome<null> {
  const { memlockPages: limit, accountedPages: accounted } = taskOf(machine, task)
  if (limit !== null && accounted + pages > limit) return refuse(rule, { pages, accounted, limit })
  account(machine, pages, task)
  return answer(null)
}

export function uncharge(machine: Machine, pages: number, task: number = machine.root.task): void {
  account(machine, -pages, task)
}

function account(machine: Machine, delta: number, task: number): void {
  const record = taskOf(machine, task)
  setTask(machine, { ...record, accountedPages: record.accountedPages + delta })
  const total = machine.root.accountedPages + delta
  machine.update({ accountedPages: total })
  machine.costs.add('accountedDelta', delta)
  machine.costs.add('accountedPages', delta)
  machine.emit({
    kind: 'charged',
    actor: 'kernel',
    who: 'process',
    delta,
    total,
    limit: record.memlockPages,
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
