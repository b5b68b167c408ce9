/**
 * Preregistration by command: ranges of process memory pinned and charged once, ahead of mapping.
 *
 * Source: v1 section 2 (IOASID_REGISTER_MEMORY), R14, R16. A range knows how many mappings lie in it.
 */
import { charge, pin, uncharge, unpin } from './accounting'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { requireMemory } from './process-memory'
import { addressOf, lastByteOf, TREE } from './state'

/** Registers the pages [first, last] for a context. */
export function registerRange(machine: Machine, context: number, first: number, last: number): Outcome<null> {
  const { ranges } = machine.bulk
  const tree = TREE.prereg(context)
  const other = ranges.firstFrom(tree, first)
  if (other >= 0 && ranges.first(other) <= last)
    return refuse('register.overlap', {
      ...bytes(first, last),
      otherFirst: addressOf(ranges.first(other)),
      otherLast: lastByteOf(ranges.last(other)),
    })
  const memory = requireMemory(machine, first, last, false)
  if (!memory.ok) return refuse('register.fault', memory.values)
  const charged = charge(machine, last - first + 1, 'register.memlock')
  if (!charged.ok) return charged
  pin(machine, first, last)
  ranges.insert(tree, first, last, 0, 0)
  return answer(null)
}

export function unregisterRange(
  machine: Machine,
  context: number,
  first: number,
  last: number,
): Outcome<null> {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.prereg(context), first)
  if (slot < 0 || ranges.first(slot) !== first || ranges.last(slot) !== last)
    return refuse('unregister.not-exact', bytes(first, last))
  const mapped = ranges.a(slot)
  if (mapped > 0) return refuse('unregister.mapped', { ...bytes(first, last), mapped })
  dropRange(machine, context, first, last)
  return answer(null)
}

/** Takes every range of a context back; its mappings are gone already. */
export function unregisterAll(machine: Machine, context: number): void {
  const { ranges } = machine.bulk
  for (let slot = ranges.firstFrom(TREE.prereg(context), 0); slot >= 0; ) {
    dropRange(machine, context, ranges.first(slot), ranges.last(slot))
    slot = ranges.firstFrom(TREE.prereg(context), 0)
  }
}

/** True when the context has registered anything, which makes the check hold. */
export function hasRegistered(machine: Machine, context: number): boolean {
  return machine.bulk.ranges.count(TREE.prereg(context)) > 0
}

/** True when one registered range holds all of [first, last] (R16: not two side by side). */
export function isRegistered(machine: Machine, context: number, first: number, last: number): boolean {
  const slot = machine.bulk.ranges.find(TREE.prereg(context), first)
  return slot >= 0 && machine.bulk.ranges.last(slot) >= last
}

/** Counts a mapping in (1) or out (-1) of the range that holds `page`. */
export function countMapping(machine: Machine, context: number, page: number, by: 1 | -1): void {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.prereg(context), page)
  if (slot >= 0) ranges.update(slot, ranges.a(slot) + by, 0)
}

function dropRange(machine: Machine, context: number, first: number, last: number): void {
  machine.bulk.ranges.remove(TREE.prereg(context), first)
  unpin(machine, first, last)
  uncharge(machine, last - first + 1)
}

function bytes(first: number, last: number): { first: bigint; last: bigint } {
  return { first: addressOf(first), last: lastByteOf(last) }
}
