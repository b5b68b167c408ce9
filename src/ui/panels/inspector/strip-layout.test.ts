import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StripPiece } from '../../../engine'
import { placePieces } from './strip-layout'

const piece = (first: bigint, size: bigint, areas = 1): StripPiece => {
  return { first, last: first + size - 1n, areas, bytes: areas === 0 ? 0n : size, mark: '' }
}

describe('the strip of areas', () => {
  it('shows 4 KiB beside 1 GiB', () => {
    const [small, hole, large] = placePieces([
      piece(0n, 4096n),
      piece(4096n, 1n << 40n, 0),
      piece(1n << 41n, 1n << 30n),
    ])
    expect(small?.width).toBeGreaterThan(3)
    expect(large?.width).toBeGreaterThan((small?.width ?? 0) * 2)
    expect(hole?.width).toBeLessThan(large?.width ?? 0)
  })

  it('fills the width exactly, left to right, and hides nothing', () => {
    const pages = fc.bigInt({ min: 1n, max: 1n << 40n })
    fc.assert(
      fc.property(fc.array(fc.tuple(pages, fc.boolean()), { minLength: 1, maxLength: 23 }), sizes => {
        let at = 0n
        const pieces = sizes.map(([count, mapped]) => {
          const made = piece(at, count * 4096n, mapped ? 1 : 0)
          at += count * 4096n
          return made
        })
        const placed = placePieces(pieces)
        let left = 0
        for (const one of placed) {
          expect(one.left).toBeCloseTo(left)
          expect(one.width).toBeGreaterThanOrEqual(3)
          left += one.width
        }
        expect(left).toBeCloseTo(100)
      }),
      { seed: 31 },
    )
  })
})
