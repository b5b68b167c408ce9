import { expect, it } from 'vitest'
import { entryFocus, entryText } from './entry-text'

it.each([
  [{ iova: 0x2000n, level: 0, exact: true }, '0x2000/0!'],
  [{ iova: 0xffff_ffff_ffff_f000n, level: null, exact: false }, '0xfffffffffffff000/'],
  [{ iova: 0n, level: 3, exact: false }, '0x0/3'],
])('%o is %s', (focus, text) => {
  expect(entryText(focus)).toBe(text)
  expect(entryFocus(text)).toEqual(focus)
})

it.each([undefined, '', '2000/0', '0x2000', '0x10000000000000000/0', '0x1/12'])('%s is no entry', text => {
  expect(entryFocus(text)).toBeNull()
})
