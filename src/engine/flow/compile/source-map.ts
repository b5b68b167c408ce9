/** From offsets in the cleaned text to places in the author's. */

import type { Finding } from '../layout/findings'
import { escapeUnit } from '../mail/characters'
import type { CleanText } from '../mail/clean-mail'
import { type LineTable, lineOf, lineStart, lineTable } from '../mail/lines'
import type { Diagnostic, Span } from '../program'

export class SourceMap {
  private readonly clean: CleanText
  private readonly lines: LineTable
  private readonly length: number

  constructor(original: string, clean: CleanText) {
    this.clean = clean
    this.lines = lineTable(original)
    this.length = original.length
  }

  span(from: number, to: number): Span {
    const range = this.clean.map.toOriginal(from, to)
    return this.place(range.from, range.to)
  }

  /** A span of offsets that are the author's already. */
  place(from: number, to: number): Span {
    const start = Math.max(0, Math.min(from, this.length))
    const end = Math.max(start, Math.min(to, this.length))
    const line = lineOf(this.lines, start)
    return { from: start, to: end, line: line + 1, column: start - lineStart(this.lines, line) + 1 }
  }

  /** What is inserted before everything comes before the headers and quote marks that were taken off, too. */
  private placeOfFix({ from, to }: { readonly from: number; readonly to: number }): Span {
    return to === 0 ? this.place(0, 0) : this.span(from, to)
  }

  diagnostic(finding: Finding): Diagnostic {
    const { severity, code, message, hint, fix } = finding
    const place = fix === null ? null : this.placeOfFix(fix)
    return {
      severity,
      code,
      message: visible(message),
      hint: hint === null ? null : visible(hint),
      span: this.span(finding.from, finding.to),
      fix:
        fix === null || place === null
          ? null
          : { title: fix.title, from: place.from, to: place.to, insert: fix.insert },
    }
  }
}

/** No message carries a character that a terminal or an editor would act upon. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const visible = (text: string): string => text.replace(ACTIVE, escapeUnit)
