/**
 * Code, prose or neither: what a line of a mail is, told from the line alone.
 *
 * A line that calls `ioctl(` or `open(`, names a command inside a call, or starts with `name =` or `.name`
 * is code, and its mistakes are errors. Two or more plain words before a call make it prose about a call.
 * Used by the compiler at statement starts and by the editor's tokenizer, so that both agree.
 */

export type LineKind =
  | 'blank'
  /** `#...`: a directive, a C preprocessor line or a heading. */
  | 'hash'
  /** `...`, `[snip]` and their like. */
  | 'snip'
  | 'code'
  /** `int f(int x);`, `struct x {`: C that declares and does nothing. */
  | 'declaration'
  | 'prose'
  /** Prose that spells out a call. */
  | 'call-in-prose'

/** The words that a line is judged by. */
export interface LineWords {
  isCommand(word: string): boolean
  isCallee(word: string): boolean
  /** A struct field of some command: may stand at a line start without its dot. */
  isField(word: string): boolean
}

/** Only the front of a line is judged: prose shows itself early and lines may be megabytes long. */
const JUDGED = 600

export const PRIMITIVE_TYPE =
  /^(?:void|int|long|short|char|unsigned|signed|bool|_Bool|size_t|ssize_t|off_t|loff_t|pid_t|(?:__)?[us](?:8|16|32|64)|u?int(?:8|16|32|64|ptr)_t|__aligned_u64|__le64|__be64|uint|ulong|dma_addr_t|phys_addr_t)$/

const TYPE_WORD = new RegExp(
  `^(?:const|static|volatile|extern|inline|typedef|struct|union|enum|${PRIMITIVE_TYPE.source.slice(4, -2)})$`,
)

const SNIP = /^\s*(?:\.{3,}|…|\[\s*(?:\.\.\.|…|snip\b[^\]]*)\s*\]|<\s*snip\b[^>]*>)\s*$/i
const ASSIGNS =
  /^\s*\*?[A-Za-z_]\w*(?:\s*(?:\.|->)\s*[A-Za-z_]\w*|\s*\[[^\]=]*\])*\s*(?:[-+*/|&^%]|<<|>>)?=(?!=)/
const FIELD = /^\s*\.[A-Za-z_]\w*/
const BRACE = /^\s*(?:\}|\{\s*$|\{\s*\.)/
const CONTROL = /^\s*(?:if|for|while|switch|else\s+if)\s*\(|^\s*else\b(?!\s+[a-z]+\s+[a-z]+\s)|^\s*do\s*\{/
const JUMP = /^\s*(?:goto\s+\w+|return\b[^;a-z]*(?:\w+\b[^;a-z]*)?|break|continue)\s*;/
const CALL = /\b([A-Za-z_]\w*)\s*\(/g
const PLAIN_PAIR = /(?:^|[\s("'])[A-Za-z][a-z']*\s+[A-Za-z][a-z']*(?=[\s.,;:!?)"']|$)/
const LEADING_NAME_CALL = /^\s*[A-Za-z_]\w*\s*\(/

export function lineKind(line: string, words: LineWords): LineKind {
  const text = line.slice(0, JUDGED)
  if (/^\s*$/.test(text)) return 'blank'
  if (/^\s*#/.test(text)) return 'hash'
  if (SNIP.test(text)) return 'snip'
  if (BRACE.test(text) || CONTROL.test(text) || JUMP.test(text)) return 'code'
  if (ASSIGNS.test(text)) return 'code'
  if (FIELD.test(text)) return isFieldLike(text) ? 'code' : 'prose'
  return declarationKind(text) ?? callKind(text, words)
}

/** True for a line on which a new statement surely begins, whatever was left open above it. */
export function startsStatement(line: string, words: LineWords): boolean {
  const text = line.slice(0, JUDGED)
  if (ASSIGNS.test(text) || /^\s*(?:if|else\s+if)\s*\(/.test(text)) return true
  const call = /^\s*([A-Za-z_]\w*)\s*\(/.exec(text)
  if (call !== null) return words.isCallee(call[1] ?? '') && !hasPlainPair(text.slice(call[0].length))
  return declarationKind(text) === 'code'
}

const isFieldLike = (text: string): boolean =>
  /^\s*\.\w+\s*(?:\[[^\]]*\]\s*)?[={]/.test(text) || !hasPlainPair(text)

/** Two neighbouring words of letters only, outside strings. */
export function hasPlainPair(text: string): boolean {
  return PLAIN_PAIR.test(text.replace(/"[^"]*"/g, '""'))
}

/** A line that starts with a C type: a definition with a value is code, any other does nothing. */
function declarationKind(text: string): LineKind | null {
  const words = text.trimStart().split(/[\s*]+/, 8)
  let types = 0
  while (types < words.length && TYPE_WORD.test(words[types] ?? '')) {
    const tagged = /^(?:struct|union|enum)$/.test(words[types] ?? '')
    types += tagged ? 2 : 1
  }
  if (types === 0) return null
  const rest = words.slice(types).join(' ')
  if (/^[A-Za-z_]\w*(?:\[[^\]]*\])?\s*(?:=(?!=)|;|,\s*[A-Za-z_]\w*\s*[;,=])/.test(rest)) return 'code'
  if (/^[A-Za-z_]\w*\s*\(/.test(rest) || /^\{|^$/.test(rest) || /^[A-Za-z_]\w*\s*\{/.test(rest)) {
    return /^(?:long|short|void|signed|unsigned|static)$/.test(text.trim()) ? 'prose' : 'declaration'
  }
  return null
}

function callKind(text: string, words: LineWords): LineKind {
  const call = firstCall(text, words)
  if (call !== null) {
    const before = text.slice(0, call.index)
    if (hasPlainPair(`${before} `) || /^\s*[-*]\s/.test(before)) return 'call-in-prose'
    return hasPlainPair(afterCall(text, call.index)) ? 'prose' : 'code'
  }
  return namesCommandInCode(text, words) || isUnknownCall(text) ? 'code' : 'prose'
}

function firstCall(text: string, words: LineWords): RegExpExecArray | null {
  for (const match of text.matchAll(CALL)) if (words.isCallee(match[1] ?? '')) return match
  return null
}

/** What follows the call's closing parenthesis, or nothing if it closes on a later line. */
function afterCall(text: string, from: number): string {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '(') depth++
    else if (c === ')' && --depth === 0) return text.slice(i + 1)
  }
  return ''
}

/** `iotcl(fd, IOASID_ALLOC)` and `fd, IOASID_ALLOC);`: a command among the marks of code. */
function namesCommandInCode(text: string, words: LineWords): boolean {
  const found = text.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g)?.some(word => words.isCommand(word)) ?? false
  if (!found || hasPlainPair(text)) return false
  return (
    LEADING_NAME_CALL.test(text) || /\)\s*;\s*$/.test(text) || /^\s*(?:ioctl|open)\b[^.]*;\s*$/.test(text)
  )
}

/** `foo(a, b);` alone on a line is a call of something the language does not know. */
function isUnknownCall(text: string): boolean {
  return (
    /^\s*[A-Za-z_]\w*\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;\s*$/.test(text) &&
    !hasPlainPair(text) &&
    !hasTypedParameter(text)
  )
}

const hasTypedParameter = (text: string): boolean =>
  /[(,]\s*(?:const\s+|struct\s+)?[A-Za-z_]\w*[\s*]+[A-Za-z_]\w*\s*[,)]/.test(text)
