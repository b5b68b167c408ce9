/**
 * A paste of a whole chapter is many flows, never one: each `5.n.` heading with statements under it is a
 * scenario. What stands before the first of them serves those that use what it gives: the lines needed
 * where it only opens files, all of it where it makes calls. It is a scenario of its own where it makes
 * calls and the first heading does not go on from it. Where only one heading has statements, and they go on
 * with names that the lines before it give, all of it is one flow.
 */

import type { Range } from '../layout/pieces'
import type { Section } from '../syntax/assemble'
import type { Expression, Statement, StatementBody } from '../syntax/ast'
import { partsOf } from '../syntax/expressions'

export interface Scenario {
  readonly number: string | null
  readonly title: string
  readonly from: number
  readonly statements: readonly Statement[]
  /** Where what is found concerns it: its sections, and the lines that serve it. */
  readonly places: readonly Range[]
}

type Placed = Section & Range

export function splitScenarios(sections: readonly Section[]): readonly Scenario[] {
  const { before, headed } = chapters(sections)
  const scenarios = headed.filter(hasWork)
  const preface = before.flatMap(section => section.statements)
  const [first] = scenarios
  if (first === undefined) return [everything(sections)]
  if (scenarios.length === 1 && goesOn(first, preface)) return [everything(sections)]
  const acts = preface.some(statement => namesOf(statement).calls.has('ioctl'))
  const alone = acts && !goesOn(first, preface) ? [beforeTheFirst(before, preface)] : []
  const all = (scenario: Placed) => acts && goesOn(scenario, preface)
  return [...alone, ...scenarios.map(scenario => (all(scenario) ? joined : withPreface)(scenario, preface))]
}

/**
 * The sections that stand before the flows, and those that may be flows. A row of a table of contents
 * comes again as a heading; a chapter's own lines come before its sections.
 */
function chapters(sections: readonly Section[]): { before: readonly Placed[]; headed: readonly Placed[] } {
  const before: Placed[] = []
  const headed: Placed[] = []
  const ends = sections.map((_, index) => sections[index + 1]?.from ?? Number.MAX_SAFE_INTEGER)
  const last = new Map(sections.map(({ number, title }, index) => [`${number} ${title}`, index]))
  for (const [index, section] of sections.entries()) {
    const { number, title, from } = section
    const listed = last.get(`${number} ${title}`) !== index
    const opens = number === null || listed || (!number.includes('.') && !headed.some(hasWork))
    const list = opens ? before : headed
    list.push({ number, title, from, statements: section.statements, to: ends[index] ?? from })
  }
  return { before, headed }
}

const beforeTheFirst = (before: readonly Placed[], statements: readonly Statement[]): Scenario => ({
  number: null,
  title: 'before the first heading',
  from: 0,
  statements,
  places: before,
})

const hasWork = ({ statements }: Section): boolean => statements.some(({ kind }) => kind !== 'skipped')

const everything = (sections: readonly Section[]): Scenario => ({
  number: null,
  title: '',
  from: 0,
  statements: sections.flatMap(section => section.statements),
  places: [{ from: 0, to: Number.MAX_SAFE_INTEGER }],
})

/** True where a section uses what the lines before it made, and it does not make itself. */
function goesOn({ statements }: Section, preface: readonly Statement[]): boolean {
  const needed = new Set<string>()
  const made = new Set<string>()
  for (const statement of statements) collectNeeds(statement, made, needed)
  return preface.some(statement => [...namesOf(statement).writes].some(name => isNeeded(name, needed)))
}

/** A section behind lines that stand before it. */
const joined = ({ number, title, from, to, statements }: Placed, shared: readonly Statement[]): Scenario => ({
  number,
  title,
  from,
  statements: [...shared, ...statements],
  places: [{ from, to }, ...shared],
})

/** The scenario with those lines of the preface that give it a name it does not give itself. */
function withPreface(scenario: Placed, preface: readonly Statement[]): Scenario {
  const needed = new Set<string>()
  const made = new Set<string>()
  for (const statement of scenario.statements) collectNeeds(statement, made, needed)
  const kept: Statement[] = []
  for (const statement of [...preface].reverse()) {
    const names = namesOf(statement)
    if (![...names.writes].some(name => isNeeded(name, needed))) continue
    for (const name of names.reads) needed.add(name)
    kept.unshift(statement)
  }
  return joined(scenario, kept)
}

/** `device_fd` written for all N serves `device_fd2`. */
const isNeeded = (written: string, needed: ReadonlySet<string>): boolean =>
  needed.has(written) ||
  [...needed].some(name => name.startsWith(written) && /^\d+$/.test(name.slice(written.length)))

function collectNeeds(statement: Statement, made: Set<string>, needed: Set<string>): void {
  const names = namesOf(statement)
  for (const name of names.reads) if (!made.has(name)) needed.add(name)
  for (const name of names.writes) made.add(name)
}

interface Names {
  readonly reads: Set<string>
  readonly writes: Set<string>
  readonly calls: Set<string>
}

/** The names a statement reads, gives and calls, bodies included. */
function namesOf(statement: StatementBody): Names {
  const names: Names = { reads: new Set(), writes: new Set(), calls: new Set() }
  collectStatement(statement, names)
  return names
}

function collectStatement(statement: StatementBody, names: Names): void {
  switch (statement.kind) {
    case 'assign':
      collectExpression(statement.value, names)
      for (const target of statement.targets) collectTarget(target, names)
      return
    case 'expression':
      collectExpression(statement.expression, names)
      return
    case 'declare':
      names.writes.add(statement.name)
      if (statement.value !== null) collectExpression(statement.value, names)
      return
    case 'group':
      for (const part of statement.statements) collectStatement(part, names)
      return
    case 'if':
      if (statement.condition.kind === 'expression') collectExpression(statement.condition.expression, names)
      for (const part of [...statement.body, ...statement.otherwise]) collectStatement(part, names)
      return
    case 'skipped':
    case 'stop':
      return
  }
}

function collectTarget(target: Expression, names: Names): void {
  if (target.kind === 'name') names.writes.add(target.name)
  if (target.kind === 'index' && target.object.kind === 'name') names.writes.add(target.object.name)
  if (target.kind === 'member') collectExpression(target.object, names)
}

function collectExpression(expression: Expression, names: Names): void {
  switch (expression.kind) {
    case 'name':
      names.reads.add(expression.name)
      return
    case 'member':
      collectExpression(expression.object, names)
      return
    case 'index':
    case 'range':
    case 'call':
    case 'unary':
    case 'binary':
    case 'ternary':
    case 'struct':
    case 'assign':
      if (expression.kind === 'call') names.calls.add(expression.callee)
      for (const part of partsOf(expression)) collectExpression(part, names)
      return
    case 'int':
    case 'text':
    case 'sizeof':
    case 'bad':
      return
  }
}
