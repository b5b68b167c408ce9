/**
 * Scans code for where statements end: brackets, strings, `;` and line ends. Knows nothing of what a
 * statement means.
 */
import type { BlockTracker } from './block-tracker'
import { type Bracket, closersFor, closes, isCloser, isOpener } from './brackets'
import { error, type Finding, warning } from './findings'
import type { Piece } from './pieces'

/** What the scanner must know of the line it is given. */
export interface LineContext {
  readonly depth: number
  readonly indent: number
  isProse(rest: string): boolean
  goesOn(): boolean
}

interface OpenStatement {
  readonly kind: 'statement' | 'if' | 'skip'
  readonly from: number
  readonly depth: number
  readonly indent: number
  readonly brackets: Bracket[]
  /** Offset after the last character of code seen. */
  seen: number
}

const MARK = /["'(){}[\];\n]/g
const STRING = /"(?:[^"\\\n]|\\.)*"/y
const CHARACTER = /'(?:[^'\\\n]|\\.)'/y
const WORD = /[A-Za-z_]\w*/y
const NOT_SPACE = /\S/g
const LOOP = /^(?:for|while|switch|do)$/
const LOOK_AT_REST = 200

export class StatementScanner {
  private readonly code: string
  private readonly pieces: Piece[]
  private readonly findings: Finding[]
  private readonly blocks: BlockTracker
  private open: OpenStatement | null = null
  private skipContinues = false

  constructor(code: string, pieces: Piece[], findings: Finding[], blocks: BlockTracker) {
    this.code = code
    this.pieces = pieces
    this.findings = findings
    this.blocks = blocks
  }

  isOpen(): boolean {
    return this.open !== null
  }

  isSkipping(): boolean {
    return this.open?.kind === 'skip'
  }

  depth(): number {
    return this.open?.depth ?? 0
  }

  /** The innermost bracket open in the statement, or null if only its `;` is missing. */
  innermost(): Bracket['open'] | null {
    return this.open?.brackets.at(-1)?.open ?? null
  }

  /** Scans the code [from, end) of one line, going on with what is open. */
  scanLine(from: number, end: number, line: LineContext): void {
    let at = from
    let first = this.open === null
    while (at < end) {
      if (this.open === null) {
        at = this.skipSpace(at, end)
        if (at >= end) return
        const rest = first ? null : this.code.slice(at, Math.min(end, at + LOOK_AT_REST))
        first = false
        if (rest !== null && /^[A-Za-z("']/.test(rest) && line.isProse(firstClause(rest))) return
        at = this.begin(at, line)
      } else at = this.scanOpen(this.open, at, end)
    }
    if (this.open !== null) this.lineDone(this.open, line)
  }

  /** Starts whatever stands at `at`; returns where to scan on. */
  private begin(at: number, line: LineContext): number {
    const c = this.code.charAt(at)
    if (c === ';') return at + 1
    if (c === '}') {
      this.blocks.close(at)
      return at + 1
    }
    if (c === '{') {
      this.blocks.open(at)
      return at + 1
    }
    WORD.lastIndex = at
    const word = WORD.exec(this.code)?.[0] ?? ''
    if (word === 'else') return this.beginElse(at, line)
    if (LOOP.test(word)) this.reportLoop(at, word)
    this.blocks.beginStatement(at)
    const kind = word === 'if' || LOOP.test(word) ? 'if' : 'statement'
    this.open = { kind, from: at, depth: line.depth, indent: line.indent, brackets: [], seen: at }
    return at
  }

  private beginElse(at: number, line: LineContext): number {
    this.pieces.push({ kind: 'else', from: at, to: at + 4 })
    this.blocks.expectBody(at, line.indent)
    return at + 4
  }

  private reportLoop(at: number, word: string): void {
    this.findings.push(
      error({
        code: 'syntax.loop',
        message: `\`${word}\` is not part of the flow language`,
        hint: 'write the statements out, or repeat one with [1...N]',
        from: at,
        to: at + word.length,
      }),
    )
  }

  /** Scans on inside a statement; returns where it stopped: after the statement or at `end`. */
  private scanOpen(open: OpenStatement, from: number, end: number): number {
    MARK.lastIndex = from
    const mark = MARK.exec(this.code)
    if (mark === null || mark.index >= end) {
      this.see(open, from, end)
      return end
    }
    const at = mark.index
    const c = mark[0]
    this.see(open, from, at)
    if (c === '"' || c === "'") return this.passLiteral(open, at, c)
    if (c === ';') return this.semicolon(open, at)
    if (isOpener(c)) open.brackets.push({ open: c, at })
    else if (isCloser(c) && !this.closeBracket(open, c)) return at
    open.seen = at + 1
    if (open.kind === 'if' && open.brackets.length === 0 && c === ')') this.finishHeader(open, at + 1)
    return at + 1
  }

  private passLiteral(open: OpenStatement, at: number, quote: string): number {
    const pattern = quote === '"' ? STRING : CHARACTER
    pattern.lastIndex = at
    open.seen = pattern.test(this.code) ? pattern.lastIndex : at + 1
    return open.seen
  }

  private semicolon(open: OpenStatement, at: number): number {
    const inside = open.brackets.at(-1)
    if (inside === undefined) {
      this.finish(open, at + 1)
      return at + 1
    }
    const onlyParentheses = open.brackets.every(bracket => bracket.open !== '{')
    if (onlyParentheses && open.kind === 'statement') {
      this.reportUnclosed(open, at)
      this.finish(open, at)
      return at + 1
    }
    open.seen = at + 1
    return at + 1
  }

  /** False if the closer belongs to a block outside, which ends the statement. */
  private closeBracket(open: OpenStatement, c: string): boolean {
    if (closes(open.brackets.at(-1), c)) {
      open.brackets.pop()
      return true
    }
    if (c !== '}') return true
    const brace = open.brackets.findLastIndex(bracket => bracket.open === '{')
    if (brace >= 0) {
      open.brackets.length = brace
      return true
    }
    this.endWithoutSemicolon(open)
    return false
  }

  /** At a line end with a statement open: it ends here if nothing says that it goes on. */
  private lineDone(open: OpenStatement, line: LineContext): void {
    if (open.brackets.length > 0 || line.goesOn()) return
    this.endWithoutSemicolon(open)
  }

  private endWithoutSemicolon(open: OpenStatement): void {
    const to = Math.max(open.seen, open.from + 1)
    const comma = this.code.charAt(to - 1) === ','
    const keyword = open.kind === 'if'
    if (!keyword) {
      this.findings.push(
        warning({
          code: 'syntax.missing-semicolon',
          message: comma ? '`,` read as `;`' : '`;` is missing at the end of this statement',
          from: to - 1,
          to,
          fix: { title: 'Insert ;', from: comma ? to - 1 : to, to, insert: ';' },
        }),
      )
    }
    this.finish(open, comma ? to - 1 : to)
  }

  /** Gives up on an open statement: closes its brackets here and says so. */
  abandon(before: number): void {
    const { open } = this
    if (open === null) return
    if (open.kind === 'skip') {
      this.stopSkipping()
      return
    }
    if (open.brackets.length === 0) {
      this.endWithoutSemicolon(open)
      return
    }
    this.reportUnclosed(open, Math.min(before, open.seen))
    this.blocks.recoveredBraces(open.brackets.filter(bracket => bracket.open === '{').length)
    this.finish(open, open.seen)
  }

  private reportUnclosed(open: OpenStatement, at: number): void {
    const bracket = open.brackets[0]
    if (bracket === undefined) return
    const closers = closersFor(open.brackets)
    this.findings.push(
      error({
        code: 'syntax.unclosed',
        message: `\`${bracket.open}\` is never closed`,
        hint: `close it with \`${closers}\` before the next statement`,
        from: bracket.at,
        to: bracket.at + 1,
        fix: {
          title: `Insert ${closers}`,
          from: at,
          to: at,
          insert: `${closers};`.replace(/;$/, this.code.charAt(at) === ';' ? '' : ';'),
        },
      }),
    )
  }

  private finishHeader(open: OpenStatement, to: number): void {
    this.push(open, to)
    this.blocks.expectBody(open.from, open.indent)
  }

  private finish(open: OpenStatement, to: number): void {
    this.push(open, to)
    if (open.kind === 'if') this.blocks.expectBody(open.from, open.indent)
    else this.blocks.statementDone(to)
  }

  private push(open: OpenStatement, to: number): void {
    const { from } = open
    const kind = open.kind === 'if' ? 'if' : 'statement'
    this.pieces.push({ kind, from, to, closers: closersFor(open.brackets) })
    this.open = null
  }

  // Declarations and preprocessor lines: only their brackets matter.

  skipFrom(from: number, end: number, continues: boolean): void {
    this.open ??= { kind: 'skip', from, depth: 0, indent: 0, brackets: [], seen: from }
    const { open } = this
    for (let at = from; at < end; at++) {
      const c = this.code.charAt(at)
      if (isOpener(c)) open.brackets.push({ open: c, at })
      else if (closes(open.brackets.at(-1), c)) open.brackets.pop()
    }
    this.skipContinues = continues
    if (open.brackets.length === 0 && !this.skipContinues) this.stopSkipping()
  }

  stopSkipping(): void {
    this.open = null
  }

  private see(open: OpenStatement, from: number, to: number): void {
    let end = to
    while (end > from && /\s/.test(this.code.charAt(end - 1))) end--
    if (end > from) open.seen = end
  }

  private skipSpace(from: number, end: number): number {
    NOT_SPACE.lastIndex = from
    const match = NOT_SPACE.exec(this.code)
    return match === null ? end : Math.min(match.index, end)
  }
}

/** Up to the first `;`, which is as far as one mid-line statement reaches. */
const firstClause = (rest: string): string => {
  const end = rest.indexOf(';')
  return end < 0 ? rest : rest.slice(0, end + 1)
}
