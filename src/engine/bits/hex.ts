/** Hexadecimal text of addresses and words, the way kernel and specification print them. */

/** `0x2abc`: no leading zeros, lower case. Negative values are not addresses and are refused. */
export const hex = (value: bigint | number): string => `0x${BigInt(value).toString(16)}`

/** `0x0000000000002abc`: sixteen digits of the low 64 bits. */
export const hex64 = (value: bigint): string =>
  `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`
