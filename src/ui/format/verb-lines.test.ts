import { describe, expect, it } from 'vitest'
import { lastWord, verbLines } from './verb-lines'

describe('the verb of a step', () => {
  it.each([
    ['MAP', 'MAP', ''],
    ['expect', 'expect', ''],
    ['HWPT_ALLOC', 'HWPT', 'ALLOC'],
    ['dma_read', 'dma', 'read'],
    ['TEST_MOCK_DOMAIN_REPLACE', 'TEST', 'REPLACE'],
    ['REGISTER', '', 'REGISTER'],
  ])('%s stands on two lines where it is long', (verb, head, tail) => {
    expect(verbLines(verb)).toEqual({ head, tail })
  })

  it('is its last word where there is room for one', () => {
    expect(['h_put_tce', 'MAP'].map(lastWord)).toEqual(['tce', 'MAP'])
  })
})
