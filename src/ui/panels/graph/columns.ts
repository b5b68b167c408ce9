/**
 * Who stands in which column. A space gets a column of its own unless nothing is ever attached to it
 * and it has children: then it lies over the columns of its children. So a device's edge goes straight
 * up to its space and crosses no other. Devices follow the space they were last attached to; groups stay whole.
 */
import type { OutlineEdge, OutlineNode } from './layout-types'

/** Columns first to last, both inclusive. */
export interface Columns {
  readonly first: number
  readonly last: number
}

export interface SpacePlace extends Columns {
  /** 0 for a root, one more for each parent above. */
  readonly depth: number
}

export interface ColumnPlan {
  readonly count: number
  readonly spaces: ReadonlyMap<string, SpacePlace>
  readonly contexts: ReadonlyMap<string, Columns>
  readonly devices: ReadonlyMap<string, Columns>
  readonly groups: ReadonlyMap<string, Columns>
}

interface Family {
  readonly parentOf: ReadonlyMap<string, string>
  readonly childrenOf: (id: string) => readonly OutlineNode[]
  readonly attached: ReadonlySet<string>
}

export function planColumns(nodes: readonly OutlineNode[], edges: readonly OutlineEdge[]): ColumnPlan {
  const spaces = new Map<string, SpacePlace>()
  const contexts = new Map<string, Columns>()
  const family = familyOf(nodes, edges)
  let next = 0
  for (const { context, roots } of contextsOf(nodes, family)) {
    const first = next
    for (const root of roots) next = placeSpace(root, { column: next, depth: 0 }, family, spaces)
    if (next === first) next += 1
    if (context !== null) contexts.set(context, { first, last: next - 1 })
  }
  const spaceColumns = next
  const { devices, groups, count } = placeDevices(nodes, edges, spaces)
  const plan = { count: Math.max(spaceColumns, count, 1), spaces, contexts, devices, groups }
  return widenLoneColumn(plan, spaceColumns)
}

function familyOf(nodes: readonly OutlineNode[], edges: readonly OutlineEdge[]): Family {
  const nests = edges.filter(edge => edge.kind === 'nest')
  const parentOf = new Map(nests.map(edge => [edge.from, edge.to]))
  const attached = new Set(edges.filter(edge => edge.kind === 'attach').map(edge => edge.to))
  const childrenOf = (id: string) =>
    nodes.filter(node => node.kind === 'space' && parentOf.get(node.id) === id)
  return { parentOf, childrenOf, attached }
}

function contextsOf(nodes: readonly OutlineNode[], { parentOf }: Family) {
  const roots = nodes.filter(node => node.kind === 'space' && !parentOf.has(node.id))
  const contexts = nodes.filter(node => node.kind === 'context')
  const homeless = roots.filter(root => !contexts.some(context => context.id === root.inside))
  const homes = contexts.map(({ id }) => ({ context: id, roots: roots.filter(root => root.inside === id) }))
  return homeless.length === 0 ? homes : [...homes, { context: null, roots: homeless }]
}

/** Returns the first column still free. */
function placeSpace(
  space: OutlineNode,
  at: { readonly column: number; readonly depth: number },
  family: Family,
  places: Map<string, SpacePlace>,
): number {
  if (places.has(space.id)) return at.column
  const { column, depth } = at
  places.set(space.id, { first: column, last: column, depth })
  const children = family.childrenOf(space.id)
  const own = children.length === 0 || family.attached.has(space.id)
  let next = own ? column + 1 : column
  for (const child of children) next = placeSpace(child, { column: next, depth: depth + 1 }, family, places)
  next = Math.max(next, column + 1)
  if (!own) places.set(space.id, { first: column, last: next - 1, depth })
  return next
}

function placeDevices(
  nodes: readonly OutlineNode[],
  edges: readonly OutlineEdge[],
  spaces: ReadonlyMap<string, SpacePlace>,
) {
  const wanted = new Map<string, number>()
  for (const edge of edges) {
    const place = edge.kind === 'attach' ? spaces.get(edge.to) : undefined
    if (place !== undefined) wanted.set(edge.from, place.first)
  }
  const devices = new Map<string, Columns>()
  const groups = new Map<string, Columns>()
  let next = 0
  for (const { group, members } of groupsByWish(nodes, wanted)) {
    const first = Math.max(next, wanted.get(members[0]?.id ?? '') ?? next)
    members.forEach((member, i) => {
      devices.set(member.id, { first: first + i, last: first + i })
    })
    next = first + Math.max(members.length, 1)
    if (group !== null) groups.set(group, { first, last: next - 1 })
  }
  return { devices, groups, count: next }
}

function groupsByWish(nodes: readonly OutlineNode[], wanted: ReadonlyMap<string, number>) {
  const far = Number.POSITIVE_INFINITY
  const wish = (node: OutlineNode | undefined) => wanted.get(node?.id ?? '') ?? far
  const devices = nodes.filter(node => node.kind === 'device')
  const ids: (string | null)[] = nodes.filter(node => node.kind === 'group').map(node => node.id)
  if (devices.some(device => !ids.includes(device.inside))) ids.push(null)
  return ids
    .map(group => {
      const members = devices.filter(device =>
        group === null ? !ids.includes(device.inside) : device.inside === group,
      )
      members.sort((a, b) => compare(wish(a), wish(b)) || a.order - b.order)
      return { group, members }
    })
    .sort((a, b) => compare(wish(a.members[0]), wish(b.members[0])))
}

/** Infinity minus infinity is no number, so a plain difference will not do. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** One column of spaces over several of devices lies over all of them. */
function widenLoneColumn(plan: ColumnPlan, spaceColumns: number): ColumnPlan {
  if (spaceColumns !== 1 || plan.count === 1) return plan
  const wide = { first: 0, last: plan.count - 1 }
  return {
    ...plan,
    spaces: new Map([...plan.spaces].map(([id, place]) => [id, { ...place, ...wide }])),
    contexts: new Map([...plan.contexts].map(([id]) => [id, wide])),
  }
}
