/**
 * Whatever differs between the pictures of two successive steps is marked, and nothing else is: held
 * against multisets of plain values, for random flows. The seed of a failure is in the test's name.
 */
import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import type { GraphEdge, GraphNode, GraphRow, GraphView, Mark } from './contract'
import { randomFlow } from './flows.fixture'
import { bareGraph, graphView } from './graph'
import { markRows } from './marks'

const SEEDS = [1, 2, 5, 8, 13]

const byId = <T extends { readonly id: string }>(items: readonly T[]) =>
  new Map(items.map(item => [item.id, item]))
const plain = (mark: Mark, was: unknown, is: unknown): Mark =>
  was === undefined ? '+' : is === undefined ? '-' : mark

/** `label value` as often as it stands there. */
function counted(rows: readonly GraphRow[], text: (row: GraphRow) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(text(row), (counts.get(text(row)) ?? 0) + 1)
  return counts
}

function expectRows(
  where: string,
  marked: readonly GraphRow[],
  was: readonly GraphRow[],
  is: readonly GraphRow[],
): void {
  const exact = (row: GraphRow) => `${row.label} ${row.value}`
  const same = (label: string) => {
    const [a, b] = [counted(was, exact), counted(is, exact)]
    return [...a].reduce(
      (sum, [key, n]) => sum + (key.startsWith(`${label} `) ? Math.min(n, b.get(key) ?? 0) : 0),
      0,
    )
  }
  for (const label of new Set([...was, ...is].map(row => row.label))) {
    const count = (rows: readonly GraphRow[]) => rows.filter(row => row.label === label).length
    const marks = (mark: Mark) => count(marked.filter(row => row.mark === mark))
    const told = { '': marks(''), '+': marks('+'), '-': marks('-'), '~': marks('~') }
    // Of a list each row is told by its value: none is another one changed.
    const isList = count(was) > 1 || count(is) > 1
    const changed = isList ? 0 : Math.min(count(was), count(is)) - same(label)
    const wanted = {
      '': same(label),
      '+': count(is) - same(label) - changed,
      '-': count(was) - same(label) - changed,
      '~': changed,
    }
    expect({ where, label, ...told }).toEqual({ where, label, ...wanted })
  }
  for (const row of marked) if (row.mark === '~') expect(row.before).not.toBe(row.value)
}

function expectNode(
  marked: GraphNode | undefined,
  was: GraphNode | undefined,
  is: GraphNode | undefined,
): void {
  const one = is ?? was
  if (marked === undefined || one === undefined) throw new Error(`no node ${one?.id}`)
  if (was === undefined || is === undefined) {
    const mark = plain('', was, is)
    expect([marked.id, marked.mark, ...marked.rows.map(row => row.mark)]).toEqual([
      one.id,
      mark,
      ...one.rows.map(() => mark),
    ])
    return
  }
  expectRows(marked.id, marked.rows, was.rows, is.rows)
  const text = (node: GraphNode) =>
    JSON.stringify([
      node.title,
      node.subtitle,
      node.inside,
      [...counted(node.rows, r => `${r.label} ${r.value}`)].sort(),
    ])
  expect([marked.id, marked.mark]).toEqual([marked.id, text(was) === text(is) ? '' : '~'])
  expect([marked.id, marked.subtitleBefore]).toEqual([
    marked.id,
    was.subtitle === is.subtitle ? undefined : was.subtitle,
  ])
}

function expectEdge(
  marked: GraphEdge | undefined,
  was: GraphEdge | undefined,
  is: GraphEdge | undefined,
): void {
  const isSame = was?.label === is?.label && was?.dashed === is?.dashed
  expect([marked?.id, marked?.mark]).toEqual([(is ?? was)?.id, plain(isSame ? '' : '~', was, is)])
}

function expectMarked(marked: GraphView, was: GraphView, is: GraphView): void {
  const ids = (graph: GraphView) => [...graph.nodes, ...graph.edges].map(part => part.id)
  expect(ids(marked).sort()).toEqual([...new Set([...ids(was), ...ids(is)])].sort())
  const [nodes, before, now] = [byId(marked.nodes), byId(was.nodes), byId(is.nodes)]
  for (const id of nodes.keys()) expectNode(nodes.get(id), before.get(id), now.get(id))
  const [edges, edgesBefore, edgesNow] = [byId(marked.edges), byId(was.edges), byId(is.edges)]
  for (const id of edges.keys()) expectEdge(edges.get(id), edgesBefore.get(id), edgesNow.get(id))
}

describe('marks of a step', () => {
  it.each(SEEDS)('are on every leaf that differs and on no other, seed %i', seed => {
    const session = createSession(randomFlow(seed, 40))
    expect(session.steps.filter(step => step.errno === null).length).toBeGreaterThan(10)
    const seen = new Set<Mark>()
    for (let n = 1; n <= session.steps.length; n++) {
      const was = session.peek(n - 1, () => bareGraph(session))
      const is = session.peek(n, () => bareGraph(session))
      const marked = session.peek(n, () => graphView(session))
      expectMarked(marked, was, is)
      for (const part of [...marked.nodes.flatMap(node => node.rows), ...marked.edges]) seen.add(part.mark)
    }
    expect(seen).toContain('+')
    expect(seen).toContain('~')
  })

  it.each(SEEDS)('are the same by whatever way a step is come to, seed %i', seed => {
    const session = createSession(randomFlow(seed, 40))
    const last = session.steps.length
    const there = (n: number) => session.peek(n, () => graphView(session))
    const forward = Array.from({ length: last + 1 }, (_, n) => there(n))
    const back = Array.from({ length: last + 1 }, (_, n) => there(last - n)).reverse()
    expect(back).toEqual(forward)
    const leaps = Array.from({ length: last + 1 }, (_, n) => (n * 7) % (last + 1))
    for (const n of leaps) expect(there(n)).toEqual(forward[n])
  })

  it.each(SEEDS)('name the same objects and rows where nothing is counted, seed %i', seed => {
    const session = createSession(randomFlow(seed, 40))
    const named = ({ nodes, edges }: GraphView) => [
      ...nodes.map(({ id, rows }) => [id, rows.map(row => row.label).sort()]),
      ...edges.map(({ id, label, mark }) => [id, label, mark]),
    ]
    for (let n = 0; n <= session.steps.length; n++) {
      const full = named(session.peek(n, () => graphView(session)))
      expect(named(session.peek(n, () => graphView(session, 'names'))), `step ${n}`).toEqual(full)
    }
  })

  it('tell rows of one name apart by what they say', () => {
    const row = (value: string): GraphRow => ({ label: 'prereg', value, mark: '', before: null })
    const told = markRows([row('b'), row('c')], [row('a'), row('b'), row('c')])
    expect(told.map(({ value, mark }) => `${mark} ${value}`)).toEqual([' b', ' c', '- a'])
    const twice = markRows([row('b'), row('b')], [row('b')])
    expect(twice.map(({ mark }) => mark)).toEqual(['', '+'])
  })
})
