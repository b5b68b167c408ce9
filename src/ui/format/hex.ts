/** How numbers are written on the page: hex in groups of four digits, page counts in groups of three. */

/** `0x10_6010`: no leading zeros, groups of four. */
export function address(value: bigint): string {
  return `0x${grouped(value.toString(16))}`
}

/** A 64-bit word in three parts, 16 digits in all with their separators: leading zeros, the rest, flag bits. */
export function wordParts(value: bigint): { zeros: string; body: string; flags: string } {
  const digits = `0x${grouped(BigInt.asUintN(64, value).toString(16).padStart(16, '0'))}`
  const flags = digits.slice(-3)
  const rest = digits.slice(0, -3)
  const zeros = /^0x[0_]*/.exec(rest)?.[0] ?? ''
  return { zeros, body: rest.slice(zeros.length), flags }
}

/** `0x0000_0001_4000_1003`. */
export function word(value: bigint): string {
  const { zeros, body, flags } = wordParts(value)
  return zeros + body + flags
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** `4 KiB`, `1 GiB`; a size that is no whole number of a larger unit stays in the smaller one. */
export function size(bytes: bigint): string {
  let unit = 0
  let value = bytes
  while (value >= 1024n && value % 1024n === 0n && unit < UNITS.length - 1) {
    value /= 1024n
    unit += 1
  }
  return `${count(value)} ${UNITS[unit]}`
}

/** `262,144`. */
export function count(value: number | bigint): string {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `1 step`, `5,013 steps`. */
export function counted(value: number | bigint, one: string, many = `${one}s`): string {
  return `${count(value)} ${Number(value) === 1 ? one : many}`
}

/** `0x2000 + 4 KiB`, from an inclusive end. */
export function span(first: bigint, last: bigint): string {
  return `${address(first)} + ${size(last - first + 1n)}`
}

/** `0x2000 .. 0x2fff`, inclusive. */
export function range(first: bigint, last: bigint): string {
  return `${address(first)} .. ${address(last)}`
}

/** Reads `0x2000`, `0x10_6010`, `8192`; null for anything else or past 64 bits. */
export function parseAddress(text: string): bigint | null {
  const digits = text.trim().replaceAll('_', '')
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(digits)) return null
  const value = BigInt(digits)
  return value >> 64n === 0n ? value : null
}
