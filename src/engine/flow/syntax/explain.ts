/** Says what is wrong where the grammar could not go on: from the error node and the tokens beside it. */
import type { SyntaxNode, Tree } from '@lezer/common'
import { error, type Finding } from '../layout/findings'

const TOKEN = /[A-Za-z_]\w*|\d\w*|"(?:[^"\\\n]|\\.)*"?|<<|>>|[<>=!]=|&&|\|\||->|\.\.\.|[^\s\w]/y
const MOST = 3

interface Place {
  readonly chunk: string
  readonly node: SyntaxNode
}

/** One finding for each separate place that did not parse, at most three a statement. */
export function explainErrors(tree: Tree, chunk: string, length: number): Finding[] {
  const found: Finding[] = []
  let last = -2
  tree.iterate({
    enter: ref => {
      if (!ref.type.isError || found.length >= MOST || ref.from > length) return
      const from = Math.min(nextToken(chunk, ref.from).from, length)
      if (from >= length && found.length > 0) return
      if (from > last + 1) found.push(explain({ chunk: chunk.slice(0, length), node: ref.node }, from))
      last = Math.max(ref.to, from)
    },
  })
  return found
}

function nextToken(chunk: string, from: number): { from: number; text: string } {
  let at = from
  while (at < chunk.length && /\s/.test(chunk.charAt(at))) at++
  TOKEN.lastIndex = at
  return { from: at, text: TOKEN.exec(chunk)?.[0] ?? '' }
}

/** `{ iova: 0 }`, which compilers took before C had designators. */
function oldDesignator(chunk: string, field: string, at: number): Finding {
  const from = chunk.lastIndexOf(field, at)
  const to = at + 1
  const fix = { title: `Write .${field} =`, from, to, insert: `.${field} =` }
  return error({ code: 'field.colon', message: `a field is written \`.${field} = value\``, from, to, fix })
}

function explain({ chunk, node }: Place, at: number): Finding {
  const { text } = nextToken(chunk, at)
  const before = chunk.slice(0, at).trimEnd()
  const range = { from: at, to: Math.max(at + text.length, at) }
  const previous = /(?:[A-Za-z_]\w*|\d\w*|"[^"]*"|\S)$/.exec(before)?.[0] ?? ''
  if (/=$/.test(before) && !/[=!<>]=$/.test(before)) return missingValue(before, range)
  if (node.parent?.name === 'ArgList' && startsValue(text) && endsValue(before)) {
    const insertAt = before.length
    return error({
      code: 'syntax.missing-comma',
      message: `\`,\` is missing between \`${previous}\` and \`${text}\``,
      ...range,
      fix: { title: 'Insert ,', from: insertAt, to: insertAt, insert: ',' },
    })
  }
  const field = text === ':' ? /[{,;]\s*([A-Za-z_]\w*)\s*$/.exec(chunk.slice(0, at))?.[1] : undefined
  if (field !== undefined) return oldDesignator(chunk, field, at)
  if (text === '')
    return error({
      code: 'syntax.incomplete',
      message: `the statement ends after \`${previous}\``,
      ...atEnd(range, before),
    })
  const twoWords = /^[A-Za-z_]/.test(text) && /^[A-Za-z_]\w*$/.test(before.trim())
  if (twoWords) return unexpectedWord(before)
  return error({
    code: 'syntax.unexpected',
    message:
      previous === ''
        ? `\`${text}\` cannot start a statement`
        : `\`${text}\` is not expected after \`${previous}\``,
    ...range,
  })
}

const atEnd = (range: { from: number; to: number }, before: string) => ({
  from: Math.max(0, before.length - 1),
  to: Math.max(range.to, before.length),
})

function missingValue(before: string, range: { from: number; to: number }): Finding {
  const target = /(\.?[\w.\->[\]]+)\s*[-+*/|&^%<>]*=$/.exec(before.slice(-200))?.[1] ?? ''
  return error({
    code: 'syntax.missing-value',
    message: `a value is missing after \`${target} =\``,
    from: before.length - 1,
    to: Math.max(range.to, before.length),
  })
}

function unexpectedWord(before: string): Finding {
  const word = before.trim()
  const from = before.length - word.length
  return error({
    code: 'syntax.unexpected-word',
    message: `\`${word}\` is not expected before a statement`,
    from,
    to: from + word.length,
    fix: { title: `Remove ${word}`, from, to: from + word.length + 1, insert: '' },
  })
}

const startsValue = (text: string): boolean => /^[\w"&(~!-]/.test(text)
const endsValue = (before: string): boolean => /[\w")\]]$/.test(before)
