/**
 * What an address space translates to, computed from areas alone: the truth that tables must show.
 *
 * A root's areas name process memory; a child's areas name addresses of its parent, so a child is read
 * through the chain of parents, rights are the AND of all, and a run is as long as all agree (R15).
 * No table is read here.
 */

import { eachHostRun } from './host-pages'
import { shownAreas } from './iommu/shown'
import type { Machine } from './machine'
import { AreaFlag, TREE } from './state'

/** Input page, host page, count, rights (bits of AreaFlag.read and write). */
export type TranslatedRun = (page: number, hostPage: number, pages: number, perm: number) => void

const RIGHTS = AreaFlag.read | AreaFlag.write

/** Calls `run` for every piece of [first, last] that the space translates, in ascending order. */
export function eachTranslation(
  machine: Machine,
  uid: number,
  range: { first: number; last: number; perm?: number },
  run: TranslatedRun,
): void {
  const { parent } = machine.space(uid)
  const rights = range.perm ?? RIGHTS
  eachArea(machine, uid, range, area => {
    const first = Math.max(range.first, area.first)
    const last = Math.min(range.last, area.last)
    const target = area.target + (first - area.first)
    const perm = area.perm & rights
    const back = (page: number, host: number, pages: number, got: number) => {
      if (got !== 0) run(first + (page - target), host, pages, got)
    }
    const targets = { first: target, last: target + (last - first) }
    if (parent === null)
      eachHostRun(machine, targets.first, targets.last, (p, host, n) => back(p, host, n, perm))
    else eachTranslation(machine, parent, { ...targets, perm }, back)
  })
}

interface Area {
  readonly first: number
  readonly last: number
  readonly target: number
  readonly perm: number
}

function eachArea(
  machine: Machine,
  uid: number,
  { first, last }: { readonly first: number; readonly last: number },
  visit: (area: Area) => void,
): void {
  const { io } = machine.space(uid)
  if (io !== undefined) {
    for (const area of shownAreas(machine, io, { first, last })) visit(area)
    return
  }
  const { ranges } = machine.bulk
  ranges.forEachIn(TREE.areas(uid), first, last, slot =>
    visit({
      first: ranges.first(slot),
      last: ranges.last(slot),
      target: ranges.a(slot),
      perm: ranges.b(slot),
    }),
  )
}

/** The first page of [first, last] that the space has no area for, or null where it covers all. */
export function firstHole(machine: Machine, uid: number, first: number, last: number): number | null {
  const { ranges } = machine.bulk
  for (let page = first; page <= last; ) {
    const slot = ranges.find(TREE.areas(uid), page)
    if (slot < 0) return page
    page = ranges.last(slot) + 1
  }
  return null
}
