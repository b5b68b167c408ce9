/** Random outlines for tests of the layout: any number of contexts, trees of spaces, groups, attachments. */
import fc from 'fast-check'
import type { OutlineEdge, OutlineNode } from '../layout/types'

export interface RandomGraph {
  readonly nodes: readonly OutlineNode[]
  readonly edges: readonly OutlineEdge[]
}

/** Contexts by index; spaces with their context and parent (an index before their own, or -1); devices by group. */
export interface Shape {
  readonly contexts: number
  readonly spaces: readonly { readonly context: number; readonly parent: number }[]
  readonly groups: readonly number[]
  /** device, space, pasid (-1 for none). */
  readonly attach: readonly (readonly [number, number, number])[]
  readonly rails: number
}

export function node(id: string, inside: string | null, order: number): OutlineNode {
  const kind = id.slice(0, id.indexOf(':')) || 'memory'
  const rows =
    kind === 'space' ? ['area', 'root', 'tables', 'leaves'] : kind === 'memory' ? ['prereg', 'a'] : []
  return { id, kind: kind as OutlineNode['kind'], variant: '', title: id, subtitle: id, order, inside, rows }
}

export function edge(
  kind: OutlineEdge['kind'],
  from: string,
  to: string,
  label = 'RID 00:03.0',
): OutlineEdge {
  return { id: `${kind}:${from}:${to}:${label}`, kind, from, to, dashed: false, label }
}

export function graphOf({ contexts, spaces, groups, attach, rails }: Shape): RandomGraph {
  const deviceIds = groups.map((_, i) => `device:${i}`)
  const rail = (r: number): OutlineNode => {
    return { ...node(`iommu:${r}`, null, 2), rows: deviceIds.filter((_, i) => i % rails === r) }
  }
  return {
    nodes: [
      node('memory:', null, 1),
      ...Array.from({ length: rails }, (_, r) => rail(r)),
      ...Array.from({ length: contexts }, (_, c) => node(`context:${c}`, null, 3 + c)),
      ...[...new Set(groups)].map(g => node(`group:${g}`, null, 20 + g)),
      ...groups.map((g, i) => node(`device:${i}`, `group:${g}`, 100 + i)),
      ...spaces.map(({ context }, i) =>
        node(`space:${i}`, contexts === 0 ? null : `context:${context}`, 500 + i),
      ),
    ],
    edges: [
      ...spaces.flatMap(({ parent }, i) =>
        parent < 0
          ? [edge('map', `space:${i}`, 'memory:', '1 area')]
          : [edge('nest', `space:${i}`, `space:${parent}`, 'parent')],
      ),
      ...attach.map(([d, s, pasid]) => {
        const label = pasid < 0 ? 'RID 00:03.0' : `RID 00:03.0 PASID 0x${pasid.toString(16)}`
        return { ...edge('attach', `device:${d}`, `space:${s}`, label), dashed: pasid >= 0 }
      }),
    ],
  }
}

interface Limits {
  readonly spaces: number
  readonly devices: number
  readonly attach: number
}

const LEAST: Limits = { spaces: 1, devices: 0, attach: 0 }

/** Of every size from `least` to `most`: without `size`, arrays are mostly short ones. */
export function shapes(most: Limits, least: Limits = LEAST): fc.Arbitrary<Shape> {
  const lengths = (of: keyof Limits) => ({ minLength: least[of], maxLength: most[of], size: 'max' }) as const
  return fc
    .record({
      contexts: fc.nat(3),
      spaces: fc.array(fc.record({ context: fc.nat(), parent: fc.nat() }), lengths('spaces')),
      groups: fc.array(fc.nat(most.devices), lengths('devices')),
      attach: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: -1, max: 9 })), lengths('attach')),
      rails: fc.integer({ min: 1, max: 3 }),
    })
    .map(shape => ({
      ...shape,
      spaces: shape.spaces.map(({ context, parent }, i) => ({
        context: context % Math.max(1, shape.contexts),
        // Often a chain or a brood, sometimes a parent in another context.
        parent: parent % 3 === 0 || i === 0 ? -1 : parent % i,
      })),
      attach: uniquePairs(shape.groups.length === 0 ? [] : shape.attach).map(
        ([d, s, p]) => [d % shape.groups.length, s % shape.spaces.length, p] as const,
      ),
    }))
    .map(shape => ({ ...shape, attach: uniquePairs(shape.attach) }))
}

function uniquePairs(attach: Shape['attach']): Shape['attach'] {
  return [...new Map(attach.map(one => [one.join(), one])).values()]
}
