import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addHigh,
  ceilLg2,
  decodeFields,
  fieldMask,
  floorLg2,
  getField,
  hex,
  hex64,
  hi32,
  highHalf,
  isPow2,
  joinHalves,
  lo32,
  lowHalf,
  setField,
  swap32,
  trailingZeros,
  u64,
} from '.'

const SEED = { seed: 0x10a5, verbose: 1 as const }
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const page = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

describe('64-bit words in halves', () => {
  it('join back to what was cut', () => {
    fc.assert(
      fc.property(word, value => {
        expect(u64(lo32(value), hi32(value))).toBe(value)
      }),
      SEED,
    )
  })

  it('join back from a double', () => {
    fc.assert(
      fc.property(page, value => {
        expect(joinHalves(lowHalf(value), highHalf(value))).toBe(value)
      }),
      SEED,
    )
  })

  it('add with carry as bigint does', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const lo = (lo32(a) + lo32(b)) | 0
        expect(u64(lo, addHigh(lo32(a), hi32(a), lo32(b), hi32(b)))).toBe(BigInt.asUintN(64, a + b))
      }),
      SEED,
    )
  })

  it('turn round byte by byte', () => {
    expect(swap32(0x01020304)).toBe(0x04030201)
    expect(swap32(swap32(-2))).toBe(-2)
  })
})

describe('powers of two', () => {
  it('are recognised over the whole range of page numbers', () => {
    for (let n = 0; n <= 52; n++) {
      expect(isPow2(2 ** n)).toBe(true)
      expect(trailingZeros(2 ** n)).toBe(n)
      expect(floorLg2(2 ** n)).toBe(n)
      expect(ceilLg2(2 ** n)).toBe(n)
      if (n > 1)
        expect([isPow2(2 ** n - 1), floorLg2(2 ** n - 1), ceilLg2(2 ** n - 1)]).toEqual([false, n - 1, n])
    }
    expect(isPow2(0)).toBe(false)
  })
})

describe('bit fields', () => {
  const ADDR = { name: 'ADDR', high: 51, low: 12, doc: '' }
  const R = { name: 'R', high: 0, low: 0, doc: '' }

  it('cover their bits and no other', () => {
    expect(fieldMask(ADDR)).toBe(0x000f_ffff_ffff_f000n)
  })

  it('read back what was set, and leave the rest', () => {
    fc.assert(
      fc.property(word, word, (before, value) => {
        const after = setField(before, ADDR, value)
        return (
          getField(after, ADDR) === BigInt.asUintN(40, value) &&
          (after & ~fieldMask(ADDR)) === (before & ~fieldMask(ADDR))
        )
      }),
      SEED,
    )
    expect(decodeFields(0x40001003n, [R, ADDR])).toEqual({ R: 1n, ADDR: 0x40001n })
  })
})

describe('hexadecimal text', () => {
  it('is printed as the kernel prints it', () => {
    expect([hex(1n), hex(0x2abc), hex64(0x2abcn), hex64(-1n)]).toEqual([
      '0x1',
      '0x2abc',
      '0x0000000000002abc',
      '0xffffffffffffffff',
    ])
  })
})
