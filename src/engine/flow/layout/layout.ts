/**
 * Lays a text out into statements, line by line: finds where each begins and ends whatever is missing,
 * tells code from prose, joins what a mailer wrapped and skips what a reviewer wrote in between.
 *
 * Every rule here is about lines and brackets; what a statement says is the grammar's business.
 */
import { type LineTable, lineEnd, lineStart, lineTable } from '../mail/lines'
import { BlockTracker } from './block-tracker'
import type { Comment } from './comments'
import { type Finding, info } from './findings'
import { hasPlainPair, type LineKind, type LineWords, lineKind, startsStatement } from './line-kind'
import { bannerOf, headingOf, type Piece, type Range } from './pieces'
import { StatementScanner } from './statement-scanner'

export interface LayoutInput {
  /** The cleaned text, comments and all. */
  readonly source: string
  /** The same with comments blanked. */
  readonly code: string
  readonly comments: readonly Comment[]
  readonly depths: readonly number[]
  readonly words: LineWords
}

export interface Layout {
  readonly pieces: readonly Piece[]
  readonly findings: readonly Finding[]
  /** Lines that are not code, as ranges of the cleaned text. */
  readonly skipped: readonly Range[]
}

const PREPROCESSOR =
  /^\s*#\s*(?:define|include|ifdef|ifndef|if|else|elif|endif|undef|pragma|error|line|warning)\b/
const DIRECTIVE = /^\s*#[A-Za-z]/

class LayoutReader {
  private readonly input: LayoutInput
  private readonly table: LineTable
  private readonly pieces: Piece[] = []
  private readonly findings: Finding[] = []
  private readonly skipped: Range[] = []
  private readonly blocks: BlockTracker
  private readonly scanner: StatementScanner
  private nextComment = 0

  constructor(input: LayoutInput) {
    this.input = input
    this.table = lineTable(input.code)
    this.blocks = new BlockTracker(this.pieces, this.findings)
    this.scanner = new StatementScanner(input.code, this.pieces, this.findings, this.blocks)
  }

  run(): Layout {
    for (let line = 0; line < this.table.count; line++) {
      this.banners(lineStart(this.table, line))
      this.readLine(line)
    }
    if (this.scanner.isOpen()) this.scanner.abandon(this.input.code.length)
    this.banners(this.input.code.length + 1)
    this.blocks.finish(this.input.code.length)
    return { pieces: this.pieces, findings: this.findings, skipped: this.skipped }
  }

  /** Emits the banners that stand before an offset, unless a statement is under way there. */
  private banners(before: number): void {
    for (; this.nextComment < this.input.comments.length; this.nextComment++) {
      const comment = this.input.comments[this.nextComment]
      if (comment === undefined || comment.to > before) return
      const text = bannerOf(comment.text)
      if (text !== null && !this.scanner.isOpen()) {
        this.pieces.push({ kind: 'banner', from: comment.from, to: comment.to, text })
      }
    }
  }

  private readLine(line: number): void {
    const from = lineStart(this.table, line)
    const text = this.input.code.slice(from, lineEnd(this.table, line))
    if (this.scanner.isSkipping()) this.skipOn(line, text)
    else if (this.scanner.isOpen()) this.continueStatement(line, text)
    else this.freshLine(line, text)
  }

  // Lines on which nothing is open.

  private freshLine(line: number, text: string): void {
    const kind = lineKind(text, this.input.words)
    if (kind === 'blank') {
      this.blankLine(line)
      return
    }
    if (kind === 'code') {
      this.codeLine(line, text)
      return
    }
    this.blocks.endPendingBody()
    if (kind === 'hash') {
      this.hashLine(line, text)
      return
    }
    this.otherLine(line, text, kind)
  }

  private blankLine(line: number): void {
    const from = lineStart(this.table, line)
    const comment = this.input.source.slice(from, lineEnd(this.table, line)).trim() !== ''
    if (!comment) this.blocks.endPendingBody()
  }

  private codeLine(line: number, text: string): void {
    this.blocks.beginLine(indentOf(text), text)
    this.scanner.scanLine(lineStart(this.table, line), lineEnd(this.table, line), {
      depth: this.depth(line),
      indent: indentOf(text),
      isProse: rest => isProse(lineKind(rest, this.input.words)),
      goesOn: () => this.nextLineGoesOn(line),
    })
  }

  private hashLine(line: number, text: string): void {
    if (PREPROCESSOR.test(text)) {
      this.skipFrom(line, text)
      return
    }
    if (!DIRECTIVE.test(text)) {
      this.otherLine(line, text, 'prose')
      return
    }
    const from = lineStart(this.table, line)
    this.pieces.push({ kind: 'directive', from: from + text.indexOf('#'), to: from + text.trimEnd().length })
  }

  private otherLine(line: number, text: string, kind: LineKind): void {
    const from = lineStart(this.table, line)
    const heading = kind === 'prose' || kind === 'hash' ? headingOf(text, this.textOf(line + 1)) : null
    if (heading !== null) this.pieces.push({ kind: 'heading', from, to: from + text.length, ...heading })
    if (kind === 'call-in-prose') this.findings.push(callInProse(text, from))
    if (kind === 'declaration') {
      this.skipDeclaration(line, text)
      return
    }
    this.skip(line)
  }

  // Lines on which a statement is open.

  private continueStatement(line: number, text: string): void {
    if (text.trim() === '') return
    switch (this.disposition(line, text)) {
      case 'hole':
        this.skip(line)
        return
      case 'resync':
        this.scanner.abandon(lineStart(this.table, line))
        this.freshLine(line, text)
        return
      case 'join':
        this.codeLine(line, text)
    }
  }

  /** What a line does to the statement that is open above it. */
  private disposition(line: number, text: string): 'join' | 'hole' | 'resync' {
    const { words } = this.input
    const inside = this.scanner.innermost()
    if (inside === null) return 'join'
    const kind = lineKind(text, words)
    if (kind === 'snip') return 'hole'
    const shallower = this.depth(line) < this.scanner.depth()
    if (shallower && inside === '{' && !/^\s*(?:\.\s*\w|\})/.test(text)) {
      return startsStatement(text, words) && !isBareField(text, words) ? 'resync' : 'hole'
    }
    // A mailer wraps where a call goes on: the rest ends as calls do. What does not is a reviewer's.
    if (shallower && inside === '(' && (isClearProse(text) || !/[,;()|&]\s*$/.test(text))) return 'hole'
    if (kind === 'hash') return DIRECTIVE.test(text) && !PREPROCESSOR.test(text) ? 'resync' : 'hole'
    if (startsStatement(text, words) && !(inside === '{' && isBareField(text, words))) return 'resync'
    if (!shallower && isProse(kind) && isClearProse(text)) return inside === '{' ? 'hole' : 'resync'
    return 'join'
  }

  /** Whether a statement without its `;` goes on below: an operator hangs at either line's edge. */
  private nextLineGoesOn(line: number): boolean {
    const here = this.textOf(line).trimEnd()
    const hangs = /[=+\-*/%&|^<>?:!~]$/.test(here) && !/(?:\+\+|--)$/.test(here)
    for (let next = line + 1; next < this.table.count; next++) {
      const text = this.textOf(next)
      if (text.trim() === '') {
        if (this.isBlankSource(next)) return false
        continue
      }
      if (startsStatement(text, this.input.words) && !hangs) return false
      if (/^\s*(?:[=+|&^?<>/%]|-(?!-)|:(?!:))/.test(text)) return true
      return hangs && !isClearProse(text) && !/^\s*[#.}]/.test(text) && !this.isAssignment(text)
    }
    return false
  }

  private isAssignment(text: string): boolean {
    return startsStatement(text, this.input.words) && !/^\s*[A-Za-z_]\w*\s*\(/.test(text)
  }

  private isBlankSource(line: number): boolean {
    return this.input.source.slice(lineStart(this.table, line), lineEnd(this.table, line)).trim() === ''
  }

  // What is skipped.

  private skipFrom(line: number, text: string): void {
    this.skip(line)
    this.scanner.skipFrom(lineStart(this.table, line), lineEnd(this.table, line), text.endsWith('\\'))
  }

  private skipOn(line: number, text: string): void {
    if (startsStatement(text, this.input.words) && !/^\s*[A-Za-z_]\w*\s+[*\w]/.test(text)) {
      this.scanner.stopSkipping()
      this.freshLine(line, text)
      return
    }
    this.skipFrom(line, text)
  }

  /** A function's head opens a block that is read; a struct's body is skipped to its end. */
  private skipDeclaration(line: number, text: string): void {
    if (!/\)\s*\{\s*$/.test(text)) {
      this.skipFrom(line, text)
      return
    }
    this.skip(line)
    this.blocks.open(lineStart(this.table, line) + text.lastIndexOf('{'))
  }

  private skip(line: number): void {
    this.skipped.push({ from: lineStart(this.table, line), to: lineEnd(this.table, line) })
  }

  private textOf(line: number): string {
    if (line >= this.table.count) return ''
    return this.input.code.slice(lineStart(this.table, line), lineEnd(this.table, line))
  }

  private depth(line: number): number {
    return this.input.depths[line] ?? 0
  }
}

const isProse = (kind: LineKind): boolean => kind === 'prose' || kind === 'call-in-prose' || kind === 'snip'

/** Three words in a row: nobody writes those in code. */
const isClearProse = (text: string): boolean =>
  hasPlainPair(text) && /[A-Za-z]{2,}\s+[A-Za-z]{2,}\s+[A-Za-z]{2,}/.test(text.slice(0, 300))

/** `ioasid = x;` inside braces: a field that lost its dot, unless it is given a call or a struct. */
const isBareField = (text: string, words: LineWords): boolean => {
  const match = /^\s*([A-Za-z_]\w*)\s*=\s*([A-Za-z_]\w*\s*\(|\{)?/.exec(text)
  return match !== null && match[2] === undefined && words.isField(match[1] ?? '')
}

const indentOf = (text: string): number => {
  let column = 0
  for (const c of text) {
    if (c === '\t') column += 8 - (column % 8)
    else if (c === ' ') column++
    else break
  }
  return column
}

function callInProse(text: string, from: number): Finding {
  const match =
    /\b(?:[A-Za-z_]\w*\s*=\s*)?(?:open|ioctl|close|mmap|read|dma_\w+|guest_\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;?/.exec(
      text.slice(0, 600),
    )
  const start = from + (text.length - text.trimStart().length)
  return info({
    code: 'prose.call',
    message: 'a call inside a sentence: read as prose and skipped',
    hint: match === null ? null : 'keep the call alone on the line to run it',
    from: start,
    to: from + text.trimEnd().length,
    fix:
      match === null || text.length > 300
        ? null
        : {
            title: 'Run this call',
            from: start,
            to: from + text.trimEnd().length,
            insert: match[0].replace(/;?$/, ';'),
          },
  })
}

/** The code with what was skipped blanked too: only statements and directives are left in it. */
export function blankSkipped(code: string, skipped: readonly Range[]): string {
  const parts: string[] = []
  let done = 0
  for (const { from, to } of skipped) {
    if (from < done) continue
    parts.push(code.slice(done, from), ' '.repeat(to - from))
    done = to
  }
  parts.push(code.slice(done))
  return parts.join('')
}

/** Lays a cleaned text out. Linear in its length; never fails. */
export function layOut(input: LayoutInput): Layout {
  return new LayoutReader(input).run()
}
