/** Who belongs to whom in a graph: children to parents, devices to groups, groups to the space they live under. */
import type { OutlineEdge, OutlineNode } from './types'

/** Devices that stand side by side in one frame, or one device (or bundle) without a frame. */
export interface Group {
  /** The group's own id, or that of its only member. */
  readonly id: string
  readonly members: readonly OutlineNode[]
}

export interface Family {
  /** Every space and bundle of spaces, in order. */
  readonly spaces: readonly OutlineNode[]
  readonly parentOf: ReadonlyMap<string, string>
  readonly childrenOf: ReadonlyMap<string, readonly OutlineNode[]>
  readonly groups: readonly Group[]
  /** The space under which a group stands: the one most of its devices were last attached to, rather by RID. */
  readonly homeOf: ReadonlyMap<string, string>
  readonly attaches: readonly OutlineEdge[]
}

export function isSpace({ kind, variant }: Pick<OutlineNode, 'kind' | 'variant'>): boolean {
  return kind === 'space' || kind === 'object' || (kind === 'bundle' && variant === 'spaces')
}

export function isDevice({ kind, variant }: Pick<OutlineNode, 'kind' | 'variant'>): boolean {
  return kind === 'device' || (kind === 'bundle' && variant === 'devices')
}

export function familyOf(nodes: readonly OutlineNode[], edges: readonly OutlineEdge[]): Family {
  const spaces = nodes.filter(isSpace)
  const known = new Map(nodes.map(node => [node.id, node]))
  const attaches = edges.filter(({ kind, from, to }) => {
    const [device, space] = [known.get(from), known.get(to)]
    return (
      (kind === 'attach' || kind === 'ref') &&
      device !== undefined &&
      space !== undefined &&
      isDevice(device) &&
      isSpace(space)
    )
  })
  const parentOf = parents(spaces, edges)
  const groups = groupsOf(nodes)
  const homeOf = homes(groups, attaches)
  return { spaces, parentOf, childrenOf: childrenBy(spaces, parentOf), groups, homeOf, attaches }
}

/** Only within one context, and never in a circle. */
function parents(spaces: readonly OutlineNode[], edges: readonly OutlineEdge[]): Map<string, string> {
  const known = new Map(spaces.map(space => [space.id, space]))
  const parentOf = new Map<string, string>()
  for (const { kind, from, to } of edges) {
    const [child, parent] = [known.get(from), known.get(to)]
    if (kind !== 'nest' || child === undefined || parent === undefined || parentOf.has(from)) continue
    if (child.inside === parent.inside && !descends(to, from, parentOf)) parentOf.set(from, to)
  }
  return parentOf
}

function descends(id: string, ancestor: string, parentOf: ReadonlyMap<string, string>): boolean {
  for (let at: string | undefined = id; at !== undefined; at = parentOf.get(at)) {
    if (at === ancestor) return true
  }
  return false
}

function childrenBy(spaces: readonly OutlineNode[], parentOf: ReadonlyMap<string, string>) {
  const children = new Map<string, OutlineNode[]>()
  for (const space of spaces) {
    const parent = parentOf.get(space.id)
    if (parent !== undefined) append(children, parent, space)
  }
  return children
}

function groupsOf(nodes: readonly OutlineNode[]): Group[] {
  const frames = new Set(nodes.filter(node => node.kind === 'group').map(node => node.id))
  const members = new Map<string, OutlineNode[]>([...frames].map(id => [id, []]))
  for (const node of nodes) {
    if (!isDevice(node)) continue
    const inFrame = node.inside !== null && frames.has(node.inside)
    append(members, inFrame ? (node.inside ?? node.id) : node.id, node)
  }
  return [...members].map(([id, list]) => ({ id, members: list }))
}

function homes(groups: readonly Group[], attaches: readonly OutlineEdge[]): Map<string, string> {
  const solidLast = [...attaches.filter(edge => edge.dashed), ...attaches.filter(edge => !edge.dashed)]
  const lastOf = new Map(solidLast.map(({ from, to }) => [from, to]))
  return new Map(
    groups.flatMap(({ id, members }): [string, string][] => {
      const counts = new Map<string, number>()
      for (const member of members) {
        const space = lastOf.get(member.id)
        if (space !== undefined) counts.set(space, (counts.get(space) ?? 0) + 1)
      }
      const [most] = [...counts].sort((a, b) => b[1] - a[1])
      return most === undefined ? [] : [[id, most[0]]]
    }),
  )
}

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
