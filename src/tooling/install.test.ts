import { describe, expect, it } from 'vitest'
import { isSameTree } from './install.mjs'
import { isSupported } from './node-version.mjs'

const LOCKED = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b-win32': { version: '2.0.0', integrity: 'sha512-b', optional: true },
}

describe('isSameTree', () => {
  it('accepts an installation without the binaries of other machines', () => {
    expect(isSameTree(LOCKED, { 'node_modules/a': LOCKED['node_modules/a'] })).toBe(true)
  })

  it.each([
    ['a missing package', {}],
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['other contents', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
    [
      'a package too many',
      { 'node_modules/a': LOCKED['node_modules/a'], 'node_modules/c': { version: '3.0.0' } },
    ],
    [
      'an optional package in another version',
      { 'node_modules/a': LOCKED['node_modules/a'], 'node_modules/b-win32': { version: '1.9.0' } },
    ],
  ])('refuses %s', (_what, installed) => {
    expect(isSameTree(LOCKED, installed)).toBe(false)
  })
})

it.each([
  ['18.20.0', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['23.0.0', true],
  ['24.1.0', true],
])('Node.js %s supported: %s', (version, expected) => {
  expect(isSupported(version)).toBe(expected)
})
