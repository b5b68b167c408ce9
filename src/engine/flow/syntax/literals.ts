/** Numbers and strings of the language: C's, plus sizes with units and `_` between digits. */

export type NumberProblem = 'too-wide' | 'malformed'

export interface NumberReading {
  /** The low 64 bits, or 0 where malformed. */
  readonly value: bigint
  readonly problem: NumberProblem | null
  /** Written in C's octal, `0644`. */
  readonly octal: boolean
}

const UNITS: Readonly<Record<string, bigint>> = { k: 1n << 10n, m: 1n << 20n, g: 1n << 30n, t: 1n << 40n }
const NUMBER = /^(0x[0-9a-f_]+|0b[01_]+|[0-9][0-9_]*)(?:u?l{0,2}|l{1,2}u)? ?(?:([kmgt])i?b?)?$/i
const WIDEST = (1n << 64n) - 1n
const MOST_DIGITS = 400

/** `1GB`, `4 KB`, `0x1000UL`, `1ULL`, `0644`: units are powers of 1024. */
export function readNumber(text: string): NumberReading {
  const match = NUMBER.exec(text)
  const digits = match?.[1]?.replaceAll('_', '').toLowerCase() ?? ''
  const octal = /^0[0-7]+$/.test(digits)
  if (match === null || !isWhole(digits, octal)) return { value: 0n, problem: 'malformed', octal: false }
  if (digits.length > MOST_DIGITS) return { value: 0n, problem: 'too-wide', octal }
  const plain = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  const value = plain * (UNITS[match[2]?.toLowerCase() ?? ''] ?? 1n)
  return { value: BigInt.asUintN(64, value), problem: value > WIDEST ? 'too-wide' : null, octal }
}

const isWhole = (digits: string, octal: boolean): boolean =>
  digits !== '0x' && digits !== '0b' && (octal || !/^0[0-9]+$/.test(digits))

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** The characters of one string literal, quotes and escapes resolved. */
export function readString(text: string): string {
  return text
    .replace(/^"|"$/g, '')
    .replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|([0-7]{1,3})|([\s\S]))/g, resolveEscape)
}

function resolveEscape(_all: string, hex?: string, unit?: string, octal?: string, other?: string): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
  if (unit !== undefined) return `\\u${unit}`
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
  return ESCAPES[other ?? ''] ?? other ?? ''
}

/** The code of a character literal, `'a'` or `'\n'`. */
export const readCharacter = (text: string): bigint => {
  const content = readString(`"${text.slice(1, -1).replaceAll('"', '\\"')}"`)
  return BigInt(content.codePointAt(0) ?? 0)
}
