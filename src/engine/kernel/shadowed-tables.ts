/**
 * A user's table shadowed in software: the kernel reads it when it is bound and at each invalidation, keeps what it
 * read as areas of the space, and writes them, merged with the parent's, into tables of its own. What the guest
 * changes without saying so is not seen.
 *
 * Source: rfc 8, shadow-user-tables=shadow-on-invalidate (review: the hooks of invalidation suffice). Not modelled:
 * accessed and dirty bits, which hardware would set in the guest's table; rights of a guest's upper levels.
 */
import { PLATFORMS, type UserTable } from '../hw'
import { type AreaRequest, areasMeeting, EVERY_PAGE, forgetArea, keepArea } from './areas'
import { guestMappings } from './guest-tables'
import type { Machine } from './machine'
import { answer, type Outcome } from './outcome'
import type { SpaceRecord } from './state'
import type { PageSpan } from './tables'

export const shadowsTables = (machine: Machine): boolean =>
  machine.policy['shadow-user-tables'] === 'shadow-on-invalidate'

/** A table that software reads: of the platform's own format, else of any that a platform here has. */
export function softwareTable(
  machine: Machine,
  format: string | null,
  addressBits: number | null,
): UserTable {
  const wish = { format, addressBits }
  const own = machine.platform.userTable(machine.hwConfig, wish)
  if (!('problem' in own)) return own
  const mine = format === null ? PLATFORMS.filter(one => one.id === machine.platform.id) : PLATFORMS
  for (const platform of mine) {
    const configured = platform.configure({}, [])
    const found = 'config' in configured ? platform.userTable(configured.config, wish) : own
    if (!('problem' in found)) return found
  }
  return own
}

/** Makes the areas of a space say what its user's table says of `span` now. */
export function rereadTable(
  machine: Machine,
  space: SpaceRecord,
  span: PageSpan = EVERY_PAGE,
): Outcome<null> {
  const { userTable } = space
  if (userTable === null) return answer(null)
  for (const area of areasMeeting(machine, space.uid, span)) {
    const gone = forgetArea(machine, space, area, 'invalidated')
    if (!gone.ok) return gone
    for (const rest of outside(area, span)) {
      const kept = keepArea(machine, space, rest)
      if (!kept.ok) return kept
    }
  }
  for (const run of guestMappings(machine, userTable.root, span)) {
    const kept = keepArea(machine, space, run)
    if (!kept.ok) return kept
  }
  return answer(null)
}

/** The parts of an area before and after a span. */
function outside(area: AreaRequest, span: PageSpan): readonly AreaRequest[] {
  const { first, last, target } = area
  const before = { ...area, last: Math.min(last, span.first - 1) }
  const from = Math.max(first, span.last + 1)
  return [before, { ...area, first: from, target: target + (from - first) }].filter(
    part => part.first <= part.last,
  )
}
