/**
 * Quoted-printable (RFC 2045 section 6.7): `=3D`, `=20` at line ends, soft breaks.
 *
 * A paste seldom says how it is encoded, and flows are full of `=`. A paragraph is taken for
 * quoted-printable only if every `=` in it could be an escape or a soft break and one of them cannot be
 * anything else: `=3D`, `=20` at a line end, or a soft break that is not an assignment.
 *
 * A soft break joins before quoting is taken off. Mail that was quoted again after encoding carries the
 * outer marks on the tail too, and those go with the break.
 */
import { characterAt } from './bytes'
import { type LineTable, lineStart, lineText } from './lines'
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import type { Rewriter } from './rewriter'

const EQUALS = /=(?:[0-9A-Fa-f]{2}|\n|$)?/g
const ESCAPE = /=(?:[0-9A-Fa-f]{2}|\n)/g
const MARKS = /^(?:[ \t]*>)+ ?/
const SEPARATOR = /^[\s>|]*(?:=20)?$/
const SOFT_BREAK_COLUMN = 72

/** Decodes the range where it is sure, copies the rest. */
export function decodeWhereSure(
  out: Rewriter,
  source: MappedText,
  lines: LineTable,
  notes: Notes,
  first: number,
  end: number,
): void {
  let line = first
  while (line < end) {
    const last = paragraphEnd(source.text, lines, line, end)
    if (isEncoded(source.text, lines, line, last))
      decodeAll(out, source, notes, lineStart(lines, line), until(source, lines, last))
    else out.keep(lineStart(lines, line), until(source, lines, last))
    line = last
  }
}

const until = (source: MappedText, lines: LineTable, line: number): number =>
  Math.min(lineStart(lines, line), source.text.length)

/** The line after the paragraph that starts at `line`. A line of nothing but marks is one of its own. */
function paragraphEnd(text: string, lines: LineTable, line: number, end: number): number {
  let next = line + 1
  if (SEPARATOR.test(lineText(text, lines, line))) return next
  while (next < end && !SEPARATOR.test(lineText(text, lines, next))) next++
  return next
}

function isEncoded(text: string, lines: LineTable, first: number, end: number): boolean {
  let sure = false
  for (let line = first; line < end; line++) {
    const content = lineText(text, lines, line)
    const next = line + 1 < lines.count ? lineText(text, lines, line + 1) : ''
    for (const match of content.matchAll(EQUALS)) {
      const atEnd = match.index + 1 === content.length
      if (match[0].length === 1 && !atEnd) return false
      sure ||= isProof(content, match.index, next)
    }
  }
  return sure
}

function isProof(line: string, at: number, next: string): boolean {
  const code = line.slice(at + 1, at + 3).toUpperCase()
  if (code === '3D') return true
  if (code === '20') return at + 3 === line.length
  return code === '' && isSoftBreak(line, next)
}

/** A line that ends in `=`: cut by an encoder, or an assignment that goes on below? */
function isSoftBreak(line: string, next: string): boolean {
  const tail = next.replace(MARKS, '').trimStart()
  if (/^(?:[{&(]|[A-Za-z_]\w*\s*\()/.test(tail) && line.length < SOFT_BREAK_COLUMN) return false
  return line.length >= SOFT_BREAK_COLUMN || !/[\s=!<>]=$/.test(line)
}

/** Decodes every escape and soft break in [from, to); an `=` that is neither stays. */
export function decodeAll(out: Rewriter, source: MappedText, notes: Notes, from: number, to: number): void {
  const text = source.text.slice(from, to)
  let position = 0
  ESCAPE.lastIndex = 0
  for (let match = ESCAPE.exec(text); match !== null; match = ESCAPE.exec(text)) {
    out.keep(from + position, from + match.index)
    notes.add('mail.encoding', source.toOriginal(from + match.index, from + match.index).from)
    position = match[0] === '=\n' ? afterSoftBreak(text, match.index) : putBytes(out, text, match.index, from)
    ESCAPE.lastIndex = position
  }
  out.keep(from + position, to)
}

/** A run of escapes: its bytes, where each starts, and where the run ends. */
interface EscapedRun {
  readonly bytes: readonly number[]
  readonly starts: readonly number[]
  readonly end: number
}

/** The escapes from `at` on; a soft break between two bytes of one character is passed over. */
function escapedRun(text: string, at: number): EscapedRun {
  const bytes: number[] = []
  const starts: number[] = []
  let end = at
  let next = at
  while (/^=[0-9A-Fa-f]{2}$/.test(text.slice(next, next + 3))) {
    bytes.push(Number.parseInt(text.slice(next + 1, next + 3), 16))
    starts.push(next)
    end = next + 3
    next = text.startsWith('=\n', end) && (bytes.at(-1) ?? 0) >= 0x80 ? afterSoftBreak(text, end) : end
  }
  return { bytes, starts, end }
}

/** Decodes the run of escapes that starts at `at`; returns where it ends. */
function putBytes(out: Rewriter, text: string, at: number, base: number): number {
  const { bytes, starts, end } = escapedRun(text, at)
  for (let i = 0; i < bytes.length; ) {
    const character = characterAt(bytes, i)
    const next = starts[i + character.bytes] ?? end
    out.put(character.text, base + (starts[i] ?? at), base + next)
    i += character.bytes
  }
  return end
}

/** Where the text goes on after a soft break: past marks the tail repeats from its head. */
function afterSoftBreak(text: string, at: number): number {
  const tailStart = at + 2
  const head = text.slice(text.lastIndexOf('\n', at) + 1, at)
  const tail = MARKS.exec(text.slice(tailStart, tailStart + 200))?.[0] ?? ''
  const headMarks = MARKS.exec(head)?.[0] ?? ''
  return depth(tail) <= depth(headMarks) ? tailStart + tail.length : tailStart
}

const depth = (marks: string): number => marks.split('>').length - 1
