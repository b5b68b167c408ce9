import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { paced } from './pace'

describe('what follows the steps', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is at once for one, and for many the first, some between and the last', () => {
    const seen: number[] = []
    const ask = paced(100)
    for (let n = 0; n < 25; n++) {
      ask(() => seen.push(n))
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual([0, 9, 19, 24])
    ask(() => seen.push(99))
    expect(seen.at(-1)).toBe(99)
  })

  it('does nothing more once it is stopped', () => {
    const seen: number[] = []
    const ask = paced(100)
    ask(() => seen.push(1))
    ask(() => seen.push(2))
    ask.stop()
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual([1])
  })
})
