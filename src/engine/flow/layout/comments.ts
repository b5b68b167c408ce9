/**
 * Blanks comments and keeps what they said. A comment that is never closed (a trimmed mail) ends where the
 * first line parses as a statement. Same length out as in, so every offset holds.
 */
import { type Finding, warning } from './findings'
import { type LineWords, startsStatement } from './line-kind'

export interface Comment {
  readonly from: number
  readonly to: number
  readonly text: string
}

export interface UncommentedText {
  readonly code: string
  /** Block comments only, in order. */
  readonly comments: readonly Comment[]
  readonly findings: readonly Finding[]
}

const INTERESTING = /["']|\/\*|\/\//g
const STRING = /"(?:[^"\\\n]|\\.)*"/y
const CHARACTER = /'(?:[^'\\\n]|\\.)'/y
const OPENS = /(?:^|[\s;,{}()])\/\*/g

class CommentBlanker {
  private readonly text: string
  private readonly words: LineWords
  private readonly parts: string[] = []
  private readonly comments: Comment[] = []
  private readonly findings: Finding[] = []
  private done = 0
  private knownClose = -2
  /** The last line end looked up, so that one long line is searched once. */
  private line = { from: 0, to: -1 }

  constructor(text: string, words: LineWords) {
    this.text = text
    this.words = words
  }

  run(): UncommentedText {
    INTERESTING.lastIndex = 0
    for (let match = INTERESTING.exec(this.text); match !== null; match = INTERESTING.exec(this.text)) {
      INTERESTING.lastIndex = this.pass(match[0], match.index)
    }
    this.parts.push(this.text.slice(this.done))
    return { code: this.parts.join(''), comments: this.comments, findings: this.findings }
  }

  /** Deals with what was found at `at`; returns where to look on. */
  private pass(found: string, at: number): number {
    if (found === '"') return this.matchEnd(STRING, at)
    if (found === "'") return this.matchEnd(CHARACTER, at)
    return found === '//' ? this.lineComment(at) : this.blockComment(at)
  }

  private matchEnd(pattern: RegExp, at: number): number {
    pattern.lastIndex = at
    return pattern.test(this.text) ? pattern.lastIndex : at + 1
  }

  private lineComment(at: number): number {
    if (this.text.charAt(at - 1) === ':') return at + 2
    return this.blank(at, this.lineEnd(at))
  }

  private blockComment(at: number): number {
    const close = this.nextClose(at + 2)
    const sameLine = close >= 0 && close < this.lineEnd(at)
    const opens = at === 0 || /[\s;,{}()]/.test(this.text.charAt(at - 1))
    if (!opens && !sameLine) return at + 2
    const end = sameLine ? close + 2 : this.endOf(at, close)
    this.comments.push({ from: at, to: end, text: this.text.slice(at, end) })
    return this.blank(at, end)
  }

  /** The end of a comment over several lines; before its closing mark if that belongs to a later comment. */
  private endOf(at: number, close: number): number {
    OPENS.lastIndex = at + 1
    const nested = OPENS.exec(this.text)
    const limit = nested !== null && (close < 0 || nested.index < close) ? nested.index : -1
    if (limit < 0 && close >= 0) return close + 2
    const until = limit < 0 ? this.text.length : limit
    const statement = this.statementBefore(at, until)
    if (statement === null && close >= 0) return close + 2
    this.findings.push(
      warning({
        code: 'comment.unclosed',
        message: 'this comment is never closed; it ends before the first line that is a statement',
        hint: 'close it with */',
        from: at,
        to: at + 2,
      }),
    )
    return statement ?? until
  }

  private statementBefore(at: number, until: number): number | null {
    let start = this.lineEnd(at) + 1
    while (start < until) {
      const end = this.lineEnd(start)
      if (startsStatement(this.text.slice(start, end), this.words)) return start
      start = end + 1
    }
    return null
  }

  private nextClose(from: number): number {
    if (this.knownClose !== -1 && this.knownClose < from) this.knownClose = this.text.indexOf('*/', from)
    return this.knownClose
  }

  private lineEnd(at: number): number {
    if (at >= this.line.from && at <= this.line.to) return this.line.to
    const end = this.text.indexOf('\n', at)
    this.line = { from: at, to: end < 0 ? this.text.length : end }
    return this.line.to
  }

  private blank(from: number, to: number): number {
    this.parts.push(this.text.slice(this.done, from), this.text.slice(from, to).replace(/[^\n]/g, ' '))
    this.done = to
    return Math.max(to, from + 1)
  }
}

export function blankComments(text: string, words: LineWords): UncommentedText {
  return new CommentBlanker(text, words).run()
}
