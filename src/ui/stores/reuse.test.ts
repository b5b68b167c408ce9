import { describe, expect, it } from 'vitest'
import { equal, reuse } from './reuse'

describe('reuse', () => {
  it('keeps the known object where nothing changed and takes the new one where something did', () => {
    const a = { id: 'a', rows: [{ value: '1' }] }
    const b = { id: 'b', rows: [{ value: '1' }] }
    const known = new Map([a, b].map(o => [o.id, o]))
    const next = reuse(known, [structuredClone(a), { ...b, rows: [{ value: '2' }] }])
    expect(next.get('a')).toBe(a)
    expect(next.get('b')).not.toBe(b)
  })

  it('drops what is gone', () => {
    expect(reuse(new Map([['a', { id: 'a' }]]), []).size).toBe(0)
  })

  it('tells values apart that only look alike', () => {
    expect(equal({ a: undefined }, { b: undefined })).toBe(false)
    expect(equal([1], { 0: 1 })).toBe(false)
    expect(equal(1n, 1)).toBe(false)
    expect(equal({ a: [1n, null] }, { a: [1n, null] })).toBe(true)
  })
})
