/** The short way and the long way of the walker give one answer, whatever bits stand in the items of a path. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBulk } from '../mem'
import { createTable, mapRun, openTable, type PtConfig, walkAddress, walkPage, walkTrail } from '.'
import { keepingSink } from './sink.fixture'

const CONFIGS: readonly PtConfig[] = [
  { levels: 3 },
  { levels: 4 },
  { levels: 4, snoopControl: false },
  { levels: 5 },
]

function stage(cfg: PtConfig) {
  const bulk = createBulk()
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format: 'vtd-ss', cfg }, sink)
  if (ref === null) throw new Error('no table')
  mapRun(bulk, ref, { page: 5, pages: 700, target: 0x40001, perm: 3 }, sink)
  return { bulk, ref, open: openTable(bulk, ref) }
}

describe.each(CONFIGS)('%j', cfg => {
  it('finds the same leaf both ways', () => {
    const { open } = stage(cfg)
    for (const page of [4, 5, 511, 512, 704, 705, 0x7ff_ffff, 0x800_0000, 0x0fff_ffff, 0x800_0005, -1]) {
      for (const access of [1, 2, 3]) {
        expect(walkPage(open, page, 0, access)).toBe(walkTrail(open, page, 0, access, null))
      }
    }
    expect(walkPage(open, 5, 0, 3)).toBeGreaterThan(0)
    expect(walkPage(open, 5, 1, 3)).toBeLessThan(0)
  })

  it('gives the same answer with any bit of any item turned', () => {
    const { bulk, ref, open } = stage(cfg)
    const path: number[] = []
    walkAddress(bulk, ref, 0x5000n, { access: 1, log: (_, hpa) => path.push(hpa) })
    const flips = fc.array(fc.tuple(fc.nat(path.length - 1), fc.nat(63)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(flips, fc.constantFrom(1, 2, 3), (turned, access) =>
        bulk.journal.scratch(() => {
          for (const [item, bit] of turned) {
            const hpa = path[item] ?? 0
            const lo = bulk.memory.readLo(hpa) ^ (bit < 32 ? 1 << bit : 0)
            bulk.memory.write64(hpa, lo, bulk.memory.readHi(hpa) ^ (bit < 32 ? 0 : 1 << (bit - 32)))
          }
          expect(walkPage(open, 5, 0, access)).toBe(walkTrail(open, 5, 0, access, null))
        }),
      ),
      { seed: 0x3a1f, numRuns: 1500, verbose: 1 },
    )
  })
})
