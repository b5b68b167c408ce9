/**
 * Plain text for mail: 7-bit characters, bounded width, no trailing blanks.
 * Widths are columns; after escaping every character is one column wide.
 */

/** The widest line that survives two levels of quoting in an 80-column window. */
export const MAIL_WIDTH = 74

const isPlain = (code: number) => code >= 0x20 && code <= 0x7e && code !== 0x5c

function escapedCodePoint(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (isPlain(code)) return char
  if (char === '\\') return '\\\\'
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** Spells everything outside printable 7-bit as an escape; a backslash doubles, so nothing is ambiguous. */
export const sevenBit = (text: string): string => Array.from(text, escapedCodePoint).join('')

/** Takes the longest head of `text` that fits, at a blank where there is one. Returns head and rest. */
function splitLine(text: string, width: number): readonly [string, string] {
  if (text.length <= width) return [text, '']
  const blank = text.lastIndexOf(' ', width)
  return blank > 0 ? [text.slice(0, blank), text.slice(blank + 1)] : [text.slice(0, width), text.slice(width)]
}

/**
 * Breaks escaped text into lines of at most `width` columns: at single blanks where possible, inside
 * a word where not. Nothing is dropped but the blank at a break. At least one line, `width` at least 1.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  do {
    const [line, after] = splitLine(rest, width)
    lines.push(line)
    rest = after
  } while (rest !== '')
  return lines
}

/** Lines with a first and a continuing prefix, wrapped to `width` with the prefix counted. */
export function prefixed(text: string, options: { first: string; next: string; width: number }): string[] {
  const room = Math.max(1, options.width - Math.max(options.first.length, options.next.length))
  return wrapped(text, room).map((line, i) => `${i === 0 ? options.first : options.next}${line}`)
}

/** Joins lines with LF, blanks at line ends removed, exactly one LF at the end. */
export const joined = (lines: readonly string[]): string =>
  `${lines
    .map(line => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`
