/**
 * A flow at a step as a block for a plain-text mail: title, what it ran on, the drawing, the steps so far
 * with their results, the link. At most 74 columns but for the link, which stands alone on its line;
 * printable 7-bit and LF.
 *
 * Not modelled: fields of objects, tables and costs; the link leads to them.
 */
import type { Session, StepRecord } from '../../session/contract'
import type { GraphView } from '../contract'
import { asciiGraph } from './graph'
import { asciiSteps } from './steps'

/** Of a longer flow the first and the last steps are listed. */
const FIRST_STEPS = 20
const LAST_STEPS = 100

export interface MailParts {
  readonly session: Pick<Session, 'text' | 'scenario' | 'steps' | 'at' | 'diagnostics'>
  /** Of the session where it stands. */
  readonly graph: GraphView
  /** An address that opens the flow at the step; empty where there is none. */
  readonly link: string
}

/** The block; equal parts give equal text. */
export function asciiMail({ session, graph, link }: MailParts): string {
  const titled = graph.title === '' ? { ...graph, title: 'Untitled flow' } : graph
  const blocks = [asciiGraph(titled, { remarks: remarksOf(session) }), stepBlock(session)]
  return [...blocks, ...(link === '' ? [] : [`Link: ${link}\n`])].join('\n')
}

function remarksOf({ scenario, steps, at, diagnostics }: MailParts['session']): string[] {
  const policy = Object.entries(scenario.policy).map(([key, value]) => `${key}=${value}`)
  const broken = diagnostics.some(one => one.severity === 'error')
  return [
    `${scenario.dialect} on ${scenario.platform}${at === steps.length ? '' : `, after step ${at} of ${steps.length}`}`,
    ...(policy.length === 0 ? [] : [`policy ${policy.join(' ')}`]),
    ...(broken ? ['the text has errors; this is what ran before them'] : []),
  ]
}

function stepBlock({ text, steps, at }: MailParts['session']): string {
  const done = steps.slice(0, at)
  if (done.length === 0) return 'No step is done yet.\n'
  const list = (part: readonly StepRecord[]) => asciiSteps(part, { text })
  if (done.length <= FIRST_STEPS + LAST_STEPS) return list(done)
  const left = done.length - FIRST_STEPS - LAST_STEPS
  return `${list(done.slice(0, FIRST_STEPS))}  ... ${left} steps left out ...\n${list(done.slice(-LAST_STEPS))}`
}
