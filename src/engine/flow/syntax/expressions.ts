/** Questions every pass asks of an expression. */
import type { Expression } from './ast'

/** The expressions right inside one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'member':
      return [expression.object]
    case 'index':
      return [expression.object, expression.index]
    case 'range':
      return [expression.first, expression.last]
    case 'call':
      return expression.args
    case 'unary':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'ternary':
      return [expression.condition, expression.yes, expression.no]
    case 'struct':
      return expression.fields.map(field => field.value)
    case 'assign':
      return [expression.target, expression.value]
    case 'int':
    case 'text':
    case 'name':
    case 'sizeof':
    case 'bad':
      return []
  }
}

/** Whether evaluating it does something: calls, or assigns. */
export function hasCall(expression: Expression): boolean {
  if (expression.kind === 'call') return true
  if (expression.kind === 'assign') return true
  return partsOf(expression).some(hasCall)
}

/** The variable a member expression belongs to: `x` of `x.a`, `x->a` and `x.a.b`. */
export function ownerOf(expression: Expression): string | null {
  let object = expression
  for (let i = 0; i < 64 && object.kind === 'member'; i++) object = object.object
  if (object.kind === 'unary' && object.operator === '*') object = object.operand
  return object.kind === 'name' ? object.name : null
}
