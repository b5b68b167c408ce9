/**
 * Which objects of a very large graph are drawn as one. Devices go together by the space they hang on,
 * and where that is not enough, address spaces by the stretch of their context, with their devices. The
 * outline of all steps decides, so a step never changes who is bundled with whom.
 */
import { append, type Family, familyOf, type Group } from './layout/family'
import type { OutlineEdge, OutlineNode } from './layout/types'

/** Above so many objects a graph is drawn in bundles. */
export const COLLAPSE_ABOVE = 150
/** Members of one bundle; opened, a bundle still is a picture to look at. */
const BUNDLE_AT_MOST = 50

export interface Bundle {
  readonly id: string
  readonly variant: 'spaces' | 'devices'
  readonly title: string
  readonly order: number
  readonly inside: string | null
}

export interface Bundles {
  readonly all: ReadonlyMap<string, Bundle>
  /** The bundle an object went into. */
  readonly of: ReadonlyMap<string, Bundle>
}

const NO_BUNDLES: Bundles = { all: new Map(), of: new Map() }

interface Draft {
  readonly family: Family
  readonly opened: ReadonlySet<string>
  readonly all: Map<string, Bundle>
  readonly of: Map<string, Bundle>
}

/** `opened` are ids of bundles that the reader wants to see into. */
export function planBundles(
  { nodes, edges }: { readonly nodes: readonly OutlineNode[]; readonly edges: readonly OutlineEdge[] },
  opened: readonly string[],
): Bundles {
  if (nodes.length <= COLLAPSE_ABOVE) return NO_BUNDLES
  const family = familyOf(nodes, edges)
  const homed = groupsByHome(family)
  // Whether devices alone do it is judged with all bundles closed: opening one must not close others.
  const closed = bundleDevices(homed, draftOf(family, []))
  const enough = nodes.length - closed.of.size + closed.all.size <= COLLAPSE_ABOVE
  const draft = bundleDevices(homed, draftOf(family, opened))
  if (!enough) for (const roots of rootsByContext(family)) bundleSiblings(roots, homed, draft)
  return draft
}

function draftOf(family: Family, opened: readonly string[]): Draft {
  return { family, opened: new Set(opened), all: new Map(), of: new Map() }
}

const NOWHERE = 'nowhere'

function groupsByHome({ groups, homeOf }: Family): Map<string, Group[]> {
  const homed = new Map<string, Group[]>()
  for (const group of groups) append(homed, homeOf.get(group.id) ?? NOWHERE, group)
  return homed
}

const deviceCount = (groups: readonly Group[]) => groups.reduce((sum, { members }) => sum + members.length, 0)

type Homed = ReadonlyMap<string, readonly Group[]>

function bundleDevices(homed: Homed, draft: Draft): Draft {
  for (const [home, groups] of homed) {
    if (deviceCount(groups) < 2) continue
    chunks(groups, ({ members }) => Math.max(1, members.length)).forEach((chunk, i) => {
      addDevices(`bundle:devices:${home}:${i}`, chunk, draft)
    })
  }
  return draft
}

function addDevices(id: string, groups: readonly Group[], draft: Draft): void {
  const members = groups.flatMap(group => group.members)
  put({ id, variant: 'devices', inside: null }, { members, more: groups.map(group => group.id) }, draft)
}

function rootsByContext({ spaces, parentOf }: Family): Iterable<readonly OutlineNode[]> {
  const roots = new Map<string | null, OutlineNode[]>()
  for (const space of spaces) if (!parentOf.has(space.id)) append(roots, space.inside, space)
  return roots.values()
}

/** Spaces of one parent, or roots of one context, each with all that descends from it. */
function bundleSiblings(siblings: readonly OutlineNode[], homed: Homed, draft: Draft): void {
  const [first] = siblings
  if (first === undefined) return
  const children = (space: OutlineNode) => draft.family.childrenOf.get(space.id) ?? []
  if (siblings.length === 1) {
    bundleSiblings(children(first), homed, draft)
    return
  }
  const parent = draft.family.parentOf.get(first.id) ?? first.inside ?? ''
  const units = siblings.map(root => descendants(root, draft.family))
  chunks(units, unit => unit.length).forEach((chunk, i) => {
    const id = `bundle:spaces:${parent}:${i}`
    if (draft.opened.has(id))
      for (const [root] of chunk) bundleSiblings(root ? children(root) : [], homed, draft)
    const members = chunk.flat()
    const groups = members.flatMap(space => homed.get(space.id) ?? [])
    const more = groups.flatMap(group => [group.id, ...group.members.map(member => member.id)])
    put({ id, variant: 'spaces', inside: first.inside }, { members, more }, draft)
  })
}

function descendants(root: OutlineNode, { childrenOf }: Family): OutlineNode[] {
  const found = [root]
  for (const space of found) found.push(...(childrenOf.get(space.id) ?? []))
  return found
}

function put(
  bundle: Pick<Bundle, 'id' | 'variant' | 'inside'>,
  { members, more }: { readonly members: readonly OutlineNode[]; readonly more: readonly string[] },
  { opened, all, of }: Draft,
): void {
  const [first, last] = [members[0], members.at(-1)]
  if (opened.has(bundle.id) || first === undefined || last === undefined) return
  const title = first === last ? first.title : `${first.title} .. ${last.title}`
  const made: Bundle = { ...bundle, title, order: first.order }
  all.set(made.id, made)
  for (const id of [...members.map(member => member.id), ...more]) {
    // What went into a smaller bundle before now goes into this one, and the smaller one with it.
    const before = of.get(id)
    if (before !== undefined) all.delete(before.id)
    of.set(id, made)
  }
}

/** In order, each as heavy as may be. */
function chunks<T>(items: readonly T[], weigh: (item: T) => number): T[][] {
  const found: T[][] = []
  let weight = 0
  for (const item of items) {
    const own = weigh(item)
    const last = found.at(-1)
    if (last === undefined || weight + own > BUNDLE_AT_MOST) {
      found.push([item])
      weight = own
    } else {
      last.push(item)
      weight += own
    }
  }
  return found
}
