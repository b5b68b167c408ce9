/** Checks one ioctl: its command, and its argument against the fields that the command has. */
import type { Range } from '../layout/pieces'
import type { Expression, FieldNode } from '../syntax/ast'
import type { CommandWord, FieldWord } from '../vocabulary'
import type { FieldUse } from './names'
import { error, otherDialect, unknown, warning } from './report'
import type { Scope } from './scope'

/** What the expression checker lends: values of other positions are its business. */
export interface Lender {
  readonly scope: Scope
  expression(expression: Expression, role: FieldWord['role'] | null): void
  fieldUses(fields: readonly FieldNode[]): ReadonlyMap<string, FieldUse>
}

/** The command named by the second argument, or null with the reason reported. */
export function checkCommand({ scope }: Lender, expression: Expression): CommandWord | null {
  const at = scope.place(expression)
  if (expression.kind !== 'name') {
    scope.report(
      error({ code: 'command.unknown', message: 'the second argument of ioctl is a command', ...at }),
    )
    return null
  }
  const { name } = expression
  const found = scope.words.command(name)
  if (found === null) {
    unknownCommand(scope, name, at)
    return null
  }
  if (found.alias) scope.alias(name, found.word.name, at)
  return found.word
}

function unknownCommand(scope: Scope, name: string, at: Range): void {
  const { words } = scope
  const others = words.othersWithCommand(name)
  const message = `\`${name}\` is not a command of ${words.dialect.id}`
  const here = unknown({ code: 'command.unknown', message, word: name, at, candidates: words.commandNames() })
  scope.report(others.length > 0 ? otherDialect(name, words.dialect, others, at) : here)
}

/** The third argument: a struct by name, pointer or literal, or the bare value of one field. */
export function checkArgument(lender: Lender, argument: Expression, command: CommandWord): void {
  const { scope } = lender
  const value = argument.kind === 'unary' && argument.operator === '&' ? argument.operand : argument
  if (command.argument === 'none') {
    const message = `${command.name} takes no argument: ignored`
    scope.report(warning({ code: 'call.extra-argument', message, ...scope.place(value) }))
    return
  }
  const fields = structOf(lender, value)
  if (fields !== null) {
    for (const use of fields.values()) checkField(scope, use, command)
    return
  }
  if (command.bareField === null && value.kind === 'int' && value.value !== 0n) {
    scope.report(needsStruct(command, scope.place(value)))
    return
  }
  const bare = command.bareField === null ? null : scope.words.field(command, command.bareField)
  lender.expression(value, bare?.word.role ?? null)
}

function structOf(lender: Lender, value: Expression): ReadonlyMap<string, FieldUse> | null {
  if (value.kind === 'struct') return lender.fieldUses(value.fields)
  const known = value.kind === 'name' ? lender.scope.names.look(value.name) : null
  return known?.kind === 'struct' ? known.fields : null
}

function needsStruct(command: CommandWord, at: Range) {
  const fields = command.fields.map(field => `.${field.name}`).join(', ')
  return error({ code: 'call.needs-struct', message: `${command.name} takes a struct with ${fields}`, ...at })
}

function checkField(scope: Scope, use: FieldUse, command: CommandWord): void {
  if (use.checkedFor === command.name) return
  const before = use.checkedFor
  use.checkedFor = command.name
  const found = scope.words.field(command, use.name)
  if (found === null) {
    unknownField(scope, use, { command, before })
    return
  }
  if (found.alias) scope.alias(`.${use.name}`, `.${found.word.name}`, use)
  for (const { name, ...at } of use.pending)
    if (!scope.isKnown(name, found.word.role)) scope.undeclared(name, at, found.word.role)
}

/** A field that an earlier call with the same struct did know is only passed over. */
function unknownField(
  scope: Scope,
  use: FieldUse,
  { command, before }: { command: CommandWord; before: string | null },
): void {
  const at = { from: use.from, to: use.to }
  const message = `${command.name} has no field \`.${use.name}\``
  if (before !== null) {
    scope.report(warning({ code: 'field.ignored', message: `${message}: ignored by this call`, ...at }))
    return
  }
  const candidates = command.fields.flatMap(field => [field.name, ...field.aliases])
  scope.report(unknown({ code: 'field.unknown', message, word: use.name, at, candidates }))
}
