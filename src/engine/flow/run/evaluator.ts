/**
 * Evaluates expressions. Those without calls at once; a call is handed out as one step each, innermost and
 * leftmost first, and the evaluation goes on with its result. `&&`, `||` and `?:` decide as in C whether
 * their other side is evaluated at all.
 */
import type { OperationResult, PlannedStep, Value } from '../program'
import type { BinaryOperator, Expression } from '../syntax/ast'
import { hasCall, ownerOf } from '../syntax/expressions'
import { isOutcome } from '../words/core-words'
import type { WordIndex } from '../words/word-index'
import type { Environment } from './environment'
import { arithmetic, compare, complement, int, isTrue, negate, truth, ZERO } from './values'

export type Evaluation = Generator<PlannedStep, Value, OperationResult>
export type CallExpression = Expression & { readonly kind: 'call' }

const RANGE_IN_TEXT = /\[\s*\w+\s*(?:\.{2,3}|…)\s*\w+\s*\]/g

/** What the evaluator needs of the statement it works for. */
export interface EvaluationContext {
  readonly environment: Environment
  readonly words: WordIndex
  /** The number that stands for `[1...N]` in this repetition, or null. */
  readonly index: bigint | null
  /** Performs a call as a step. `names` are those its result is given to. */
  call(call: CallExpression, context: EvaluationContext, names: readonly string[]): Evaluation
  assign(target: Expression, value: Value, context: EvaluationContext): void
  /** Says that a value cannot be had; the run stops before its next step. */
  fail(code: string, message: string): void
}

export function* evaluate(
  expression: Expression,
  context: EvaluationContext,
  names: readonly string[] = [],
): Evaluation {
  if (!hasCall(expression)) return evaluatePure(expression, context)
  switch (expression.kind) {
    case 'call':
      return yield* context.call(expression, context, names)
    case 'unary':
      return unary(expression.operator, yield* evaluate(expression.operand, context, names), context)
    case 'binary':
      return yield* binary(expression, context)
    case 'ternary': {
      const chosen = isTrue(yield* evaluate(expression.condition, context)) ? expression.yes : expression.no
      return yield* evaluate(chosen, context, names)
    }
    case 'assign': {
      const value = yield* evaluate(expression.value, context, targetNames([expression.target], context))
      context.assign(expression.target, value, context)
      return value
    }
    case 'struct': {
      const fields = new Map<string, Value>()
      for (const field of expression.fields) fields.set(field.name, yield* evaluate(field.value, context))
      return { kind: 'struct', fields }
    }
    default:
      return evaluatePure(expression, context)
  }
}

function* binary(expression: Expression & { kind: 'binary' }, context: EvaluationContext): Evaluation {
  const { operator } = expression
  const left = yield* evaluate(expression.left, context)
  if (operator === '&&' && !isTrue(left)) return truth(false)
  if (operator === '||' && isTrue(left)) return truth(true)
  return combine(operator, left, yield* evaluate(expression.right, context), context)
}

/** The value of an expression that calls nothing. */
export function evaluatePure(expression: Expression, context: EvaluationContext): Value {
  switch (expression.kind) {
    case 'int':
      return int(expression.value)
    case 'text':
      return { kind: 'text', value: fillIn(expression.value, context.index) }
    case 'name':
      return nameValue(expression.name, context)
    case 'member':
      return context.environment.field(ownerOf(expression) ?? '', expression.field)
    case 'index':
      return nameValue(indexedName(expression, context), context)
    case 'unary':
      return unary(expression.operator, evaluatePure(expression.operand, context), context)
    case 'binary':
      return pureBinary(expression, context)
    case 'ternary':
      return evaluatePure(
        isTrue(evaluatePure(expression.condition, context)) ? expression.yes : expression.no,
        context,
      )
    case 'sizeof':
      return { kind: 'guess', name: `sizeof(${expression.of})`, role: 'size' }
    case 'struct':
      return {
        kind: 'struct',
        fields: new Map(expression.fields.map(({ name, value }) => [name, evaluatePure(value, context)])),
      }
    case 'range':
      return int(context.index ?? 0n)
    case 'call':
    case 'assign':
    case 'bad':
      return ZERO
  }
}

function pureBinary(expression: Expression & { kind: 'binary' }, context: EvaluationContext): Value {
  const { operator } = expression
  const left = evaluatePure(expression.left, context)
  if (operator === '&&' && !isTrue(left)) return truth(false)
  if (operator === '||' && isTrue(left)) return truth(true)
  return combine(operator, left, evaluatePure(expression.right, context), context)
}

export function combine(
  operator: BinaryOperator,
  left: Value,
  right: Value,
  context: EvaluationContext,
): Value {
  if (operator === '&&' || operator === '||') return truth(isTrue(right))
  const compared = compare(operator, left, right)
  if (compared !== null) return truth(compared)
  const value = arithmetic(operator, left, right)
  if (!('problem' in value)) return value
  context.fail('value.arithmetic', value.problem)
  return ZERO
}

function unary(operator: string, value: Value, context: EvaluationContext): Value {
  if (operator === '!') return truth(!isTrue(value))
  if (operator === '&' || operator === '*' || operator === '+') return value
  if (value.kind !== 'int') {
    context.fail('value.arithmetic', `\`${operator}\` needs a number`)
    return ZERO
  }
  return operator === '-' ? negate(value.value) : complement(value.value)
}

/** A variable, constant or outcome word; else a guess whose role the call decides. */
function nameValue(name: string, { environment, words }: EvaluationContext): Value {
  const value = environment.get(name)
  if (value !== undefined) return value
  if (isOutcome(name)) return { kind: name }
  const constant = words.constant(name)
  return constant === null ? { kind: 'guess', name, role: 'number' } : int(constant)
}

/** `device_fd[2]` is device_fd2; `device_fd[1...N]` is that of the repetition. */
export function indexedName(expression: Expression & { kind: 'index' }, context: EvaluationContext): string {
  const name = expression.object.kind === 'name' ? expression.object.name : ''
  const index = evaluatePure(expression.index, context)
  return index.kind === 'int' ? `${name}${index.value}` : name
}

/** `[1...N]` inside a text, replaced by the number of the repetition. */
export const fillIn = (text: string, index: bigint | null): string =>
  index === null ? text : text.replace(RANGE_IN_TEXT, String(index))

/** The names a result is given to, as the flow spells them. */
export function targetNames(targets: readonly Expression[], context: EvaluationContext): string[] {
  return targets.flatMap(target => {
    if (target.kind === 'name') return [target.name]
    if (target.kind === 'index') return [indexedName(target, context)]
    if (target.kind === 'member') return [`${ownerOf(target) ?? ''}.${target.field}`]
    return []
  })
}
