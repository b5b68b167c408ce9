/**
 * Who stands in which column. A space has columns of its own for what attaches to it, and its children
 * stand beside those, a row lower; it lies over all of them. So a device's line goes straight up to its
 * space and a child's to its parent, and they cross nothing.
 */
import { append, type Family, familyOf, type Group } from './family'
import { PORTS_IN_COLUMN } from './metrics.data'
import type { OutlineEdge, OutlineNode } from './types'

/** Columns first to last, both inclusive. */
export interface Columns {
  readonly first: number
  readonly last: number
}

export interface SpacePlan extends Columns {
  /** 0 for a root, one more for each parent above. */
  readonly depth: number
  /** The columns below which nothing stands but devices, or null where nothing attaches. */
  readonly own: Columns | null
}

export interface Plan {
  readonly family: Family
  readonly count: number
  /** The first column of each context but the first: contexts stand a little further apart. */
  readonly breaks: readonly number[]
  readonly spaces: ReadonlyMap<string, SpacePlan>
  readonly contexts: ReadonlyMap<string, Columns>
  readonly groups: ReadonlyMap<string, Columns>
  readonly devices: ReadonlyMap<string, number>
  /** The attachment of each device that goes straight up. */
  readonly straight: ReadonlySet<string>
}

interface Draft {
  readonly family: Family
  readonly homed: ReadonlyMap<string, readonly Group[]>
  readonly straight: ReadonlySet<string>
  /** How many lines come in sideways, by space. */
  readonly bent: ReadonlyMap<string, number>
  readonly spaces: Map<string, SpacePlan>
  readonly groups: Map<string, Columns>
}

export function planColumns(nodes: readonly OutlineNode[], edges: readonly OutlineEdge[]): Plan {
  const draft = draftOf(familyOf(nodes, edges))
  const contexts = new Map<string, Columns>()
  const breaks: number[] = []
  let next = 0
  for (const { context, roots } of contextsOf(nodes, draft.family)) {
    const first = next
    if (first > 0) breaks.push(first)
    for (const root of roots) next = placeSpace(root, { column: next, depth: 0 }, draft)
    next = Math.max(next, first + 1)
    if (context !== null) contexts.set(context, { first, last: next - 1 })
  }
  const count = Math.max(1, placeHomeless(draft, next))
  const { family, spaces, groups, straight } = draft
  return { family, count, breaks, spaces, contexts, groups, devices: devicesOf(draft), straight }
}

function draftOf(family: Family): Draft {
  const homed = new Map<string, Group[]>()
  for (const group of family.groups) {
    const home = family.homeOf.get(group.id)
    if (home !== undefined) append(homed, home, group)
  }
  const straight = straightOnes(family)
  const bent = new Map<string, number>()
  for (const { id, to } of family.attaches) if (!straight.has(id)) bent.set(to, (bent.get(to) ?? 0) + 1)
  return { family, homed, straight, bent, spaces: new Map(), groups: new Map() }
}

/** One a device: to its home, rather one that is drawn solid. */
function straightOnes({ groups, homeOf, attaches }: Family): Set<string> {
  const homeOfDevice = new Map(groups.flatMap(({ id, members }) => members.map(m => [m.id, homeOf.get(id)])))
  const chosen = new Map<string, OutlineEdge>()
  for (const edge of attaches) {
    if (homeOfDevice.get(edge.from) !== edge.to) continue
    const before = chosen.get(edge.from)
    if (before === undefined || (before.dashed && !edge.dashed)) chosen.set(edge.from, edge)
  }
  return new Set([...chosen.values()].map(edge => edge.id))
}

function contextsOf(nodes: readonly OutlineNode[], { spaces, parentOf }: Family) {
  const contexts = nodes.filter(node => node.kind === 'context')
  const known = new Set(contexts.map(context => context.id))
  const roots = new Map<string | null, OutlineNode[]>()
  for (const space of spaces) {
    if (parentOf.has(space.id)) continue
    append(roots, space.inside !== null && known.has(space.inside) ? space.inside : null, space)
  }
  const homes: { context: string | null; roots: readonly OutlineNode[] }[] = contexts.map(({ id }) => {
    return { context: id, roots: roots.get(id) ?? [] }
  })
  const homeless = roots.get(null)
  return homeless === undefined ? homes : [...homes, { context: null, roots: homeless }]
}

/** Returns the first column still free. */
function placeSpace(
  { id }: OutlineNode,
  { column, depth }: { readonly column: number; readonly depth: number },
  draft: Draft,
): number {
  const children = draft.family.childrenOf.get(id) ?? []
  const width = ownWidth(id, children.length, draft)
  placeGroups(draft.homed.get(id) ?? [], column, draft.groups)
  let next = column + width
  for (const child of children) next = placeSpace(child, { column: next, depth: depth + 1 }, draft)
  const own = width === 0 ? null : { first: column, last: column + width - 1 }
  draft.spaces.set(id, { first: column, last: next - 1, depth, own })
  return next
}

function ownWidth(id: string, children: number, { homed, bent }: Draft): number {
  const groups = homed.get(id) ?? []
  const lines = bent.get(id) ?? 0
  return Math.max(widthOf(groups), Math.ceil(lines / PORTS_IN_COLUMN), children === 0 ? 1 : 0)
}

const widthOf = (groups: readonly Group[]) =>
  groups.reduce((sum, { members }) => sum + Math.max(1, members.length), 0)

function placeGroups(groups: readonly Group[], column: number, places: Map<string, Columns>): void {
  let first = column
  for (const { id, members } of groups) {
    const last = first + Math.max(1, members.length) - 1
    places.set(id, { first, last })
    first = last + 1
  }
}

/** Groups that are never attached fill the columns without devices, then go to the right end. */
function placeHomeless({ family, groups }: Draft, spaceColumns: number): number {
  const taken = new Set<number>()
  for (const { first, last } of groups.values()) for (let c = first; c <= last; c++) taken.add(c)
  let end = spaceColumns
  for (const { id, members } of family.groups) {
    if (groups.has(id)) continue
    const width = Math.max(1, members.length)
    const first = freeRun(taken, width, spaceColumns) ?? end
    for (let c = first; c < first + width; c++) taken.add(c)
    groups.set(id, { first, last: first + width - 1 })
    end = Math.max(end, first + width)
  }
  return end
}

function freeRun(taken: ReadonlySet<number>, width: number, columns: number): number | null {
  let run = 0
  for (let c = 0; c < columns; c++) {
    run = taken.has(c) ? 0 : run + 1
    if (run === width) return c - width + 1
  }
  return null
}

function devicesOf({ family, groups }: Draft): Map<string, number> {
  return new Map(
    family.groups.flatMap(({ id, members }) => {
      const first = groups.get(id)?.first ?? 0
      return members.map((member, i): [string, number] => [member.id, first + i])
    }),
  )
}
