import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession, type GraphView, graphView } from '../../../engine'
import { type MiniBox, miniPicture } from './mini-layout'

const HERE = new URL('../../../scenarios/', import.meta.url)
const FILES = readdirSync(HERE).filter(name => name.endsWith('.flow'))

function graphOf(file: string): GraphView {
  const session = createSession(readFileSync(new URL(file, HERE), 'utf8'))
  session.seek(session.steps.length)
  return graphView(session)
}

const apart = (a: MiniBox, b: MiniBox) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y

describe.each(FILES)('the small picture of %s', file => {
  const graph = graphOf(file)
  const picture = miniPicture(graph)
  const boxes = [...picture.spaces, ...picture.devices]

  it('has every space and device', () => {
    const ids = graph.nodes
      .filter(node => ['device', 'space', 'object'].includes(node.kind))
      .map(node => node.id)
    expect(boxes.map(box => box.id).sort()).toEqual(ids.sort())
  })

  it('overlaps nothing and stays inside', () => {
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) expect(apart(a, b), `${a.id} ${b.id}`).toBe(true)
      expect(a.x >= 0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height).toBe(true)
    }
  })

  it('draws children below their parents, and devices below all', () => {
    const y = new Map(boxes.map(box => [box.id, box.y]))
    const wrong = graph.edges
      .filter(({ kind }) => kind !== 'map')
      .filter(({ from, to }) => !((y.get(from) ?? Number.NaN) > (y.get(to) ?? Number.NaN)))
    expect(wrong).toEqual([])
  })
})

describe('a small picture', () => {
  const device = (n: number) => ({
    id: `device:d${n}`,
    kind: 'device' as const,
    variant: '',
    title: '',
    subtitle: '',
    order: n,
    inside: `group:${n}`,
    rows: [],
    mark: '' as const,
  })

  it('of nothing is memory alone', () => {
    const empty = miniPicture({ title: '', nodes: [], edges: [] })
    expect(empty.spaces).toEqual([])
    expect(empty.memory.width).toBeGreaterThan(100)
  })

  it('of very many devices counts those it leaves out', () => {
    const nodes = Array.from({ length: 200 }, (_, n) => device(n))
    const picture = miniPicture({ title: '', nodes, edges: [] })
    expect(picture.devices.length + picture.more).toBe(200)
    expect(picture.width).toBeLessThan(1000)
  })
})
