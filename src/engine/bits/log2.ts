/** Powers of two and alignment over non-negative integers held in doubles (below 2^53). */

const KIB = 1024
export const MIB = KIB * 1024
export const GIB = MIB * 1024

export const PAGE_LG2 = 12
export const PAGE_BYTES = 4096

/** 2 to the `lg2`; exact up to 2^1023, unlike a shift. */
export const pow2 = (lg2: number): number => 2 ** lg2

/** Largest n with 2^n <= value; value must be at least 1. */
export function floorLg2(value: number): number {
  if (value < 0x8000_0000) return 31 - Math.clz32(value)
  const high = Math.floor(value / 0x8000_0000)
  return high >= 0x8000_0000 ? 62 + floorLg2(Math.floor(high / 0x8000_0000)) : 31 + floorLg2(high)
}

/** Smallest n with 2^n >= value; value must be at least 1. */
export const ceilLg2 = (value: number): number => (isPow2(value) ? floorLg2(value) : floorLg2(value) + 1)

const alignDown = (value: number, unit: number): number => value - (value % unit)
export const alignUp = (value: number, unit: number): number => alignDown(value + unit - 1, unit)

/** Number of low zero bits; 53 for 0. */
export function trailingZeros(value: number): number {
  if (value === 0) return 53
  const low = value | 0
  if (low !== 0) return 31 - Math.clz32(low & -low)
  return 32 + trailingZeros(value / 0x1_0000_0000)
}

/** True for 1, 2, 4, ...; false for 0. */
export const isPow2 = (value: number): boolean => value > 0 && value === pow2(trailingZeros(value))
