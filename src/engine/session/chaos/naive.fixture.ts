/**
 * For tests: what a machine should be, worked out from areas and ranges alone, page by page. Reads no table, keeps no
 * cache and knows no dialect and no platform.
 */
import { hostPage, MODE_MASK, MODES } from '../../kernel/host-pages'
import type { Machine } from '../../kernel/machine'
import { AreaFlag, type SpaceRecord, TREE } from '../../kernel/state'
import { BITMAP } from '../../mem/layout'
import { formatOf, itemsOf, levelsOf, readTable, type TableRef, tableBytes } from '../../pt'

export interface Meaning {
  readonly host: number
  readonly perm: number
}

/** The host page behind a process page, or null. */
export function hostOf(machine: Machine, hva: number): number | null {
  const slot = machine.bulk.ranges.find(TREE.memory, hva)
  if (slot < 0) return null
  return hostPage(MODES[machine.bulk.ranges.b(slot) & MODE_MASK] ?? '2M', hva)
}

/** What a page of a kernel-managed space comes to, through all its parents, or null. */
export function meaning(machine: Machine, uid: number, page: number): Meaning | null {
  const { ranges } = machine.bulk
  const slot = ranges.find(TREE.areas(uid), page)
  if (slot < 0) return null
  const target = ranges.a(slot) + (page - ranges.first(slot))
  const perm = ranges.b(slot) & (AreaFlag.read | AreaFlag.write)
  const { parent } = machine.space(uid)
  if (parent !== null) {
    const above = meaning(machine, parent, target)
    return above === null ? null : { host: above.host, perm: above.perm & perm }
  }
  const host = hostOf(machine, target)
  return host === null ? null : { host, perm }
}

/** The addresses of a space that come to a process page, with the rights they have there. */
function addressesOf(machine: Machine, uid: number, hva: number): readonly Meaning[] {
  const { parent } = machine.space(uid)
  const wanted = parent === null ? [{ host: hva, perm: 3 }] : addressesOf(machine, parent, hva)
  const found: Meaning[] = []
  machine.bulk.ranges.forEachIn(TREE.areas(uid), 0, 2 ** 52 - 1, slot => {
    const { ranges } = machine.bulk
    const pages = ranges.last(slot) - ranges.first(slot)
    for (const { host: target, perm } of wanted)
      if (target >= ranges.a(slot) && target <= ranges.a(slot) + pages)
        found.push({ host: ranges.first(slot) + (target - ranges.a(slot)), perm: perm & ranges.b(slot) })
  })
  return found
}

/** The rights with which a space gives a process page to whoever is above it; 0 where it does not. */
export function granted(machine: Machine, uid: number, hva: number): number {
  return addressesOf(machine, uid, hva).reduce((rights, { perm }) => rights | perm, 0)
}

/** Pages charged and distinct pages pinned, counted anew from areas and registered ranges. */
export function accounts(machine: Machine): { readonly charged: number; readonly pinned: number } {
  const held: [first: number, last: number][] = []
  const { ranges } = machine.bulk
  const collect = (tree: number, holds: (slot: number) => [number, number] | null): void => {
    ranges.forEachIn(tree, 0, 2 ** 52 - 1, slot => {
      const range = holds(slot)
      if (range !== null) held.push(range)
    })
  }
  for (const { uid } of machine.root.spaces.values())
    collect(TREE.areas(uid), slot => {
      const last = ranges.a(slot) + ranges.last(slot) - ranges.first(slot)
      return ranges.b(slot) & AreaFlag.charged ? [ranges.a(slot), last] : null
    })
  for (const { uid } of machine.root.contexts.values())
    collect(TREE.prereg(uid), slot => [ranges.first(slot), ranges.last(slot)])
  const charged = held.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  let pinned = 0
  let upto = -1
  for (const [first, last] of held.sort((a, b) => a[0] - b[0])) {
    pinned += Math.max(0, last - Math.max(first, upto + 1) + 1)
    upto = Math.max(upto, last)
  }
  return { charged, pinned }
}

/** The frames of a table of the kernel's, found by decoding every item. */
export function framesOf(machine: Machine, ref: TableRef): readonly number[] {
  const { geometry, decode } = formatOf(ref.format)
  const shape = geometry(ref.cfg)
  const frames: number[] = []
  const visit = (hpa: number, level: number): void => {
    const count = Math.ceil(tableBytes(shape, level) / 4096)
    for (let k = 0; k < count; k++) frames.push(hpa / 4096 + k)
    if (level === 0) return
    for (const value of readTable(machine.bulk, ref, { hpa, level, count: itemsOf(shape, level) })) {
      if (value === 0n) continue
      const entry = decode(value, level, ref.cfg)
      if (entry.kind !== 'table' || entry.address === null) continue
      // Where entries may skip levels they say which comes next, the leaf level being 1.
      const next = entry.fields.NextLevel
      visit(Number(entry.address), next === undefined ? level - 1 : Number(next) - 1)
    }
  }
  visit(ref.root, levelsOf(shape) - 1)
  return frames
}

/** False for a frame that the allocator may give out. */
export const isOut = (machine: Machine, frame: number): boolean =>
  (((machine.bulk.words.data[BITMAP + (frame >>> 5)] ?? 0) >>> (frame & 31)) & 1) === 1

/** Spaces whose tables the kernel writes from areas. */
export const isMerged = (space: SpaceRecord): boolean =>
  (space.kind === 'kernel' || space.kind === 'passthrough') && space.userTable === null
