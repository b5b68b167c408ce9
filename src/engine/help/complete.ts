/** What may be typed at an offset: commands in a call, fields in a struct, directives and their words, names. */
import type { Command, Dialect } from '../dialects/contract'
import { CORE_CALLEES, type Role } from '../flow'
import { PLATFORMS } from '../hw'
import { BUILTINS } from '../session/builtins.data'
import { choices } from '../session/choices'
import { DIRECTIVES } from './directives.data'
import { dialectOr } from './help'
import { type Place, placeAt } from './place'
import { ROLES } from './roles.data'
import { CORE_WORDS } from './words.data'

export interface Completion {
  readonly label: string
  readonly kind:
    | 'command'
    | 'field'
    | 'constant'
    | 'directive'
    | 'option'
    | 'function'
    | 'knob'
    | 'value'
    | 'name'
  /** A few words beside it. */
  readonly detail: string
  /** What is typed in its place, where that is more than the label. */
  readonly insert: string | null
}

export interface Completions {
  readonly from: number
  readonly to: number
  readonly options: readonly Completion[]
}

const CHOICES = choices()

type Draft = Pick<Completion, 'label' | 'kind'> & Partial<Completion>
const entry = (draft: Draft): Completion => ({ detail: '', insert: null, ...draft })

/** Null where nothing is offered, as in comments. Of every word that fits there, not only the prefix typed. */
export function completionsAt(text: string, offset: number, dialectId: string | null): Completions | null {
  const dialect = dialectOr(dialectId)
  const place = placeAt(text, offset, dialect)
  const options = optionsAt(place, dialect, text, offset)
  return options.length === 0 ? null : { from: place.from, to: place.to, options }
}

function optionsAt(place: Place, dialect: Dialect, text: string, offset: number): Completion[] {
  switch (place.kind) {
    case 'comment':
      return []
    case 'path':
      return paths(dialect, text)
    case 'field':
      return fields(dialect, place.command)
    case 'command':
      return commands(dialect, fileKind(text, place.from, dialect))
    case 'directive':
      return place.directive === null ? directives() : stageWords(place, dialect, text)
    case 'code':
      return code(place, dialect, text, offset)
  }
}

function commands(dialect: Dialect, file: Command['file'] | null): Completion[] {
  const fitting = dialect.commands.filter(command => file === null || command.file === file)
  return fitting.map(({ name, doc, origin }) =>
    entry({ label: name, kind: 'command', detail: origin === 'ours' ? `ours: ${doc}` : doc }),
  )
}

/** The kind of file the fd of the call was opened as, where the text says so. */
function fileKind(text: string, at: number, dialect: Dialect): Command['file'] | null {
  const fd = /\bioctl\s*\(\s*([A-Za-z_]\w*)\s*,\s*$/.exec(text.slice(Math.max(0, at - 200), at))?.[1]
  if (fd === undefined) return null
  const path = new RegExp(`\\b${fd}\\s*=\\s*open\\s*\\(\\s*"([^"\\n]*)"`).exec(text)?.[1]
  if (path === undefined) return /^device_?\w*fd/.test(fd) ? 'device' : null
  const found = dialect.files.find(file => (file.prefix ? path.startsWith(file.path) : path === file.path))
  return found?.kind ?? null
}

function fields(dialect: Dialect, command: Command | null): Completion[] {
  const owners = command === null ? dialect.commands : [command]
  const all = owners.flatMap(owner => owner.fields)
  const seen = new Set<string>()
  return all.flatMap(({ name, role, doc }) => {
    if (seen.has(name)) return []
    seen.add(name)
    return [entry({ label: name, kind: 'field', detail: `${ROLES[role].type} ${doc}`, insert: `${name} = ` })]
  })
}

const directives = (): Completion[] =>
  Object.entries(DIRECTIVES).map(([name, { doc }]) =>
    entry({ label: name, kind: 'directive', detail: doc, insert: `${name} ` }),
  )

function stageWords({ directive, behind }: Place, dialect: Dialect, text: string): Completion[] {
  switch (directive) {
    case 'dialect':
      return CHOICES.dialects.map(({ id, title }) => entry({ label: id, kind: 'value', detail: title }))
    case 'platform':
      return platformWords(behind, text)
    case 'policy':
      return policyWords(behind, dialect)
    default:
      return directiveWords(directive ?? '', behind, text)
  }
}

function platformWords(key: string | null, text: string): Completion[] {
  const id = /^[ \t>|+]*#platform[ \t]+([\w-]+)[ \t]/m.exec(text)?.[1]
  const platform = CHOICES.platforms.find(each => each.id === id)
  if (key === null) {
    const ids = CHOICES.platforms.map(each => entry({ label: each.id, kind: 'value', detail: each.title }))
    const params = (platform?.params ?? []).map(param =>
      entry({ label: param.key, kind: 'option', detail: param.doc, insert: `${param.key}=` }),
    )
    return [...ids, ...params]
  }
  const values = platform?.params.find(param => param.key === key)?.values ?? []
  return values.map(value => entry({ label: value, kind: 'value' }))
}

function policyWords(key: string | null, { id }: Dialect): Completion[] {
  const knobs =
    CHOICES.dialects.find(each => each.id === id)?.knobs.filter(knob => knob.default !== null) ?? []
  if (key === null)
    return knobs.map(knob =>
      entry({ label: knob.key, kind: 'knob', detail: knob.title, insert: `${knob.key}=` }),
    )
  const knob = knobs.find(each => each.key === key)
  return (knob?.values ?? [])
    .filter(({ modelled }) => modelled)
    .map(({ value, means }) => entry({ label: value, kind: 'value', detail: means }))
}

function directiveWords(directive: string, key: string | null, text: string): Completion[] {
  const options = Object.hasOwn(DIRECTIVES, directive) ? (DIRECTIVES[directive]?.options ?? []) : []
  if (key === 'devices') return devicesOf(text)
  if (key !== null) {
    const values = options.find(({ name }) => name === `${key}=`)?.values ?? []
    return values.map(value => entry({ label: value, kind: 'value' }))
  }
  return options.map(({ name, doc }) => entry({ label: name, kind: 'option', detail: doc }))
}

function paths(dialect: Dialect, text: string): Completion[] {
  const names = devicesOf(text).map(({ label }) => label)
  return dialect.files
    .filter(({ path }) => path.startsWith('/'))
    .flatMap(({ path, prefix }, at) => {
      const doc = dialect.docs.files[path] ?? ''
      if (!prefix) return [entry({ label: path, kind: 'value', detail: doc })]
      const first = dialect.files.findIndex(file => file.prefix) === at
      const whole = first
        ? names.map(name => entry({ label: path + name, kind: 'value', detail: 'device' }))
        : []
      return [...whole, entry({ label: path, kind: 'value', detail: doc })]
    })
}

/** Names, functions and constants; behind `.field =` and in calls of a device those that fit first. */
function code(place: Place, dialect: Dialect, text: string, offset: number): Completion[] {
  const front = text.slice(Math.max(0, place.from - 400), place.from)
  if (startsStatement(front)) return [...functions(), ...variables(text, offset)]
  const role = roleAt(front)
  const devices = role === 'device' ? devicesOf(text) : []
  const constants = Object.keys(dialect.constants).map(label =>
    entry({ label, kind: 'constant', detail: dialect.docs.constants[label] ?? '' }),
  )
  return [...devices, ...variables(text, offset), ...constants, ...functions(), ...answerNames(front)]
}

const startsStatement = (front: string): boolean =>
  /(?:^|[;{}]|\*\/|\n)\s*$/.test(front.replace(/[ \t]+$/, ''))

function functions(): Completion[] {
  const core = CORE_CALLEES.map(name =>
    entry({ label: name, kind: 'function', detail: CORE_WORDS[name]?.doc ?? '', insert: `${name}(` }),
  )
  const ours = BUILTINS.map(({ name, doc }) =>
    entry({ label: name, kind: 'function', detail: doc, insert: `${name}(` }),
  )
  return [...core, ...ours]
}

/** The role of the argument of a built-in that is being typed. */
function roleAt(front: string): Role | null {
  const call = /\b([a-z_]\w*)\s*\(([^()]*)$/.exec(front)
  const params = BUILTINS.find(({ name }) => name === call?.[1])?.params
  return params?.[(call?.[2] ?? '').split(',').length - 1]?.role ?? null
}

/** What a call is compared with: error numbers, and the statuses of hypercalls. */
function answerNames(front: string): Completion[] {
  const statuses = PLATFORMS.flatMap(({ hypercalls }) => hypercalls?.statuses ?? [])
  const isCompared = /[=!<>]=\s*$/.test(front)
  const named = statuses.map(({ name, doc }) => entry({ label: name, kind: 'constant', detail: doc }))
  return [...errnoNames(front), ...(isCompared ? named : [])]
}

function errnoNames(front: string): Completion[] {
  if (!/[=!<>]=?\s*-?\s*$/.test(front)) return []
  const common = [
    'EINVAL',
    'EBUSY',
    'ENOENT',
    'EEXIST',
    'EFAULT',
    'ENODEV',
    'ENOMEM',
    'EOPNOTSUPP',
    'EPERM',
    'ENOTTY',
  ]
  return common.map(label => entry({ label, kind: 'constant', detail: 'errno' }))
}

/** Devices described, and devices opened. */
function devicesOf(text: string): Completion[] {
  const described = Array.from(text.matchAll(/^[ \t>|+]*#device[ \t]+([\w-]+)/gm), match => match[1] ?? '')
  const opened = Array.from(
    text.matchAll(/\bopen\s*\(\s*"\/dev\/vfio\/[^"\n]*\/([^"/\n[\]]+)"/g),
    match => match[1] ?? '',
  )
  return [...new Set([...described, ...opened])].map(label =>
    entry({ label, kind: 'name', detail: 'device' }),
  )
}

/** Names given a value before an offset. */
function variables(text: string, offset: number): Completion[] {
  const names = Array.from(
    text
      .slice(0, offset)
      .matchAll(
        /(?:^|[;{}\n>|+])[ \t]*(?:struct[ \t]+\w+[ \t]+)?([A-Za-z_]\w*)[ \t]*=(?!=)[ \t]*([^\n;]{0,60})/g,
      ),
    match => [match[1] ?? '', (match[2] ?? '').trim()] as const,
  )
  return [...new Map(names)].map(([label, value]) => entry({ label, kind: 'name', detail: value }))
}
