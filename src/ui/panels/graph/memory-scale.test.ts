import { describe, expect, it } from 'vitest'
import { piecesOf, place } from './memory-scale'

const GIB = 1n << 30n
const ram = { start: GIB, last: 2n * GIB - 1n }
const bar = { start: 0x7f20_0000_0000n, last: 0x7f20_0000_3fffn }

describe('the ruler over process memory', () => {
  it('one range is the whole width, and a part of it is to scale', () => {
    const pieces = piecesOf([ram])
    expect(pieces).toEqual([{ ...ram, left: 0, right: 1 }])
    expect(place(pieces, { start: GIB + GIB / 4n, last: GIB + GIB / 2n - 1n })).toEqual({
      left: 0.25,
      width: 0.25,
    })
  })

  it('far ranges stand side by side with a break between them', () => {
    const [near, far] = piecesOf([ram, bar])
    if (near === undefined || far === undefined) throw new Error()
    expect(near.left).toBe(0)
    expect(far.left).toBeGreaterThan(near.right)
    expect(far.right).toBeCloseTo(1)
    expect(far.right - far.left).toBeGreaterThan(0.1)
  })

  it('near ranges share a piece', () => {
    expect(piecesOf([ram, { start: 3n * GIB, last: 4n * GIB - 1n }])).toHaveLength(1)
  })

  it('places nothing outside', () => {
    expect(place(piecesOf([ram]), bar)).toBeNull()
    expect(piecesOf([])).toEqual([])
  })
})
