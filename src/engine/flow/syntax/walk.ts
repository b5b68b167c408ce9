/** Ways through the statements of a flow: flat, by call, by expression. */
import type { Expression, Statement, StatementBody } from './ast'
import { partsOf } from './expressions'

export type CallExpression = Expression & { readonly kind: 'call' }

/** Statements with those of their bodies, in text order. */
export function flatten(statements: readonly Statement[]): readonly Statement[] {
  if (!statements.some(statement => statement.kind === 'if')) return statements
  const flat: Statement[] = []
  const add = (list: readonly Statement[]): void => {
    for (const statement of list) {
      flat.push(statement)
      if (statement.kind !== 'if') continue
      add(statement.body)
      add(statement.otherwise)
    }
  }
  add(statements)
  return flat
}

/** Shows each call, in text order, innermost first, until `visit` says true. True if it did. */
export function someCall(
  statements: readonly Statement[],
  visit: (call: CallExpression) => boolean,
): boolean {
  return flatten(statements).some(statement => expressionsOf(statement).some(one => someCallIn(one, visit)))
}

function someCallIn(expression: Expression, visit: (call: CallExpression) => boolean): boolean {
  for (const part of partsOf(expression)) if (someCallIn(part, visit)) return true
  return expression.kind === 'call' && visit(expression)
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
