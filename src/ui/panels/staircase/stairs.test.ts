import { describe, expect, it } from 'vitest'
import { otherWalks, stairsOf, sumText } from './stairs'

type Read = Parameters<typeof stairsOf>[0][number]

/** The reads of a nested walk, written down from the manual: each guest address, then the entry found there. */
function nested(first: number, seconds: readonly number[]): readonly Read[] {
  const reads: Read[] = [{ stage: 'config', level: null, serves: null }]
  for (let row = 0; row <= first; row++) {
    const level = row === first ? null : first - 1 - row
    const serves = { address: BigInt(row) * 0x1000n + 0x8n, level }
    for (let k = 0; k < (seconds[row] ?? 0); k++) reads.push({ stage: 'second', level: 3 - k, serves })
    if (level !== null) reads.push({ stage: 'first', level, serves: null })
  }
  return reads
}

describe('a walk as a staircase', () => {
  it('has a row for each guest address, with its entry at the end; the last one is the page', () => {
    const { config, rows } = stairsOf(nested(4, [4, 4, 4, 4, 4]))
    expect(config).toEqual([0])
    expect(rows.map(row => row.reads.length)).toEqual([4, 4, 4, 4, 4])
    expect(rows.map(row => row.entry)).toEqual([5, 10, 15, 20, null])
    expect(rows.map(row => row.level)).toEqual([3, 2, 1, 0, null])
  })

  it('counts as the hardware does', () => {
    expect(sumText(stairsOf(nested(4, [4, 4, 4, 4, 4])))).toBe('4 x (4 + 1) + 4 = 24')
    expect(sumText(stairsOf(nested(4, [3, 3, 3, 3, 3])))).toBe('4 x (3 + 1) + 3 = 19')
    expect(sumText(stairsOf(nested(5, [5, 5, 5, 5, 5, 5])))).toBe('5 x (5 + 1) + 5 = 35')
    expect(sumText(stairsOf(nested(4, [4, 3, 4, 4, 3])))).toBe('5 + 4 + 5 + 5 + 3 = 22')
  })

  it('is one row for a walk of one stage', () => {
    const one = [3, 2, 1, 0].map((level): Read => ({ stage: 'second', level, serves: null }))
    expect(stairsOf(one).rows).toEqual([{ address: null, reads: [0, 1, 2, 3], entry: null, level: null }])
    expect(sumText(stairsOf(one))).toBe('4')
    const first = one.map((read): Read => ({ ...read, stage: 'first' }))
    expect(stairsOf(first).rows).toHaveLength(1)
  })

  it('keeps what was read of a walk that ended early', () => {
    const cut = nested(4, [4, 4, 4, 4, 4]).slice(0, 9)
    const { rows } = stairsOf(cut)
    expect(rows.map(row => [row.reads.length, row.entry])).toEqual([
      [4, 5],
      [3, null],
    ])
  })

  it('keeps an entry whose own address a paging cache knew', () => {
    const warm: readonly Read[] = [
      { stage: 'first', level: 0, serves: null },
      { stage: 'second', level: 0, serves: { address: 0x3010n, level: null } },
    ]
    expect(stairsOf(warm).rows.map(row => [row.address, row.reads])).toEqual([
      [null, [0]],
      [0x3010n, [1]],
    ])
  })

  it('knows the counts of other page sizes by the published ones', () => {
    expect(otherWalks(4, 4).map(one => one.references)).toEqual([24, 19, 19, 14, 8])
    expect(otherWalks(5, 5)[0]?.references).toBe(35)
  })
})
