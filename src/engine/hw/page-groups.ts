/**
 * Page requests as a unit keeps count of them: requests of one group of a device are answered together, once the last
 * has come (PCIe PRI). What a request looks like in memory, and which command answers it, is each platform's own.
 */
import type { PageRequest, PageRequestAsk } from './contract'

export interface PageGroup {
  readonly requests: readonly PageRequest[]
  /** The last request has come. */
  readonly complete: boolean
}

/** What a unit keeps of requests until they are answered. */
export interface Waiting<Group extends PageGroup = PageGroup> {
  /** Groups without answer, oldest first. */
  readonly groups: readonly Group[]
  /** Requester ids that a response `failure` silenced. */
  readonly silenced: readonly number[]
}

/** Groups of a device have 9 bits. */
const GROUPS = 512

/** A device's request, in the group it names or the lowest free one; or why the device keeps it back. */
export function formRequest({ groups, silenced }: Waiting, ask: PageRequestAsk): PageRequest | string {
  const { pasid, access, last = true } = ask
  const { rid } = ask.device
  if (silenced.includes(rid)) return 'a response switched its page requests off'
  const group = ask.group ?? freeGroup(groups, rid)
  if (group === null) return `all ${GROUPS} groups are waiting`
  return { rid, pasid, address: ask.address & ~0xfffn, access, group, last }
}

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

/** After a request was dropped: a last one takes along what is queued of its group. */
export const withoutDropped = <Group extends PageGroup>(
  groups: readonly Group[],
  made: PageRequest,
): readonly Group[] => groups.filter(group => !made.last || !isOfGroup(group, made))

/** After an answer to a group; one that silences the device ends all its groups. */
export function answered<Group extends PageGroup>(
  { groups, silenced }: Waiting<Group>,
  group: Group,
  silences: boolean,
): Waiting<Group> {
  const rid = group.requests[0]?.rid
  if (!silences || rid === undefined) return { groups: groups.filter(other => other !== group), silenced }
  return {
    groups: groups.filter(other => other !== group && other.requests[0]?.rid !== rid),
    silenced: [...silenced, rid],
  }
}

/** Whether a group is of a device's requests with this PASID, null for those without. */
export const isFrom =
  (rid: number, pasid: number | null) =>
  ({ requests: [first] }: PageGroup): boolean =>
    first?.rid === rid && first.pasid === pasid

/** The lowest number of a device that no group has; null where all have one. */
function freeGroup(groups: readonly PageGroup[], rid: number): number | null {
  const taken = new Set(groups.flatMap(({ requests: [first] }) => (first?.rid === rid ? [first.group] : [])))
  for (let group = 0; group < GROUPS; group++) if (!taken.has(group)) return group
  return null
}
