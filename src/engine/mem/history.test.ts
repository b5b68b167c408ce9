import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBulk } from './index'

type Act =
  | { readonly kind: 'write'; readonly slot: number; readonly value: number }
  | { readonly kind: 'fill'; readonly slot: number; readonly count: number; readonly value: number }
  | { readonly kind: 'range'; readonly first: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), slot: fc.nat(600), value: fc.nat(5) }),
  fc.record({
    kind: fc.constant('fill' as const),
    slot: fc.nat(600),
    count: fc.integer({ min: 1, max: 300 }),
    value: fc.nat(5),
  }),
  fc.record({ kind: fc.constant('range' as const), first: fc.nat(40) }),
)

const TREE = 9

describe('reading the journal', () => {
  it('tells every word and range that differs after a stretch, wherever the state stands', () => {
    fc.assert(
      fc.property(fc.array(fc.array(act, { maxLength: 6 }), { maxLength: 8 }), steps => {
        const bulk = createBulk()
        const marks = [bulk.journal.mark()]
        const snaps = [snapshot()]
        for (const step of steps) {
          for (const one of step) perform(one)
          marks.push(bulk.journal.mark())
          snaps.push(snapshot())
        }
        bulk.journal.seekTo(marks[Math.floor(marks.length / 2)] ?? 0)
        for (let n = 1; n < marks.length; n++) {
          const words = new Set<number>()
          const ranges = new Set<number>()
          bulk.journal.visit(marks[n - 1] ?? 0, marks[n] ?? 0, {
            words: (offset, count) => {
              for (let k = 0; k < count; k++) words.add(offset + k)
            },
            range: (tree, first) => void (tree === TREE && ranges.add(first)),
          })
          const [was, is] = [snaps[n - 1], snaps[n]]
          if (was === undefined || is === undefined) throw new Error()
          for (const [at, value] of is.words.entries())
            if ((was.words[at] ?? 0) !== value) expect(words.has(at), `word ${at} of step ${n}`).toBe(true)
          for (let first = 0; first <= 40; first++)
            if (was.ranges.get(first) !== is.ranges.get(first)) expect(ranges.has(first)).toBe(true)
        }

        function perform(one: Act): void {
          if (one.kind === 'write') bulk.memory.write64(one.slot * 8, one.value, 0)
          else if (one.kind === 'fill')
            bulk.memory.fill64(one.slot * 8, {
              count: one.count,
              lo: one.value,
              hi: 0,
              strideLo: 1,
              strideHi: 0,
            })
          else if (bulk.ranges.find(TREE, one.first) >= 0) bulk.ranges.remove(TREE, one.first)
          else bulk.ranges.insert(TREE, one.first, one.first, 1, 0)
        }

        function snapshot() {
          const ranges = new Map<number, number>()
          bulk.ranges.forEachIn(TREE, 0, 40, slot => ranges.set(bulk.ranges.first(slot), bulk.ranges.a(slot)))
          return { words: bulk.words.data.slice(), ranges }
        }
      }),
      { seed: 11, numRuns: 12 },
    )
  })
})
