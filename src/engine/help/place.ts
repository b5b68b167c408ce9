/**
 * Where in a flow an offset stands, told from the text around it: in a directive, in a path, in the
 * struct of which command. Works on broken text, so it looks at words and brackets, not at a tree.
 *
 * Not modelled: structs passed through pointers (`p->iova`), names shadowed by later ones.
 */
import type { Command, Dialect } from '../dialects/contract'

export interface Place {
  readonly kind: 'directive' | 'path' | 'field' | 'command' | 'code' | 'comment'
  /** The line's directive without its `#`, where it has one. */
  readonly directive: string | null
  /** `key` of `key=word`, in a directive. */
  readonly behind: string | null
  /** The command that the struct around is for, where that can be told. */
  readonly command: Command | null
  readonly word: string
  readonly from: number
  readonly to: number
}

const WORD = /[A-Za-z_][\w]*/
const STAGE_WORD = /[\w.:/-]/
const CODE_WORD = /\w/

/** The place of an offset; its word may be empty. */
export function placeAt(text: string, offset: number, dialect: Dialect): Place {
  const lineFrom = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(lineFrom, end < 0 ? text.length : end)
  const nothing = { directive: null, behind: null, command: null }
  const directive = /^[ \t>|+]*#([A-Za-z][\w-]*)?/.exec(line)
  if (directive !== null) return stagePlace({ text, offset, lineFrom, line, directive })
  const before = line.slice(0, offset - lineFrom)
  if (/(?:^|[^:])\/\//.test(before))
    return { kind: 'comment', ...nothing, ...wordAt(text, offset, CODE_WORD) }
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1)
    return { kind: 'path', ...nothing, ...stringAt(text, offset) }
  const word = wordAt(text, offset, CODE_WORD)
  const front = text.slice(Math.max(0, word.from - LOOKED_BACK), word.from)
  if (/(?:\.|->)\s*$/.test(front))
    return { kind: 'field', ...nothing, command: commandAround(text, word.from, dialect), ...word }
  const isCommand = /\bioctl\s*\(\s*[^(),]*,\s*$/.test(front)
  return { kind: isCommand ? 'command' : 'code', ...nothing, ...word }
}

const LOOKED_BACK = 4000

interface StageLine {
  readonly text: string
  readonly offset: number
  readonly lineFrom: number
  readonly line: string
  readonly directive: RegExpExecArray
}

function stagePlace({ text, offset, lineFrom, line, directive }: StageLine): Place {
  const name = directive[1] ?? ''
  const hash = lineFrom + directive[0].length - name.length - 1
  if (offset <= hash + 1 + name.length) {
    const word = { word: name, from: hash + 1, to: hash + 1 + name.length }
    return { kind: 'directive', directive: null, behind: null, command: null, ...word }
  }
  const comment = /(?:[^:]|^)(\/\/|\/\*)/.exec(line)
  if (comment !== null && offset > lineFrom + comment.index) {
    return {
      kind: 'comment',
      directive: null,
      behind: null,
      command: null,
      ...wordAt(text, offset, CODE_WORD),
    }
  }
  const word = wordAt(text, offset, STAGE_WORD)
  const key = /([\w-]+)=$/.exec(text.slice(lineFrom, word.from))?.[1] ?? null
  return { kind: 'directive', directive: name, behind: key, command: null, ...word }
}

type Found = Pick<Place, 'word' | 'from' | 'to'>

function wordAt(text: string, offset: number, letter: RegExp): Found {
  let from = offset
  let to = offset
  while (from > 0 && letter.test(text.charAt(from - 1))) from--
  while (to < text.length && letter.test(text.charAt(to))) to++
  return { word: text.slice(from, to), from, to }
}

function stringAt(text: string, offset: number): Found {
  const from = text.lastIndexOf('"', offset - 1) + 1
  const close = text.slice(from).search(/["\n]/)
  const to = close < 0 ? text.length : from + close
  return { word: text.slice(from, to), from, to }
}

/** The command that uses the struct around an offset: named in the same call, or in a call of its variable. */
function commandAround(text: string, at: number, dialect: Dialect): Command | null {
  const open = openBrace(text, at)
  const front = text.slice(Math.max(0, (open ?? at) - LOOKED_BACK), open ?? at)
  const inCall =
    open === null ? null : /\bioctl\s*\(\s*[^(),]*,\s*(\w+)\s*,\s*(?:\([^()]*\)\s*)?&?\s*$/.exec(front)
  if (inCall !== null) return named(inCall[1] ?? '', dialect)
  const variable =
    open === null
      ? /([A-Za-z_]\w*)\s*(?:\.|->)\s*$/.exec(front)?.[1]
      : /([A-Za-z_]\w*)\s*=\s*(?:\([^()]*\)\s*)?$/.exec(front)?.[1]
  return variable === undefined ? null : commandUsing(text, variable, at, dialect)
}

/** The nearest `{` that is not closed before an offset, within the statement. */
function openBrace(text: string, at: number): number | null {
  let depth = 0
  for (let i = at - 1; i >= 0 && i > at - LOOKED_BACK; i--) {
    const c = text.charAt(i)
    if (c === '}') depth++
    else if (c === '{' && depth-- === 0) return i
    else if (c === '\n' && /^[ \t>|+]*(?:#|ioctl\b)/.test(text.slice(i + 1, i + 40)) && depth === 0)
      return null
  }
  return null
}

/** The first call after it that passes the variable, else the last one before. */
function commandUsing(text: string, variable: string, at: number, dialect: Dialect): Command | null {
  const call = new RegExp(`\\bioctl\\s*\\(\\s*[^(),]*,\\s*(\\w+)\\s*,\\s*&?\\s*${variable}\\s*\\)`, 'g')
  let last: Command | null = null
  for (const match of text.matchAll(call)) {
    const command = named(match[1] ?? '', dialect)
    if (command === null) continue
    if (match.index > at) return command
    last = command
  }
  return last
}

export const named = (name: string, dialect: Dialect): Command | null =>
  dialect.commands.find(command => command.name === name || command.aliases.includes(name)) ?? null

export const isName = (word: string): boolean => new RegExp(`^${WORD.source}$`).test(word)
