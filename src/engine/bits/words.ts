/**
 * 64-bit words as two 32-bit halves, as doubles below 2^53, and as bigint.
 *
 * Hot paths carry (lo, hi) as signed 32-bit integers; page numbers travel as doubles; bigint is for the edges.
 */

const TWO_32 = 0x1_0000_0000

/** Low 32 bits of a 64-bit value, signed. */
export const lo32 = (value: bigint): number => Number(BigInt.asIntN(32, value))

/** High 32 bits of a 64-bit value, signed. */
export const hi32 = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n))

/** The unsigned 64-bit value of two halves of any sign. */
export const u64 = (lo: number, hi: number): bigint => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)

/** Low 32 bits, signed, of a non-negative integer below 2^53. */
export const lowHalf = (value: number): number => value | 0

/** Bits 52:32, signed, of a non-negative integer below 2^53. */
export const highHalf = (value: number): number => (value / TWO_32) | 0

/** The double of two halves; exact while the value is below 2^53. */
export const joinHalves = (lo: number, hi: number): number => (hi >>> 0) * TWO_32 + (lo >>> 0)

/** Byte order of a 32-bit word turned round. */
export const swap32 = (word: number): number =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)

/** Low half of a sum of two 64-bit words is `(lo + addLo) | 0`; this is its high half. */
export const addHigh = (lo: number, hi: number, addLo: number, addHi: number): number =>
  (hi + addHi + ((lo + addLo) >>> 0 < lo >>> 0 ? 1 : 0)) | 0
