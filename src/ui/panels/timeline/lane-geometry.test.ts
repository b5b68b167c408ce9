import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LaneActor, LaneRow } from '../../../engine'
import { laneX, placeRow } from './lane-geometry'

const IDS = ['guest', 'vmm', 'kernel', 'iommu', 'device'] as const
const ACTORS: readonly LaneActor[] = IDS.map(id => ({ id, name: id }))

describe('the drawing of lanes', () => {
  it('lanes stand apart, left to right, inside the chart', () => {
    for (const n of [2, 3, 4, 5]) {
      const xs = Array.from({ length: n }, (_, i) => laneX(i, n, 480))
      for (const [i, x] of xs.entries()) expect(x).toBeGreaterThan(i === 0 ? 0 : (xs[i - 1] ?? 0) + 60)
      expect(xs.at(-1)).toBeLessThan(480)
    }
  })

  it('words that fit the chart are never cut, whatever lane they belong to', () => {
    const row = fc.record({
      form: fc.constantFrom('arrow', 'reply', 'self', 'note'),
      from: fc.constantFrom(...IDS),
      to: fc.constantFrom(...IDS),
      text: fc.string({ minLength: 1, maxLength: 60 }),
      mark: fc.constantFrom('', '+', '!'),
    } as const)
    fc.assert(
      fc.property(row, ({ to, ...rest }) => {
        const alone = rest.form === 'self' || rest.form === 'note'
        const drawn: LaneRow = { ...rest, to: alone ? rest.from : to, step: 1, first: 1, last: 1 }
        const { textX } = placeRow(drawn, { actors: ACTORS, width: 480 })
        expect(textX).toBeGreaterThanOrEqual(4)
        // Five lanes leave 216 px beside the middle one.
        if (drawn.text.length <= 24)
          expect(textX + (drawn.text.length + 2) * 6.4).toBeLessThanOrEqual(480 + 6.4 * 2)
      }),
      { seed: 11 },
    )
  })
})
