import { describe, expect, it } from 'vitest'
import { refusalText, ruleText } from './outcome'

describe('the sentence of a refusal', () => {
  it('has its values in it, addresses as such', () => {
    const values = { first: 0x1000n, last: 0x1fffn, mapped: 2 }
    expect(refusalText({ rule: 'unregister.mapped', values })).toBe('0x1000 .. 0x1fff has 2 mappings')
  })

  it.each([
    [0, 'HWPT_PAGING 0x3 is held by 0 others'],
    [1, 'HWPT_PAGING 0x3 is held by 1 other'],
    [2, 'HWPT_PAGING 0x3 is held by 2 others'],
  ])('counts %i rightly', (users, text) => {
    expect(refusalText({ rule: 'object.busy', values: { type: 'HWPT_PAGING', id: 3n, users } })).toBe(text)
  })

  it('is told for any values with their names', () => {
    expect(ruleText('object.busy')).toBe('{type} {id} is held by {users} others')
    expect(ruleText('bind.not-bound')).toBe('{device} is not bound through this fd')
  })
})
