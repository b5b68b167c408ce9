/**
 * Fourth pass: mail quoting. `>`, `> > `, `>>`, `|`, `kevin> ` and any mix of them with spaces and tabs go;
 * how many stood before a line is its depth, which later tells a reviewer's words from the flow.
 */
import { lineEnd, lineStart, lineTable, lineText } from './lines'
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import { Rewriter } from './rewriter'

const MARK = /^[ \t]*>/
const NAMED_MARK = /^[ \t]?[A-Za-z][A-Za-z.]{0,11}>(?=[ \t>]|$)/
const BAR = /^[ \t]?\|(?=[ \t>]|$)/
const MOST_MARKS = 64

export interface QuotePrefix {
  /** Characters taken by the marks and the one space after them. */
  readonly length: number
  readonly depth: number
}

/** The quote marks at the start of a line; `bars` says whether `|` is one of them here. */
export function quotePrefix(line: string, bars: boolean): QuotePrefix {
  let length = 0
  let depth = 0
  let rest = line.slice(0, 400)
  for (; depth < MOST_MARKS; depth++) {
    const mark = MARK.exec(rest) ?? NAMED_MARK.exec(rest) ?? (bars ? BAR.exec(rest) : null)
    if (mark === null) break
    length += mark[0].length
    rest = rest.slice(mark[0].length)
  }
  if (depth > 0 && rest.startsWith(' ')) length++
  return { length, depth }
}

/** A `|` quotes only beside another such line: alone it is a drawing or an operator. */
function barLines(lines: readonly string[]): readonly boolean[] {
  const bar = lines.map(line => BAR.test(line.slice(quotePrefix(line, false).length)))
  return bar.map((is, i) => is && (bar[i - 1] === true || bar[i + 1] === true))
}

export interface UnquotedText {
  readonly text: MappedText
  /** Quote depth of each line. */
  readonly depths: readonly number[]
}

export function takeOffQuoting(source: MappedText, notes: Notes): UnquotedText {
  const table = lineTable(source.text)
  const contents = Array.from({ length: table.count }, (_, line) => lineText(source.text, table, line))
  const bars = source.text.includes('|') ? barLines(contents) : []
  const prefixes = contents.map((content, line) => quotePrefix(content, bars[line] === true))
  const depths = prefixes.map(prefix => prefix.depth)
  if (depths.every(depth => depth === 0)) return { text: source, depths }
  const out = new Rewriter(source)
  for (const [line, prefix] of prefixes.entries()) {
    const start = lineStart(table, line)
    if (prefix.depth > 0) notes.add('mail.quoting', source.toOriginal(start, start).from)
    out.keep(start + prefix.length, Math.min(lineEnd(table, line) + 1, source.text.length))
  }
  return { text: out.finish(), depths }
}
