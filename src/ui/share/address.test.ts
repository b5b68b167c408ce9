import { expect, it } from 'vitest'
import { askedBy, pageAddress } from './address'

const at = (href: string) => askedBy({ href, hash: new URL(href).hash })

it.each([
  ['https://e.org/', { kind: 'nothing' }],
  ['https://e.org/ioas/?lang=en#', { kind: 'nothing' }],
  ['https://e.org/#g.2', { kind: 'gallery', code: '2', step: null }],
  ['https://e.org/#g.Prereg-IOAS:7', { kind: 'gallery', code: 'prereg-ioas', step: 7 }],
  ['https://e.org/#v1.5k.abc', { kind: 'link', address: 'https://e.org/#v1.5k.abc' }],
  ['https://e.org/?s=v1.5k.abc', { kind: 'link', address: 'https://e.org/?s=v1.5k.abc' }],
  ['https://e.org/%23v1.5k.abc', { kind: 'link', address: 'https://e.org/%23v1.5k.abc' }],
  ['https://e.org/#something', { kind: 'link', address: 'https://e.org/#something' }],
])('%s', (href, asked) => {
  expect(at(href)).toEqual(asked)
})

it('the page is where it is without query and fragment', () => {
  expect(pageAddress(new URL('https://e.org/ioas/?s=v1.5k.abc#x'))).toBe('https://e.org/ioas/')
})
