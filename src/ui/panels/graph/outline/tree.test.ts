import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type GraphEdge, type GraphNode, graphView } from '../../../../engine'
import { graphOf, shapes } from '../../../../worker/testing/random-graph.fixture'
import { moveIn } from './moves'
import { type TreeLine, treeLines } from './tree'

const SCENARIOS = new URL('../../../../scenarios/', import.meta.url)
const NONE = new Set<string>()

function expectSame(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): TreeLine[] {
  const lines = treeLines(nodes, edges, NONE)
  const ids = (part: TreeLine['part']) => lines.filter(line => line.part === part).map(line => line.id)
  expect(ids('node').sort()).toEqual(nodes.map(({ id }) => id).sort())
  expect(ids('edge').sort()).toEqual(edges.map(({ id }) => id).sort())
  expect(new Set(lines.map(line => line.key)).size).toBe(lines.length)
  const marks = new Map([...nodes, ...edges].map(({ id, mark }) => [id, mark]))
  for (const line of lines)
    if (line.part !== 'row') expect([line.id, line.mark]).toEqual([line.id, marks.get(line.id)])
  return lines
}

describe('the outline of a graph', () => {
  it('has the objects, edges, rows and marks of the graph at steps all over every scenario', () => {
    for (const file of readdirSync(SCENARIOS).filter(name => name.endsWith('.flow'))) {
      const session = createSession(readFileSync(new URL(file, SCENARIOS), 'utf8'))
      const stride = Math.max(3, Math.ceil(session.steps.length / 60))
      for (let n = 0; n <= session.steps.length; n += stride) {
        session.seek(n)
        const { nodes, edges } = graphView(session)
        const rows = expectSame(nodes, edges).filter(line => line.part === 'row')
        const wanted = nodes.flatMap(node => node.rows.map(row => [node.id, row.label, row.value, row.mark]))
        expect(rows.map(({ id, name, value, mark }) => [id, name, value, mark]).sort()).toEqual(wanted.sort())
      }
    }
  }, 60_000)

  it('has the objects and edges of any graph', () => {
    fc.assert(
      fc.property(shapes({ spaces: 12, devices: 9, attach: 12 }), shape => {
        const { nodes, edges } = graphOf(shape)
        expectSame(
          nodes.map(node => ({ ...node, rows: [], mark: '' })),
          edges.map(edge => ({ ...edge, mark: '~' })),
        )
      }),
      { seed: 9, numRuns: 100 },
    )
  })

  it('hides what is below a closed line, and its keys walk, open, close and choose', () => {
    const graph = graphOf({
      contexts: 1,
      spaces: [
        { context: 0, parent: -1 },
        { context: 0, parent: 0 },
      ],
      groups: [],
      attach: [],
      rails: 1,
    })
    const nodes = graph.nodes.map(node => ({ ...node, rows: [], mark: '' as const }))
    const edges = graph.edges.map(edge => ({ ...edge, mark: '' as const }))
    const all = treeLines(nodes, edges, NONE)
    const closed = treeLines(nodes, edges, new Set(['space:0']))
    expect(all.map(line => line.id)).toContain('space:1')
    expect(closed.map(line => line.id)).not.toContain('space:1')
    const at = all.findIndex(line => line.id === 'space:0' && line.part === 'node')
    expect(moveIn(all, at, 'ArrowLeft')).toEqual({ kind: 'close', to: at })
    expect(moveIn(closed, at, 'ArrowRight')).toEqual({ kind: 'open', to: at })
    expect(moveIn(closed, at, 'ArrowLeft')).toEqual({
      kind: 'go',
      to: closed.findIndex(line => line.id === 'context:0'),
    })
    expect(moveIn(all, 0, 'ArrowUp')).toEqual({ kind: 'go', to: 0 })
    expect(moveIn(all, at, 'Enter')).toEqual({ kind: 'choose', to: at })
    expect(moveIn(all, at, 'x')).toBeNull()
  })
})
