/**
 * The tokenizers that look at lines: quote marks, prose and directives at a line start; a line end that
 * ends a statement or a field; an `if` whose condition is written in words.
 */
import { ExternalTokenizer, type InputStream, type Stack } from '@lezer/lr'
import {
  DirectiveName,
  DirectiveText,
  insertEnd,
  insertSeparator,
  Prose,
  ProseCondition,
  primitive,
  Quote,
} from './flow.terms.gen'
import { lineKind, PRIMITIVE_TYPE } from './layout/line-kind'
import { quotePrefix } from './mail/quoting'
import { SHAPE_WORDS } from './words/shape-words'

const NEWLINE = 10
const EOF = -1
const QUOTE_MARK = 62
const LOOK_BACK = 200
const LOOK_AHEAD = 4000

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13 || code === 160

/** The text from the input's place to the line's end, or `limit` characters of it. */
function restOfLine(input: InputStream, limit: number): string {
  let text = ''
  for (let i = 0; i < limit; i++) {
    const code = input.peek(i)
    if (code === NEWLINE || code === EOF) break
    text += String.fromCharCode(code)
  }
  return text
}

/** What stands before the input's place on its line, or null if that is long. */
function startOfLine(input: InputStream): string | null {
  let text = ''
  for (let i = 1; i < LOOK_BACK; i++) {
    const code = input.peek(-i)
    if (code === NEWLINE || code === EOF) return text
    if (!isBlank(code) && code !== QUOTE_MARK && code !== 124 && !/[A-Za-z.]/.test(String.fromCharCode(code)))
      return null
    text = String.fromCharCode(code) + text
  }
  return null
}

const isOnlyMarks = (text: string): boolean =>
  text.trim() === '' || text.slice(quotePrefix(text, true).length).trim() === ''

export const lineTokens = new ExternalTokenizer(
  (input, stack) => {
    const before = startOfLine(input)
    if (before === null) return acceptDirectiveText(input, stack)
    const line = restOfLine(input, LOOK_AHEAD)
    const quote = isOnlyMarks(before) ? quotePrefix(line, false) : null
    if (quote !== null && quote.depth > 0) return accept(input, Quote, quote.length)
    if (!isOnlyMarks(before)) return acceptDirectiveText(input, stack)
    acceptLine(input, stack, line)
  },
  { contextual: true },
)

function acceptLine(input: InputStream, stack: Stack, line: string): void {
  const directive = /^#[A-Za-z]+/.exec(line)
  if (directive !== null && stack.canShift(DirectiveName)) {
    accept(input, DirectiveName, directive[0].length)
    return
  }
  if (!stack.canShift(Prose) || line.startsWith('/')) return
  const kind = lineKind(line, SHAPE_WORDS)
  if (kind !== 'code' && kind !== 'blank') accept(input, Prose, line.length)
}

function acceptDirectiveText(input: InputStream, stack: Stack): void {
  if (!stack.canShift(DirectiveText)) return
  const text = restOfLine(input, LOOK_AHEAD)
  const end = text.search(/(?:^|[^:])\/\//)
  accept(input, DirectiveText, (end < 0 ? text : text.slice(0, end + 1)).trimEnd().length)
}

function accept(input: InputStream, token: number, length: number): void {
  if (length > 0) input.acceptToken(token, length)
}

/** True if only blanks and quote marks stand between the token and the line end before it. */
function afterLineEnd(input: InputStream): boolean {
  for (let i = 1; i < LOOK_BACK; i++) {
    const code = input.peek(-i)
    if (code === NEWLINE) return true
    if (!isBlank(code) && code !== QUOTE_MARK) return false
  }
  return false
}

const STARTS_STATEMENT = /[A-Za-z_#}{.]/

/** For the compiler, whose statements come without quoting and prose. */
export const noLineTokens = new ExternalTokenizer(() => {})

export const endTokens = new ExternalTokenizer(
  (input, stack) => {
    const next = input.next
    const atEnd = next === EOF
    if (!atEnd && !afterLineEnd(input)) return
    const character = atEnd ? '' : String.fromCharCode(next)
    if (stack.canShift(insertSeparator) && (character === '.' || character === '}')) {
      if (character === '.') {
        input.acceptToken(insertSeparator)
        return
      }
    }
    if (stack.canShift(insertEnd) && (atEnd || STARTS_STATEMENT.test(character))) input.acceptToken(insertEnd)
  },
  { contextual: true },
)

export const conditionTokens = new ExternalTokenizer(
  (input, stack) => {
    if (!stack.canShift(ProseCondition)) return
    const condition = conditionText(input)
    if (condition !== null && isProseCondition(condition)) input.acceptToken(ProseCondition, condition.length)
  },
  { contextual: true },
)

/** The text up to the parenthesis that closes the condition, or null if none does. */
function conditionText(input: InputStream): string | null {
  let depth = 1
  let text = ''
  for (let i = 0; i < LOOK_AHEAD; i++) {
    const code = input.peek(i)
    if (code === EOF) return null
    const character = String.fromCharCode(code)
    if (character === '(') depth++
    if (character === ')' && --depth === 0) return text.trim() === '' ? null : text
    text += character
  }
  return null
}

/** Words side by side, as no C expression has them. */
function isProseCondition(condition: string): boolean {
  const plain = condition.replace(/"[^"]*"/g, '""').replace(/\bstruct\s+\w+/g, 'struct')
  return /[A-Za-z_]\w*\s+[A-Za-z_]\w*/.test(plain) || /\w\s*=\s*(?:true|false)\s*$/.test(plain)
}

/** Types that are words of C or of kernel headers; any `name_t` counts. */
export function primitiveWord(word: string, _stack: Stack): number {
  return PRIMITIVE_TYPE.test(word) || /^[a-z]\w*_t$/.test(word) ? primitive : -1
}
