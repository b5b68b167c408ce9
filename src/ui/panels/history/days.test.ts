import { describe, expect, it } from 'vitest'
import type { Revision } from '../../keep/revision'
import { dateOf, daysOf, timeOf } from './days'

const at = (...parts: [number, number, number, number, number, number]) => new Date(...parts).getTime()
const revision = (n: number, time: number): Revision => ({
  n,
  time,
  document: 'd',
  occasion: 'written',
  title: 't',
  chars: 1,
  changed: null,
})

describe('days of the history', () => {
  it("are those of the reader's clock, midnight included", () => {
    const list = [
      revision(3, at(2026, 7, 2, 0, 0, 0)),
      revision(2, at(2026, 7, 1, 23, 59, 59)),
      revision(1, at(2026, 7, 1, 9, 5, 7)),
    ]
    expect(daysOf(list).map(day => [day.date, day.revisions.map(({ n }) => n)])).toEqual([
      ['2026-08-02', [3]],
      ['2026-08-01', [2, 1]],
    ])
  })

  it('and times have two digits each', () => {
    const time = at(2026, 0, 3, 4, 5, 6)
    expect(dateOf(time)).toBe('2026-01-03')
    expect(timeOf(time)).toBe('04:05:06')
  })
})
