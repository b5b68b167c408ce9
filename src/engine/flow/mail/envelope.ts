/**
 * Second pass: takes a mail out of its envelope. Header blocks and part marks go; each body is decoded as
 * its headers say, or by the quoted-printable test where nothing says it; parts that are not text go, HTML
 * beside a plain part among them.
 */
import { decodeBase64 } from './base64'
import { type BodyEncoding, headerBlockAt } from './headers'
import { type LineTable, lineStart, lineTable, lineText } from './lines'
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import { decodeAll, decodeWhereSure } from './quoted-printable'
import { Rewriter } from './rewriter'

const PLAIN_PART = /^content-type:\s*text\/plain\b/im

interface Envelope {
  readonly source: MappedText
  readonly lines: LineTable
  readonly notes: Notes
  readonly out: Rewriter
  readonly boundaries: Set<string>
}

export function openEnvelope(source: MappedText, notes: Notes): MappedText {
  if (!/[=:]/.test(source.text)) return source
  const lines = lineTable(source.text)
  const envelope: Envelope = { source, lines, notes, out: new Rewriter(source), boundaries: new Set() }
  let encoding: BodyEncoding = 'unsaid'
  let bodyStart = 0
  let afterMark = false
  const hasPlain = PLAIN_PART.test(source.text)
  for (let line = 0; line < lines.count; ) {
    const content = lineText(source.text, lines, line)
    const mark = isPartMark(envelope, content)
    const block = mark ? null : headersAt(envelope, line, bodyStart, afterMark)
    if (!mark && block === null) {
      afterMark &&= content.trim() === ''
      line++
      continue
    }
    putBody(envelope, encoding, bodyStart, line)
    const end = block?.end ?? line + 1
    skip(envelope, line, end)
    encoding = block?.html === true && hasPlain ? 'not-text' : (block?.encoding ?? 'unsaid')
    if (block?.boundary != null) envelope.boundaries.add(block.boundary)
    afterMark = mark
    line = end
    bodyStart = end
  }
  putBody(envelope, encoding, bodyStart, lines.count)
  return envelope.out.finish()
}

/** Headers stand at the start, after directives put there, after an empty line or after a part mark, never in running text. */
function headersAt({ source, lines }: Envelope, line: number, bodyStart: number, afterMark: boolean) {
  const free = line === bodyStart || /^(?:#[a-z].*|\s*)$/.test(lineText(source.text, lines, line - 1))
  return free ? headerBlockAt(source.text, lines, line, afterMark) : null
}

function isPartMark({ boundaries }: Envelope, content: string): boolean {
  if (boundaries.size === 0 || !content.startsWith('--')) return false
  const name = content.slice(2).trimEnd()
  return boundaries.has(name) || (name.endsWith('--') && boundaries.has(name.slice(0, -2)))
}

/** Leaves an empty line for each line skipped, so that what follows still stands alone. */
function skip({ source, lines, notes, out }: Envelope, first: number, end: number): void {
  notes.add(
    'mail.headers',
    source.toOriginal(lineStart(lines, first), lineStart(lines, first)).from,
    end - first,
  )
  for (let line = first; line < end; line++) {
    const last = lineStart(lines, line + 1)
    out.keep(last - 1, Math.min(last, source.text.length))
  }
}

function putBody(envelope: Envelope, encoding: BodyEncoding, first: number, end: number): void {
  if (end <= first) return
  const { source, lines, notes, out } = envelope
  const from = lineStart(lines, first)
  const to = Math.min(lineStart(lines, end), source.text.length)
  if (encoding === 'unsaid') decodeWhereSure(out, source, lines, notes, first, end)
  else if (encoding === 'quoted-printable') decodeAll(out, source, notes, from, to)
  else if (encoding === 'base64') decodeBase64(out, source, notes, from, to)
  else if (encoding === 'not-text') skip(envelope, first, end)
  else out.keep(from, to)
}
