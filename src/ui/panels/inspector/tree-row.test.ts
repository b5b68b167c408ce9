import { describe, expect, it } from 'vitest'
import { rightsText, rowName, runLength } from './tree-row'

describe('rows of a page table', () => {
  it('names single entries and runs', () => {
    expect(rowName({ name: 'PT', index: 2, lastIndex: 2 })).toBe('PT[2]')
    expect(rowName({ name: 'PT', index: 3, lastIndex: 511 })).toBe('PT[3..511]')
    expect(rowName({ name: 'TCE table', index: 0, lastIndex: 1 })).toBe('TCE[0..1]')
    expect(runLength({ name: 'PT', index: 3, lastIndex: 511 })).toBe(509)
  })

  it('says rights shortly', () => {
    expect(rightsText({ kind: 'leaf', perm: 'rw' })).toBe('R W')
    expect(rightsText({ kind: 'malformed', perm: 'rw' })).toBe('malformed')
    expect(rightsText({ kind: 'table', perm: '' })).toBe('none')
  })
})
