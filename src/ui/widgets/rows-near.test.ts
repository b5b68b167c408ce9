import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsNear } from './rows-near'

describe('rows near the view', () => {
  it('cover every pixel in view, stay inside the list and are few', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.integer({ min: 18, max: 40 }),
        fc.nat(900),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, rowHeight, height, at) => {
          const scrollTop = at * Math.max(0, count * rowHeight - height)
          const { first, end } = rowsNear({ count, rowHeight, scrollTop, height })
          expect(first).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(count)
          expect(first * rowHeight).toBeLessThanOrEqual(scrollTop)
          expect(end * rowHeight).toBeGreaterThanOrEqual(Math.min(count * rowHeight, scrollTop + height))
          expect(end - first).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 26)
        },
      ),
      { seed: 5 },
    )
  })

  it('a list that became shorter is shown to its end, though the box still stands further down', () => {
    expect(rowsNear({ count: 5, rowHeight: 20, scrollTop: 90_000, height: 200 })).toEqual({
      first: 0,
      end: 5,
    })
  })
})
