/** The vocabulary, looked up by name: one index a dialect, and what the other dialects know. */
import type { LineWords } from '../layout/line-kind'
import type { BuiltinWord, CommandWord, DialectWords, FieldWord, Role, Vocabulary } from '../vocabulary'
import { CORE_CONSTANTS } from './core-words'
import { CORE_CALLEES } from './shape-words'

export interface Found<T> {
  readonly word: T
  /** The author used another spelling than the definition. */
  readonly alias: boolean
}

/** Tells lines of code for any dialect of a vocabulary. */
export function lineWordsOf(vocabulary: Vocabulary): LineWords {
  const commands = new Set<string>()
  const fields = new Set<string>()
  for (const { commands: words } of vocabulary.dialects) {
    for (const word of words) {
      for (const name of [word.name, ...word.aliases]) commands.add(name)
      for (const field of word.fields) for (const name of [field.name, ...field.aliases]) fields.add(name)
    }
  }
  const callees = new Set<string>([...CORE_CALLEES, ...vocabulary.builtins.map(builtin => builtin.name)])
  return {
    isCommand: name => commands.has(name),
    isCallee: name => callees.has(name),
    isField: name => fields.has(name),
  }
}

export class WordIndex {
  readonly dialect: DialectWords
  readonly callees: readonly string[]
  private readonly vocabulary: Vocabulary
  private readonly answers: ReadonlyMap<string, bigint>
  private readonly commands = new Map<string, Found<CommandWord>>()
  private readonly fields = new Map<string, Map<string, Found<FieldWord>>>()
  private readonly roles = new Map<string, Set<Role>>()
  private readonly spellings = new Map<string, Set<string>>()
  private readonly builtins: ReadonlyMap<string, BuiltinWord>

  constructor(dialect: DialectWords, vocabulary: Vocabulary) {
    this.dialect = dialect
    this.vocabulary = vocabulary
    this.answers = new Map(Object.entries(vocabulary.constants ?? {}))
    this.builtins = new Map(vocabulary.builtins.map(word => [word.name, word]))
    this.callees = [...CORE_CALLEES, ...this.builtins.keys()]
    for (const word of dialect.commands) this.addCommand(word)
  }

  private addCommand(word: CommandWord): void {
    for (const alias of word.aliases)
      if (!this.commands.has(alias)) this.commands.set(alias, { word, alias: true })
    this.commands.set(word.name, { word, alias: false })
    const fields = new Map<string, Found<FieldWord>>()
    for (const field of word.fields) {
      for (const name of [field.name, ...field.aliases]) {
        if (!fields.has(name) || name === field.name)
          fields.set(name, { word: field, alias: name !== field.name })
        this.addSpellings(name, field)
        this.roles.set(name, (this.roles.get(name) ?? new Set()).add(field.role))
      }
    }
    this.fields.set(word.name, fields)
  }

  private addSpellings(name: string, field: FieldWord): void {
    const same = this.spellings.get(name) ?? new Set()
    for (const other of [field.name, ...field.aliases]) same.add(other)
    this.spellings.set(name, same)
  }

  /** Other names under which some command knows a field of this name. */
  spellingsOf(name: string): ReadonlySet<string> {
    return this.spellings.get(name) ?? new Set()
  }

  command(name: string): Found<CommandWord> | null {
    return this.commands.get(name) ?? null
  }

  commandNames(): string[] {
    return [...this.commands.keys()]
  }

  field(command: CommandWord, name: string): Found<FieldWord> | null {
    return this.fields.get(command.name)?.get(name) ?? null
  }

  /** What a field of this name stands for in any command. */
  rolesOfField(name: string): ReadonlySet<Role> {
    return this.roles.get(name) ?? new Set()
  }

  constant(name: string): bigint | null {
    const { constants } = this.dialect
    if (Object.hasOwn(constants, name)) return constants[name] ?? null
    return CORE_CONSTANTS.get(name) ?? this.answers.get(name) ?? null
  }

  constantNames(): string[] {
    return [...Object.keys(this.dialect.constants), ...CORE_CONSTANTS.keys(), ...this.answers.keys()]
  }

  builtin(name: string): BuiltinWord | null {
    return this.builtins.get(name) ?? null
  }

  /** Dialects other than this one that know a command. */
  othersWithCommand(name: string): readonly DialectWords[] {
    return this.vocabulary.dialects.filter(
      other =>
        other !== this.dialect &&
        other.commands.some(word => word.name === name || word.aliases.includes(name)),
    )
  }

  /** Dialects other than this one that a path tells. */
  othersWithPath(path: string): readonly DialectWords[] {
    return this.vocabulary.dialects.filter(
      other => other !== this.dialect && other.tells.paths.includes(path),
    )
  }

  /** Whether a path is a file of this dialect. */
  knowsPath(path: string): boolean {
    return this.dialect.files.some(file => (file.prefix ? path.startsWith(file.path) : path === file.path))
  }
}
