/** Answers about words. They need no run and keep nothing. */
import type { Session } from '../engine'
import type { EnginePort } from './engine-port'
import type { CompleteReply, CompleteRequest, HelpReply, HelpRequest } from './protocol'

type Helper = Pick<EnginePort<Session>, 'helpAt' | 'helpFor' | 'completionsAt'>

export function helpReply({ id, about, dialect }: HelpRequest, engine: Helper): HelpReply {
  if ('text' in about) return { kind: 'helped', id, help: engine.helpAt(about.text, about.offset, dialect) }
  const card = engine.helpFor(about.word, dialect)
  return { kind: 'helped', id, help: card === null ? null : { from: 0, to: about.word.length, card } }
}

export function completeReply({ id, text, offset, dialect }: CompleteRequest, engine: Helper): CompleteReply {
  return { kind: 'completed', id, completions: engine.completionsAt(text, offset, dialect) }
}
