import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphNode, GraphView, Mark } from '../engine'
import { COLLAPSE_ABOVE, planBundles } from './bundles'
import { collapseGraph } from './collapse'
import { layoutGraph } from './layout/layout'
import type { OutlineEdge, OutlineNode } from './layout/types'
import { edge, graphOf, node, shapes } from './testing/random-graph.fixture'

const MARKS: readonly Mark[] = ['', '', '', '+', '~', '-']

/** An outline as the graph of a step, with marks from a list of numbers. */
function stepOf(
  nodes: readonly OutlineNode[],
  edges: readonly OutlineEdge[],
  marks: readonly number[],
): GraphView {
  const mark = (i: number): Mark => MARKS[(marks[i % Math.max(1, marks.length)] ?? 0) % MARKS.length] ?? ''
  return {
    title: '',
    nodes: nodes.map((one, i): GraphNode => ({ ...one, rows: [], areas: 1, mark: mark(i) })),
    edges: edges.map((one, i) => ({ ...one, mark: mark(i + 7) })),
  }
}

/** `spaces` roots with a device each, in groups of their own. */
function broad(spaces: number): { nodes: OutlineNode[]; edges: OutlineEdge[] } {
  const each = <T>(make: (i: number) => T) => Array.from({ length: spaces }, (_, i) => make(i))
  return {
    nodes: [
      node('memory:', null, 1),
      node('iommu:0', null, 2),
      node('context:1', null, 3),
      ...each(i => node(`group:${i}`, null, 10 + i)),
      ...each(i => node(`device:${i}`, `group:${i}`, 10_000 + i)),
      ...each(i => node(`space:${i}`, 'context:1', 20_000 + i)),
    ],
    edges: [
      ...each(i => edge('map', `space:${i}`, 'memory:', '1 area')),
      ...each(i => edge('attach', `device:${i}`, `space:${i}`)),
    ],
  }
}

const LARGE = fc.tuple(
  shapes({ spaces: 90, devices: 120, attach: 160 }, { spaces: 50, devices: 60, attach: 40 }),
  fc.array(fc.nat(), { maxLength: 40, size: 'max' }),
)

describe('a graph in bundles', () => {
  it('is left as it is up to so many objects', () => {
    fc.assert(
      fc.property(shapes({ spaces: 20, devices: 20, attach: 20 }), shape => {
        const outline = graphOf(shape)
        expect(outline.nodes.length).toBeLessThanOrEqual(COLLAPSE_ABOVE)
        const graph = stepOf(outline.nodes, outline.edges, [])
        expect(collapseGraph(graph, planBundles(outline, []))).toBe(graph)
      }),
      { seed: 5, numRuns: 20 },
    )
  })

  it('shows every object once: by itself, or counted in one bundle; and every edge has its ends', () => {
    fc.assert(
      fc.property(LARGE, ([shape, marks]) => {
        const outline = graphOf(shape)
        const bundles = planBundles(outline, [])
        const whole = stepOf(outline.nodes, outline.edges, marks)
        const drawn = collapseGraph(whole, bundles)
        expect(outline.nodes.length).toBeGreaterThan(COLLAPSE_ABOVE)
        expect(bundles.all.size).toBeGreaterThan(0)
        const ids = new Set(drawn.nodes.map(({ id }) => id))
        expect(ids.size).toBe(drawn.nodes.length)
        for (const { id } of whole.nodes) expect([id, ids.has(id) !== bundles.of.has(id)]).toEqual([id, true])
        for (const { id } of bundles.of.values()) expect(ids).toContain(id)
        for (const { from, to } of drawn.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true])
        expect(new Set(drawn.edges.map(({ id }) => id)).size).toBe(drawn.edges.length)
        const count = (kind: string) =>
          drawn.nodes.reduce((sum, { kind: own, rows }) => {
            const said = rows.find(row => row.label === `${kind}s`)?.value ?? '0'
            return sum + (own === kind ? 1 : own === 'bundle' ? Number(said) : 0)
          }, 0)
        const there = (kind: string) => {
          return whole.nodes.filter(one => one.kind === kind && (one.mark !== '-' || ids.has(one.id))).length
        }
        expect(count('device')).toBe(there('device'))
        expect(count('space')).toBe(there('space'))
      }),
      { seed: 6, numRuns: 40 },
    )
  })

  it('marks a bundle where something in it changed, and only there', () => {
    fc.assert(
      fc.property(LARGE, ([shape, marks]) => {
        const outline = graphOf(shape)
        const bundles = planBundles(outline, [])
        const whole = stepOf(outline.nodes, outline.edges, marks)
        const drawn = collapseGraph(whole, bundles).nodes.filter(({ kind }) => kind === 'bundle')
        expect(drawn.length).toBeGreaterThan(0)
        for (const bundle of drawn) {
          const members = whole.nodes.filter(({ id }) => bundles.of.get(id)?.id === bundle.id)
          expect([bundle.id, bundle.mark !== '']).toEqual([
            bundle.id,
            members.some(({ mark }) => mark !== ''),
          ])
        }
      }),
      { seed: 7, numRuns: 40 },
    )
  })

  it('never is blank and never is large: 1,500 spaces and devices are 30 bundles, 50 of them opened', () => {
    const outline = broad(1500)
    const draw = (opened: readonly string[]) => {
      const drawn = collapseGraph(stepOf(outline.nodes, outline.edges, []), planBundles(outline, opened))
      const nodes = drawn.nodes.map(one => ({ ...one, rows: one.rows.map(({ label }) => label) }))
      return { nodes, layout: layoutGraph({ nodes, edges: drawn.edges }, { width: 540, height: 588 }) }
    }
    const closed = draw([])
    const bundles = closed.nodes.filter(({ kind }) => kind === 'bundle')
    expect(bundles.map(({ subtitle }) => subtitle)).toEqual(Array(30).fill('50 spaces'))
    expect(closed.layout.nodes).toHaveLength(33)
    const opened = draw([bundles[3]?.id ?? ''])
    expect(opened.nodes.filter(({ kind }) => kind === 'space').map(({ id }) => id)).toHaveLength(50)
    expect(opened.layout.nodes).toHaveLength(32 + 150)
  })

  it('opening one bundle leaves the others closed', () => {
    const { nodes, edges } = broad(0)
    const devices = Array.from({ length: 180 }, (_, i) => node(`device:${i}`, `group:${i}`, 1000 + i))
    const groups = devices.map((_, i) => node(`group:${i}`, null, 100 + i))
    const spaces = [0, 1, 2].map(i => node(`space:${i}`, 'context:1', 10 + i))
    const attach = devices.map(({ id }, i) => edge('attach', id, `space:${i % 3}`))
    const outline = { nodes: [...nodes, ...groups, ...spaces, ...devices], edges: [...edges, ...attach] }
    const all = [...planBundles(outline, []).all.keys()]
    // 60 devices a space, 50 a bundle.
    expect(all).toHaveLength(6)
    for (const id of all) {
      expect([...planBundles(outline, [id]).all.keys()]).toEqual(all.filter(other => other !== id))
    }
  })
})
