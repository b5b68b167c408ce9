/**
 * Which of a text's flows runs: the caller's word, `#section`, or the first there is. The others are
 * offered where they stand.
 */
import type { Scenario } from '../check/scenarios'
import type { StageDraft } from '../directives/draft'
import { unknownWord } from '../directives/settle-stage'
import { type Finding, info } from '../layout/findings'
import type { CompileOptions } from '../program'

export interface SectionInput {
  readonly scenarios: readonly Scenario[]
  readonly draft: StageDraft
  readonly options: CompileOptions
}

export interface ChosenSection {
  readonly scenario: Scenario
  readonly findings: readonly Finding[]
}

const NO_SCENARIO: Scenario = { number: null, title: '', from: 0, statements: [], places: [] }

export function chooseSection({ scenarios, draft, options }: SectionInput): ChosenSection {
  const { section } = draft
  const numbers = scenarios.flatMap(({ number }) => number ?? [])
  const named = section === null ? -1 : scenarios.findIndex(({ number }) => number === section.text)
  const at = options.scenario ?? Math.max(named, 0)
  const scenario = scenarios[at] ?? scenarios[0] ?? NO_SCENARIO
  const offered = scenarios.filter(one => one !== scenario).flatMap(one => offer(one, scenario, draft))
  const unknown =
    section === null || named >= 0
      ? []
      : [unknownWord('directive.section', 'section with calls', section, numbers)]
  return { scenario, findings: [...unknown, ...offered] }
}

/** What runs another flow of the text, said at its heading. */
function offer({ number, title, from }: Scenario, running: Scenario, { section }: StageDraft): Finding[] {
  if (number === null) return []
  const runs = running.number === null ? 'what stands before the first heading' : running.number
  const line = `#section ${number}`
  const edit =
    section === null
      ? { from: 0, to: 0, insert: `${line}\n` }
      : { from: section.from, to: section.to, insert: number }
  return [
    info({
      code: 'section.other',
      message: `${number} ${title} is another flow of this text: ${runs} runs; a line \`${line}\` runs this one`,
      from,
      to: from + 1,
      fix: { title: `Run ${number}`, ...edit },
    }),
  ]
}
