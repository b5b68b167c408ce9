/**
 * Checks the statements of one scenario against the words of its dialect: every name has a value or may be
 * guessed, every command, field, constant and function exists. Reports all that is wrong, not the first.
 */
import type { Finding } from '../layout/findings'
import type { Range } from '../layout/pieces'
import type { Expression, FieldNode, Statement, StatementBody } from '../syntax/ast'
import { hasCall, ownerOf } from '../syntax/expressions'
import type { CommandWord, FieldWord, Role } from '../vocabulary'
import { ACCESS_WORDS, isOutcome } from '../words/core-words'
import type { WordIndex } from '../words/word-index'
import { type FieldUse, isGuessed, Names, type PendingName } from './names'
import { aliasesRead, error, missingName, otherDialect, unknown, warning } from './report'

export interface CheckInput {
  readonly statements: readonly Statement[]
  readonly words: WordIndex
  /** Names that are devices of this flow. */
  readonly devices: ReadonlySet<string>
}

export interface CheckResult {
  readonly findings: readonly Finding[]
  /** `device_fdK` names that are used and never given, by first use. */
  readonly implicitOpens: readonly { readonly name: string; readonly device: string; readonly at: number }[]
}

type CallNode = Expression & { readonly kind: 'call' }
type NameNode = Expression & { readonly kind: 'name' }

const IMPLICIT = /^device_fd(\d{1,4})$/
const FD_ROLES: ReadonlySet<Role> = new Set(['fd', 'device-fd'])

class Checker {
  private readonly words: WordIndex
  private readonly devices: ReadonlySet<string>
  private readonly names = new Names()
  private readonly findings: Finding[] = []
  private readonly reported = new Set<string>()
  private readonly aliases = new Map<string, { definition: string; at: Range }>()
  private readonly implicitOpens = new Map<string, { name: string; device: string; at: number }>()
  /** Where the statement under check starts: what its offsets count from. */
  private base = 0
  /** Set while a field's value is checked: names wait for the command that gives them a role. */
  private pending: PendingName[] | null = null

  constructor({ words, devices }: CheckInput) {
    this.words = words
    this.devices = devices
  }

  run(statements: readonly Statement[]): CheckResult {
    this.list(statements)
    for (const known of this.names.structs()) if (known.kind === 'struct') this.unusedStruct(known.fields)
    const aliases = aliasesRead(this.aliases)
    const findings = aliases === null ? this.findings : [...this.findings, aliases]
    return { findings, implicitOpens: [...this.implicitOpens.values()] }
  }

  private list(statements: readonly Statement[]): void {
    for (const statement of statements) {
      this.base = statement.from
      if (statement.broken) this.onlyNames(statement)
      else this.statement(statement)
      if (statement.kind !== 'if') continue
      this.list(statement.body)
      this.list(statement.otherwise)
    }
  }

  /** A statement that does not parse still gives its names: no second error for those. */
  private onlyNames(statement: StatementBody): void {
    if (statement.kind === 'assign') for (const target of statement.targets) this.giveTarget(target, null)
    if (statement.kind === 'declare') this.names.give(statement.name, { kind: 'value' })
    if (statement.kind === 'expression' && statement.expression.kind === 'name') return
    if (statement.kind === 'group') for (const part of statement.statements) this.onlyNames(part)
  }

  private statement(statement: StatementBody): void {
    switch (statement.kind) {
      case 'assign':
        this.assign(statement.targets, statement.value)
        return
      case 'expression':
        this.expression(statement.expression, null)
        return
      case 'declare':
        this.declare(statement.name, statement.struct, statement.value)
        return
      case 'group':
        for (const part of statement.statements) this.statement(part)
        return
      case 'if':
        if (statement.condition.kind === 'expression' && !isIdle(statement)) {
          this.expression(statement.condition.expression, null)
        }
        return
      case 'skipped':
      case 'stop':
        return
    }
  }

  private declare(name: string, struct: boolean, value: Expression | null): void {
    const target: Expression = { kind: 'name', name, from: 0, to: 0 }
    if (value !== null) {
      this.assign([target], value)
      return
    }
    this.names.give(name, struct ? { kind: 'struct', fields: new Map() } : { kind: 'value' })
  }

  // Giving values.

  private assign(targets: readonly Expression[], value: Expression): void {
    const [first] = targets
    if (first?.kind === 'member') {
      this.giveField(first, value)
      return
    }
    if (value.kind !== 'struct') this.expression(value, null)
    for (const target of targets) this.giveTarget(target, value)
  }

  private giveTarget(target: Expression, value: Expression | null): void {
    if (target.kind === 'index' && target.object.kind === 'name') {
      this.names.giveFamily(target.object.name)
      return
    }
    if (target.kind === 'unary') return
    if (target.kind !== 'name') return
    if (value?.kind === 'struct')
      this.names.give(target.name, { kind: 'struct', fields: this.fieldUses(value.fields) })
    else if (value?.kind === 'unary' && value.operator === '&' && value.operand.kind === 'name') {
      this.names.give(target.name, { kind: 'pointer', to: value.operand.name })
    } else this.names.give(target.name, this.copyOf(value))
  }

  private copyOf(value: Expression | null) {
    const known = value?.kind === 'name' ? this.names.look(value.name) : null
    return known?.kind === 'struct' ? known : ({ kind: 'value' } as const)
  }

  private giveField(target: Expression & { kind: 'member' }, value: Expression): void {
    const owner = ownerOf(target)
    if (owner === null) {
      this.expression(value, null)
      return
    }
    const from = this.base + target.fieldFrom
    const use = {
      name: target.field,
      from,
      to: from + target.field.length,
      pending: this.waiting(value),
      checkedFor: null,
    }
    this.names.fieldsOf(owner).set(target.field, use)
  }

  private fieldUses(fields: readonly FieldNode[]): Map<string, FieldUse> {
    const uses = new Map<string, FieldUse>()
    for (const field of fields) {
      const from = this.base + field.nameFrom
      const use = {
        name: field.name,
        from,
        to: from + field.name.length,
        pending: this.waiting(field.value),
        checkedFor: null,
      }
      uses.set(field.name, use)
    }
    return uses
  }

  /** Checks a field's value; gives back the names that wait for a role. */
  private waiting(value: Expression): PendingName[] {
    const outer = this.pending
    const mine: PendingName[] = []
    this.pending = mine
    this.expression(value, null)
    this.pending = outer
    return mine
  }

  // Reading values.

  private expression(expression: Expression, role: Role | null): void {
    switch (expression.kind) {
      case 'name':
        this.name(expression, role)
        return
      case 'member':
        this.member(expression)
        return
      case 'index':
        this.index(expression, role)
        return
      case 'call':
        this.call(expression)
        return
      case 'unary':
        this.expression(expression.operand, role)
        return
      case 'binary':
        this.expression(expression.left, role)
        this.expression(expression.right, role)
        return
      case 'ternary':
        this.expression(expression.condition, null)
        this.expression(expression.yes, role)
        this.expression(expression.no, role)
        return
      case 'assign':
        this.assign([expression.target], expression.value)
        return
      case 'struct':
        this.fieldUses(expression.fields)
        return
      case 'int':
      case 'text':
      case 'range':
      case 'sizeof':
      case 'bad':
        return
    }
  }

  private member(expression: Expression & { kind: 'member' }): void {
    if (expression.object.kind === 'member') {
      this.member(expression.object)
      return
    }
    this.expression(expression.object, null)
  }

  private index(expression: Expression & { kind: 'index' }, role: Role | null): void {
    const { object, index } = expression
    if (object.kind === 'name' && index.kind === 'int') {
      this.name(
        { ...object, name: this.names.has(object.name) ? object.name : `${object.name}${index.value}` },
        role,
      )
      return
    }
    this.expression(object, role)
    if (index.kind !== 'range') this.expression(index, null)
  }

  private name(node: NameNode, role: Role | null): void {
    const at = { from: this.base + node.from, to: this.base + node.to }
    if (this.isKnown(node.name, role)) return
    if (this.pending !== null) this.pending.push({ name: node.name, ...at })
    else this.undeclared(node.name, at, role)
  }

  private isKnown(name: string, role: Role | null): boolean {
    if (this.names.has(name) || this.words.constant(name) !== null || isOutcome(name)) return true
    return role === 'device' && this.devices.has(name)
  }

  /** A name that nothing gave: guessed, opened or wrong. */
  private undeclared(name: string, at: Range, role: Role | null): void {
    if (isGuessed(role) && !/^[A-Z][A-Z0-9]*_[A-Z0-9_]*$/.test(name)) return
    if (role === 'flags' && ACCESS_WORDS.has(name)) return
    const implicit = IMPLICIT.exec(name)
    if (implicit !== null && role !== null && FD_ROLES.has(role)) {
      this.openImplicitly(name, `dev${implicit[1]}`, at)
      return
    }
    if (this.reported.has(name)) return
    this.reported.add(name)
    if (role === 'device') {
      const message = `there is no device \`${name}\` in this flow`
      this.report(unknown({ code: 'device.unknown', message, word: name, at, candidates: this.devices }))
      return
    }
    const prelude = this.preludeFor(name)
    for (const line of prelude) this.names.give(/^\s*(\w+)\s*=/.exec(line)?.[1] ?? name, { kind: 'value' })
    this.report(
      missingName({ name, at, statementFrom: this.base, candidates: this.candidates(name), prelude }),
    )
  }

  private openImplicitly(name: string, device: string, at: Range): void {
    if (!this.implicitOpens.has(name)) this.implicitOpens.set(name, { name, device, at: at.from })
  }

  private preludeFor(name: string): readonly string[] {
    return this.words.dialect.prelude.find(entry => entry.name.test(name))?.lines ?? []
  }

  private candidates(name: string): string[] {
    const upper = /^[A-Z][A-Z0-9_]*$/.test(name)
    return upper ? this.words.constantNames() : this.names.all()
  }

  // Calls.

  private call(node: CallNode): void {
    const special = CALLS[node.callee]
    if (special !== undefined && Object.hasOwn(CALLS, node.callee)) {
      special(this, node)
      return
    }
    const builtin = this.words.builtin(node.callee)
    if (builtin === null) {
      this.unknownCall(node)
      return
    }
    const needed = builtin.params.filter(param => !param.optional).length
    this.count(node, needed, builtin.params.length)
    for (const [i, arg] of node.args.entries()) this.expression(arg, builtin.params[i]?.role ?? null)
  }

  private unknownCall(node: CallNode): void {
    const at = { from: this.base + node.from, to: this.base + node.calleeTo }
    const message = `\`${node.callee}\` is not a call of the flow language`
    this.report(
      unknown({ code: 'call.unknown', message, word: node.callee, at, candidates: this.words.callees }),
    )
    for (const arg of node.args) if (arg.kind === 'call') this.call(arg)
  }

  /** Reports too few or too many arguments. */
  count(node: CallNode, least: number, most: number): boolean {
    const { length } = node.args
    if (length >= least && length <= most) return true
    const wanted = least === most ? `${least}` : `${least} to ${most}`
    const at = { from: this.base + node.from, to: this.base + node.to }
    this.report(
      error({
        code: 'call.arguments',
        message: `\`${node.callee}\` takes ${wanted} arguments, not ${length}`,
        ...at,
      }),
    )
    return false
  }

  roles(node: CallNode, roles: readonly (Role | null)[]): void {
    for (const [i, arg] of node.args.entries()) this.expression(arg, roles[i] ?? null)
  }

  open(node: CallNode): void {
    if (!this.count(node, 1, 3)) return
    const [path] = node.args
    this.roles(node, [null, 'mode'])
    if (path?.kind === 'text') this.path(path.value, { from: this.base + path.from, to: this.base + path.to })
  }

  private path(path: string, at: Range): void {
    if (this.words.knowsPath(path)) return
    const others = this.words.othersWithPath(path)
    if (others.length > 0) {
      this.report(otherDialect(path, this.words.dialect, others, at))
      return
    }
    const candidates = this.words.dialect.files.map(file => file.path)
    const { hint, fix } = unknown({ code: 'path.unknown', message: '', word: path, at, candidates })
    const quoted = fix === null ? null : { ...fix, insert: `"${fix.insert}"` }
    const message = `no file of ${this.words.dialect.id} has this path: opening it will fail`
    this.report(warning({ code: 'path.unknown', message, hint, fix: quoted, ...at }))
  }

  ioctl(node: CallNode): void {
    const [fd, command, argument] = node.args
    if (!this.count(node, 2, 3) || fd === undefined || command === undefined) return
    const word = this.command(command)
    this.expression(fd, word?.file === 'kvm' ? 'kvm-fd' : 'fd')
    if (word === null) return
    if (argument !== undefined) this.argument(argument, word)
    else if (word.argument === 'value') this.count(node, 3, 3)
  }

  private command(expression: Expression): CommandWord | null {
    const at = { from: this.base + expression.from, to: this.base + expression.to }
    if (expression.kind !== 'name') {
      this.report(
        error({ code: 'command.unknown', message: 'the second argument of ioctl is a command', ...at }),
      )
      return null
    }
    const { name } = expression
    const found = this.words.command(name)
    if (found === null) {
      this.unknownCommand(name, at)
      return null
    }
    if (found.alias) this.alias(name, found.word.name, at)
    return found.word
  }

  private unknownCommand(name: string, at: Range): void {
    const others = this.words.othersWithCommand(name)
    if (others.length > 0) {
      this.report(otherDialect(name, this.words.dialect, others, at))
      return
    }
    const message = `\`${name}\` is not a command of ${this.words.dialect.id}`
    this.report(
      unknown({ code: 'command.unknown', message, word: name, at, candidates: this.words.commandNames() }),
    )
  }

  private argument(argument: Expression, command: CommandWord): void {
    const value = argument.kind === 'unary' && argument.operator === '&' ? argument.operand : argument
    if (command.argument === 'none') {
      this.extraArgument(value, command)
      return
    }
    if (value.kind === 'struct') {
      this.checkFields(this.fieldUses(value.fields).values(), command)
      return
    }
    const known = value.kind === 'name' ? this.names.look(value.name) : null
    if (known?.kind === 'struct') {
      this.checkFields(known.fields.values(), command)
      return
    }
    if (command.bareField === null && value.kind === 'int' && value.value !== 0n) {
      this.needsStruct(value, command)
      return
    }
    const bare = command.bareField === null ? null : this.words.field(command, command.bareField)
    this.expression(value, bare?.word.role ?? null)
  }

  private extraArgument(value: Expression, command: CommandWord): void {
    const at = { from: this.base + value.from, to: this.base + value.to }
    this.report(
      warning({ code: 'call.extra-argument', message: `${command.name} takes no argument: ignored`, ...at }),
    )
  }

  private needsStruct(value: Expression, command: CommandWord): void {
    const at = { from: this.base + value.from, to: this.base + value.to }
    const fields = command.fields.map(field => `.${field.name}`).join(', ')
    this.report(
      error({ code: 'call.needs-struct', message: `${command.name} takes a struct with ${fields}`, ...at }),
    )
  }

  private checkFields(uses: Iterable<FieldUse>, command: CommandWord): void {
    for (const use of uses) {
      if (use.checkedFor === command.name) continue
      use.checkedFor = command.name
      const found = this.words.field(command, use.name)
      if (found === null) this.unknownField(use, command)
      else this.knownField(use, found.word, found.alias)
    }
  }

  private knownField(use: FieldUse, word: FieldWord, alias: boolean): void {
    if (alias) this.alias(`.${use.name}`, `.${word.name}`, use)
    for (const { name, from, to } of use.pending) {
      if (!this.isKnown(name, word.role)) this.undeclared(name, { from, to }, word.role)
    }
  }

  private unknownField(use: FieldUse, command: CommandWord): void {
    const candidates = command.fields.flatMap(field => [field.name, ...field.aliases])
    const message = `${command.name} has no field \`.${use.name}\``
    this.report(
      unknown({
        code: 'field.unknown',
        message,
        word: use.name,
        at: { from: use.from, to: use.to },
        candidates,
      }),
    )
  }

  /** A struct no call took: its names are judged by what such a field stands for anywhere. */
  private unusedStruct(fields: ReadonlyMap<string, FieldUse>): void {
    for (const use of fields.values()) {
      if (use.checkedFor !== null) continue
      const roles = [...this.words.rolesOfField(use.name)]
      for (const { name, from, to } of use.pending) {
        if (!this.isKnown(name, null) && !roles.some(role => isGuessed(role)))
          this.undeclared(name, { from, to }, roles[0] ?? null)
      }
    }
  }

  private alias(spelled: string, definition: string, at: Range): void {
    if (!this.aliases.has(spelled))
      this.aliases.set(spelled, { definition, at: { from: at.from, to: at.to } })
  }

  private report(finding: Finding): void {
    this.findings.push(finding)
  }
}

/** `if (ret < 0) goto err;`: whatever the condition names, nothing depends on it. */
const isIdle = ({ condition, body, otherwise }: StatementBody & { kind: 'if' }): boolean =>
  [...body, ...otherwise].every(statement => statement.kind === 'skipped') &&
  body.length > 0 &&
  !(condition.kind === 'expression' && hasCall(condition.expression))

/** Calls with a meaning of their own; all others are built-ins of the vocabulary. */
const CALLS: Readonly<Record<string, (checker: Checker, node: CallNode) => void>> = {
  open: (checker, node) => checker.open(node),
  ioctl: (checker, node) => checker.ioctl(node),
  close: (checker, node) => {
    if (checker.count(node, 1, 1)) checker.roles(node, ['fd'])
  },
  read: (checker, node) => {
    if (checker.count(node, 1, 3)) checker.roles(node, ['fd'])
  },
  mmap: (checker, node) => {
    if (!checker.count(node, 1, 6)) return
    checker.roles(node, node.args.length > 4 ? [null, 'size', null, null, 'fd'] : ['fd', 'size'])
  },
  expect: (checker, node) => {
    if (checker.count(node, 1, 1)) checker.roles(node, [null])
  },
  note: (checker, node) => {
    if (checker.count(node, 1, 1)) checker.roles(node, ['text'])
  },
  memset: (checker, node) => {
    checker.count(node, 1, 3)
  },
}

export function check(input: CheckInput): CheckResult {
  return new Checker(input).run(input.statements)
}
