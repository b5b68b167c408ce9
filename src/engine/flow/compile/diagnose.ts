/** The public diagnostics of a program: every finding with its place, and what was cleaned and skipped. */

import type { Scenario } from '../check/scenarios'
import type { Finding } from '../layout/findings'
import type { Diagnostic } from '../program'
import type { Reading } from './reading'
import type { SourceMap } from './source-map'

const ABOUT_THE_STAGE = /^(?:directive|dialect\.unknown|platform|policy)/
const MOST_REPORTED = 1000

/** Keeps what concerns the scenario taken: its own section, the lines it shares, the stage. */
export function concerning({ places }: Scenario, findings: readonly Finding[]): Finding[] {
  return findings.filter(
    ({ code, from }) =>
      ABOUT_THE_STAGE.test(code) || places.some(place => place.from <= from && from < place.to),
  )
}

export interface DiagnoseInput {
  readonly reading: Reading
  readonly places: SourceMap
  readonly findings: readonly Finding[]
  /** Whether there is anything to run or to set up. */
  readonly empty: boolean
  readonly text: string
}

export function diagnose({ reading, places, findings, empty, text }: DiagnoseInput): Diagnostic[] {
  const found = findings.map(finding => places.diagnostic(finding))
  const said = empty
    ? found.filter(({ severity }) => severity !== 'info')
    : [...found, ...aboutTheMail(reading, places)]
  const all = empty ? [...said, nothingToRun(text, places)] : said
  return limit(withoutTwins(all).sort((a, b) => a.span.from - b.span.from))
}

function aboutTheMail({ clean, skipped }: Reading, places: SourceMap): Diagnostic[] {
  const notes = clean.notes.map(
    ({ code, message, severity, from }): Diagnostic => ({
      severity,
      code,
      message,
      hint: null,
      span: places.place(from, from + 1),
      fix: null,
    }),
  )
  const [first] = skipped
  if (first === undefined) return notes
  const lines = `${skipped.length} line${skipped.length === 1 ? ' is' : 's are'}`
  const span = places.span(first.from, first.to)
  return [
    ...notes,
    {
      severity: 'info',
      code: 'prose.skipped',
      message: `${lines} not code: skipped`,
      hint: null,
      span,
      fix: null,
    },
  ]
}

function nothingToRun(text: string, places: SourceMap): Diagnostic {
  const message =
    text.trim() === '' ? 'there is no flow here yet' : 'there is no statement of a flow in this text'
  const first = text.search(/\S/)
  const span = places.place(Math.max(0, first), Math.max(0, first) + 1)
  return { severity: 'info', code: 'flow.empty', message, hint: null, span, fix: null }
}

function withoutTwins(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, span, message }) => {
    const key = `${code} ${span.from} ${span.to} ${message}`
    const fresh = !seen.has(key)
    seen.add(key)
    return fresh
  })
}

/** A text with more mistakes than anyone reads keeps its first thousand, and the count of the rest. */
function limit(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const kept = diagnostics.slice(0, MOST_REPORTED)
  const last = kept.at(-1)
  const more = diagnostics.length - kept.length
  if (more <= 0 || last === undefined) return kept
  const message = `${more} more after this are not listed`
  return [...kept, { severity: 'info', code: 'flow.more', message, hint: null, span: last.span, fix: null }]
}
