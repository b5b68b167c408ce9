/**
 * Where the directives of a text stand, told from their lines alone. Quoting in front (`> #dialect x`)
 * and comments behind belong to the author and are kept out of the value.
 *
 * Not modelled: directives that only appear once a mail is decoded (base64, a wrapped line), and values that
 * a transfer encoding would read as its own (`width=48` in quoted-printable).
 */

export interface DirectiveLine {
  readonly name: string
  /** Offset of the line's first character and of its end, without the line break. */
  readonly from: number
  readonly to: number
  /** What stands before the `#`. */
  readonly prefix: string
  /** Columns from the `#` to the value. */
  readonly column: number
  readonly gap: number
  readonly value: string
  readonly valueFrom: number
  readonly valueTo: number
}

const DIRECTIVE = /^([ \t>|+]*)#([A-Za-z][\w-]*)([ \t]*)(.*)$/
const BLOCK_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const COMMENT_BEHIND = /(?:^|[^:])(\/\/.*|\/\*.*)$/

/** Words that begin a line of C, not of the stage. */
const OF_C = new Set(
  'define include ifdef ifndef if else elif endif undef pragma error line warning'.split(' '),
)

/** The text with comments over several lines blanked, as long as before. */
export function withoutBlocks(text: string): string {
  return text.replace(BLOCK_COMMENT, found =>
    found.startsWith('/*') && found.includes('\n') ? found.replace(/[^\n]/g, ' ') : found,
  )
}

/** In time by the directives, not by the lines: a text may have a million of these. */
export function directiveLines(text: string): DirectiveLine[] {
  const found: DirectiveLine[] = []
  const plain = text.includes('/*') ? withoutBlocks(text) : text
  for (let at = plain.indexOf('#'); at >= 0; ) {
    const from = plain.lastIndexOf('\n', at) + 1
    const end = plain.indexOf('\n', at)
    const raw = plain.slice(from, end < 0 ? undefined : end)
    const read = readLine(raw.endsWith('\r') ? raw.slice(0, -1) : raw, from)
    if (read !== null) found.push(read)
    at = end < 0 ? -1 : plain.indexOf('#', end)
  }
  return found
}

function readLine(line: string, from: number): DirectiveLine | null {
  const [, prefix = '', name = '', gap = '', rest = ''] = DIRECTIVE.exec(line) ?? []
  if (name === '' || OF_C.has(name)) return null
  const comment = COMMENT_BEHIND.exec(rest)?.[1] ?? ''
  const value = rest.slice(0, rest.length - comment.length).trimEnd()
  const column = 1 + name.length + gap.length
  const valueFrom = from + prefix.length + column
  const valueTo = valueFrom + value.length
  return { name, from, to: from + line.length, prefix, column, gap: gap.length, value, valueFrom, valueTo }
}
