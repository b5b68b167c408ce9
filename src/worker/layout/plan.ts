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
  /** Rows of groups; those that never attach may stand in a lower one. */
  readonly groupRows: number
  /** The row of each group and device that is not in the first. */
  readonly lower: ReadonlyMap<string, number>
  /** The attachment of each device that goes straight up. */
  readonly straight: ReadonlySet<string>
}

interface Draft {
  readonly family: Family
  readonly homed: ReadonlyMap<string, readonly Group[]>
  /** Each device's attachment to its home, by device. */
  readonly toHome: ReadonlyMap<string, OutlineEdge>
  /** How many lines come in sideways, by space. */
  readonly bent: ReadonlyMap<string, number>
  readonly spaces: Map<string, SpacePlan>
  readonly groups: Map<string, Columns>
  readonly lower: Map<string, number>
}

/** `most`: columns beyond which groups that never attach are put into further rows. */
export function planColumns(
  nodes: readonly OutlineNode[],
  edges: readonly OutlineEdge[],
  most = Number.POSITIVE_INFINITY,
): Plan {
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
  placeGroups(draft)
  const count = Math.max(1, placeHomeless(draft, next, most))
  const { family, spaces, groups, lower } = draft
  const devices = devicesOf(draft)
  const groupRows = Math.max(0, ...lower.values()) + 1
  const straight = straightOnes(draft, devices)
  return { family, count, breaks, spaces, contexts, groups, devices, groupRows, lower, straight }
}

function draftOf(family: Family): Draft {
  const homed = new Map<string, Group[]>()
  for (const group of family.groups) {
    const home = family.homeOf.get(group.id)
    if (home !== undefined) append(homed, home, group)
  }
  const toHome = homeEdges(family)
  const bent = new Map<string, number>()
  for (const edge of family.attaches) {
    if (toHome.get(edge.from) !== edge) bent.set(edge.to, (bent.get(edge.to) ?? 0) + 1)
  }
  return { family, homed, toHome, bent, spaces: new Map(), groups: new Map(), lower: new Map() }
}

/** One a device: to its home, rather one that is drawn solid. */
function homeEdges({ groups, homeOf, attaches }: Family): Map<string, OutlineEdge> {
  const homeOfDevice = new Map(groups.flatMap(({ id, members }) => members.map(m => [m.id, homeOf.get(id)])))
  const chosen = new Map<string, OutlineEdge>()
  for (const edge of attaches) {
    if (homeOfDevice.get(edge.from) !== edge.to) continue
    const before = chosen.get(edge.from)
    if (before === undefined || (before.dashed && !edge.dashed)) chosen.set(edge.from, edge)
  }
  return chosen
}

/** Those whose device stands below the space it goes to. */
function straightOnes({ toHome, spaces }: Draft, devices: ReadonlyMap<string, number>): Set<string> {
  return new Set(
    [...toHome.values()].flatMap(({ id, from, to }) => {
      const [column, own] = [devices.get(from), spaces.get(to)?.own ?? null]
      return column !== undefined && own !== null && column >= own.first && column <= own.last ? [id] : []
    }),
  )
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
  let next = column + width
  for (const child of children) next = placeSpace(child, { column: next, depth: depth + 1 }, draft)
  const own = width === 0 ? null : { first: column, last: column + width - 1 }
  draft.spaces.set(id, { first: column, last: next - 1, depth, own })
  return next
}

/** A column for each device that hangs on the space: others of their groups may stand beside. */
function ownWidth(id: string, children: number, { homed, toHome, bent }: Draft): number {
  const members = (homed.get(id) ?? []).flatMap(group => group.members)
  const hanging = members.filter(member => toHome.has(member.id)).length
  const lines = bent.get(id) ?? 0
  return Math.max(hanging, Math.ceil(lines / PORTS_IN_COLUMN), children === 0 ? 1 : 0)
}

/** Each below its home, or as near to the right of it as there is room. */
function placeGroups({ homed, spaces, groups }: Draft): void {
  const homes = [...homed].flatMap(([id, list]) => {
    const own = spaces.get(id)?.own ?? null
    return own === null ? [] : [{ first: own.first, list }]
  })
  let next = 0
  for (const home of homes.sort((a, b) => a.first - b.first)) {
    next = Math.max(next, home.first)
    for (const { id, members } of home.list) {
      const last = next + Math.max(1, members.length) - 1
      groups.set(id, { first: next, last })
      next = last + 1
    }
  }
}

/** Groups that are never attached fill the columns without devices, then go to the right end, then below. */
function placeHomeless(draft: Draft, spaceColumns: number, most: number): number {
  const { family, groups } = draft
  const taken = new Set<number>()
  for (const { first, last } of groups.values()) for (let c = first; c <= last; c++) taken.add(c)
  let end = Math.max(spaceColumns, ...[...groups.values()].map(({ last }) => last + 1))
  const widest = Math.max(1, ...family.groups.map(({ members }) => members.length))
  const limit = Math.max(end, widest, most)
  const below: Group[] = []
  for (const group of family.groups) {
    const { id, members } = group
    if (groups.has(id)) continue
    const width = Math.max(1, members.length)
    const first = freeRun(taken, width, end) ?? end
    if (first + width > limit) {
      below.push(group)
      continue
    }
    for (let c = first; c < first + width; c++) taken.add(c)
    groups.set(id, { first, last: first + width - 1 })
    end = Math.max(end, first + width)
  }
  placeBelow(draft, below, Math.max(end, widest))
  return below.length === 0 ? end : Math.max(end, widest)
}

/** Row by row, each as full as the groups' order lets it be. */
function placeBelow({ groups, lower }: Draft, below: readonly Group[], columns: number): void {
  let [row, next] = [1, 0]
  for (const { id, members } of below) {
    const width = Math.max(1, members.length)
    if (next + width > columns) [row, next] = [row + 1, 0]
    groups.set(id, { first: next, last: next + width - 1 })
    for (const part of [id, ...members.map(member => member.id)]) lower.set(part, row)
    next += width
  }
}

function freeRun(taken: ReadonlySet<number>, width: number, columns: number): number | null {
  let run = 0
  for (let c = 0; c < columns; c++) {
    run = taken.has(c) ? 0 : run + 1
    if (run === width) return c - width + 1
  }
  return null
}

/** In a group those that hang on its home come first, so that they stand below it. */
function devicesOf({ family, groups, toHome }: Draft): Map<string, number> {
  return new Map(
    family.groups.flatMap(({ id, members }) => {
      const first = groups.get(id)?.first ?? 0
      const hanging = members.filter(member => toHome.has(member.id))
      const inOrder = [...hanging, ...members.filter(member => !toHome.has(member.id))]
      return inOrder.map((member, i): [string, number] => [member.id, first + i])
    }),
  )
}
