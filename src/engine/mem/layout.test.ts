import { describe, expect, it } from 'vitest'
import {
  BITMAP,
  BITMAP_WORDS,
  FRAME_WORDS,
  HIGH_BLOCKS,
  LOW_BLOCKS,
  NEAR,
  NEAR_BYTES,
  POOL_END,
} from './layout'

describe('the arena', () => {
  it('has near memory where plain-walk.ts has it as a literal', () => {
    expect([NEAR, NEAR_BYTES - 4096]).toEqual([92160, 0x03ff_f000])
  })

  it('lays everything out in whole frames that do not meet', () => {
    const starts = [FRAME_WORDS, BITMAP, LOW_BLOCKS, NEAR, HIGH_BLOCKS]
    expect(starts.map(start => start % FRAME_WORDS)).toEqual([0, 0, 0, 0, 0])
    expect(starts).toEqual(starts.toSorted((x, y) => x - y))
    expect(BITMAP_WORDS * 32).toBe(POOL_END / 4096)
    expect(LOW_BLOCKS - BITMAP).toBe(BITMAP_WORDS)
    expect((HIGH_BLOCKS - NEAR) * 4).toBe(NEAR_BYTES)
  })
})
