/**
 * Checks the statements of one scenario against the words of its dialect: every name has a value or may be
 * guessed, every command, field, constant and function exists. Reports all that is wrong, not the first.
 */
import { type Finding, info } from '../layout/findings'
import type { Expression, FieldNode, Statement, StatementBody } from '../syntax/ast'
import { hasCall, ownerOf } from '../syntax/expressions'
import type { Role } from '../vocabulary'
import type { WordIndex } from '../words/word-index'
import { CALLS, type CallNode, checkBuiltin } from './check-calls'
import type { Lender } from './check-ioctl'
import { type FieldUse, isGuessed, type Known } from './names'
import { aliasesRead } from './report'
import { type AliasFound, type OpenedForFlow, Scope } from './scope'

export interface CheckInput {
  readonly statements: readonly Statement[]
  readonly words: WordIndex
  /** Names that are devices of this flow. */
  readonly devices: ReadonlySet<string>
}

export interface CheckResult {
  readonly findings: readonly Finding[]
  /** `device_fdK` names that are used and never given, by first use. */
  readonly implicitOpens: readonly OpenedForFlow[]
  readonly aliases: readonly AliasFound[]
}

class Checker implements Lender {
  readonly scope: Scope
  private skipped: { count: number; first: Statement } | null = null

  constructor({ words, devices }: CheckInput) {
    this.scope = new Scope(words, devices)
  }

  run(statements: readonly Statement[]): CheckResult {
    this.list(statements)
    for (const known of this.scope.names.structs())
      if (known.kind === 'struct') this.unusedStruct(known.fields)
    const { findings, implicitOpens, aliases } = this.scope
    const said = [aliasesRead(aliases), this.skippedC()].filter(finding => finding !== null)
    return { findings: [...findings, ...said], implicitOpens: [...implicitOpens.values()], aliases }
  }

  private list(statements: readonly Statement[]): void {
    for (const statement of statements) {
      this.scope.base = statement.from
      if (statement.kind === 'skipped') this.countSkipped(statement)
      if (statement.broken) this.onlyNames(statement)
      else this.statement(statement)
      if (statement.kind !== 'if') continue
      this.list(statement.body)
      this.list(statement.otherwise)
    }
  }

  private countSkipped(statement: Statement): void {
    this.skipped = { count: (this.skipped?.count ?? 0) + 1, first: this.skipped?.first ?? statement }
  }

  private skippedC(): Finding | null {
    if (this.skipped === null) return null
    const { count, first } = this.skipped
    const message = `${count} statement${count === 1 ? '' : 's'} of C that a flow has no use for (goto, return, perror): skipped`
    return info({ code: 'statement.skipped', message, from: first.from, to: first.to })
  }

  /** A statement that does not parse still gives its names: no second error for those. */
  private onlyNames(statement: StatementBody): void {
    if (statement.kind === 'assign') for (const target of statement.targets) this.giveTarget(target, null)
    if (statement.kind === 'declare') this.scope.names.give(statement.name, { kind: 'value' })
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
        this.declare(statement)
        return
      case 'group':
        for (const part of statement.statements) this.statement(part)
        return
      case 'if': {
        const { condition } = statement
        if (condition.kind === 'expression' && !isIdle(statement)) this.expression(condition.expression, null)
        return
      }
      case 'skipped':
      case 'stop':
        return
    }
  }

  private declare({ name, struct, value }: StatementBody & { kind: 'declare' }): void {
    if (value !== null) this.assign([{ kind: 'name', name, from: 0, to: 0 }], value)
    else this.scope.names.give(name, struct ? { kind: 'struct', fields: new Map() } : { kind: 'value' })
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
    const { names } = this.scope
    if (target.kind === 'index' && target.object.kind === 'name') names.giveFamily(target.object.name)
    if (target.kind === 'name') names.give(target.name, this.given(value))
  }

  private given(value: Expression | null): Known {
    if (value?.kind === 'struct') return { kind: 'struct', fields: this.fieldUses(value.fields) }
    if (value?.kind === 'unary' && value.operator === '&' && value.operand.kind === 'name') {
      return { kind: 'pointer', to: value.operand.name }
    }
    const copied = value?.kind === 'name' ? this.scope.names.look(value.name) : null
    return copied?.kind === 'struct' ? copied : { kind: 'value' }
  }

  private giveField(target: Expression & { kind: 'member' }, value: Expression): void {
    const owner = ownerOf(target)
    const use = this.fieldUse({ name: target.field, nameFrom: target.fieldFrom, value })
    if (owner !== null) this.scope.names.fieldsOf(owner).set(target.field, use)
  }

  /** The fields of a literal, each with the names that wait for a command to give them a role. */
  fieldUses(fields: readonly FieldNode[]): Map<string, FieldUse> {
    return new Map(fields.map(field => [field.name, this.fieldUse(field)]))
  }

  private fieldUse({ name, nameFrom, value }: Pick<FieldNode, 'name' | 'nameFrom' | 'value'>): FieldUse {
    const at = this.scope.place({ from: nameFrom, to: nameFrom + name.length })
    const pending = this.scope.waiting(() => this.expression(value, null))
    return { name, ...at, pending, checkedFor: null }
  }

  // Reading values.

  expression(expression: Expression, role: Role | null): void {
    switch (expression.kind) {
      case 'name':
        this.scope.read(expression.name, this.scope.place(expression), role)
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
    if (expression.object.kind === 'member') this.member(expression.object)
    else this.expression(expression.object, null)
  }

  /** `device_fd[2]` reads device_fd2, and `device_fd[1...N]` its first. */
  private index({ object, index, from, to }: Expression & { kind: 'index' }, role: Role | null): void {
    const number = index.kind === 'range' ? index.first : index
    if (object.kind === 'name' && number.kind === 'int') {
      const name = this.scope.names.has(object.name) ? object.name : `${object.name}${number.value}`
      this.scope.read(name, this.scope.place({ from, to }), role)
      return
    }
    this.expression(object, role)
    if (index.kind !== 'range') this.expression(index, null)
  }

  private call(node: CallNode): void {
    const check = Object.hasOwn(CALLS, node.callee) ? CALLS[node.callee] : undefined
    if (check === undefined) checkBuiltin(this, node)
    else check(this, node)
  }

  /** A struct no call took: its names are judged by what such a field stands for anywhere. */
  private unusedStruct(fields: ReadonlyMap<string, FieldUse>): void {
    for (const use of fields.values()) {
      if (use.checkedFor !== null) continue
      const roles = [...this.scope.words.rolesOfField(use.name)]
      const role = roles.find(isGuessed) ?? roles[0] ?? null
      for (const { name, ...at } of use.pending)
        if (!this.scope.isKnown(name, role)) this.scope.undeclared(name, at, role)
    }
  }
}

/** `if (ret < 0) goto err;`: whatever the condition names, nothing depends on it. */
const isIdle = ({ condition, body, otherwise }: StatementBody & { kind: 'if' }): boolean =>
  body.length > 0 &&
  [...body, ...otherwise].every(statement => statement.kind === 'skipped') &&
  !(condition.kind === 'expression' && hasCall(condition.expression))

export function check(input: CheckInput): CheckResult {
  return new Checker(input).run(input.statements)
}
