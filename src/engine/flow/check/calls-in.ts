/** Every call of some statements in the order it stands in the text, conditions and bodies included. */
import type { Expression, Statement, StatementBody } from '../syntax/ast'
import { partsOf } from '../syntax/expressions'

export type CallExpression = Expression & { readonly kind: 'call' }

/** Gives each call with the start of its statement, which its offsets count from. */
export function* callsIn(
  statements: readonly Statement[],
): Generator<{ call: CallExpression; base: number }> {
  for (const statement of statements) {
    for (const expression of expressionsOf(statement)) {
      for (const call of callsInExpression(expression)) yield { call, base: statement.from }
    }
    if (statement.kind !== 'if') continue
    yield* callsIn(statement.body)
    yield* callsIn(statement.otherwise)
  }
}

function* callsInExpression(expression: Expression): Generator<CallExpression> {
  for (const part of partsOf(expression)) yield* callsInExpression(part)
  if (expression.kind === 'call') yield expression
}

/** The expressions of a statement itself, not those of its bodies. */
export function expressionsOf(statement: StatementBody): readonly Expression[] {
  switch (statement.kind) {
    case 'assign':
      return [statement.value, ...statement.targets]
    case 'expression':
      return [statement.expression]
    case 'declare':
      return statement.value === null ? [] : [statement.value]
    case 'group':
      return statement.statements.flatMap(expressionsOf)
    case 'if':
      return statement.condition.kind === 'expression' ? [statement.condition.expression] : []
    case 'skipped':
    case 'stop':
      return []
  }
}
