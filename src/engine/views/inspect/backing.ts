/** The process memory behind an address of a space: through its areas and those of its parents. */
import { areaAt } from '../../kernel/areas'
import type { Machine } from '../../kernel/machine'
import { addressOf, type SpaceRecord } from '../../kernel/state'

/** HVA of a page, or null where the space or a parent has no area for it. */
export function backingOf(machine: Machine, space: SpaceRecord, page: number): bigint | null {
  const area = areaAt(machine, space.uid, page)
  if (area === null) return null
  const target = area.target + (page - area.first)
  return space.parent === null ? addressOf(target) : backingOf(machine, machine.space(space.parent), target)
}
