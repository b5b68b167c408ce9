import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphOf, type Shape, shapes } from '../testing/random-graph.fixture'
import { layoutGraph } from './layout'
import type { Box, GraphLayout, Point } from './types'

const CANVAS = { width: 540, height: 588 }
const ANY = shapes({ spaces: 9, devices: 6, attach: 10 })
const MANY = shapes({ spaces: 40, devices: 40, attach: 60 })

/** Half a pixel of touching is none. */
function overlap(a: Box, b: Box): boolean {
  const apart = (low: number, size: number, other: number, otherSize: number) =>
    low + size <= other + 0.5 || other + otherSize <= low + 0.5
  return !apart(a.x, a.width, b.x, b.width) && !apart(a.y, a.height, b.y, b.height)
}

function within(inner: Box, outer: Box): boolean {
  const right = inner.x + inner.width <= outer.x + outer.width
  return right && inner.x >= outer.x && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height
}

interface Laid {
  readonly layout: GraphLayout
  readonly boxes: ReadonlyMap<string, Box>
  readonly graph: ReturnType<typeof graphOf>
}

function laidOut(shape: Shape, canvas = CANVAS): Laid {
  const graph = graphOf(shape)
  const layout = layoutGraph(graph, canvas)
  return { graph, layout, boxes: new Map(layout.nodes.map(box => [box.id, box])) }
}

function boxOf(boxes: ReadonlyMap<string, Box>, id: string): Box {
  const box = boxes.get(id)
  if (box === undefined) throw new Error(`no place for ${id}`)
  return box
}

function everyGraph(seed: number, check: (laid: Laid) => void): void {
  fc.assert(
    fc.property(ANY, shape => check(laidOut(shape))),
    { seed, numRuns: 200 },
  )
  fc.assert(
    fc.property(MANY, shape => check(laidOut(shape, { width: 443, height: 474 }))),
    { seed: seed + 1, numRuns: 25 },
  )
}

describe('the layout of any graph', () => {
  it('lets no two objects overlap unless one is inside the other', () => {
    everyGraph(11, ({ graph, boxes }) => {
      for (const a of graph.nodes) {
        for (const b of graph.nodes) {
          const [boxA, boxB] = [boxOf(boxes, a.id), boxOf(boxes, b.id)]
          if (a.inside === b.id) expect([a.id, b.id, within(boxA, boxB)]).toEqual([a.id, b.id, true])
          else if (a.id < b.id && b.inside !== a.id)
            expect([a.id, b.id, overlap(boxA, boxB)]).toEqual([a.id, b.id, false])
        }
      }
    })
  })

  it('lets no label overlap an object or another label', () => {
    everyGraph(21, ({ graph, layout, boxes }) => {
      const labels = layout.edges.flatMap(({ id, label }) => (label === null ? [] : [{ id, ...label }]))
      const frames = new Set(['context', 'group'])
      const solid = graph.nodes.filter(({ kind }) => !frames.has(kind))
      for (const label of labels) {
        for (const { id } of solid) {
          expect([label.id, id, overlap(label, boxOf(boxes, id))]).toEqual([label.id, id, false])
        }
        for (const other of labels) {
          if (other.id > label.id)
            expect([label.id, other.id, overlap(label, other)]).toEqual([label.id, other.id, false])
        }
      }
    })
  })

  it('gives every edge an upright line, or one with a single level piece, from object to object', () => {
    everyGraph(31, ({ graph, layout, boxes }) => {
      const routes = new Map(layout.edges.map(route => [route.id, route.points]))
      const frameOf = (id: string) => boxOf(boxes, graph.nodes.find(node => node.id === id)?.inside ?? id)
      for (const { id, kind, from, to } of graph.edges) {
        const points = routes.get(id) ?? []
        expect([id, [2, 4].includes(points.length)]).toEqual([id, true])
        points.slice(1).forEach((point, i) => {
          expect([id, point.x === points[i]?.x || point.y === points[i]?.y]).toEqual([id, true])
        })
        const [start, end] = [points[0], points.at(-1)]
        expect([id, 'start', isAt(start, boxOf(boxes, from), frameOf(from))]).toEqual([id, 'start', true])
        if (kind === 'attach') expect([id, end?.y]).toEqual([id, bottom(boxOf(boxes, to))])
        expect([id, 'end', isAcross(end, boxOf(boxes, to))]).toEqual([id, 'end', true])
      }
    })
  })

  it('lets no line pass through an object other than rails, frames and its own ends', () => {
    everyGraph(41, ({ graph, layout, boxes }) => {
      const solid = graph.nodes.filter(
        ({ kind }) => kind === 'space' || kind === 'device' || kind === 'memory',
      )
      for (const { id, points } of layout.edges) {
        for (const [i, to] of points.entries()) {
          const from = points[i - 1]
          if (from === undefined) continue
          const piece = {
            x: Math.min(from.x, to.x),
            y: Math.min(from.y, to.y) + 1,
            width: Math.abs(from.x - to.x) + 0.6,
            height: Math.abs(from.y - to.y) - 1.4,
          }
          for (const { id: other } of solid) {
            expect([id, other, overlap(piece, boxOf(boxes, other))]).toEqual([id, other, false])
          }
        }
      }
    })
  })

  it('keeps two attachments of one space on two ports', () => {
    everyGraph(51, ({ graph, layout }) => {
      const ends = new Map(layout.edges.map(({ id, points }) => [id, points.at(-1)]))
      const ports = graph.edges
        .filter(({ kind }) => kind === 'attach')
        .map(({ id, to }) => `${to} ${ends.get(id)?.x}`)
      expect(ports).toEqual([...new Set(ports)])
    })
  })

  it('keeps everything inside the drawing', () => {
    everyGraph(61, ({ layout }) => {
      const all = { x: 0, y: 0, width: layout.width, height: layout.height }
      const labels = layout.edges.flatMap(({ label }) => label ?? [])
      for (const box of [...layout.nodes, ...layout.ports, ...labels]) expect(within(box, all)).toBe(true)
    })
  })

  it('puts the same graph in the same places', () => {
    fc.assert(
      fc.property(ANY, shape => {
        expect(laidOut(shape).layout).toEqual(laidOut(shape).layout)
      }),
      { seed: 71 },
    )
  })
})

const bottom = ({ y, height }: Box) => y + height

/** On the upper edge of an object or of the frame around it, and not beside the object. */
function isAt(point: Point | undefined, box: Box, frame: Box): boolean {
  return point !== undefined && isAcross(point, box) && (point.y === box.y || point.y === frame.y)
}

function isAcross(point: Point | undefined, { x, width }: Box): boolean {
  return point !== undefined && point.x > x && point.x < x + width
}
