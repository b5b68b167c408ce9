/**
 * Writes what a flow leaves unsaid into its text. What is true only of a whole (with one `#device` no other
 * device exists) is written as a whole.
 */
import { applyEdits, type TextEdit } from './edits'
import { newDirective, newStatement } from './new-line'

export interface Unsaid {
  /** The line that would say it, or null. */
  readonly directive: string | null
  /** The edit that would, or null. */
  readonly fix: TextEdit | null
}

/** Directives of which a single one changes what is guessed beside it. */
const AS_A_WHOLE = /^#(?:device|memory)\b/

const wholeOf = ({ directive }: Unsaid): string | null => AS_A_WHOLE.exec(directive ?? '')?.[0] ?? null

const keyOf = ({ directive, fix }: Unsaid): string => directive ?? `${fix?.from}`

/**
 * The text with these of its assumptions written in, `all` being all it has. The run that follows is the
 * same. Fixes count in offsets of `text`.
 */
export function writtenIn(text: string, chosen: readonly Unsaid[], all: readonly Unsaid[]): string {
  const wholes = new Set(chosen.map(wholeOf).filter(whole => whole !== null))
  const keys = new Set(chosen.map(keyOf))
  const written = all.filter(one => keys.has(keyOf(one)) || wholes.has(wholeOf(one) ?? ''))
  const fixed = applyEdits(
    text,
    written.flatMap(({ fix }) => (fix === null ? [] : [fix])),
  )
  return written.reduce(
    (done, { directive }) => (directive === null ? done : withLine(done, directive)),
    fixed,
  )
}

function withLine(text: string, line: string): string {
  const [, name, value] = /^#(\w+)\s+(.*)$/.exec(line) ?? []
  const edit = name === undefined ? newStatement(text, line) : newDirective(text, name, value ?? '')
  return applyEdits(text, [edit])
}
