import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_CHARS, MOST_KEPT, NEWEST_KEPT, superfluous } from './thinning'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOW = 1_000 * DAY

/** `count` revisions, the newest `newest` old, each `apart` older than the one after it. */
function series(count: number, newest: number, apart: number, document = 'd') {
  return Array.from({ length: count }, (_, i) => ({
    n: count - i,
    document,
    time: NOW - newest - i * apart,
    chars: 1000,
  }))
}

describe('thinning', () => {
  it('leaves a hundred alone however old and close they are', () => {
    expect(superfluous(series(NEWEST_KEPT, 90 * DAY, 1), NOW)).toEqual([])
  })

  it('leaves the last ten minutes alone', () => {
    expect(superfluous(series(550, 0, 1000), NOW)).toEqual([])
  })

  it('keeps the last state of each five minutes of the day', () => {
    const dropped = superfluous(series(400, 20 * MINUTE, MINUTE), NOW)
    // The newest hundred stay; of the 300 behind them every fifth.
    expect(dropped).toHaveLength(240)
    expect(dropped).not.toContain(301)
  })

  it('spaces each document by itself', () => {
    const one = series(150, 2 * DAY, 90 * MINUTE, 'one')
    const two = one.map(revision => ({ ...revision, n: revision.n + 1000, document: 'two' }))
    expect(superfluous([...one, ...two], NOW)).toEqual([])
  })

  it('drops the oldest where text is too much, but never the newest', () => {
    const long = series(3, 0, 1).map(revision => ({ ...revision, chars: MOST_CHARS / 2 + 1 }))
    expect(superfluous(long, NOW)).toEqual([2, 1])
    expect(superfluous([{ n: 1, document: 'd', time: NOW, chars: 2 * MOST_CHARS }], NOW)).toEqual([])
  })

  it('thinned once, stays as it is', () => {
    const revision = fc.record({
      document: fc.constantFrom('a', 'b', 'c'),
      time: fc.integer({ min: NOW - 60 * DAY, max: NOW }),
      chars: fc.integer({ min: 0, max: 100_000 }),
    })
    fc.assert(
      fc.property(fc.array(revision, { maxLength: 400 }), made => {
        const all = made.sort((a, b) => a.time - b.time).map((one, n) => ({ ...one, n }))
        const dropped = new Set(superfluous(all, NOW))
        const kept = all.filter(({ n }) => !dropped.has(n))
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.length, NEWEST_KEPT))
        expect(kept.length).toBeLessThanOrEqual(MOST_KEPT)
        expect(superfluous(kept, NOW)).toEqual([])
      }),
      { seed: 20260801, numRuns: 60 },
    )
  })
})
