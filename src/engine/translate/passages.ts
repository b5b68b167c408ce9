/**
 * Which lines of a flow a translation copies. Of a condition the run took one side: its lines stand on as they are, the
 * condition and the other side become comments, and so does a section that did not run.
 */
import { flatten, type Program, type Statement } from '../flow'

const REMARK = /^\s*(?:\/[/*]|\*)/
const BRACES = /^[\s{};]*$/
const CLOSING = /^\s*\}[\s};]*$/

export type LineFate = 'copy' | 'comment' | 'drop'

interface Run {
  readonly program: Program
  /** First line of each statement that was executed as a step. */
  readonly stepped: readonly number[]
}

/** By line, from 1; a line that is left out is copied. */
export function fatesOf({ program, stepped }: Run, lines: readonly string[]): ReadonlyMap<number, LineFate> {
  const fates = new Map<number, LineFate>()
  const { spanOf } = program.running
  const first = (at: number): number => spanOf(at, at).line
  const mark = (from: number, last: number, fate: LineFate): void => {
    for (let line = from; line <= last; line++) {
      const text = lines[line - 1] ?? ''
      if (text.trim() === '' || REMARK.test(text)) continue
      fates.set(line, BRACES.test(text) ? 'drop' : fate)
    }
  }
  const copyAll = (statements: readonly Statement[]): void => {
    for (const { from, to } of flatten(statements))
      for (let line = first(from); line <= first(Math.max(from, to - 1)); line++) fates.delete(line)
  }
  const ran = (statements: readonly Statement[]): boolean =>
    statements.some(({ from, to }) => {
      const [start, end] = [first(from), first(Math.max(from, to - 1))]
      return stepped.some(line => start <= line && line <= end)
    })
  const walk = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind !== 'if') continue
      const { from, to, body, otherwise } = statement
      const inner = flatten([...body, ...otherwise]).map(one => one.to)
      let last = first(Math.max(from, to - 1, ...inner.map(end => end - 1)))
      while (CLOSING.test(lines[last] ?? '')) last++
      mark(first(from), last, 'comment')
      for (const side of [body, otherwise]) {
        if (!ran(side)) continue
        copyAll(side)
        walk(side)
      }
    }
  }
  for (const [from, last] of asideOf(program, lines.length)) mark(from, last, 'comment')
  walk(program.statements)
  return fates
}

/** Lines of the sections that did not run. */
function asideOf({ scenarios }: Program, count: number): readonly (readonly [number, number])[] {
  return scenarios.flatMap(({ chosen, line }, at) => {
    const last = (scenarios[at + 1]?.line ?? count + 1) - 1
    return chosen || scenarios.length < 2 ? [] : [[line, last] as const]
  })
}
