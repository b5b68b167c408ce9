import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highHalf, lowHalf } from '../bits'
import { type Bulk, createBulk } from '../mem'
import { IOTLB_SETS, lookup, outputPage, pasidTag } from './iotlb'
import { createIotlb, drop, entries, entryAt, fill, type IotlbEntry, type IotlbScope } from './iotlb-entries'

interface Ask {
  readonly domain: number
  readonly pasid: number | null
  readonly page: number
  readonly need: number
}

function ask(bulk: Bulk, base: number, { domain, pasid, page, need }: Ask): number | null {
  const { data } = bulk.words
  const at = lookup(data, base, domain, pasidTag(pasid), lowHalf(page), highHalf(page), need)
  return at < 0 ? null : outputPage(data, at, lowHalf(page))
}

const entry = (change: Partial<IotlbEntry>): IotlbEntry => {
  return { domain: 5, pasid: null, page: 2, output: 0x40001, perm: 3, pageLg2: 12, ...change }
}

const asking = (change: Partial<Ask>): Ask => ({ domain: 5, pasid: null, page: 2, need: 1, ...change })

function filled(...list: IotlbEntry[]): { bulk: Bulk; base: number } {
  const bulk = createBulk()
  const base = createIotlb(bulk)
  for (const one of list) fill(bulk, base, one)
  return { bulk, base }
}

describe('a lookup', () => {
  it('answers only for the same page, domain and PASID', () => {
    const { bulk, base } = filled(entry({}))
    expect(ask(bulk, base, asking({}))).toBe(0x40001)
    expect(ask(bulk, base, asking({ page: 3 }))).toBeNull()
    expect(ask(bulk, base, asking({ page: 2 + IOTLB_SETS }))).toBeNull()
    expect(ask(bulk, base, asking({ domain: 6 }))).toBeNull()
    expect(ask(bulk, base, asking({ pasid: 0 }))).toBeNull()
  })

  it('keeps PASID 0 apart from no PASID', () => {
    const { bulk, base } = filled(entry({ pasid: 0, output: 7 }), entry({ output: 8 }))
    expect(ask(bulk, base, asking({ pasid: 0 }))).toBe(7)
    expect(ask(bulk, base, asking({}))).toBe(8)
  })

  it('does not answer with fewer rights than asked for', () => {
    const { bulk, base } = filled(entry({ perm: 1 }))
    expect(ask(bulk, base, asking({ need: 1 }))).toBe(0x40001)
    expect(ask(bulk, base, asking({ need: 2 }))).toBeNull()
  })

  it.each([
    [21, 0x200, 0x100600, 0x200 + 0x1ff, 0x100600 + 0x1ff],
    [30, 0x40000, 0x1c0000, 0x40000 + 0x3ffff, 0x1c0000 + 0x3ffff],
  ] as const)(
    'a page of 2^%i bytes answers for all of its 4 KiB pages',
    (pageLg2, page, output, last, lastOutput) => {
      const { bulk, base } = filled(entry({ pageLg2, page, output }))
      expect(ask(bulk, base, asking({ page }))).toBe(output)
      expect(ask(bulk, base, asking({ page: last }))).toBe(lastOutput)
      expect(ask(bulk, base, asking({ page: last + 1 }))).toBeNull()
      expect(ask(bulk, base, asking({ page: page - 1 }))).toBeNull()
    },
  )

  it.each([21, 30] as const)('a large page high up answers there only', pageLg2 => {
    const page = 2 ** 51 + 2 ** 45 + 2 ** 33 + 2 ** 32 + 2 ** 31
    const { bulk, base } = filled(entry({ pageLg2, page, output: 0x40000 }))
    expect(ask(bulk, base, asking({ page: page + 5 }))).toBe(0x40005)
    for (const bit of [51, 45, 40, 33, 32, 31, 30])
      expect(ask(bulk, base, asking({ page: page + 5 - 2 ** bit }))).toBeNull()
  })

  it('uses every bit of a 64-bit address and of a 52-bit output', () => {
    const far = entry({ page: 2 ** 52 - 1, output: 2 ** 40 - 1, domain: 0xffff, pasid: 0xfffff })
    const { bulk, base } = filled(far)
    const same = asking({ page: far.page, domain: 0xffff, pasid: 0xfffff })
    expect(ask(bulk, base, same)).toBe(far.output)
    for (let bit = 8; bit < 52; bit++)
      expect(ask(bulk, base, { ...same, page: far.page - 2 ** bit })).toBeNull()
    expect(entries(bulk, base)).toEqual([far])
  })
})

describe('filling', () => {
  const inSet = (k: number) => entry({ page: 2 + k * IOTLB_SETS, output: 0x1000 + k })

  it('replaces in turn when all four ways are taken', () => {
    const { bulk, base } = filled(inSet(0), inSet(1), inSet(2), inSet(3))
    expect(fill(bulk, base, inSet(4))).toEqual(inSet(0))
    expect(fill(bulk, base, inSet(5))).toEqual(inSet(1))
    expect(entries(bulk, base).map(each => each.output)).toEqual([0x1004, 0x1005, 0x1002, 0x1003])
  })

  it('writes over an entry of the same tag', () => {
    const { bulk, base } = filled(inSet(0), inSet(1))
    expect(fill(bulk, base, { ...inSet(1), output: 9 })).toBeNull()
    expect(entries(bulk, base).map(each => each.output)).toEqual([0x1000, 9])
  })

  it('is undone and redone with the journal', () => {
    const { bulk, base } = filled(inSet(0), inSet(1), inSet(2), inSet(3))
    const before = bulk.journal.mark()
    fill(bulk, base, inSet(4))
    const after = bulk.journal.mark()
    const kept = entries(bulk, base)
    bulk.journal.undoTo(before)
    expect(entries(bulk, base).map(each => each.output)).toEqual([0x1000, 0x1001, 0x1002, 0x1003])
    bulk.journal.redoTo(after)
    expect(entries(bulk, base)).toEqual(kept)
  })
})

describe('tag algebra', () => {
  const PAGES = { 12: 1, 21: 512, 30: 512 * 512 } as const
  const SIZES = fc.constantFrom(12, 21, 30) as fc.Arbitrary<12 | 21 | 30>
  const entryArb = fc
    .record({
      domain: fc.integer({ min: 1, max: 3 }),
      pasid: fc.constantFrom(null, 0, 1, 0xfffff),
      unit: fc.integer({ min: 0, max: 3 }),
      high: fc.constantFrom(0, 2 ** 27, 2 ** 44),
      output: fc.integer({ min: 0, max: 2 ** 20 }),
      perm: fc.integer({ min: 1, max: 3 }),
      pageLg2: SIZES,
    })
    .map(({ unit, high, output, pageLg2, ...rest }): IotlbEntry => {
      return { ...rest, pageLg2, page: high + unit * PAGES[pageLg2], output: output * PAGES[pageLg2] }
    })
  const scopeArb = fc.oneof(
    fc.constant({} as IotlbScope),
    fc.record({ domain: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ domain: fc.integer({ min: 1, max: 3 }), pasid: fc.constantFrom(null, 0, 1) }),
    fc
      .record({
        domain: fc.integer({ min: 1, max: 3 }),
        first: fc.integer({ min: 0, max: 2000 }),
        count: fc.nat(600),
      })
      .map(({ domain, first, count }) => ({ domain, firstPage: first, lastPage: first + count })),
  )
  const step = fc.oneof(
    { weight: 5, arbitrary: entryArb.map(value => ({ kind: 'fill', value }) as const) },
    { weight: 1, arbitrary: scopeArb.map(value => ({ kind: 'drop', value }) as const) },
  )

  const key = (e: IotlbEntry) => `${e.domain}/${e.pasid}/${e.pageLg2}/${e.page}`

  function meets(scope: IotlbScope, e: IotlbEntry): boolean {
    if (scope.domain !== undefined && scope.domain !== e.domain) return false
    if ('pasid' in scope && scope.pasid !== e.pasid) return false
    if (scope.firstPage === undefined || scope.lastPage === undefined) return true
    for (const page of [scope.firstPage, scope.lastPage, e.page, e.page + PAGES[e.pageLg2] - 1]) {
      const inEntry = page >= e.page && page < e.page + PAGES[e.pageLg2]
      if (inEntry && page >= scope.firstPage && page <= scope.lastPage) return true
    }
    return false
  }

  it('fills and drops leave what a plain map says, less what was evicted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const bulk = createBulk()
        const base = createIotlb(bulk)
        const model = new Map<string, IotlbEntry>()
        for (const { kind, value } of steps) {
          if (kind === 'fill') {
            const evicted = fill(bulk, base, value)
            if (evicted !== null) expect(model.delete(key(evicted))).toBe(true)
            model.set(key(value), value)
          } else {
            const gone = [...model.values()].filter(e => meets(value, e))
            expect(drop(bulk, base, value)).toBe(gone.length)
            for (const e of gone) model.delete(key(e))
          }
        }
        const kept = entries(bulk, base).map(key)
        expect(kept.sort()).toEqual([...model.keys()].sort())
        for (const e of model.values()) {
          const at = lookup(
            bulk.words.data,
            base,
            e.domain,
            pasidTag(e.pasid),
            lowHalf(e.page),
            highHalf(e.page),
            0,
          )
          expect(at).toBeGreaterThanOrEqual(0)
          const hit = entryAt(bulk.words.data, base, at)
          expect(hit.page <= e.page && hit.domain === e.domain && hit.pasid === e.pasid).toBe(true)
        }
      }),
      { seed: 20211104, numRuns: 200 },
    )
  })
})
