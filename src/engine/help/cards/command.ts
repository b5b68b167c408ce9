/** Cards of commands and of their fields: the argument as a struct, what comes back, what may be refused. */
import type { Command, CommandDocs, Dialect } from '../../dialects/contract'
import type { FieldWord } from '../../flow'
import type { HelpCard, HelpMember, HelpStruct } from '../contract'
import { ROLES } from '../roles.data'
import { card, linksOf, refusal, rows, rulesNamed, sentence } from './card'

const FILES = {
  context: 'address space file',
  device: 'device',
  kvm: 'virtual machine',
  group: 'group',
  container: 'container',
  plain: 'file',
} as const
const NO_LAYOUT = 'The proposal names these and fixes no layout: types are ours.'
const OURS = 'The thread names the idea; the spelling is ours.'

const UNDOCUMENTED: CommandDocs = { source: '', returns: '', writes: [], rules: [], layout: null }

export const docsOf = (dialect: Dialect, command: Command): CommandDocs =>
  dialect.docs.commands[command.name] ?? UNDOCUMENTED

/** `spelled` is the word as it stands in the text, which may be an alias. */
export function commandCard(dialect: Dialect, command: Command, spelled: string): HelpCard {
  const docs = docsOf(dialect, command)
  const rules = rulesNamed([...docs.rules, ...dialect.docs.anyCall])
  return card({
    word: spelled,
    kind: 'command',
    title: `ioctl(fd, ${command.name}${argumentOf(command)})`,
    text: command.doc,
    struct: structOf(command, docs),
    rows: rows([
      ['Read as', spelled === command.name ? '' : command.name],
      ['Also spelt', command.aliases.filter(alias => alias !== spelled).join(', ')],
      ['Called on', FILES[command.file]],
      ['Returns', docs.returns],
      ['Or the bare', command.bareField ?? ''],
      ['Source', docs.source],
      ['Name', command.origin === 'ours' ? OURS : ''],
    ]),
    refusals: rules.map(id => refusal(id, dialect)),
    links: linksOf(docs.source, dialect),
  })
}

function argumentOf({ argument, bareField }: Command): string {
  switch (argument) {
    case 'none':
      return ''
    case 'value':
      return `, ${bareField ?? 'value'}`
    case 'struct':
      return ', &argument'
    case 'either':
      return `, &argument | ${bareField ?? 'value'}`
  }
}

function structOf(command: Command, docs: CommandDocs): HelpStruct | null {
  const members = [...command.fields.map(field => memberOf(field, docs)), ...writtenOnly(command, docs)]
  if (members.length === 0) return null
  return { name: docs.layout?.struct ?? null, members, note: docs.layout === null ? NO_LAYOUT : null }
}

function memberOf({ name, role, doc, aliases }: FieldWord, docs: CommandDocs): HelpMember {
  const place = docs.layout?.members.find(member => member.field === name)
  const written = docs.writes.find(member => member.name === name)
  return {
    type: place?.type ?? ROLES[role].type,
    name,
    offset: place?.offset ?? null,
    bytes: place?.bytes ?? null,
    way: written === undefined ? 'in' : 'in, out',
    doc: written === undefined ? doc : `${doc}; then ${written.doc}`,
    aliases,
  }
}

function writtenOnly(command: Command, docs: CommandDocs): HelpMember[] {
  return docs.writes
    .filter(({ name }) => command.fields.every(field => field.name !== name))
    .map(({ name, type, doc }) => {
      const place = docs.layout?.members.find(member => member.field === name)
      const [offset, bytes] = [place?.offset ?? null, place?.bytes ?? null]
      return { type: place?.type ?? type, name, offset, bytes, way: 'out', doc, aliases: [] }
    })
}

/** A field in a struct of `command`; where that is not known, all that any command makes of it. */
export function fieldCard(dialect: Dialect, command: Command | null, spelled: string): HelpCard | null {
  const owners = command === null ? dialect.commands : [command]
  const found = owners.flatMap(owner => {
    const field = owner.fields.find(({ name, aliases }) => name === spelled || aliases.includes(spelled))
    return field === undefined ? [] : [{ owner, field }]
  })
  const [first] = found
  if (first === undefined)
    return command === null ? writtenCard(dialect, spelled) : fieldCard(dialect, null, spelled)
  const { field, owner } = first
  const { type, doc, guess } = ROLES[field.role]
  const meanings = new Map(
    found.map(one => [one.field.doc, found.filter(({ field: { doc } }) => doc === one.field.doc)]),
  )
  return card({
    word: spelled,
    kind: 'field',
    title: `${type} ${field.name}`,
    text: found.length === 1 ? sentence(field.doc) : sentence(doc),
    rows: rows([
      ['Read as', spelled === field.name ? '' : `.${field.name}`],
      ['Also spelt', field.aliases.filter(alias => alias !== spelled).join(', ')],
      ['Of', found.length === 1 ? owner.name : ''],
      ...(found.length === 1
        ? []
        : [...meanings].map(([said, all]): [string, string] => [
            said,
            namesOf(all.map(({ owner: { name } }) => name)),
          ])),
      ['Stands for', found.length === 1 ? doc : ''],
      ['Not given', guess === null ? 'reads 0' : `a name nothing gave is taken for ${guess}`],
    ]),
  })
}

/** A field that only answers carry. */
function writtenCard(dialect: Dialect, name: string): HelpCard | null {
  const from = dialect.commands.flatMap(command =>
    docsOf(dialect, command)
      .writes.filter(row => row.name === name)
      .map(row => ({ ...row, command })),
  )
  const [first] = from
  if (first === undefined) return null
  const { type, doc, command } = first
  return card({
    word: name,
    kind: 'field',
    title: `${type} ${name}`,
    text: sentence(doc),
    rows: rows([['Written by', command.name]]),
  })
}

const MOST_NAMES = 4
const namesOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
