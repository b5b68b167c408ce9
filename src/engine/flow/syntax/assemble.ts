/**
 * From the layout's pieces to trees of statements: nests blocks, splits at headings, turns banners into
 * conditions, and keeps directives apart.
 */
import { error, type Finding, shifted } from '../layout/findings'
import type { Piece, Range, StatementPiece } from '../layout/pieces'
import type { Condition, Expression, Statement } from './ast'
import { type ConditionParse, parseCondition } from './parse-statement'
import { StatementCache } from './statement-cache'

/** A condition in words: an `if` or a banner whose truth is not in the flow. */
export interface WordedBranch extends Range {
  readonly text: string
  readonly banner: boolean
}

export interface Section {
  /** `5.2`, or null for what stands before the first heading. */
  readonly number: string | null
  readonly title: string
  readonly from: number
  readonly statements: Statement[]
}

export interface Assembly {
  readonly sections: readonly Section[]
  readonly directives: readonly Range[]
  readonly branches: readonly WordedBranch[]
  readonly findings: readonly Finding[]
}

/** Blocks inside each other that are kept apart; deeper ones are refused. */
const DEEPEST_BLOCKS = 64

/** An `if` whose lists are still being filled; the statement shares them. */
type OpenIf = Range & {
  readonly condition: Condition
  readonly body: Statement[]
  readonly otherwise: Statement[]
  readonly broken: boolean
}

class Assembler {
  private readonly code: string
  private readonly isCapability: (name: string) => boolean
  private readonly sections: Section[] = []
  private readonly directives: Range[] = []
  private readonly branches: WordedBranch[] = []
  private readonly findings: Finding[] = []
  private readonly cache = new StatementCache()
  /** Lists under construction, innermost last. */
  private readonly lists: Statement[][] = []
  private pendingBody: Statement[] | null = null
  /** The `if` statements of the lists under construction, for an `else` after their block. */
  private readonly ifs = new WeakMap<Statement, OpenIf>()

  constructor(code: string, isCapability: (name: string) => boolean) {
    this.code = code
    this.isCapability = isCapability
    this.begin({ number: null, title: '', from: 0, statements: [] })
  }

  run(pieces: readonly Piece[]): Assembly {
    for (const piece of pieces) this.add(piece)
    const { sections, directives, branches, findings } = this
    return { sections, directives, branches, findings }
  }

  private begin(section: Section): void {
    this.sections.push(section)
    this.lists.length = 0
    this.lists.push(section.statements)
  }

  private add(piece: Piece): void {
    switch (piece.kind) {
      case 'statement':
        this.addStatement(piece)
        return
      case 'if':
        this.addIf(piece)
        return
      case 'else':
        this.pendingBody = this.lastIf()?.otherwise ?? []
        return
      case 'open':
        this.lists.push(this.pendingBody ?? this.top())
        this.pendingBody = null
        return
      case 'close':
        if (this.lists.length > 1) this.lists.pop()
        return
      case 'heading':
        this.begin({ number: piece.number, title: piece.title, from: piece.from, statements: [] })
        return
      case 'banner':
        this.addBanner(piece.text, piece)
        return
      case 'directive':
        this.directives.push({ from: piece.from, to: piece.to })
        return
      case 'broken':
        this.top().push({ kind: 'stop', from: piece.from, to: piece.to, broken: true })
    }
  }

  private top(): Statement[] {
    return this.lists.at(-1) ?? []
  }

  private addStatement(piece: StatementPiece): void {
    const { body, findings } = this.cache.parse(this.code, piece)
    this.report(findings, piece.from)
    const { from, to } = piece
    this.top().push({ ...body, from, to, broken: hasError(findings) })
  }

  private addIf(piece: StatementPiece): void {
    const { condition, findings } = parseCondition(this.code, piece)
    this.report(findings, piece.from)
    const tooDeep = this.lists.length > DEEPEST_BLOCKS
    if (tooDeep) this.findings.push(nestedTooDeep(piece))
    const broken = condition === null || tooDeep || hasError(findings)
    const made = this.condition(condition, piece)
    const statement: OpenIf = {
      from: piece.from,
      to: piece.to,
      condition: made,
      body: [],
      otherwise: [],
      broken,
    }
    this.pushIf(statement)
    this.pendingBody = tooDeep ? [] : statement.body
  }

  private pushIf(open: OpenIf): void {
    const statement: Statement = { kind: 'if', ...open }
    this.ifs.set(statement, open)
    this.top().push(statement)
  }

  private condition(parsed: ConditionParse | null, piece: Range): Condition {
    if (parsed === null) return { kind: 'expression', expression: { kind: 'bad', from: 0, to: 0 } }
    if ('words' in parsed) return this.words(parsed.words, piece, false)
    const { expression } = parsed
    if (!namesOnly(expression, this.isCapability)) return { kind: 'expression', expression }
    const text = this.code.slice(piece.from + expression.from, piece.from + expression.to)
    return this.words(text, piece, false)
  }

  private words(text: string, { from, to }: Range, banner: boolean): Condition {
    const branch = this.branches.push({ text: text.replace(/\s+/g, ' '), from, to, banner }) - 1
    return { kind: 'words', text, branch }
  }

  /** `/*** If X ***` holds for what follows, up to the next banner. */
  private addBanner(text: string, { from, to }: Range): void {
    if (this.lists.length > (this.inBanner() ? 2 : 1)) return
    const section = this.sections.at(-1)
    this.lists.length = 0
    this.lists.push(section?.statements ?? [])
    const match = /^if\b:?\s*(.*)$/i.exec(text)
    if (match === null) return
    const condition = this.words(match[1] ?? '', { from, to }, true)
    const open: OpenIf = { from, to, condition, body: [], otherwise: [], broken: false }
    this.pushIf(open)
    this.lists.push(open.body)
  }

  private inBanner(): boolean {
    const last = this.lists[0]?.at(-1)
    return last?.kind === 'if' && last.condition.kind === 'words' && last.body === this.lists[1]
  }

  private lastIf(): OpenIf | null {
    const last = this.top().at(-1)
    return last === undefined ? null : (this.ifs.get(last) ?? null)
  }

  private report(findings: readonly Finding[], base: number): void {
    for (const finding of findings) this.findings.push(shifted(finding, base))
  }
}

const nestedTooDeep = ({ from, to }: Range): Finding =>
  error({
    code: 'syntax.too-deep',
    message: `more than ${DEEPEST_BLOCKS} blocks inside each other`,
    from,
    to,
  })

const hasError = (findings: readonly Finding[]): boolean =>
  findings.some(finding => finding.severity === 'error')

/** An expression whose every name is a capability: `PASID_CPU && !PASID_DELEGATED`. */
function namesOnly(expression: Expression, accept: (name: string) => boolean): boolean {
  switch (expression.kind) {
    case 'name':
      return accept(expression.name)
    case 'unary':
      return expression.operator === '!' && namesOnly(expression.operand, accept)
    case 'binary':
      return (
        /^(?:&&|\|\|)$/.test(expression.operator) &&
        namesOnly(expression.left, accept) &&
        namesOnly(expression.right, accept)
      )
    default:
      return false
  }
}

/** Assembles the pieces of a layout. `isCapability` tells words that only the platform can answer. */
export function assemble(
  code: string,
  pieces: readonly Piece[],
  isCapability: (name: string) => boolean,
): Assembly {
  return new Assembler(code, isCapability).run(pieces)
}
