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
