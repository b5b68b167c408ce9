import { describe, expect, it } from 'vitest'
import { graphOf } from '../testing/random-graph.fixture'
import { layoutGraph } from './layout'
import { planColumns } from './plan'

const root = { context: 0, parent: -1 }

function planOf(shape: Partial<Parameters<typeof graphOf>[0]>) {
  const graph = graphOf({ contexts: 1, spaces: [root], groups: [], attach: [], rails: 1, ...shape })
  return { graph, plan: planColumns(graph.nodes, graph.edges) }
}

describe('columns', () => {
  it('a device stands below the space it was attached to last, and its line is straight', () => {
    const { graph, plan } = planOf({
      spaces: [root, root],
      groups: [0, 1],
      attach: [
        [0, 0, -1],
        [1, 0, -1],
        [1, 1, -1],
      ],
    })
    expect(plan.devices).toEqual(new Map(Object.entries({ 'device:0': 0, 'device:1': 1 })))
    const lines = layoutGraph(graph, { width: 540, height: 588 }).edges.filter(({ id }) =>
      id.startsWith('attach'),
    )
    expect(lines.map(({ points }) => points.length).sort()).toEqual([2, 2, 4])
  })

  it('a parent lies over its own columns and those of its children, a row higher each', () => {
    const { plan } = planOf({
      spaces: [root, { context: 0, parent: 0 }, { context: 0, parent: 1 }, { context: 0, parent: 0 }],
      groups: [0, 1],
      attach: [
        [0, 0, -1],
        [1, 2, -1],
      ],
    })
    expect(plan.spaces.get('space:0')).toEqual({ first: 0, last: 2, depth: 0, own: { first: 0, last: 0 } })
    expect(plan.spaces.get('space:1')).toEqual({ first: 1, last: 1, depth: 1, own: null })
    expect(plan.spaces.get('space:2')).toEqual({ first: 1, last: 1, depth: 2, own: { first: 1, last: 1 } })
    expect(plan.spaces.get('space:3')?.first).toBe(2)
  })

  it('a group may reach under the next space where that has no devices', () => {
    const { plan } = planOf({ spaces: [root, root], groups: [0, 0], attach: [[1, 0, -1]] })
    expect(plan.count).toBe(2)
    expect(plan.devices).toEqual(new Map(Object.entries({ 'device:1': 0, 'device:0': 1 })))
  })

  it('an attachment by RID decides where a device stands, whatever its PASIDs go to', () => {
    const { plan } = planOf({
      spaces: [root, root, root],
      groups: [0],
      attach: [
        [0, 1, -1],
        [0, 0, 5],
        [0, 2, 6],
      ],
    })
    expect(plan.devices.get('device:0')).toBe(1)
  })

  it('two columns fit the panel of a page of 1440 by 900 at full size', () => {
    const { graph } = planOf({
      spaces: [root, root],
      groups: [0, 1],
      attach: [
        [0, 0, -1],
        [1, 1, -1],
      ],
    })
    const { width, height } = layoutGraph(graph, { width: 540, height: 588 })
    expect([width <= 540, height <= 588]).toEqual([true, true])
  })
})

describe('a drawing that does not fit', () => {
  const chain = {
    spaces: [root, { context: 0, parent: 0 }, { context: 0, parent: 1 }],
    groups: [0],
    attach: [[0, 2, -1] as const],
  }
  /** The middle panel of a page of 1280 by 720. */
  const SMALL = { width: 443, height: 474 }
  const scale = (layout: ReturnType<typeof layoutGraph>, canvas = SMALL) =>
    Math.min(1, canvas.width / layout.width, canvas.height / layout.height)

  it('says in one line what takes two where its nodes are wide: three full levels at 80 % and more', () => {
    const layout = layoutGraph(planOf(chain).graph, SMALL)
    const spaces = layout.nodes.filter(({ id }) => id.startsWith('space:'))
    expect(spaces.map(({ flat }) => flat)).toEqual([true, true, true])
    expect(scale(layout)).toBeGreaterThan(0.8)
  })

  it('stays as it is where there is room', () => {
    const layout = layoutGraph(planOf(chain).graph, { width: 540, height: 900 })
    expect(layout.nodes.map(({ flat }) => flat)).not.toContain(true)
  })

  it('puts groups that never attach into further rows, their ports below each other', () => {
    const shape = { groups: [0, 1, 2, 3, 4, 5, 6, 7], attach: [[0, 0, -1] as const] }
    const { graph, plan } = planOf(shape)
    expect([plan.count, plan.groupRows]).toEqual([8, 1])
    const layout = layoutGraph(graph, SMALL)
    expect(layout.width).toBeLessThan(SMALL.width * 2)
    expect(scale(layout)).toBeGreaterThan(0.55)
    const places = layout.ports.map(({ x, y }) => `${x} ${y}`)
    expect(new Set(places).size).toBe(8)
    const first = layout.nodes.filter(({ id }) => id.startsWith('device:')).map(({ y }) => y)
    expect(first.indexOf(Math.min(...first))).toBe(0)
  })
})
