/** `ioas export`: the machine at a step as text to paste into a mail. */
import type { Engine, Outcome } from './door'
import { exitCode, type Input, notices, runFlow, standAt } from './scene'
import { requireKnown } from './words'

/** Forms of export; each makes the text of a session where it stands. */
const FORMS: Readonly<Record<string, (engine: Engine, session: ReturnType<typeof runFlow>) => string>> = {
  ascii: (engine, session) => engine.asciiGraph(engine.graphView(session)),
}
export const FORM_NAMES = Object.keys(FORMS)

export interface ExportOptions {
  readonly as: string
  readonly step?: number
}

export function exportAs(engine: Engine, input: Input, options: ExportOptions): Outcome {
  requireKnown('form of export', options.as, FORM_NAMES)
  const session = runFlow(engine, input)
  standAt(session, options.step)
  const stdout = FORMS[options.as]?.(engine, session) ?? ''
  return { stdout, stderr: notices(input, session, session.at), code: exitCode(session, session.at) }
}
