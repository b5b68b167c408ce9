/** From a call with its arguments to the operation asked of the machine. */
import { isGuessed } from '../check/names'
import type { Operation, Value } from '../program'
import type { Expression } from '../syntax/ast'
import type { CommandWord, Role } from '../vocabulary'
import { ACCESS_WORDS } from '../words/core-words'
import type { CallExpression, EvaluationContext } from './evaluator'
import { int, ZERO } from './values'

export interface PlannedCall {
  readonly operation: Operation
  /** The struct variable that results are written back into, or null. */
  readonly writesTo: string | null
}

export interface CallArguments {
  readonly call: CallExpression
  readonly values: readonly Value[]
  readonly names: readonly string[]
}

type Plan = (args: CallArguments, context: EvaluationContext) => PlannedCall

const PLANS: Readonly<Record<string, Plan>> = {
  open: ({ values, names }, context) => {
    const [path, mode] = values
    const given = mode === undefined ? null : settle(mode, 'mode', context)
    return only({ kind: 'open', path: path?.kind === 'text' ? path.value : '', mode: given, names })
  },
  close: ({ values }, context) => only({ kind: 'close', fd: settle(values[0], 'fd', context) }),
  read: ({ call, values }, context) => ({
    operation: {
      kind: 'read',
      fd: settle(values[0], 'fd', context),
      size: values[2] === undefined ? null : settle(values[2], 'size', context),
    },
    writesTo: variableOf(call.args[1]),
  }),
  mmap: ({ values }, context) => {
    const [fd, size] = values.length > 4 ? [values[4], values[1]] : values
    return only({
      kind: 'mmap',
      fd: settle(fd, 'fd', context),
      size: size?.kind === 'int' ? size.value : null,
    })
  },
  ioctl: planIoctl,
}

/** Plans a call whose arguments are evaluated. Anything that is not a call of the core is a built-in. */
export function planCall(args: CallArguments, context: EvaluationContext): PlannedCall {
  const { callee } = args.call
  const plan = Object.hasOwn(PLANS, callee) ? PLANS[callee] : undefined
  return plan === undefined ? planBuiltin(args, context) : plan(args, context)
}

const only = (operation: Operation): PlannedCall => ({ operation, writesTo: null })

function planBuiltin({ call, values, names }: CallArguments, context: EvaluationContext): PlannedCall {
  const params = context.words.builtin(call.callee)?.params ?? []
  const args = values.map((value, i) => settle(value, params[i]?.role ?? null, context))
  return only({ kind: 'builtin', name: call.callee, args, names })
}

function planIoctl({ call, values, names }: CallArguments, context: EvaluationContext): PlannedCall {
  const spelled = call.args[1]?.kind === 'name' ? call.args[1].name : ''
  const command = context.words.command(spelled)?.word
  const fd = settle(values[0], command?.file === 'kvm' ? 'kvm-fd' : 'fd', context)
  const fields = command === undefined ? new Map<string, Value>() : fieldsOf(command, values[2], context)
  return {
    operation: { kind: 'ioctl', fd, command: command?.name ?? spelled, spelled, fields, names },
    writesTo: variableOf(call.args[2]),
  }
}

/** The argument's fields under their defined names; a bare value under the command's bare field. */
function fieldsOf(
  command: CommandWord,
  argument: Value | undefined,
  context: EvaluationContext,
): Map<string, Value> {
  const fields = new Map<string, Value>()
  if (argument === undefined || command.argument === 'none') return fields
  if (argument.kind === 'struct') {
    for (const [name, value] of argument.fields) {
      const found = context.words.field(command, name)
      if (found !== null) fields.set(found.word.name, settle(value, found.word.role, context))
    }
  } else if (command.bareField !== null) {
    const role = context.words.field(command, command.bareField)?.word.role ?? 'number'
    fields.set(command.bareField, settle(argument, role, context))
  }
  return fields
}

/** A value in its position: a name without a value becomes what its role makes of it. */
function settle(value: Value | undefined, role: Role | null, context: EvaluationContext): Value {
  if (value === undefined) return ZERO
  if (value.kind !== 'guess' || value.role !== 'number') return value
  if (role === 'device') return { kind: 'device', name: value.name }
  if (role === 'text') return { kind: 'text', value: value.name }
  const access = role === 'flags' ? ACCESS_WORDS.get(value.name) : undefined
  if (access !== undefined) return int(access)
  if (role !== null && isGuessed(role)) return { kind: 'guess', name: value.name, role }
  context.fail('name.unset', `\`${value.name}\` has no value when this runs`)
  return ZERO
}

/** `x` of `&x` or `x`. */
function variableOf(expression: Expression | undefined): string | null {
  if (expression === undefined) return null
  const inner = expression.kind === 'unary' && expression.operator === '&' ? expression.operand : expression
  return inner.kind === 'name' ? inner.name : null
}
