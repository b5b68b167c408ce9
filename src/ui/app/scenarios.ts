/**
 * The flows that come with the page. Their texts are heavy: this module is for parts that are fetched
 * when asked for; the first paint does without it.
 */
import { SCENARIO_CODES, scenarioName } from '../../scenarios/codes.data'
import { showScreen } from '../stores/frame-store'
import type { Controller } from './controller'

const files = import.meta.glob<string>('../../scenarios/*.flow', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export interface Scenario {
  readonly file: string
  /** `g.2`; null for a flow that has none yet. */
  readonly code: string | null
  readonly title: string
  /** What it shows, in one line: the comment it begins with. */
  readonly shows: string
  readonly text: string
}

/** By short code; those without one last. */
export const SCENARIOS: readonly Scenario[] = Object.entries(files)
  .map(([path, text]) => scenarioOf(path.slice(path.lastIndexOf('/') + 1), text))
  .sort((a, b) => numberOf(a) - numberOf(b) || (a.file < b.file ? -1 : 1))

function scenarioOf(file: string, text: string): Scenario {
  return {
    file,
    code: SCENARIO_CODES.find(row => `${row.name}.flow` === file)?.code ?? null,
    title: /^\s*#title\s+(.+)$/m.exec(text)?.[1]?.trim() ?? file,
    shows: /^\/\/\s*(.+)/.exec(text)?.[1]?.trim() ?? '',
    text,
  }
}

function numberOf({ code }: Scenario): number {
  return code === null ? Number.POSITIVE_INFINITY : Number(code.slice(2))
}

/** The flow of `g.2`, `2` or `g.multiple-ioasids`; null where there is none. */
export function scenarioByCode(code: string): Scenario | null {
  const name = scenarioName(code)
  return SCENARIOS.find(({ file }) => file === `${name}.flow`) ?? null
}

/** Opens it on the workbench; the author's text stays one undo away. */
export function openScenario(controller: Controller, { text, title }: Scenario): void {
  controller.open(text, { from: 'example', title })
  showScreen('workbench')
}
