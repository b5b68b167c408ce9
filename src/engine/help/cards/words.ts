/** Cards of the words around the calls: constants, functions, files, error numbers, rules, events, counters. */

import type { Dialect } from '../../dialects/contract'
import { type BuiltinWord, CORE_CONSTANTS, ERRNO_NUMBERS } from '../../flow'
import { PLATFORMS } from '../../hw'
import { RULES } from '../../kernel/rules.data'
import { BUILTINS } from '../../session/builtins.data'
import { COST_GAUGES } from '../../trace/costs'
import type { HelpCard } from '../contract'
import { ERRNO_MEANS } from '../errnos.data'
import { COSTS, EVENTS } from '../observed.data'
import { ROLES } from '../roles.data'
import { CORE_WORDS } from '../words.data'
import { card, isRule, linksOf, refusal, rows, rulesNamed } from './card'
import { docsOf } from './command'

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

export function constantCard(dialect: Dialect, name: string): HelpCard | null {
  const value = own(dialect.constants, name)
  if (value === undefined) return null
  const text = own(dialect.docs.constants, name) ?? ''
  return card({
    word: name,
    kind: 'constant',
    title: `${name} = ${value}`,
    text,
    rows: rows([['Dialect', dialect.title]]),
  })
}

/** What a hypercall may answer. */
export function statusCard(name: string): HelpCard | null {
  const platform = PLATFORMS.find(each => each.hypercalls?.statuses.some(status => status.name === name))
  const found = platform?.hypercalls?.statuses.find(status => status.name === name)
  if (platform === undefined || found === undefined) return null
  return card({
    word: name,
    kind: 'constant',
    title: `${name} = ${found.value}`,
    text: found.doc,
    rows: rows([['Platform', platform.title]]),
  })
}

export function coreCard(name: string): HelpCard | null {
  const found = own(CORE_WORDS, name)
  if (found === undefined) return null
  const value = CORE_CONSTANTS.get(name)
  const rest = rows([['Value', value === undefined ? '' : `0x${value.toString(16)}`]])
  return card({
    word: name,
    kind: value === undefined ? 'function' : 'constant',
    title: found.form,
    text: found.doc,
    rows: rest,
  })
}

export function builtinCard(name: string): HelpCard | null {
  const found = BUILTINS.find(builtin => builtin.name === name)
  if (found === undefined) return null
  return card({
    word: name,
    kind: 'function',
    title: `${name}(${found.params.map(param => (param.optional ? `[${param.name}]` : param.name)).join(', ')})`,
    text: found.doc,
    rows: rows(found.params.map(parameterRow)),
  })
}

function parameterRow({ name, role, optional }: BuiltinWord['params'][number]): [string, string] {
  return [name, `${ROLES[role].doc}${optional ? '; may be left out' : ''}`]
}

/** The file whose form a path has. */
export function fileCard(dialect: Dialect, path: string): HelpCard | null {
  const found = dialect.files.find(file => (file.prefix ? path.startsWith(file.path) : file.path === path))
  if (found === undefined) return null
  return card({
    word: path,
    kind: 'file',
    title: found.prefix ? `${found.path}NAME` : found.path,
    text: own(dialect.docs.files, found.path) ?? '',
    rows: rows([
      ['Device', found.prefix ? path.slice(path.lastIndexOf('/') + 1) : ''],
      ['Calls', callsOn(dialect, found.kind)],
    ]),
  })
}

function callsOn(dialect: Dialect, kind: string): string {
  return dialect.commands.flatMap(({ file, name }) => (file === kind ? [name] : [])).join(', ')
}

export function errnoCard(dialect: Dialect, name: string): HelpCard | null {
  const number = own(ERRNO_NUMBERS, name)
  if (number === undefined) return null
  const all = rulesNamed(Object.keys(RULES)).map(id => refusal(id, dialect))
  return card({
    word: name,
    kind: 'errno',
    title: `-${name} = -${number}`,
    text: own(ERRNO_MEANS, name) ?? '',
    refusals: all.filter(({ errno }) => errno === name),
  })
}

export function ruleCard(dialect: Dialect, id: string): HelpCard | null {
  if (!isRule(id)) return null
  const found = refusal(id, dialect)
  const calls = dialect.commands.filter(command => rulesNamed(docsOf(dialect, command).rules).includes(id))
  const any = dialect.docs.anyCall.includes(id)
  return card({
    word: id,
    kind: 'rule',
    title: `-${found.errno} ${id}`,
    text: `Refused: ${found.text}.`,
    rows: rows([
      ['Basis', BASIS[found.basis] ?? found.basis],
      ['Source', found.source],
      ['Calls', any ? 'any' : calls.map(({ name }) => name).join(', ')],
    ]),
    links: linksOf(found.source, dialect),
  })
}

const BASIS: Readonly<Record<string, string>> = {
  proposal: 'the proposal says so; the number is a ruling',
  ruling: 'a ruling of this emulator: the proposal is silent',
  limit: 'a limit of this emulator',
  kernel: 'Linux does so: recorded',
}

export function observedCard(name: string): HelpCard | null {
  const event = own<string>(EVENTS, name)
  if (event !== undefined) return card({ word: name, kind: 'event', title: name, text: event })
  const cost = own<string>(COSTS, name)
  if (cost === undefined) return null
  const gauge = COST_GAUGES.some(each => each === name)
  return card({
    word: name,
    kind: 'cost',
    title: name,
    text: cost,
    rows: rows([['Counts', gauge ? 'a level after the step' : 'what the step added']]),
  })
}
