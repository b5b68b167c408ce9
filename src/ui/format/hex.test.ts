import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { address, count, parseAddress, range, size, span, word, wordParts } from './hex'

describe('numbers on the page', () => {
  it.each([
    [0n, '0x0'],
    [0x2000n, '0x2000'],
    [0x106010n, '0x10_6010'],
    [0x7f2000000000n, '0x7f20_0000_0000'],
  ])('address %s', (value, text) => expect(address(value)).toBe(text))

  it('a word is always 16 digits, flag bits last', () => {
    expect(word(0x140001003n)).toBe('0x0000_0001_4000_1003')
    expect(wordParts(0x140001003n)).toEqual({ zeros: '0x0000_000', body: '1_4000_1', flags: '003' })
    expect(word(0n)).toBe('0x0000_0000_0000_0000')
    expect(word(0xffff_ffff_ffff_ffffn)).toBe('0xffff_ffff_ffff_ffff')
  })

  it('what is written reads back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), value => {
        expect(parseAddress(address(value))).toBe(value)
        expect(parseAddress(word(value))).toBe(value)
        expect(word(value)).toHaveLength(2 + 16 + 3)
      }),
      { seed: 7 },
    )
  })

  it('refuses what is no address', () => {
    for (const text of ['', '0x', 'zz', '-1', '1.5', '0x1_0000_0000_0000_0000'])
      expect(parseAddress(text)).toBeNull()
  })

  it('sizes use the largest whole unit', () => {
    expect([size(1n), size(4096n), size(6144n), size(1n << 30n), size(1_048_577n)]).toEqual([
      '1 B',
      '4 KiB',
      '6 KiB',
      '1 GiB',
      '1,048,577 B',
    ])
    expect(count(262_144)).toBe('262,144')
    expect(span(0x2000n, 0x2fffn)).toBe('0x2000 + 4 KiB')
    expect(range(0x2000n, 0x2fffn)).toBe('0x2000 .. 0x2fff')
  })
})
