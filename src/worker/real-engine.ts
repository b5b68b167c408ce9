/** The engine that ships, as the host asks for it. */
import {
  asciiGraph,
  asciiMail,
  choices,
  completionsAt,
  eventRows,
  type FlowSession,
  graphView,
  helpAt,
  helpFor,
  inspect,
  inspectorView,
  lanesThrough,
  matrixText,
  RULES,
  startMatrix,
  startSession,
} from '../engine'
import type { EnginePort, RuleView, Running } from './engine-port'

export const realEngine: EnginePort<FlowSession> = {
  begin: (text, stepLimit, choice, earlier) =>
    runningOf(startSession(text, { ...choice, stepLimit }, earlier)),
  isLive: session => session.isLive,
  graph: session => graphView(session),
  names: session => graphView(session, 'names'),
  inspector: inspectorView,
  inspect,
  rule: ruleNamed,
  ascii: asciiGraph,
  events: eventRows,
  lanes: lanesThrough,
  mail: (session, link) => asciiMail({ session, graph: graphView(session), link }),
  choices,
  matrix: startMatrix,
  matrixText,
  helpAt,
  helpFor,
  completionsAt,
}

function runningOf(session: FlowSession): Running<FlowSession> {
  return {
    advance: steps => session.advance(steps),
    get done() {
      return session.steps.length
    },
    get shared() {
      return session.shared
    },
    finish: () => session,
  }
}

function ruleNamed(id: string): RuleView | null {
  const found = Object.entries(RULES).find(([name]) => name === id)
  if (found === undefined) return null
  const { text, source, basis } = found[1]
  return { id, text, source, basis }
}
