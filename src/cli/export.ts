/** `ioas export`: the machine at a step as text to paste into a mail. */
import type { Session } from '../engine'
import type { Engine, Outcome } from './door'
import { addressOf } from './link'
import { exitCode, type Input, notices, runFlow, standAt } from './scene'
import { requireKnown } from './words'

export interface ExportOptions {
  readonly as: string
  readonly step?: number
  /** What stands before `#` in the link of a mail. */
  readonly base: string
}

/** Where a session stands, run with what the command line said. */
interface Stood {
  readonly engine: Engine
  readonly session: Session
  readonly input: Input
  readonly base: string
}

/** A flow run with other choices than its text makes has no link: it would open as something else. */
function linkOf({ session, input, base }: Stood): string {
  const { dialect, platform, policy } = input
  if (dialect !== undefined || platform !== undefined || Object.keys(policy).length > 0) return ''
  const { at, steps } = session
  const address = addressOf(input.text, { base, ...(at === steps.length ? {} : { step: at }) })
  return typeof address === 'string' ? address : ''
}

/** Forms of export; each makes the text of a session where it stands. */
const FORMS: Readonly<Record<string, (stood: Stood) => string>> = {
  ascii: ({ engine, session }) => engine.asciiGraph(engine.graphView(session)),
  mail: stood => {
    const { engine, session } = stood
    return engine.asciiMail({ session, graph: engine.graphView(session), link: linkOf(stood) })
  },
}
export const FORM_NAMES = Object.keys(FORMS)

export function exportAs(engine: Engine, input: Input, options: ExportOptions): Outcome {
  requireKnown('form of export', options.as, FORM_NAMES)
  const session = runFlow(engine, input)
  standAt(session, options.step)
  const stdout = FORMS[options.as]?.({ engine, session, input, base: options.base }) ?? ''
  return { stdout, stderr: notices(input, session, session.at), code: exitCode(session, session.at) }
}
