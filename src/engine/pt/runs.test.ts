import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBulk } from '../mem'
import { createTable, itemAt, itemRuns, mapRun, type TableRef, tableItems } from './index'
import { keepingSink } from './sink.fixture'

const U64 = (1n << 64n) - 1n

/** The same cut with whole numbers, item by item. */
function naiveRuns(values: readonly bigint[], level: number, cuts: ReadonlySet<number>): [number, number][] {
  const kind = (v: bigint) => ((v & 3n) === 0n ? 'empty' : level === 0 || (v >> 7n) & 1n ? 'leaf' : 'table')
  const runs: [number, number][] = []
  for (let i = 0; i < values.length; ) {
    const first = values[i] ?? 0n
    const stride = first === 0n ? 0n : ((values[i + 1] ?? 0n) - first) & U64
    let end = i
    const may = first === 0n || kind(first) === 'leaf'
    while (may && end + 1 < values.length) {
      const next = values[end + 1] ?? 0n
      const expected = (first + stride * BigInt(end + 1 - i)) & U64
      if (cuts.has(end + 1) || next !== expected || kind(next) !== kind(first)) break
      if (first !== 0n && next === 0n) break
      end++
    }
    if (first !== 0n && end === i + 1) end = i
    runs.push([i, end])
    i = end + 1
  }
  return runs
}

const ref: TableRef = { id: 1, format: 'vtd-ss', cfg: { levels: 3 }, root: 0x10_0000 }

describe('items as runs', () => {
  it.each([0, 1])('cuts level %i as whole numbers would', level => {
    const piece = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      start: fc.oneof(
        fc.constant(0n),
        fc.bigInt({ min: 0n, max: U64 }),
        fc.nat(1000).map(n => (BigInt(n) << 12n) | 0x83n),
        fc.nat(1000).map(n => (0xffff_f000n - (BigInt(n) << 12n)) | 0x83n),
      ),
      stride: fc.constantFrom(0n, 0x1000n, 0x20_0000n, 1n, U64 - 0xfffn),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.uniqueArray(fc.nat(511)), (pieces, cuts) => {
        const bulk = createBulk()
        const values = pieces
          .flatMap(({ count, start, stride }) =>
            Array.from({ length: count }, (_, k) => (start === 0n ? 0n : (start + BigInt(k) * stride) & U64)),
          )
          .slice(0, 512)
        while (values.length < 512) values.push(0n)
        values.forEach((v, k) => {
          bulk.memory.write64(
            0x10_0000 + k * 8,
            Number(BigInt.asIntN(32, v)),
            Number(BigInt.asIntN(32, v >> 32n)),
          )
        })
        const items = tableItems(bulk, ref, { hpa: 0x10_0000, level })
        expect(values.map((_, k) => itemAt(items, k))).toEqual(values)
        const cutAt = new Set(cuts)
        const runs = itemRuns(items, { ref, level }, index => cutAt.has(index))
        expect(runs.map(run => [run.first, run.last])).toEqual(naiveRuns(values, level, cutAt))
      }),
      { seed: 21, numRuns: 60 },
    )
  })

  it('a mapped range is one run between two empty ones', () => {
    const bulk = createBulk()
    const sink = keepingSink(false)
    const made = createTable(bulk, { id: 1, format: 'vtd-ss', cfg: { levels: 3, maxPageLg2: 12 } }, sink)
    if (made === null) throw new Error()
    mapRun(bulk, made, { page: 2, pages: 7, target: 0x14_0000, perm: 3 }, sink)
    const pd = Number(itemAt(tableItems(bulk, made, { hpa: made.root, level: 2 }), 0) & ~0xfffn)
    const pt = Number(itemAt(tableItems(bulk, made, { hpa: pd, level: 1 }), 0) & ~0xfffn)
    const items = tableItems(bulk, made, { hpa: pt, level: 0 })
    expect(itemRuns(items, { ref: made, level: 0 }, () => false)).toEqual([
      { first: 0, last: 1, kind: 'empty' },
      { first: 2, last: 8, kind: 'leaf' },
      { first: 9, last: 511, kind: 'empty' },
    ])
  })
})
