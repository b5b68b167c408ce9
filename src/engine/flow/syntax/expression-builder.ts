/** Turns the grammar's expression nodes into plain data, and reports what C would not accept in them. */
import type { SyntaxNode } from '@lezer/common'
import { error, type Finding, info, warning } from '../layout/findings'
import type { BinaryOperator, Expression, FieldNode, Repeat, UnaryOperator } from './ast'
import { readCharacter, readNumber, readString } from './literals'

const DEEPEST = 64
const RANGE_IN_TEXT = /\[\s*(\w+)\s*(?:\.{2,3}|…)\s*(\w+)\s*\]/

type Build = (builder: ExpressionBuilder, node: SyntaxNode) => Expression

const BUILDERS: Readonly<Record<string, Build>> = {
  Number: (b, node) => b.number(node),
  Text: (b, node) => b.text(node),
  CharLiteral: (b, node) => ({ ...b.range(node), kind: 'int', value: readCharacter(b.source(node)) }),
  VariableName: (b, node) => ({ ...b.range(node), kind: 'name', name: b.source(node) }),
  Member: (b, node) => b.member(node),
  Index: (b, node) => b.index(node),
  Call: (b, node) => b.call(node),
  Unary: (b, node) => b.unary(node),
  Cast: (b, node) => b.inner(node),
  Sizeof: (b, node) => ({
    ...b.range(node),
    kind: 'sizeof',
    of: b
      .source(node)
      .replace(/^sizeof\s*\(|\)$/g, '')
      .trim(),
  }),
  Parenthesized: (b, node) => b.inner(node),
  Binary: (b, node) => b.binary(node),
  Ternary: (b, node) => b.ternary(node),
  StructLiteral: (b, node) => ({ ...b.range(node), kind: 'struct', fields: b.fields(node, 0) }),
  AssignExpression: (b, node) => b.assignment(node),
  Counter: (b, node) => b.inner(node),
  Range: (b, node) => b.bounds(node),
}

export class ExpressionBuilder {
  readonly findings: Finding[] = []
  /** The first `[a...b]` met: in an index, inside a string, or as a number. */
  repeat: Repeat | null = null
  private readonly chunk: string
  private depth = 0

  constructor(chunk: string) {
    this.chunk = chunk
  }

  source(node: SyntaxNode): string {
    return this.chunk.slice(node.from, node.to)
  }

  range(node: { from: number; to: number }): { from: number; to: number } {
    return { from: node.from, to: node.to }
  }

  build(node: SyntaxNode | null): Expression {
    if (node === null) return { kind: 'bad', from: 0, to: 0 }
    const make = BUILDERS[node.name]
    if (make === undefined || this.depth >= DEEPEST) return this.refuse(node)
    this.depth++
    const built = make(this, node)
    this.depth--
    return built
  }

  private refuse(node: SyntaxNode): Expression {
    if (this.depth >= DEEPEST) {
      this.report('syntax.too-deep', `more than ${DEEPEST} expressions inside each other`, node)
    }
    return { ...this.range(node), kind: 'bad' }
  }

  private report(code: string, message: string, node: SyntaxNode): void {
    this.findings.push(error({ code, message, ...this.range(node) }))
  }

  number(node: SyntaxNode): Expression {
    const source = this.source(node)
    const { value, problem, octal } = readNumber(source)
    if (problem === 'too-wide')
      this.report('number.too-wide', `${shorten(source)} does not fit in 64 bits`, node)
    if (problem === 'malformed') this.report('number.malformed', `${shorten(source)} is not a number`, node)
    if (octal) {
      const message = `${source} is octal, as in C: ${value}`
      this.findings.push(info({ code: 'number.octal', message, ...this.range(node) }))
    }
    return { ...this.range(node), kind: 'int', value }
  }

  text(node: SyntaxNode): Expression {
    const value = node
      .getChildren('String')
      .map(part => readString(this.source(part)))
      .join('')
    const match = RANGE_IN_TEXT.exec(value)
    if (match !== null) {
      this.repeat ??= { first: this.bound(match[1] ?? '', node), last: this.bound(match[2] ?? '', node) }
    }
    return { ...this.range(node), kind: 'text', value }
  }

  private bound(text: string, node: SyntaxNode): Expression {
    const range = this.range(node)
    if (!/^\d/.test(text)) return { ...range, kind: 'name', name: text }
    return { ...range, kind: 'int', value: readNumber(text).value }
  }

  bounds(node: SyntaxNode): Expression {
    const [first, last] = this.operands(node)
    this.repeat ??= { first: this.build(first ?? null), last: this.build(last ?? null) }
    return { ...this.range(node), kind: 'range', ...this.repeat }
  }

  member(node: SyntaxNode): Expression {
    const field = node.getChild('FieldName')
    const at = this.range(field ?? node)
    return {
      ...this.range(node),
      kind: 'member',
      object: this.build(node.firstChild),
      field: field === null ? '' : this.source(field),
      fieldFrom: at.from,
    }
  }

  index(node: SyntaxNode): Expression {
    const [object, index] = this.operands(node)
    return {
      ...this.range(node),
      kind: 'index',
      object: this.build(object ?? null),
      index: this.build(index ?? null),
    }
  }

  call(node: SyntaxNode): Expression {
    const callee = node.firstChild
    const args = node.getChild('ArgList')
    if (callee?.name !== 'VariableName')
      this.report('syntax.callee', 'only a name can be called', callee ?? node)
    return {
      ...this.range(node),
      kind: 'call',
      callee: callee === null ? '' : this.source(callee),
      calleeTo: callee?.to ?? node.to,
      args: args === null ? [] : this.operands(args).map(arg => this.build(arg)),
    }
  }

  unary(node: SyntaxNode): Expression {
    const operator = unaryOperator(this.source(node).charAt(0))
    return { ...this.range(node), kind: 'unary', operator, operand: this.build(node.lastChild) }
  }

  binary(node: SyntaxNode): Expression {
    const [left, right] = this.operands(node)
    const operator = left?.nextSibling
    if (/^(?:R\s*\/\s*W|W\s*\/\s*R)$/.test(this.source(node)))
      return { ...this.range(node), kind: 'name', name: 'RW' }
    return {
      ...this.range(node),
      kind: 'binary',
      operator: binaryOperator(operator === null || operator === undefined ? '' : this.source(operator)),
      left: this.build(left ?? null),
      right: this.build(right ?? null),
    }
  }

  ternary(node: SyntaxNode): Expression {
    const [condition, yes, no] = this.operands(node)
    return {
      ...this.range(node),
      kind: 'ternary',
      condition: this.build(condition ?? null),
      yes: this.build(yes ?? null),
      no: this.build(no ?? null),
    }
  }

  assignment(node: SyntaxNode): Expression {
    const [target, value] = this.operands(node)
    const operator = node.getChild('AssignOp')
    return {
      ...this.range(node),
      kind: 'assign',
      target: this.build(target ?? null),
      operator: operator === null ? '=' : this.source(operator),
      value: this.build(value ?? null),
    }
  }

  inner(node: SyntaxNode): Expression {
    return this.build(this.operands(node).at(-1) ?? null)
  }

  /** The children that are expressions. */
  operands(node: SyntaxNode): SyntaxNode[] {
    const found: SyntaxNode[] = []
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name in BUILDERS) found.push(child)
    }
    return found
  }

  /** The fields of a literal; those of a struct inside it stand beside its own. */
  fields(node: SyntaxNode, nesting: number): FieldNode[] {
    const found: FieldNode[] = []
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === 'Field' || child.name === 'BareField') found.push(...this.field(child, nesting))
      if (child.name === 'Positional') this.positional(child)
    }
    this.reportTwice(found)
    return found
  }

  private field(node: SyntaxNode, nesting: number): FieldNode[] {
    const name = node.getChild('FieldName') ?? (node.name === 'BareField' ? node.firstChild : null)
    if (name === null) return []
    if (node.name === 'BareField') this.reportBare(name)
    const value = this.operands(node).at(-1)
    if (value?.name === 'StructLiteral' && nesting < DEEPEST) return this.fields(value, nesting + 1)
    const bad: Expression = { kind: 'bad', ...this.range(node) }
    const built = value === undefined || value === name ? bad : this.build(value)
    return [{ ...this.range(node), name: this.source(name), nameFrom: name.from, value: built }]
  }

  private reportBare(name: SyntaxNode): void {
    const { from } = name
    const fix = { title: 'Insert .', from, to: from, insert: '.' }
    const message = `\`${this.source(name)}\` read as the field \`.${this.source(name)}\``
    this.findings.push(warning({ code: 'field.dot', message, ...this.range(name), fix }))
  }

  private positional(node: SyntaxNode): void {
    if (/^0x?0*$/.test(this.source(node).trim())) return
    this.report('field.positional', 'fields are given by name: `.name = value`', node)
  }

  private reportTwice(fields: readonly FieldNode[]): void {
    const seen = new Set<string>()
    for (const field of fields) {
      if (seen.has(field.name)) {
        const message = `\`.${field.name}\` is given twice: the last one counts`
        const from = field.nameFrom
        this.findings.push(warning({ code: 'field.twice', message, from, to: from + field.name.length }))
      }
      seen.add(field.name)
    }
  }
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text)

const UNARY: readonly UnaryOperator[] = ['!', '~', '-', '+', '&', '*']
const BINARY: readonly BinaryOperator[] = [
  '*',
  '/',
  '%',
  '+',
  '-',
  '<<',
  '>>',
  '<',
  '>',
  '<=',
  '>=',
  '==',
  '!=',
  '&',
  '^',
  '|',
  '&&',
  '||',
]

const unaryOperator = (text: string): UnaryOperator => UNARY.find(operator => operator === text) ?? '+'
const binaryOperator = (text: string): BinaryOperator => BINARY.find(operator => operator === text) ?? '+'
