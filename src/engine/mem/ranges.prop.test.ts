import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk } from '.'

const SEED = { seed: 0x7a1e5, numRuns: 40, verbose: 1 as const }
const TREE = 7

interface Range {
  first: number
  last: number
  a: number
  b: number
}

const all = ({ ranges }: Bulk): Range[] => {
  const found: Range[] = []
  for (let at = ranges.firstFrom(TREE, 0); at >= 0; at = ranges.next(at))
    found.push({ first: ranges.first(at), last: ranges.last(at), a: ranges.a(at), b: ranges.b(at) })
  return found
}

/** Many short ranges in a small space, so that leaves split, empty and meet. */
const op = fc.record({
  first: fc.nat(6000),
  size: fc.nat(3),
  a: fc.double({ noNaN: true, noDefaultInfinity: true }),
  b: fc.integer(),
  what: fc.constantFrom('insert', 'insert', 'insert', 'remove', 'update'),
})

describe('range trees', () => {
  it('agree with a sorted array, and so does every state on the way back', () => {
    fc.assert(
      fc.property(fc.array(op, { minLength: 300, maxLength: 900 }), ops => {
        const bulk = createBulk()
        const { ranges, journal } = bulk
        let naive: Range[] = []
        const kept: { position: number; naive: Range[] }[] = [{ position: journal.mark(), naive }]
        for (const { what, first, size, a, b } of ops) {
          const last = first + size
          const met = naive.filter(range => range.first <= last && range.last >= first)
          if (what === 'insert') {
            if (met.length > 0) {
              expect(() => ranges.insert(TREE, first, last, a, b)).toThrow('meets')
              continue
            }
            ranges.insert(TREE, first, last, a, b)
            naive = [...naive, { first, last, a, b }].sort((x, y) => x.first - y.first)
          } else if (met[0]) {
            const one = met[0]
            if (what === 'remove') ranges.remove(TREE, one.first)
            else ranges.update(ranges.find(TREE, one.first), a, b)
            naive = naive.flatMap(range =>
              range !== one ? [range] : what === 'remove' ? [] : [{ ...one, a, b }],
            )
          }
          if (kept.length % 10 === 0 || naive.length % 17 === 0) expect(all(bulk)).toEqual(naive)
          kept.push({ position: journal.mark(), naive })
        }
        expect(ranges.count(TREE)).toBe(naive.length)
        expect(ranges.span(TREE)).toBe(naive.reduce((sum, range) => sum + range.last - range.first + 1, 0))
        for (let n = kept.length - 1; n >= 0; n -= 7) {
          journal.undoTo(kept[n]?.position ?? 0)
          expect(all(bulk)).toEqual(kept[n]?.naive)
        }
        journal.redoTo(kept.at(-1)?.position ?? 0)
        expect(all(bulk)).toEqual(naive)
      }),
      SEED,
    )
  })

  it('find points, gaps and spans as a sorted array does', () => {
    const bulk = createBulk()
    const { ranges } = bulk
    const naive: Range[] = []
    for (let k = 0; k < 3000; k++) {
      const first = ((k * 7919) % 3000) * 10
      const range = { first, last: first + (k % 7), a: k, b: -k }
      ranges.insert(TREE, range.first, range.last, range.a, range.b)
      naive.push(range)
    }
    naive.sort((x, y) => x.first - y.first)
    for (let point = 0; point < 30_010; point++) {
      const hit = naive[Math.floor(point / 10)]
      const holds = hit !== undefined && hit.first <= point && hit.last >= point
      const found = ranges.find(TREE, point)
      expect(found < 0 ? null : ranges.first(found)).toBe(holds ? hit.first : null)
      const from = ranges.firstFrom(TREE, point)
      const want = holds ? hit : naive[Math.floor(point / 10) + 1]
      expect(from < 0 ? undefined : ranges.first(from)).toBe(want?.first)
    }
    const met: number[] = []
    ranges.forEachIn(TREE, 12_345, 23_456, at => met.push(ranges.first(at)))
    expect(met).toEqual(
      naive.filter(range => range.first <= 23_456 && range.last >= 12_345).map(range => range.first),
    )
  })

  it('keep trees apart and hold page numbers up to 2^52', () => {
    const { ranges } = createBulk()
    ranges.insert(1, 2 ** 47, 2 ** 52 - 1, 5, 6)
    expect([ranges.find(2, 2 ** 47), ranges.first(ranges.find(1, 2 ** 51))]).toEqual([-1, 2 ** 47])
    expect(() => ranges.remove(1, 3)).toThrow('no range')
    expect(() => ranges.remove(3, 3)).toThrow('no range')
  })
})

describe('overlapping ranges', () => {
  const range = fc.record({
    first: fc.nat(400),
    size: fc.nat(60),
    a: fc.nat(5),
    b: fc.integer(),
    remove: fc.boolean(),
  })

  it('answer every range that meets a span, as filtering an array does, forward and back', () => {
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 150, maxLength: 700 }),
        fc.array(fc.nat(460)),
        (ops, points) => {
          const { overlapping, journal } = createBulk()
          let naive: Range[] = []
          const check = (): void => {
            expect(overlapping.count(TREE)).toBe(naive.length)
            for (const point of points) {
              const found: Range[] = []
              overlapping.forEachIn(TREE, point, point + 9, (first, last, a, b) =>
                found.push({ first, last, a, b }),
              )
              const want = naive.filter(one => one.first <= point + 9 && one.last >= point)
              expect(found).toEqual(
                want.sort((x, y) => x.first - y.first || x.a - y.a || x.last - y.last || x.b - y.b),
              )
            }
          }
          const begin = journal.mark()
          for (const { first, size, a, b, remove } of ops) {
            const gone = naive
              .filter(one => one.first === first && one.a === a)
              .sort((x, y) => x.last - y.last || x.b - y.b)[0]
            if (remove && gone) {
              overlapping.remove(TREE, first, a)
              naive = naive.filter(one => one !== gone)
            } else {
              overlapping.insert(TREE, first, first + size, a, b)
              naive.push({ first, last: first + size, a, b })
            }
          }
          check()
          const end = journal.mark()
          journal.undoTo(begin)
          expect(overlapping.count(TREE)).toBe(0)
          journal.redoTo(end)
          check()
        },
      ),
      SEED,
    )
  })

  it('are found by their own ends after all that was there before has gone', () => {
    const { overlapping } = createBulk()
    const found = (): number => {
      let count = 0
      overlapping.forEachIn(TREE, 50_000, 50_001, () => count++)
      return count
    }
    for (let k = 0; k < 600; k++) overlapping.insert(TREE, k, k + 5, k)
    expect(found()).toBe(0)
    for (let k = 0; k < 600; k++) overlapping.remove(TREE, k, k)
    for (let k = 599; k >= 0; k--) overlapping.insert(TREE, k, k + 60_000, k)
    expect(found()).toBe(600)
  })

  it('refuse to remove what is not there', () => {
    const { overlapping } = createBulk()
    overlapping.insert(TREE, 1, 9, 4)
    expect(() => overlapping.remove(TREE, 1, 5)).toThrow('no such range')
    expect(() => overlapping.remove(TREE, 2, 4)).toThrow('no such range')
  })
})

describe('counted ranges', () => {
  const op = fc.record({ first: fc.nat(80), size: fc.nat(30), drop: fc.boolean() })

  it('count each unit as a Map does, in as few ranges as can be', () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 80 }), ops => {
        const bulk = createBulk()
        const { refRanges, journal } = bulk
        const naive = new Map<number, number>()
        const begin = journal.mark()
        for (const { first, size, drop } of ops) {
          const units = Array.from({ length: size + 1 }, (_, k) => first + k)
          const held = units.every(unit => (naive.get(unit) ?? 0) > 0)
          expect(refRanges.covers(TREE, first, first + size)).toBe(held)
          if (drop && !held) continue
          const before = naive.size
          for (const unit of units) {
            const count = (naive.get(unit) ?? 0) + (drop ? -1 : 1)
            if (count === 0) naive.delete(unit)
            else naive.set(unit, count)
          }
          const moved = drop
            ? refRanges.drop(TREE, first, first + size)
            : refRanges.add(TREE, first, first + size)
          expect(moved).toBe(Math.abs(naive.size - before))
          expect(refRanges.total(TREE)).toBe(naive.size)
        }
        for (let unit = 0; unit < 120; unit++)
          expect(refRanges.countAt(TREE, unit)).toBe(naive.get(unit) ?? 0)
        const runs = all(bulk)
        for (const [k, one] of runs.entries()) {
          const next = runs[k + 1]
          expect(next !== undefined && next.first === one.last + 1 && next.a === one.a).toBe(false)
        }
        journal.undoTo(begin)
        expect(refRanges.total(TREE)).toBe(0)
      }),
      { ...SEED, numRuns: 200 },
    )
  })

  it('hold 1 GiB, and 1 TiB, as one range', () => {
    const bulk = createBulk()
    expect(bulk.refRanges.add(TREE, 0, 2 ** 28 - 1)).toBe(2 ** 28)
    expect(bulk.refRanges.add(TREE, 0, 2 ** 18 - 1)).toBe(0)
    expect(bulk.refRanges.drop(TREE, 0, 2 ** 18 - 1)).toBe(0)
    expect(bulk.ranges.count(TREE)).toBe(1)
  })
})
