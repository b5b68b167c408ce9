/**
 * Runs a program one operation at a time: `next` hands out what to do, `result` takes what came of it. The
 * program never runs ahead of the machine, so conditions and `expect` see real results.
 *
 * A statement with one call is one step. In a statement with several, and inside `expect`, each call is a
 * step of its own before the statement's; `expect` and `note` are steps themselves.
 */

import type { Range } from '../layout/pieces'
import type {
  Diagnostic,
  LineRange,
  Operation,
  OperationResult,
  Planned,
  PlannedStep,
  Program,
  Runner,
  RunnerOptions,
  Value,
} from '../program'
import type { Condition, Expression, Repeat, Statement, StatementBody } from '../syntax/ast'
import { hasCall, ownerOf, partsOf } from '../syntax/expressions'
import { expressionsOf } from '../syntax/walk'
import { Environment } from './environment'
import {
  type CallExpression,
  combine,
  type Evaluation,
  type EvaluationContext,
  evaluate,
  evaluatePure,
  fillIn,
  indexedName,
  targetNames,
} from './evaluator'
import { planCall } from './plan-call'
import { compare, formatValue, int, isTrue, ZERO } from './values'

type Repeated = StatementBody & { kind: 'assign' | 'expression' | 'declare' }
type Work = Generator<PlannedStep, void, OperationResult>

const DEFAULT_STEP_LIMIT = 10_000
const NO_RESULT: OperationResult = { value: ZERO }
const EMPTY_STRUCT: Value = { kind: 'struct', fields: new Map() }

/** What stands behind a step: statements that filled its struct, steps that it judges. */
interface Behind {
  readonly filled?: readonly Range[]
  readonly judges?: readonly number[]
}

class FlowRunner implements Runner {
  private readonly program: Program
  private readonly limit: number
  private readonly environment: Environment
  private readonly work: Work
  private given: OperationResult = NO_RESULT
  private steps = 0
  private stopped: Diagnostic | null = null
  private statement: Statement | null = null

  constructor(program: Program, options: RunnerOptions) {
    this.program = program
    this.limit = options.stepLimit ?? DEFAULT_STEP_LIMIT
    this.environment = new Environment(program.running.words, options.bindings ?? new Map())
    this.work = this.list(program.statements)
  }

  next(): Planned {
    if (this.stopped !== null) return { kind: 'stopped', diagnostic: this.stopped }
    const { value, done } = this.work.next(this.given)
    this.given = NO_RESULT
    if (this.stopped !== null) return { kind: 'stopped', diagnostic: this.stopped }
    return done === true || value === undefined ? { kind: 'done' } : value
  }

  result(result: OperationResult): void {
    this.given = result
  }

  // Statements.

  private *list(statements: readonly Statement[]): Work {
    for (const statement of statements) {
      this.statement = statement
      this.environment.standAt({ from: statement.from, to: statement.to, step: null })
      if (statement.broken) this.stop(this.program.running.errorAt(statement.from, statement.to))
      if (this.stopped !== null) return
      if (statement.kind === 'if') yield* this.branch(statement)
      else yield* this.body(statement)
    }
  }

  private *branch(statement: Statement & { kind: 'if' }): Work {
    const taken = yield* this.holds(statement.condition)
    yield* this.list(taken ? statement.body : statement.otherwise)
  }

  private *holds(condition: Condition): Generator<PlannedStep, boolean, OperationResult> {
    if (condition.kind === 'words') return this.program.running.branchValues[condition.branch] ?? false
    return isTrue(yield* evaluate(condition.expression, this.context(null)))
  }

  private *body(statement: StatementBody): Work {
    switch (statement.kind) {
      case 'assign':
      case 'expression':
      case 'declare':
        return yield* this.repeated(statement)
      case 'group':
        for (const part of statement.statements) yield* this.body(part)
        return
      case 'if':
      case 'skipped':
      case 'stop':
        return
    }
  }

  private *repeated(statement: Repeated): Work {
    if (statement.repeat === null) return yield* this.once(statement, null)
    const { first, last } = this.bounds(statement.repeat)
    for (let index = first; index <= last && this.stopped === null; index++)
      yield* this.once(statement, index)
  }

  /** A bound without a value is N: the highest number the flow uses. */
  private bounds({ first, last }: Repeat): { first: bigint; last: bigint } {
    const context = this.context(null)
    const bound = (expression: Expression): bigint => {
      const value = evaluatePure(expression, context)
      return value.kind === 'int' ? value.value : this.program.running.guessedCount
    }
    return { first: bound(first), last: bound(last) }
  }

  private *once(statement: Repeated, index: bigint | null): Work {
    const context = this.context(index)
    if (statement.kind === 'declare') return yield* this.declare(statement, context)
    if (statement.kind === 'expression') {
      yield* evaluate(statement.expression, context)
      return
    }
    const { targets, value, operator } = statement
    const [first] = targets
    if (first?.kind === 'name' && this.points(first.name, value)) return
    const given = yield* evaluate(value, context, targetNames(targets, context))
    this.noteCall(value)
    const out = this.given.out
    for (const target of targets) this.assign(target, this.updated(target, operator, given, context), context)
    if (value.kind === 'call' && out !== undefined)
      for (const name of targetNames(targets, context)) this.environment.setOut(name, out)
  }

  /** What is assigned next is the result of the step just taken. */
  private noteCall(value: Expression): void {
    const { statement } = this
    if (statement === null) return
    const { from, to } = statement
    this.environment.standAt({ from, to, step: hasCall(value) ? this.steps : null })
  }

  private points(name: string, value: Expression): boolean {
    if (value.kind !== 'unary' || value.operator !== '&' || value.operand.kind !== 'name') return false
    this.environment.point(name, value.operand.name)
    return true
  }

  /** `x += v` and kin; `=` gives the value itself. */
  private updated(target: Expression, operator: string, value: Value, context: EvaluationContext): Value {
    const binary = COMPOUND[operator]
    return binary === undefined ? value : combine(binary, evaluatePure(target, context), value, context)
  }

  private *declare(
    { name, struct, value }: StatementBody & { kind: 'declare' },
    context: EvaluationContext,
  ): Work {
    if (value === null) return this.environment.set(name, struct ? EMPTY_STRUCT : ZERO)
    if (this.points(name, value)) return
    const given = yield* evaluate(value, context, [name])
    this.noteCall(value)
    const out = this.given.out
    this.environment.set(name, given)
    if (value.kind === 'call' && out !== undefined) this.environment.setOut(name, out)
  }

  private assign(target: Expression, value: Value, context: EvaluationContext): void {
    if (target.kind === 'name') this.environment.set(target.name, value)
    else if (target.kind === 'index') this.environment.set(indexedName(target, context), value)
    else if (target.kind === 'member') this.environment.setField(ownerOf(target) ?? '', target.field, value)
    else if (target.kind === 'unary' && target.operand.kind === 'name')
      this.environment.setPointee(target.operand.name, value)
  }

  // Calls.

  private context(index: bigint | null): EvaluationContext {
    return {
      environment: this.environment,
      words: this.program.running.words,
      index,
      call: (call, context, names) => this.call(call, context, names),
      assign: (target, value, context) => this.assign(target, value, context),
      fail: (code, message) => this.fail(code, message),
    }
  }

  private *call(call: CallExpression, context: EvaluationContext, names: readonly string[]): Evaluation {
    if (call.callee === 'memset') return this.memset(call)
    if (call.callee === 'expect') return yield* this.expect(call, context)
    const values: Value[] = []
    for (const arg of call.args) values.push(yield* evaluate(arg, context))
    if (call.callee === 'note') {
      const [text] = values
      return yield* this.step(
        { kind: 'note', text: text?.kind === 'text' ? text.value : formatValue(text ?? ZERO) },
        call,
        context,
      )
    }
    const { operation, writesTo } = planCall({ call, values, names }, context)
    const filled = writesTo === null ? [] : this.structOrigins(writesTo)
    const value = yield* this.step(operation, call, context, { filled })
    if (writesTo !== null && this.given.out !== undefined)
      this.environment.writeBack(writesTo, this.given.out)
    return value
  }

  private structOrigins(name: string): readonly Range[] {
    return this.environment.get(name)?.kind === 'struct' ? this.environment.originsOf(name) : []
  }

  private memset(call: CallExpression): Value {
    const [target] = call.args
    const inner = target?.kind === 'unary' ? target.operand : target
    if (inner?.kind === 'name') this.environment.setPointee(inner.name, EMPTY_STRUCT)
    return ZERO
  }

  private *expect(call: CallExpression, context: EvaluationContext): Evaluation {
    const [condition] = call.args
    if (condition === undefined) return ZERO
    const before = this.steps
    const judges = () => [...this.stepsSince(before), ...this.stepsBehind(condition)]
    if (condition.kind === 'binary' && compare(condition.operator, ZERO, ZERO) !== null) {
      const left = yield* evaluate(condition.left, context)
      const right = yield* evaluate(condition.right, context)
      const ok = compare(condition.operator, left, right) === true
      return yield* this.step(
        checked(ok, formatValue(left), formatValue(right), condition.operator),
        call,
        context,
        { judges: judges() },
      )
    }
    const value = yield* evaluate(condition, context)
    const held = checked(isTrue(value), formatValue(value), 'true', '==')
    return yield* this.step(held, call, context, { judges: judges() })
  }

  private stepsSince(before: number): number[] {
    return Array.from({ length: this.steps - before }, (_, at) => before + 1 + at)
  }

  /** The steps that gave the names of an expression their values. */
  private stepsBehind(expression: Expression): number[] {
    if (expression.kind === 'name') {
      return this.environment.originsOf(expression.name).flatMap(({ step }) => (step === null ? [] : [step]))
    }
    return partsOf(expression).flatMap(part => this.stepsBehind(part))
  }

  /** Hands out one operation, unless the run must stop before it. */
  private *step(
    operation: Operation,
    call: CallExpression,
    context: EvaluationContext,
    { filled = [], judges = [] }: Behind = {},
  ): Evaluation {
    const { statement } = this
    if (this.stopped !== null || statement === null) return ZERO
    const { running } = this.program
    const span = running.spanOf(statement.from, statement.to)
    if (this.steps >= this.limit) {
      this.stop({
        ...this.problem('flow.too-long', `the flow has more than ${this.limit} steps: it stops here`),
        span,
      })
      return ZERO
    }
    this.steps++
    const text = this.textOf(statement, call, context.index)
    const own = statement.kind === 'if' ? { from: statement.from, to: statement.from + call.to } : statement
    const lines = this.linesOf([...filled, own])
    const given: OperationResult = yield {
      kind: 'step',
      line: span.line,
      text,
      span,
      lines,
      judges,
      operation,
    }
    this.given = given
    return operation.kind === 'expect' ? int(operation.ok ? 1n : 0n) : given.value
  }

  private linesOf(ranges: readonly Range[]): LineRange[] {
    const { running } = this.program
    const lines = new Map<number, LineRange>()
    for (const { from, to } of ranges) {
      const first = running.spanOf(from, to).line
      const last = running.spanOf(Math.max(from, to - 1), to).line
      lines.set(first, { first, last: Math.max(first, last, lines.get(first)?.last ?? 0) })
    }
    return [...lines.values()].sort((a, b) => a.first - b.first)
  }

  /** The statement where this is its only call, else the call. */
  private textOf(statement: Statement, call: CallExpression, index: bigint | null): string {
    const { code } = this.program.running
    const own = call.callee === 'expect' || countCalls(expressionsOf(statement)) <= 1
    const part = own
      ? code.slice(statement.from, statement.to)
      : code.slice(statement.from + call.from, statement.from + call.to)
    const text = fillIn(part.replace(/\s+/g, ' ').trim(), index)
    return text.endsWith(';') || statement.kind === 'if' ? text : `${text};`
  }

  // Stopping.

  private fail(code: string, message: string): void {
    this.stop(this.problem(code, message))
  }

  private problem(code: string, message: string): Diagnostic {
    const { from, to } = this.statement ?? { from: 0, to: 0 }
    return {
      severity: 'error',
      code,
      message,
      hint: null,
      span: this.program.running.spanOf(from, to),
      fix: null,
    }
  }

  private stop(diagnostic: Diagnostic | null): void {
    this.stopped ??= diagnostic ?? this.problem('flow.stopped', 'this statement cannot be run')
  }
}

const checked = (ok: boolean, left: string, right: string, operator: string): Operation => ({
  kind: 'expect',
  ok,
  left,
  right,
  operator,
})

const COMPOUND: Readonly<Record<string, '+' | '-' | '|' | '&' | '^' | '*' | '/' | '%' | '<<' | '>>'>> = {
  '+=': '+',
  '-=': '-',
  '|=': '|',
  '&=': '&',
  '^=': '^',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '<<=': '<<',
  '>>=': '>>',
}

function countCalls(expressions: readonly Expression[]): number {
  let count = 0
  for (const expression of expressions) {
    if (!hasCall(expression)) continue
    count += expression.kind === 'call' ? 1 : 0
    count += countCalls(partsOf(expression))
  }
  return count
}

/** A runner at the start of a program. Each program may be run any number of times. */
export function createRunner(program: Program, options: RunnerOptions = {}): Runner {
  return new FlowRunner(program, options)
}
