/**
 * Last passes, a line at a time and never changing how many there are: patch marks, code fences,
 * signatures and PGP blocks.
 */
import { lineEnd, lineStart, lineTable, lineText } from './lines'
import type { Notes } from './notes'
import type { UnquotedText } from './quoting'
import { Rewriter } from './rewriter'

/** How many characters a line loses at its front, or `all`. */
type Cut = number | 'all'

/** A pass looks at every line and answers with cuts for those that change. */
type LinePass = (
  lines: readonly string[],
  depths: readonly number[],
  cut: (line: number, what: Cut) => void,
) => void

const HUNK = /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/
const PATCH_HEADER = /^(?:diff --git |index [0-9a-f]+\.\.|new file mode |--- [ab/]|\+\+\+ [ab/])/
const ADDED = /^\+(?!\+|$)|^\+$/

const patchMarks: LinePass = (lines, _depths, cut) => {
  const written = lines.filter(line => line.trim() !== '').length
  const added = lines.filter(line => ADDED.test(line)).length
  const mostly = added * 2 > written
  let inHunk = false
  for (const [i, line] of lines.entries()) {
    if (HUNK.test(line)) inHunk = true
    else if (inHunk && !/^[-+ \\]|^$/.test(line)) inHunk = false
    if (HUNK.test(line) || (PATCH_HEADER.test(line) && (added > 0 || inHunk))) cut(i, 'all')
    else if (ADDED.test(line) && (inHunk || mostly)) cut(i, 1)
    else if (inHunk && line.startsWith('-')) cut(i, 'all')
  }
}

const fences: LinePass = (lines, _depths, cut) => {
  for (const [i, line] of lines.entries()) if (/^\s*(?:```|~~~)/.test(line)) cut(i, 'all')
}

const PGP_START = /^-----BEGIN PGP (SIGNED MESSAGE|[A-Z ]+)-----/

const signatures: LinePass = (lines, depths, cut) => {
  let until: ((line: string, depth: number) => boolean) | null = null
  for (const [i, line] of lines.entries()) {
    const depth = depths[i] ?? 0
    if (until?.(line, depth) === true) until = null
    const pgp = PGP_START.exec(line)
    if (pgp !== null)
      until = pgp[1] === 'SIGNED MESSAGE' ? text => text.trim() === '' : afterLine(/^-----END PGP/)
    else if (until === null && /^-- ?$/.test(line)) until = (_, other) => other !== depth
    if (until !== null && line !== '') cut(i, 'all')
  }
}

/** True on the line after the first that matches. */
function afterLine(pattern: RegExp): (line: string) => boolean {
  let seen = false
  return line => {
    if (seen) return true
    seen = pattern.test(line)
    return false
  }
}

function apply(
  source: UnquotedText,
  pass: LinePass,
  notes: Notes,
  code: 'mail.patch' | 'mail.fences' | 'mail.signature',
): UnquotedText {
  const table = lineTable(source.text.text)
  const lines = Array.from({ length: table.count }, (_, line) => lineText(source.text.text, table, line))
  const cuts = new Map<number, Cut>()
  pass(lines, source.depths, (line, what) => cuts.set(line, what))
  if (cuts.size === 0) return source
  const out = new Rewriter(source.text)
  for (const [line, content] of lines.entries()) {
    const start = lineStart(table, line)
    const cut = cuts.get(line)
    if (cut !== undefined) notes.add(code, source.text.toOriginal(start, start).from)
    const from = start + (cut === 'all' ? content.length : (cut ?? 0))
    out.keep(from, Math.min(lineEnd(table, line) + 1, source.text.text.length))
  }
  return { text: out.finish(), depths: source.depths }
}

export function editLines(source: UnquotedText, notes: Notes): UnquotedText {
  const unpatched = /^[+@]/m.test(source.text.text) ? apply(source, patchMarks, notes, 'mail.patch') : source
  const unfenced = /```|~~~/.test(unpatched.text.text)
    ? apply(unpatched, fences, notes, 'mail.fences')
    : unpatched
  return unfenced.text.text.includes('--') ? apply(unfenced, signatures, notes, 'mail.signature') : unfenced
}
