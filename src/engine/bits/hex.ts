/** Hexadecimal text of addresses and words, the way kernel and specification print them. */

/** `0x2abc`: no leading zeros, lower case. Negative values are not addresses and are refused. */
export const hex = (value: bigint | number): string => `0x${BigInt(value).toString(16)}`

/** `0x0000000000002abc`: sixteen digits of the low 64 bits. */
export const hex64 = (value: bigint): string =>
  `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`

/** `0x00002abc`: eight digits of the low 32 bits, of either sign. */
export const hex32 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`

/** The value of `0x...` (underscores allowed between digits), or null. */
export function parseHex(text: string): bigint | null {
  return /^0x[0-9a-f]+(_[0-9a-f]+)*$/i.test(text) ? BigInt(text.replaceAll('_', '')) : null
}
