/** Where a line that is new to a text goes, and in what dress: the quoting and columns of its neighbours. */
import { type DirectiveLine, directiveLines, withoutBlocks } from './directive-lines'
import type { TextEdit } from './edits'

/** Where values start in a text that has no directive yet. */
const COLUMN = 11
/** A line that opens or calls: in a mail, headers too have `name = value`. */
const CODE = /^([ \t>|+]*)(?:[A-Za-z_][\w.[\]]*\s*=(?:3D)?\s*)?(?:ioctl|open)\s*\(/
/** Characters of a text that are looked at to tell how it is encoded. */
const READ_FOR_ENCODING = 100_000
const MAIL = /^(?:[A-Z][A-Za-z-]*:\s|On .*wrote:|[ \t]*[>|])/m

/** Adds a directive after the last one of its name, else after the last of those at the top, else first. */
export function newDirective(text: string, name: string, value: string): TextEdit {
  const all = directiveLines(text)
  const after = all.findLast(line => line.name === name) ?? lastOfTop(text, all)
  const written = encoded(text, `#${name}`.padEnd(columnOf(all, name)) + value)
  if (after !== undefined) {
    return { from: after.to, to: after.to, insert: `${lineBreak(text)}${after.prefix}${written}` }
  }
  return aboveTheCode(text, written)
}

/** Adds a line before the first statement, under the directives. */
export function newStatement(text: string, line: string): TextEdit {
  const statement = encoded(text, line)
  const last = lastOfTop(text, directiveLines(text))
  if (last === undefined) return aboveTheCode(text, statement)
  const blank = /^\r?\n[ \t>|+]*\r?(?=\n)/.exec(text.slice(last.to))?.[0].length ?? 0
  const from = last.to + blank
  const gap = blank > 0 ? '' : `${lineBreak(text)}${last.prefix}`
  return { from, to: from, insert: `${gap}${lineBreak(text)}${last.prefix}${statement}` }
}

/** As the text around writes `=`: `=3D`, where that is how all of its code has it. */
function encoded(text: string, line: string): string {
  const code = text.slice(codeStart(text)?.from ?? 0, READ_FOR_ENCODING)
  const printable = /=3D/.test(code) && !/=[ \t]/.test(code)
  return printable ? line.replaceAll('=', '=3D') : line
}

const lineBreak = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n')

function lastOfTop(text: string, all: readonly DirectiveLine[]): DirectiveLine | undefined {
  const code = codeStart(text)
  return all.findLast(line => code === null || line.from < code.from)
}

/** The first line that opens or calls; what stands before it are comments, prose and values. */
function codeStart(text: string): { readonly from: number; readonly prefix: string } | null {
  let from = 0
  for (const line of withoutBlocks(text).split('\n')) {
    const found = CODE.exec(line)
    if (found !== null) return { from, prefix: found[1] ?? '' }
    from += line.length + 1
  }
  return null
}

/** At the very top; inside the quoting, where the text is a mail, whose headers stay first. */
function aboveTheCode(text: string, line: string): TextEdit {
  const end = lineBreak(text)
  const code = codeStart(text)
  const inMail = code !== null && MAIL.test(text.slice(0, code.from + code.prefix.length))
  const from = inMail ? code.from : 0
  const prefix = inMail ? code.prefix : ''
  const gap = /^\s*(?:#|$)/.test(text.slice(from, text.indexOf('\n', from))) ? '' : `${prefix}${end}`
  return { from, to: from, insert: `${prefix}${line}${end}${gap}` }
}

/** Lines up with the others, where the others line up. */
function columnOf(all: readonly DirectiveLine[], name: string): number {
  const least = name.length + 2
  if (all.length === 0) return Math.max(COLUMN, least)
  const aligned = all.some(line => line.gap > 1)
  return aligned ? Math.max(least, ...all.map(line => line.column)) : least
}
