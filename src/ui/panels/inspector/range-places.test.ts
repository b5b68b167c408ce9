import { describe, expect, it } from 'vitest'
import { placeRanges } from './range-places'

const range = (first: bigint, last: bigint) => ({ first, last, label: 'area' })

describe('ranges in order', () => {
  it('an overlap is seen, a gap too', () => {
    const asked = range(0x2000n, 0x4fffn)
    const [below, over, placed] = placeRanges({
      space: 'IOVA',
      asked,
      others: [range(0n, 0xfffn), range(0x4000n, 0x7f_ffff_ffffn)],
    })
    if (below === undefined || over === undefined || placed === undefined) throw new Error()
    expect(below.left + below.width).toBeLessThan(placed.left)
    expect(over.left).toBeGreaterThan(placed.left)
    expect(over.left).toBeLessThan(placed.left + placed.width)
    expect(over.left + over.width).toBeCloseTo(100)
    expect([below.asked, over.asked, placed.asked]).toEqual([false, false, true])
  })

  it('alone it fills the line', () => {
    const [only] = placeRanges({ space: 'HVA', asked: range(0n, 0xfffn), others: [] })
    expect([only?.left, only?.width]).toEqual([0, 100])
  })
})
