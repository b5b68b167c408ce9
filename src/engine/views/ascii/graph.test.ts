import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphView } from '../contract'
import { ANY_GRAPH, edge, graphOf, node, TAME_GRAPH } from './graphs.fixture'
import { asciiGraph } from './index'
import { type ReadGraph, readDrawing, readTree } from './reading.fixture'

const SEED = 20_210_527
const isDrawing = (text: string) => text.includes('__')

/** The edges a reader should find, by numbers; a tree also shows what stands inside what. */
function wanted({ nodes, edges }: GraphView, form: 'drawing' | 'tree'): ReadGraph {
  const number = (id: string) => nodes.find(node => node.id === id)?.order
  const nested = new Set(edges.filter(edge => edge.kind === 'nest').map(edge => edge.from))
  const inside = nodes.filter(node => form === 'tree' && node.inside !== null && !nested.has(node.id))
  return {
    numbers: nodes.map(node => node.order),
    edges: [
      ...edges.map(({ kind, from, to }) => `${number(from)}>${number(to)} ${kind}`),
      ...inside.map(node => `${node.order}>${number(node.inside ?? '')} nest`),
    ],
  }
}

const sorted = ({ numbers, edges }: ReadGraph) => ({
  numbers: [...numbers].sort((a, b) => a - b),
  edges: [...edges].sort(),
})

function expectMail(text: string, width: number): void {
  expect(text).toMatch(/^[\x20-\x7e\n]*\n$/)
  for (const line of text.split('\n')) {
    expect(line.length).toBeLessThanOrEqual(width)
    expect(line).toBe(line.trimEnd())
  }
}

function expectComplete(graph: GraphView, options: { form?: 'any' | 'tree' } = {}): boolean {
  const text = asciiGraph(graph, options)
  const drawn = isDrawing(text)
  const read = drawn ? readDrawing(text) : readTree(text)
  expect(sorted(read), text).toEqual(sorted(wanted(graph, drawn ? 'drawing' : 'tree')))
  expectMail(text, 74)
  return drawn
}

describe('every object and every edge appears exactly once', () => {
  it('in any graph', () => {
    fc.assert(
      fc.property(ANY_GRAPH, graph => {
        expectComplete(graph)
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  it('in graphs that are drawn with boxes, and most of these are', () => {
    let drawn = 0
    fc.assert(
      fc.property(TAME_GRAPH, graph => {
        drawn += expectComplete(graph) ? 1 : 0
      }),
      { seed: SEED, numRuns: 400 },
    )
    expect(drawn).toBeGreaterThan(200)
  })

  it('in a tree of the same graphs', () => {
    fc.assert(
      fc.property(TAME_GRAPH, graph => {
        expect(expectComplete(graph, { form: 'tree' })).toBe(false)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  it('in a chain of 40 spaces', () => {
    const spaces = Array.from({ length: 40 }, (_, i) => node(`space:s${i}`, i + 1))
    const nests = spaces.slice(1).map((child, i) => edge('nest', child.id, `space:s${i}`))
    expect(expectComplete(graphOf(spaces, nests))).toBe(false)
  })

  it('in one space with 38 devices', () => {
    const devices = Array.from({ length: 38 }, (_, i) => node(`device:d${i}`, i + 3, { inside: 'group:g' }))
    const nodes = [node('space:s', 1), node('group:g', 2), ...devices]
    expectComplete(
      graphOf(
        nodes,
        devices.map(({ id }) => edge('attach', id, 'space:s')),
      ),
    )
  })

  it('in one space with 39 children', () => {
    const children = Array.from({ length: 39 }, (_, i) => node(`space:c${i}`, i + 2))
    const nodes = [node('space:s', 1), ...children]
    expectComplete(
      graphOf(
        nodes,
        children.map(({ id }) => edge('nest', id, 'space:s')),
      ),
    )
  })
})

describe('the text', () => {
  const NAMES = fc.oneof(fc.string({ unit: 'binary', maxLength: 120 }), fc.constant('_'.repeat(100)))

  it('is fit for mail whatever the names are, and the same each time', () => {
    fc.assert(
      fc.property(
        ANY_GRAPH,
        fc.array(NAMES, { minLength: 3, maxLength: 3 }),
        (graph, [title = '', subtitle = '', label = '']) => {
          const named = {
            title,
            nodes: graph.nodes.map((node, i) => (i % 3 === 0 ? { ...node, title, subtitle } : node)),
            edges: graph.edges.map((edge, i) => (i % 3 === 0 ? { ...edge, label } : edge)),
          }
          expectMail(asciiGraph(named), 74)
          expect(asciiGraph(structuredClone(named))).toBe(asciiGraph(named))
        },
      ),
      { seed: SEED, numRuns: 200 },
    )
  })

  it.each([60, 66, 74])('keeps to %i columns', width => {
    fc.assert(
      fc.property(TAME_GRAPH, graph => expectMail(asciiGraph(graph, { width }), width)),
      { seed: SEED, numRuns: 100 },
    )
  })

  it('wraps a long name and loses none of it', () => {
    const long = Array.from({ length: 150 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')
    const tree = asciiGraph(graphOf([node(`space:${long}`, 1)], []), { form: 'tree' })
    const box = asciiGraph(graphOf([node(`space:${long.slice(0, 60)}`, 1)], []))
    expect(tree.replace(/[^a-z]/g, '')).toBe(long)
    expect(box.replace(/[^a-z]/g, '')).toBe(long.slice(0, 60))
  })

  it('tells the long labels of attachments below the drawing, equal ones once', () => {
    const devices = ['d0', 'd1', 'd2'].map((name, i) => node(`device:${name}`, i + 2))
    const label = 'RID 00:03.0, does not route'
    const more = [{ label }, { label: 'rid' }, { label }]
    const attaches = devices.map(({ id }, i) => edge('attach', id, 'space:s', more[i]))
    const graph = graphOf([node('space:s', 1), ...devices], attaches)
    expect(expectComplete(graph)).toBe(true)
    expect(asciiGraph(graph).split(label)).toHaveLength(2)
    expect(asciiGraph(graph).split('(a)')).toHaveLength(4)
    expect(asciiGraph(graph)).toContain('\n\n  (a) RID 00:03.0, does not route\n')
  })

  it('escapes what mail does not carry', () => {
    const text = asciiGraph(graphOf([node('space:a\u0007\u00e9\u{1f600}\\b\n', 1)], []))
    expect(text).toContain('a\\x07\\xe9\\u{1f600}\\\\b\\x0a')
  })

  it('numbers the objects by rank in the order of creation', () => {
    const text = asciiGraph(graphOf([node('space:a', 70), node('space:b', 8), node('space:c', 8)], []))
    expect(readDrawing(text).numbers).toEqual([3, 1, 2])
  })

  it('counts what the step created, changed and removed', () => {
    const nodes = [
      node('space:a', 1, { mark: '+' }),
      node('space:b', 2, { mark: '-' }),
      node('space:c', 3, { mark: '+' }),
    ]
    expect(asciiGraph(graphOf(nodes, [], 'step 3')).split('\n')[0]).toBe(
      '# step 3  (at this step: +2 new, -1 gone)',
    )
  })
})

describe('the manner of the kernel documentation', () => {
  it('draws the layout argued over in review as a tree', () => {
    const nodes = ['prereg', 'rid', 'pasid'].map((name, i) =>
      node(`space:${name}`, i + 1, { subtitle: 'IOAS' }),
    )
    const edges = [edge('nest', 'space:rid', 'space:prereg'), edge('nest', 'space:pasid', 'space:rid')]
    expect(asciiGraph(graphOf(nodes, edges), { form: 'tree' }).split('\n')).toEqual([
      'prereg [1]  IOAS',
      '|',
      '\\- rid [2]  IOAS',
      '   |',
      '   \\- pasid [3]  IOAS',
      '',
    ])
  })

  it('draws a device, its space, the context around it and memory below', () => {
    const nodes = [
      node('context:fd5', 1),
      node('device:dev1', 2),
      node('space:gpa', 3, { inside: 'context:fd5' }),
      node('memory:ram', 4),
    ]
    const edges = [
      edge('attach', 'device:dev1', 'space:gpa', { label: 'rid' }),
      edge('map', 'space:gpa', 'memory:ram'),
    ]
    expect(asciiGraph(graphOf(nodes, edges)).split('\n')).toEqual([
      ' ______________',
      '|   fd5 [1]    |',
      '|      [3]     |          [2]',
      '|     _____    |         ______',
      '| |--| gpa |<--|-- rid -| dev1 |',
      '| |  |_____|   |        |______|',
      '|_|____________|',
      '  | [4]',
      ' _v_____',
      '| ram   |',
      '|_______|',
      '',
    ])
  })
})
