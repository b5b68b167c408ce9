/** The process memory behind an address of a space: through its areas and those of its parents. */
import type { Machine } from '../../kernel/machine'
import { addressOf, type SpaceRecord, TREE } from '../../kernel/state'

/** HVA of a page, or null where the space or a parent has no area for it. */
export function backingOf(machine: Machine, space: SpaceRecord, page: number): bigint | null {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.areas(space.uid), page)
  if (slot < 0) return null
  const target = ranges.a(slot) + (page - ranges.first(slot))
  return space.parent === null ? addressOf(target) : backingOf(machine, machine.space(space.parent), target)
}
