import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Host } from '../../../worker/host'
import type { Reply, Request } from '../../../worker/protocol'
import { realEngine } from '../../../worker/real-engine'
import { takeShown, viewStore } from '../../stores/view-store'
import { elementsOf } from './drawn'
import { creationOrder, tabStop } from './focus-store'
import { neighbour } from './walk'

const FLOW = readFileSync(new URL('../../../scenarios/multiple-ioasids.flow', import.meta.url), 'utf8')

/** A host with the engine that ships, asked one thing at a time. */
function startHost() {
  let hear: (event: { readonly data: unknown }) => void = () => {}
  let answer: (reply: Reply) => void = () => {}
  const endpoint = {
    postMessage: (message: unknown) => answer(message as Reply),
    addEventListener: (_type: 'message', listener: typeof hear) => {
      hear = listener
    },
    removeEventListener: () => {},
  }
  new Host(endpoint, {
    engine: realEngine,
    now: () => performance.now(),
    yieldTo: resume => setTimeout(resume),
  })
  return <K extends Reply['kind']>(request: Request, kind: K): Promise<Extract<Reply, { kind: K }>> =>
    new Promise(resolve => {
      answer = reply => {
        if (reply.kind === kind) resolve(reply as Extract<Reply, { kind: K }>)
      }
      hear({ data: request })
    })
}

describe('while stepping', () => {
  it('the arrays that React Flow is given stay the very same, and what did not change stays the same object', async () => {
    const ask = startHost()
    const run = await ask({ kind: 'run', id: 1, revision: 1, text: FLOW, limit: 100 }, 'ran')
    let first: ReturnType<typeof elementsOf> | null = null
    for (let step = 0; step <= run.steps.length; step++) {
      const shown = await ask({ kind: 'show', id: 2 + step, revision: 1, step, selection: null }, 'shown')
      const before = viewStore.getState().nodes
      takeShown(
        structuredClone(shown),
        shown.drawn ?? structuredClone({ outline: run.outline, layout: run.layout }),
      )
      const { drawn, nodes } = viewStore.getState()
      if (drawn === null) throw new Error('nothing is drawn')
      const now = elementsOf(drawn)
      first ??= now
      expect(now.nodes).toBe(first.nodes)
      expect(now.edges).toBe(first.edges)
      for (const [id, node] of nodes) {
        const known = before.get(id)
        if (known !== undefined && JSON.stringify(known) === JSON.stringify(node)) expect(node).toBe(known)
      }
    }
    expect(first?.nodes.length).toBeGreaterThan(8)
  })

  it('every object and edge of every step has its place', async () => {
    const ask = startHost()
    const run = await ask({ kind: 'run', id: 1, revision: 1, text: FLOW, limit: 100 }, 'ran')
    const places = new Set([...run.layout.nodes, ...run.layout.edges].map(({ id }) => id))
    for (let step = 0; step <= run.steps.length; step++) {
      const { graph } = await ask({ kind: 'show', id: 2 + step, revision: 1, step, selection: null }, 'shown')
      for (const { id } of [...graph.nodes, ...graph.edges]) expect(places).toContain(id)
    }
  })
})

describe('the keys of the picture', () => {
  it('go from object to object as they were made, each with its edges', () => {
    const nodes = new Map([
      ['b', { id: 'b', order: 2 }],
      ['a', { id: 'a', order: 1 }],
    ])
    const edges = new Map([['a>b', { id: 'a>b', from: 'a' }]])
    expect(creationOrder(nodes, edges)).toEqual(['a', 'a>b', 'b'])
    expect(tabStop(null, nodes, edges)).toBe('a')
    expect(tabStop('b', nodes, edges)).toBe('b')
    expect(tabStop('gone', nodes, edges)).toBe('a')
  })

  it('arrows go to the nearest part that lies there', () => {
    const box = (x: number, y: number) => ({ id: '', x, y, width: 10, height: 10, flat: false })
    const nodes = new Map([
      ['here', box(50, 50)],
      ['above', box(52, 10)],
      ['far above', box(50, -60)],
      ['right', box(90, 50)],
      ['askew', box(300, 20)],
    ])
    const places = { nodes, edges: new Map(), ports: [], compact: false }
    const ids = [...nodes.keys()]
    expect(neighbour('here', 'ArrowUp', ids, places)).toBe('above')
    expect(neighbour('here', 'ArrowRight', ids, places)).toBe('right')
    expect(neighbour('here', 'ArrowLeft', ids, places)).toBeNull()
    expect(neighbour('above', 'ArrowDown', ids, places)).toBe('here')
  })
})
