import { describe, expect, it } from 'vitest'
import { stepAt } from './use-scrub'

describe('a place of the scrubber', () => {
  it('is the cell it lies in', () => {
    expect([0, 9.9, 10, 19.9, 99].map(x => stepAt(x, 100, 10))).toEqual([0, 0, 1, 1, 9])
  })

  it('is the start at its first pixel and the end at its last, however many steps there are', () => {
    for (const cells of [200, 1000, 9_987, 10_001]) {
      expect([stepAt(0, 150, cells), stepAt(149, 150, cells)]).toEqual([0, cells - 1])
    }
  })

  it('is no step beyond either end', () => {
    expect([stepAt(-5, 100, 10), stepAt(250, 100, 10)]).toEqual([0, 9])
  })
})
