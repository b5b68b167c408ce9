/**
 * Page requests as a unit keeps count of them: requests of one group of a device are answered together, once the last
 * has come (PCIe PRI). What a request looks like in memory, and which command answers it, is each platform's own.
 */
import type { PageRequest } from './contract'

export interface PageGroup {
  readonly requests: readonly PageRequest[]
  /** The last request has come. */
  readonly complete: boolean
}

/** Groups of a device have 9 bits. */
const GROUPS = 512

export const ALL_WAITING = `all ${GROUPS} groups are waiting`
export const SILENCED = 'a response switched its page requests off'

export const isOfGroup = (
  { requests: [first] }: PageGroup,
  of: { readonly rid: number; readonly group: number },
): boolean => first?.rid === of.rid && first.group === of.group

/** The request in its group; `begin` makes of a first request what the unit keeps. */
export function joinGroup<Group extends PageGroup>(
  groups: readonly Group[],
  made: PageRequest,
  begin: (group: PageGroup) => Group,
): readonly Group[] {
  const at = groups.findIndex(group => !group.complete && isOfGroup(group, made))
  const before = groups[at]
  const counted = { requests: [...(before?.requests ?? []), made], complete: made.last }
  return before === undefined ? [...groups, begin(counted)] : groups.with(at, { ...before, ...counted })
}

/** The lowest number of a device that no group has; null where all have one. */
export function freeGroup(groups: readonly PageGroup[], rid: number): number | null {
  const taken = new Set(groups.flatMap(({ requests: [first] }) => (first?.rid === rid ? [first.group] : [])))
  for (let group = 0; group < GROUPS; group++) if (!taken.has(group)) return group
  return null
}
