/** Which mappings an unmap means in either generation: the table of worked vectors, iommufd facts 12. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PAGE, Type1 } from './fixture'

/** Mappings A [0x10000, +0x4000) and B [0x20000, +0x4000). */
function twoMappings(version: 1 | 2): Type1 {
  const type1 = new Type1()
  type1.begin(version)
  expect(type1.map(0x10000, 0x4000)).toBe('ok')
  expect(type1.map(0x20000, 0x4000)).toBe('ok')
  return type1
}

const VECTORS = [
  { iova: 0x10000, size: 0x1000, v2: 'EINVAL', v1: 0x4000 },
  { iova: 0x11000, size: 0x1000, v2: 'EINVAL', v1: 0 },
  { iova: 0x10000, size: 0x14000, v2: 0x8000, v1: 0x8000 },
  { iova: 0xf000, size: 0x12000, v2: 'EINVAL', v1: 0x8000 },
  { iova: 0x11000, size: 0x20000, v2: 'EINVAL', v1: 0 },
  { iova: 0x15000, size: 0x1000, v2: 0, v1: 0 },
]

describe.each(VECTORS)('unmap of $iova, $size bytes', ({ iova, size, v2, v1 }) => {
  it('of TYPE1v2 cuts no mapping (type1.unmap-v2, type1.bisect)', () => {
    const type1 = twoMappings(2)
    expect(type1.unmap(iova, size)).toBe(v2)
    if (v2 !== 'EINVAL') return
    expect(type1.call('VFIO_IOMMU_UNMAP_DMA', { iova, size })).toBe('type1.bisect')
    expect(type1.unmap(0x10000, 0x14000), 'nothing went').toBe(0x8000)
  })

  it('of TYPE1 takes what starts in it whole, unless it starts inside one (type1.unmap-v1)', () => {
    expect(twoMappings(1).unmap(iova, size)).toBe(v1)
  })
})

it.each([1, 2] as const)('version %i: ALL takes everything, and neither iova nor size', version => {
  const type1 = twoMappings(version)
  const ALL = { flags: 2 }
  expect(type1.call('VFIO_IOMMU_UNMAP_DMA', { ...ALL, size: PAGE })).toBe('type1.all')
  expect(type1.call('VFIO_IOMMU_UNMAP_DMA', { ...ALL, iova: PAGE })).toBe('type1.all')
  expect(type1.unmap(0, 0, ALL)).toBe(0x8000)
  expect(type1.unmap(0, 0, ALL)).toBe(0)
})

interface Mapping {
  readonly first: number
  readonly last: number
}

/** The rule of the README of the recordings, on a plain list. */
function naiveUnmap(mappings: readonly Mapping[], at: Mapping, version: 1 | 2): Mapping[] | null {
  const meets = (one: Mapping) => one.first <= at.last && one.last >= at.first
  if (version === 2) {
    const cut = mappings.some(one => meets(one) && (one.first < at.first || one.last > at.last))
    return cut ? null : mappings.filter(one => !meets(one))
  }
  const met = [...mappings].filter(meets).sort((a, b) => a.first - b.first)
  return met[0] !== undefined && met[0].first < at.first ? [...mappings] : mappings.filter(one => !meets(one))
}

const pages = (list: readonly Mapping[]) => list.reduce((sum, one) => sum + one.last - one.first + 1, 0)

it('answers as a list of mappings would, whatever the order of calls', () => {
  const step = fc.record({
    map: fc.boolean(),
    first: fc.integer({ min: 0, max: 40 }),
    count: fc.integer({ min: 1, max: 12 }),
  })
  const run = (version: 1 | 2, steps: readonly { map: boolean; first: number; count: number }[]) => {
    const type1 = new Type1()
    type1.begin(version)
    let mappings: Mapping[] = []
    for (const { map, first, count } of steps) {
      const at = { first, last: first + count - 1 }
      if (map) {
        const free = mappings.every(one => one.last < at.first || one.first > at.last)
        expect(type1.map(first * PAGE, count * PAGE)).toBe(free ? 'ok' : 'type1.overlap')
        if (free) mappings.push(at)
        continue
      }
      const left = naiveUnmap(mappings, at, version)
      const expected = left === null ? 'EINVAL' : (pages(mappings) - pages(left)) * PAGE
      expect(type1.unmap(first * PAGE, count * PAGE)).toBe(expected)
      mappings = left ?? mappings
    }
    // Every mapped page reaches memory, and no other.
    for (let page = 0; page < 52; page++) {
      const mapped = mappings.some(one => one.first <= page && page <= one.last)
      const read = type1.bench.read('dev1', BigInt(page * PAGE))
      expect(read.startsWith('fault'), `page ${page}`).toBe(!mapped)
    }
  }
  const versions = fc.constantFrom(1 as const, 2 as const)
  fc.assert(
    fc.property(versions, fc.array(step, { maxLength: 30 }), (version, steps) => run(version, steps)),
    {
      numRuns: 40,
      seed: 20_210_526,
    },
  )
})
