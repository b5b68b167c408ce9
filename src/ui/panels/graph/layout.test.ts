import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outline } from '../../../worker/protocol'
import { planColumns } from './columns'
import { boxOf } from './labels'
import { layoutGraph } from './layout'
import type { Box, OutlineEdge, OutlineNode } from './layout-types'

const PANEL = { width: 540, height: 588 }

function node(id: string, inside: string | null, order: number): OutlineNode {
  const kind = id.split(':')[0] as OutlineNode['kind']
  return { id, kind, variant: '', title: id, subtitle: '', order, inside, rows: ['area', 'root'] }
}

function edge(kind: OutlineEdge['kind'], from: string, to: string): OutlineEdge {
  return { id: `${kind}:${from}:${to}`, kind, from, to, dashed: false, label: 'RID 00:03.0' }
}

/** spaces: parent of each (-1 none, -2 none and in the second context); devices: group of each; attach: pairs. */
interface Shape {
  spaces: number[]
  devices: number[]
  attach: [number, number][]
}

function outlineOf({ spaces, devices, attach }: Shape): Outline {
  const groups = [...new Set(devices)]
  return {
    nodes: [
      node('memory', null, 1),
      node('iommu:0', null, 2),
      node('context:5', null, 3),
      ...groups.map(g => node(`group:${g}`, null, 4 + g)),
      ...devices.map((g, i) => node(`device:${i}`, `group:${g}`, 20 + i)),
      ...spaces.map((_, i) => node(`space:${i}`, 'context:5', 40 + i)),
    ],
    edges: [
      ...spaces.flatMap((parent, i) => (parent >= 0 ? [edge('nest', `space:${i}`, `space:${parent}`)] : [])),
      ...spaces.flatMap((parent, i) => (parent < 0 ? [edge('map', `space:${i}`, 'memory')] : [])),
      ...attach.map(([d, s]) => edge('attach', `device:${d}`, `space:${s}`)),
    ],
    memory: [],
    complete: true,
  }
}

const shapes: fc.Arbitrary<Shape> = fc
  .record({
    spaces: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    devices: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }),
    attach: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
  })
  .map(({ spaces, devices, attach }) => ({
    spaces: spaces.map((n, i) => (n % 3 === 0 || i === 0 ? -1 : n % i)),
    devices,
    attach: attach.map(([d, s]): [number, number] => [d % devices.length, s % spaces.length]),
  }))

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function within(inner: Box, outer: Box): boolean {
  const right = inner.x + inner.width <= outer.x + outer.width
  return right && inner.x >= outer.x && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height
}

describe('graph layout', () => {
  it('never lets two objects overlap unless one is inside the other', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const outline = outlineOf(shape)
        const { nodes } = layoutGraph(outline, PANEL)
        for (const a of outline.nodes) {
          for (const b of outline.nodes) {
            const [boxA, boxB] = [nodes.get(a.id), nodes.get(b.id)]
            if (boxA === undefined || boxB === undefined) throw new Error(`no place for ${a.id} or ${b.id}`)
            if (a.inside === b.id) expect(within(boxA, boxB)).toBe(true)
            else if (a.id !== b.id && b.inside !== a.id)
              expect([a.id, b.id, overlap(boxA, boxB)]).toEqual([a.id, b.id, false])
          }
        }
      }),
      { seed: 11, numRuns: 300 },
    )
  })

  it('keeps everything inside the drawing and gives every edge a line', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const outline = outlineOf(shape)
        const layout = layoutGraph(outline, PANEL)
        const all = { x: 0, y: 0, width: layout.width, height: layout.height }
        for (const box of layout.nodes.values()) expect(within(box, all)).toBe(true)
        for (const { id } of outline.edges)
          expect(layout.edges.get(id)?.points.length ?? 0).toBeGreaterThan(1)
      }),
      { seed: 12, numRuns: 200 },
    )
  })

  it('lines are upright or level, never slanted', () => {
    fc.assert(
      fc.property(shapes, shape => {
        for (const { points } of layoutGraph(outlineOf(shape), PANEL).edges.values()) {
          points.slice(1).forEach((point, i) => {
            expect(point.x === points[i]?.x || point.y === points[i]?.y).toBe(true)
          })
        }
      }),
      { seed: 13 },
    )
  })

  it('a device stands below the space it was last attached to and its edge is straight', () => {
    const outline = outlineOf({
      spaces: [-1, -1],
      devices: [0, 1],
      attach: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    })
    const { edges } = layoutGraph(outline, PANEL)
    expect(edges.get('attach:device:1:space:1')?.points).toHaveLength(2)
    expect(edges.get('attach:device:0:space:0')?.points).toHaveLength(2)
    expect(edges.get('attach:device:1:space:0')?.points).toHaveLength(4)
  })

  it('a parent nobody attaches to lies over its children', () => {
    const outline = outlineOf({
      spaces: [-1, 0, 0],
      devices: [0, 1],
      attach: [
        [0, 1],
        [1, 2],
      ],
    })
    const plan = planColumns(outline.nodes, outline.edges)
    expect(plan.spaces.get('space:0')).toEqual({ first: 0, last: 1, depth: 0 })
    expect(plan.spaces.get('space:2')).toEqual({ first: 1, last: 1, depth: 1 })
  })

  it('a parent with a device of its own keeps the column free below it', () => {
    const outline = outlineOf({
      spaces: [-1, 0],
      devices: [0, 1],
      attach: [
        [0, 0],
        [1, 1],
      ],
    })
    const { edges } = layoutGraph(outline, PANEL)
    expect(edges.get('attach:device:0:space:0')?.points).toHaveLength(2)
    expect(edges.get('nest:space:1:space:0')?.points).toHaveLength(3)
  })

  it('no label of two devices that change spaces touches a line or another label', () => {
    const outline = outlineOf({
      spaces: [-1, -1],
      devices: [0, 1],
      attach: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    })
    for (const panel of [PANEL, { width: 443, height: 474 }]) {
      const routes = [...layoutGraph(outline, panel).edges]
      for (const [id, { label }] of routes) {
        const box = boxOf(label, 'RID 00:03.0')
        for (const [other, route] of routes) {
          if (other === id) continue
          expect([id, other, overlap(box, boxOf(route.label, 'RID 00:03.0'))]).toEqual([id, other, false])
          route.points.slice(1).forEach((to, i) => {
            const from = route.points[i] ?? to
            const line = {
              x: Math.min(from.x, to.x),
              y: Math.min(from.y, to.y),
              width: Math.abs(from.x - to.x) + 1,
              height: Math.abs(from.y - to.y) + 1,
            }
            expect([id, other, overlap(box, line)]).toEqual([id, other, false])
          })
        }
      }
    }
  })

  it('two columns fit the panel of a 1440 screen without zooming', () => {
    const outline = outlineOf({
      spaces: [-1, -1],
      devices: [0, 1],
      attach: [
        [0, 0],
        [1, 1],
      ],
    })
    const { width, height } = layoutGraph(outline, PANEL)
    expect(width).toBeLessThanOrEqual(PANEL.width)
    expect(height).toBeLessThanOrEqual(PANEL.height)
  })
})
