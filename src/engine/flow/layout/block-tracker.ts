/**
 * Blocks of statements: real ones in braces and the one-statement body of an `if` without them. An `if`
 * that no statement follows is empty: it never takes the next line.
 */
import { type Finding, info, warning } from './findings'
import type { Piece } from './pieces'

interface Block {
  readonly braces: boolean
  readonly at: number
}

interface PendingBody {
  readonly at: number
  readonly indent: number
}

export class BlockTracker {
  private readonly pieces: Piece[]
  private readonly findings: Finding[]
  private readonly blocks: Block[] = []
  private pending: PendingBody | null = null
  /** Braces that recovery closed already: their own `}` may still come. */
  private recovered = 0

  constructor(pieces: Piece[], findings: Finding[]) {
    this.pieces = pieces
    this.findings = findings
  }

  open(at: number): void {
    this.pending = null
    this.push({ braces: true, at })
  }

  /** A `}` that no statement owns. */
  close(at: number): void {
    this.endPendingBody()
    const block = this.blocks.at(-1)
    if (block === undefined) {
      this.strayBrace(at)
      return
    }
    this.pop(at)
    this.statementDone(at)
  }

  /** After the header of an `if`, or after `else`: its body must come now. */
  expectBody(at: number, indent: number): void {
    this.pending = { at, indent }
  }

  hasPendingBody(): boolean {
    return this.pending !== null
  }

  /** A line of code begins: it is the pending body only if it is a block or stands deeper. */
  beginLine(indent: number, text: string): void {
    if (this.pending === null || /^\s*\{/.test(text)) return
    if (indent <= this.pending.indent) this.endPendingBody()
  }

  /** A statement begins right here. */
  beginStatement(at: number): void {
    if (this.pending === null) return
    this.pending = null
    this.push({ braces: false, at })
  }

  statementDone(at: number): void {
    while (this.blocks.at(-1)?.braces === false) this.pop(at)
  }

  endPendingBody(): void {
    const { pending } = this
    if (pending === null) return
    this.pending = null
    this.push({ braces: false, at: pending.at })
    this.findings.push(
      info({
        code: 'if.empty',
        message: 'no statement follows this condition: it does nothing',
        hint: 'the next line is not part of it; use braces to make it so',
        from: pending.at,
        to: pending.at + 1,
      }),
    )
    this.statementDone(pending.at)
  }

  recoveredBraces(count: number): void {
    this.recovered += count
  }

  finish(at: number): void {
    this.endPendingBody()
    for (let block = this.blocks.at(-1); block !== undefined; block = this.blocks.at(-1)) {
      if (block.braces) {
        this.findings.push(
          warning({
            code: 'syntax.unclosed-block',
            message: 'this block is never closed; it goes on to the end of the text',
            from: block.at,
            to: block.at + 1,
          }),
        )
      }
      this.pop(at)
    }
  }

  private strayBrace(at: number): void {
    if (this.recovered > 0) {
      this.recovered--
      return
    }
    this.findings.push(
      warning({
        code: 'syntax.stray-brace',
        message: '`}` closes nothing here; skipped',
        from: at,
        to: at + 1,
      }),
    )
  }

  private push(block: Block): void {
    this.blocks.push(block)
    this.pieces.push({ kind: 'open', from: block.at, to: block.at })
  }

  private pop(at: number): void {
    this.blocks.pop()
    this.pieces.push({ kind: 'close', from: at, to: at })
  }
}
