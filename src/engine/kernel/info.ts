/**
 * GET_INFO and LOOKUP: what a space can do, from platform and attached devices together, and what one
 * address of it means.
 *
 * Source: R36, R37; rfc 3 (permitted ranges).
 */
import type { AddressRange } from '../hw'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { permittedRanges, reservedRanges, spaceCaps } from './permitted'
import { addressOf, pageOf, permText, type SpaceRecord, TREE } from './state'

export interface SpaceInfo {
  readonly caps: readonly string[]
  readonly nesting: 'software' | 'hardware'
  /** Bit n set: pages of 2^n bytes. */
  readonly pageSizes: bigint
  readonly ranges: readonly AddressRange[]
  readonly formats: readonly string[]
  readonly pasidFormats: readonly string[]
  readonly children: number
}

export function spaceInfo(machine: Machine, space: SpaceRecord): SpaceInfo {
  const caps = spaceCaps(machine, space)
  const reserved = machine.policy['iova-report'] !== 'permitted'
  const hardware = caps.every(one => one.nesting.hardware)
  return {
    caps: ['type1-map', ...(hardware ? ['bind-pgtable'] : []), 'nesting'],
    nesting: hardware ? 'hardware' : 'software',
    pageSizes: caps.map(one => one.pageSizes).reduce((a, b) => a & b),
    ranges: reserved ? reservedRanges(machine, space) : permittedRanges(machine, space),
    formats: common(caps.map(one => one.userTableFormats)),
    pasidFormats: common(caps.map(one => one.pasidTableFormats)),
    children: space.children.length,
  }
}

/** What all lists hold. */
function common(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce((a, b) => a.filter(item => b.includes(item)))
}

/** One address of a space, in the terms of its output: process memory for a root, else the parent. */
export function lookup(
  machine: Machine,
  space: SpaceRecord,
  iova: bigint,
): Outcome<{ addr: bigint; perm: string }> {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.areas(space.uid), pageOf(iova))
  if (slot < 0) return refuse('lookup.hole', { ioasid: space.id, iova })
  const target = ranges.a(slot) + (pageOf(iova) - ranges.first(slot))
  return answer({ addr: addressOf(target) + (iova & 0xfffn), perm: permText(ranges.b(slot)) })
}
