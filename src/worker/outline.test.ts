import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutline, mergeRanges, stepsToLookAt } from './outline'
import { graphAt } from './testing/sample-graph.fixture'
import { stateAt } from './testing/sample-state.fixture'

describe('the outline of a flow', () => {
  it('is the same whatever order the steps are looked at in', () => {
    const steps = Array.from({ length: 16 }, (_, n) => n)
    const outlineOf = (order: readonly number[]) => {
      const builder = createOutline()
      for (const n of order) builder.add(graphAt(n), stateAt(n))
      const { nodes, edges, memory } = builder.build(true)
      return {
        nodes: nodes.map(node => `${node.id} ${[...node.rows].sort()}`),
        edges: edges.map(edge => edge.id).sort(),
        memory,
      }
    }
    expect(outlineOf([...steps].reverse())).toEqual(outlineOf(steps))
  })

  it('keeps room for as many rows of one name as a node ever has at once', () => {
    const builder = createOutline()
    const [node] = graphAt(6).nodes
    if (node === undefined) throw new Error()
    const row = { label: 'prereg', value: '', mark: '', before: null } as const
    for (const rows of [[row], [row, row], [row]]) {
      builder.add({ title: '', nodes: [{ ...node, rows }], edges: [] }, stateAt(0))
    }
    expect(builder.build(true).nodes[0]?.rows).toEqual(['prereg', 'prereg'])
  })

  it('looks at every step of a short flow and at both ends of a long one', () => {
    expect(stepsToLookAt(3, 10)).toEqual([0, 1, 2, 3])
    const some = stepsToLookAt(10_000, 400)
    expect([some.length, some[0], some.at(-1)]).toEqual([400, 0, 10_000])
  })

  it('merged ranges are apart, sorted and cover the same bytes', () => {
    const range = fc
      .tuple(fc.nat(200), fc.nat(20))
      .map(([start, more]) => ({ start: BigInt(start), last: BigInt(start + more) }))
    fc.assert(
      fc.property(fc.array(range), ranges => {
        const merged = mergeRanges(ranges)
        const bytes = (list: typeof ranges) => {
          const set = new Set<bigint>()
          for (const { start, last } of list) for (let at = start; at <= last; at++) set.add(at)
          return [...set].sort((a, b) => Number(a - b))
        }
        expect(bytes(merged)).toEqual(bytes(ranges))
        merged.slice(1).forEach((next, i) => {
          expect(next.start).toBeGreaterThan((merged[i]?.last ?? 0n) + 1n)
        })
      }),
      { seed: 3 },
    )
  })
})
