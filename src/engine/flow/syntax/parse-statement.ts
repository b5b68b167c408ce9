/**
 * Parses one piece of the layout with the grammar. Each statement is parsed alone, so a mistake never
 * reaches the next one, and the cost of many mistakes stays linear.
 */
import type { SyntaxNode, Tree } from '@lezer/common'
import { parser } from '../flow.gen'
import { error, type Finding, warning } from '../layout/findings'
import type { StatementPiece } from '../layout/pieces'
import { lineTokens, noLineTokens } from '../tokens'
import type { Expression, StatementBody } from './ast'
import { explainErrors } from './explain'
import { ExpressionBuilder } from './expression-builder'
import { hasCall, partsOf } from './expressions'

export interface ParsedStatement {
  readonly body: StatementBody
  readonly findings: readonly Finding[]
}

export type ConditionParse = { readonly words: string } | { readonly expression: Expression }

const CHUNK = { top: 'Chunk', tokenizers: [{ from: lineTokens, to: noLineTokens }] }
const STRICT = parser.configure({ ...CHUNK, strict: true })
const TOLERANT = parser.configure(CHUNK)
/** Past this, a statement that does not parse is refused as a whole. */
const LONGEST_BROKEN = 20_000
const LONGEST = 4_000_000
const DEEPEST_BRACKETS = 100

const SKIPPED_CALLS = new Set(
  'perror printf fprintf puts exit abort assert sleep usleep free err errx warn warnx'.split(' '),
)

/** The text of a piece as it is parsed: its open brackets closed. */
export const chunkOf = (code: string, piece: StatementPiece): string =>
  code.slice(piece.from, piece.to) + piece.closers

interface ChunkParse {
  readonly root: SyntaxNode | null
  readonly findings: readonly Finding[]
}

function parseChunk(chunk: string, length: number, thorough = true): ChunkParse {
  if (chunk.length > LONGEST || tooDeep(chunk)) return refuse('syntax.too-deep', chunk)
  const strict = tryStrict(chunk)
  if (strict !== null) return { root: strict.topNode.firstChild, findings: [] }
  if (!thorough || chunk.length > LONGEST_BROKEN) return refuse('syntax.unexpected', chunk)
  const tree = TOLERANT.parse(chunk)
  const findings = explainErrors(tree, chunk, length)
  return {
    root: firstStatement(tree),
    findings: findings.length > 0 ? findings : refuse('syntax.unexpected', chunk).findings,
  }
}

function tryStrict(chunk: string): Tree | null {
  try {
    return STRICT.parse(chunk)
  } catch {
    return null
  }
}

function firstStatement(tree: Tree): SyntaxNode | null {
  let node = tree.topNode.firstChild
  while (node?.type.isError === true) node = node.nextSibling
  return node
}

function refuse(code: 'syntax.too-deep' | 'syntax.unexpected', chunk: string): ChunkParse {
  const message =
    code === 'syntax.too-deep' ? 'brackets nested too deep to read' : 'this statement does not parse'
  return { root: null, findings: [error({ code, message, from: 0, to: Math.min(chunk.length, 40) })] }
}

function tooDeep(chunk: string): boolean {
  let depth = 0
  for (let i = 0; i < chunk.length; i++) {
    const c = chunk.charCodeAt(i)
    if (c === 40 || c === 91 || c === 123) depth++
    else if (c === 41 || c === 93 || c === 125) depth--
    if (depth > DEEPEST_BRACKETS) return true
  }
  return false
}

/**
 * Parses a statement. With an error among the findings the body is a best effort, for its names only; not
 * `thorough`, the first error is all that is looked for.
 */
export function parseStatement(code: string, piece: StatementPiece, thorough = true): ParsedStatement {
  const chunk = chunkOf(code, piece)
  const { root, findings } = parseChunk(chunk, piece.to - piece.from, thorough)
  const builder = new ExpressionBuilder(chunk)
  const body = root === null ? stop : buildBody(builder, root)
  const kept = findings.length > 0 ? builder.findings.filter(isSure) : builder.findings
  return { body, findings: [...(piece.closers === '' ? findings : withoutEnd(findings)), ...kept] }
}

/** Beside a syntax error, what is still worth saying about the parts that did parse. */
const isSure = (finding: Finding): boolean =>
  finding.severity !== 'error' || finding.code.startsWith('number.')

/** A statement that recovery closed is wrong at its end by itself; that is reported already. */
const withoutEnd = (findings: readonly Finding[]): Finding[] =>
  findings.filter(finding => finding.code !== 'syntax.incomplete')

const stop: StatementBody = { kind: 'stop' }

function buildBody(builder: ExpressionBuilder, root: SyntaxNode): StatementBody {
  switch (root.name) {
    case 'Assignment':
      return assignment(builder, root)
    case 'ExpressionStatement':
      return expressionStatement(builder, root)
    case 'Declaration':
      return declaration(builder, root)
    case 'Skipped':
    case 'Label':
    case ';':
      return { kind: 'skipped' }
    default:
      return stop
  }
}

function assignment(builder: ExpressionBuilder, root: SyntaxNode): StatementBody {
  const parts = builder.operands(root).map(node => builder.build(node))
  const operator = root.getChild('AssignOp')
  const value = parts.at(-1)
  if (value === undefined || parts.length < 2) return { ...stopWith(parts), kind: 'assign' }
  const targets = parts.slice(0, -1).filter(target => isTarget(builder, target))
  if (!targets.some(hasRange)) warnOfLast(builder, root, value)
  return {
    kind: 'assign',
    targets,
    operator: operator === null ? '=' : builder.source(operator),
    value,
    repeat: builder.repeat,
  }
}

const hasRange = (expression: Expression): boolean =>
  expression.kind === 'range' || partsOf(expression).some(hasRange)

/** Repeated without a call, only the last value is left: nobody writes that on purpose. */
function warnOfLast(builder: ExpressionBuilder, { from, to }: SyntaxNode, value: Expression): void {
  if (builder.repeat === null || hasCall(value)) return
  builder.findings.push(
    warning({
      code: 'repeat.last',
      message: 'this runs once for each value of `[a...b]` and keeps only the last',
      hint: 'a call is repeated where the `[a...b]` stands in the call itself',
      from,
      to,
    }),
  )
}

const BAD: Expression = { kind: 'bad', from: 0, to: 0 }
const stopWith = (targets: readonly Expression[]) => ({ targets, operator: '=', value: BAD, repeat: null })

function isTarget(builder: ExpressionBuilder, target: Expression): boolean {
  const ok =
    target.kind === 'name' || target.kind === 'member' || target.kind === 'index' || isPointee(target)
  if (!ok) {
    const { from, to } = target
    builder.findings.push(
      error({ code: 'syntax.target', message: 'only a variable or a field can be assigned', from, to }),
    )
  }
  return ok
}

const isPointee = (target: Expression): boolean => target.kind === 'unary' && target.operator === '*'

function expressionStatement(builder: ExpressionBuilder, root: SyntaxNode): StatementBody {
  const expression = builder.build(root.firstChild)
  if (expression.kind === 'call' && SKIPPED_CALLS.has(expression.callee)) return { kind: 'skipped' }
  if (expression.kind === 'name' && /^(?:break|continue)$/.test(expression.name)) return { kind: 'skipped' }
  return { kind: 'expression', expression, repeat: builder.repeat }
}

function declaration(builder: ExpressionBuilder, root: SyntaxNode): StatementBody {
  const type = root.getChild('TypeName')
  const struct = type !== null && /\b(?:struct|union)\b/.test(builder.source(type))
  const statements = root.getChildren('Declarator').map((node): StatementBody => {
    const name = node.getChild('VariableName')
    const pointer = node.getChild('Star') !== null
    const values = builder.operands(node).filter(child => child.from > (name?.to ?? 0))
    builder.repeat = null
    const value = node.getChild('AssignOp') === null ? null : builder.build(values.at(-1) ?? null)
    if (value !== null) warnOfLast(builder, node, value)
    return {
      kind: 'declare',
      name: name === null ? '' : builder.source(name),
      struct: struct && !pointer,
      value,
      repeat: builder.repeat,
    }
  })
  const [only] = statements
  return statements.length === 1 && only !== undefined ? only : { kind: 'group', statements }
}

const repeatedCondition = ({ from, to }: SyntaxNode): Finding =>
  error({
    code: 'repeat.condition',
    message: 'a condition is asked once: `[a...b]` has no place in it',
    hint: 'repeat a statement before it instead',
    from,
    to,
  })

/** Parses the header of an `if`. Words are given as they stand. */
export function parseCondition(
  code: string,
  piece: StatementPiece,
): { condition: ConditionParse | null; findings: readonly Finding[] } {
  const chunk = chunkOf(code, piece)
  // Of a loop it is said that there is none; what its header gets wrong is no second mistake.
  if (!/^if\b/.test(chunk)) return { condition: null, findings: [] }
  const { root, findings } = parseChunk(chunk, piece.to - piece.from)
  const words = root?.getChild('ProseCondition')
  if (root === null || root.name !== 'IfHeader') return { condition: null, findings }
  if (words !== null && words !== undefined) {
    return { condition: { words: chunk.slice(words.from, words.to).trim() }, findings }
  }
  const builder = new ExpressionBuilder(chunk)
  const node = builder.operands(root)[0]
  const condition = node === undefined ? null : { expression: builder.build(node) }
  if (node !== undefined && builder.repeat !== null) builder.findings.push(repeatedCondition(node))
  return { condition, findings: [...findings, ...builder.findings] }
}
