import { describe, expect, it } from 'vitest'
import { readCharacter, readNumber, readString } from './literals'

describe('numbers', () => {
  it.each([
    ['0', 0n],
    ['4096', 4096n],
    ['0x1000UL', 0x1000n],
    ['1ULL', 1n],
    ['1GB', 1n << 30n],
    ['4 KB', 4096n],
    ['2M', 2n << 20n],
    ['64KiB', 65536n],
    ['1T', 1n << 40n],
    ['0644', 0o644n],
    ['0b101', 5n],
    ['0x0000_0001_4000_1003', 0x1_4000_1003n],
    ['18446744073709551615', (1n << 64n) - 1n],
  ])('%s', (text, value) => {
    expect(readNumber(text)).toMatchObject({ value, problem: null })
  })

  it.each(['18446744073709551616', '0x10000000000000000', '16777216T', `1${'0'.repeat(500)}`])(
    '%s is too wide',
    text => {
      expect(readNumber(text).problem).toBe('too-wide')
    },
  )

  it.each(['099', '0x', '12abc', '1e9', ''])('%s is malformed', text => {
    expect(readNumber(text).problem).toBe('malformed')
  })
})

describe('strings', () => {
  it('resolves the escapes of C', () => {
    expect(readString('"a\\n\\t\\x41\\101\\\\\\""')).toBe('a\n\tAA\\"')
  })

  it('keeps a unit escape visible', () => {
    expect(readString('"\\u202e"')).toBe('\\u202e')
  })

  it('reads characters as their code', () => {
    expect(readCharacter("'a'")).toBe(97n)
    expect(readCharacter("'\\n'")).toBe(10n)
  })
})
