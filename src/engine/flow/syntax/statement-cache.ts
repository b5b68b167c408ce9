/**
 * Parses each statement once: a long flow repeats itself, but for its numbers. Equal statements share one
 * tree; statements that differ in numbers alone share its shape, with the numbers read anew.
 */
import type { StatementPiece } from '../layout/pieces'
import type { Expression, StatementBody } from './ast'
import { readNumber } from './literals'
import { chunkOf, type ParsedStatement, parseStatement } from './parse-statement'

const MOST_ENTRIES = 20_000
const MOST_EXPLAINED = 1000
const LONGEST = 400
const NUMBER = /\b\d\w*/g

export class StatementCache {
  private readonly whole = new Map<string, ParsedStatement>()
  private readonly shapes = new Map<string, StatementBody>()
  private broken = 0

  parse(code: string, piece: StatementPiece): ParsedStatement {
    if (piece.to - piece.from > LONGEST || piece.closers !== '') return this.parseAnew(code, piece)
    const chunk = chunkOf(code, piece)
    const known = this.whole.get(chunk)
    if (known !== undefined) return known
    const shape = shapeOf(chunk)
    const parsed = this.fromShape(shape, chunk) ?? this.parseAnew(code, piece)
    if (this.whole.size < MOST_ENTRIES) this.whole.set(chunk, parsed)
    if (shape !== null && parsed.findings.length === 0 && this.shapes.size < MOST_ENTRIES) {
      this.shapes.set(shape, parsed.body)
    }
    return parsed
  }

  /** Past a thousand broken statements nobody reads why the next one is. */
  private parseAnew(code: string, piece: StatementPiece): ParsedStatement {
    const parsed = parseStatement(code, piece, this.broken < MOST_EXPLAINED)
    if (parsed.findings.some(finding => finding.severity === 'error')) this.broken++
    return parsed
  }

  private fromShape(shape: string | null, chunk: string): ParsedStatement | null {
    const body = shape === null ? undefined : this.shapes.get(shape)
    if (body === undefined) return null
    const renumbered = renumberStatement(body, chunk)
    return renumbered === null ? null : { body: renumbered, findings: [] }
  }
}

/** The statement with its numbers blanked, or null where digits may stand for something else. */
function shapeOf(chunk: string): string | null {
  if (/["'[]/.test(chunk)) return null
  return chunk.replace(NUMBER, digits => '1'.repeat(digits.length))
}

/** The same statement with the numbers of another text; null if one of them needs saying something about. */
function renumberStatement(body: StatementBody, chunk: string): StatementBody | null {
  if (body.kind === 'assign') {
    const value = renumber(body.value, chunk)
    return value === null ? null : { ...body, value }
  }
  if (body.kind === 'expression') {
    const expression = renumber(body.expression, chunk)
    return expression === null ? null : { ...body, expression }
  }
  return null
}

function renumber(expression: Expression, chunk: string): Expression | null {
  switch (expression.kind) {
    case 'int': {
      const { value, problem, octal } = readNumber(chunk.slice(expression.from, expression.to))
      return problem !== null || octal ? null : { ...expression, value }
    }
    case 'name':
    case 'sizeof':
      return expression
    case 'unary': {
      const operand = renumber(expression.operand, chunk)
      return operand === null ? null : { ...expression, operand }
    }
    case 'call': {
      const args = renumberAll(expression.args, chunk)
      return args === null ? null : { ...expression, args }
    }
    case 'struct': {
      const values = renumberAll(
        expression.fields.map(field => field.value),
        chunk,
      )
      const fields = expression.fields.map((field, i) => ({ ...field, value: values?.[i] ?? field.value }))
      return values === null ? null : { ...expression, fields }
    }
    case 'binary':
      return renumberBinary(expression, chunk)
    case 'text':
    case 'member':
    case 'index':
    case 'range':
    case 'ternary':
    case 'assign':
    case 'bad':
      return null
  }
}

function renumberBinary(expression: Expression & { kind: 'binary' }, chunk: string): Expression | null {
  const left = renumber(expression.left, chunk)
  const right = left === null ? null : renumber(expression.right, chunk)
  return left === null || right === null ? null : { ...expression, left, right }
}

function renumberAll(expressions: readonly Expression[], chunk: string): Expression[] | null {
  const renumbered: Expression[] = []
  for (const expression of expressions) {
    const next = renumber(expression, chunk)
    if (next === null) return null
    renumbered.push(next)
  }
  return renumbered
}
