/** Which lines a statement takes up, read from the same syntax tree that colours them. */
import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'

const STATEMENTS = new Set(['Declaration', 'Assignment', 'ExpressionStatement'])

/** First and last line, both inclusive, of the statement that starts on a line; that line alone where there is none. */
export function statementLines(state: EditorState, line: number): readonly [number, number] {
  const { from, to, text } = state.doc.line(line)
  const start = from + (text.length - text.trimStart().length)
  let end = to
  syntaxTree(state).iterate({
    from: start,
    to,
    enter: node => {
      if (!STATEMENTS.has(node.name)) return true
      if (node.from >= from && node.from <= to) end = Math.max(end, node.to)
      return false
    },
  })
  return [line, state.doc.lineAt(Math.min(end, state.doc.length)).number]
}
