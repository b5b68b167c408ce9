import { describe, expect, it } from 'vitest'
import type { ComparedStep } from '../../../worker/protocol'
import { answerText, nextDifference, placeOf, rowsOf, shownRows } from './rows'

function step(n: number, ret = 0, errno: string | null = null): ComparedStep {
  const answer = errno === null ? String(ret) : `-${errno} map.overlap`
  return {
    n,
    line: n,
    text: `call ${n}`,
    call: 'ioctl',
    label: 'MAP',
    ret,
    errno,
    answer,
    told: answer,
    expected: false,
  }
}

const run = (length: number, other: Readonly<Record<number, ComparedStep>> = {}) =>
  Array.from({ length }, (_, k) => other[k + 1] ?? step(k + 1))

describe('rows of a comparison', () => {
  it('line up by step and tell what differs from the first run', () => {
    const rows = rowsOf([run(3), run(4, { 2: step(2, -1, 'EEXIST') })])
    expect(rows.map(row => row.differs)).toEqual([
      [false, false],
      [false, true],
      [false, false],
      [false, true],
    ])
    expect(answerText(rows[1]?.steps[1])).toBe('-EEXIST map.overlap')
    expect(answerText(rows[3]?.steps[0])).toBe('no step')
  })

  it('know which of them tells a step, folded or not', () => {
    const rows = rowsOf([run(100), run(100, { 50: step(50, 7) })])
    const folded = shownRows(rows, { folded: true, at: 0 })
    expect([0, 20, 48, 49, 50, 99].map(at => placeOf(folded, at))).toEqual([0, 0, 0, 1, 2, 4])
    const all = shownRows(rows, { folded: false, at: 0 })
    expect([1, 50, 100].map(at => placeOf(all, at))).toEqual([0, 49, 99])
  })

  it('fold what is alike, but for the step at hand and the neighbours of a difference', () => {
    const rows = rowsOf([run(100), run(100, { 50: step(50, 7) })])
    expect(shownRows(rows, { folded: true, at: 0 }).map(told)).toEqual(['1..48', '49', '50', '51', '52..100'])
    expect(shownRows(rows, { folded: true, at: 10 }).map(told).slice(0, 5)).toEqual([
      '1..8',
      '9',
      '10',
      '11',
      '12..48',
    ])
    expect(shownRows(rows, { folded: false, at: 0 })).toHaveLength(100)
  })

  it('every step is in exactly one row, whatever differs', () => {
    for (let seed = 1; seed < 40; seed++) {
      const other = Object.fromEntries(
        Array.from({ length: seed % 7 }, (_, k) => [((seed * (k + 3) * 7) % 60) + 1, step(0, 9)] as const),
      )
      const rows = rowsOf([run(60), run(60, other)])
      const covered = shownRows(rows, { folded: true, at: seed }).flatMap(row =>
        row.kind === 'step'
          ? [row.row.n]
          : Array.from({ length: row.last - row.first + 1 }, (_, k) => row.first + k),
      )
      expect(covered).toEqual(rows.map(row => row.n))
    }
  })

  it('go from difference to difference', () => {
    const rows = rowsOf([run(9), run(9, { 3: step(3, 1), 7: step(7, 1) })])
    expect(nextDifference(rows, 0, 1)).toBe(3)
    expect(nextDifference(rows, 3, 1)).toBe(7)
    expect(nextDifference(rows, 7, 1)).toBeNull()
    expect(nextDifference(rows, 7, -1)).toBe(3)
  })
})

function told(row: ReturnType<typeof shownRows>[number]): string {
  return row.kind === 'step' ? String(row.row.n) : `${row.first}..${row.last}`
}
