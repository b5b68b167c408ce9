/** One of a thing is told as one, in everything that a reader of any scenario is shown. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../session/session'
import { eventRows } from './event-rows'
import { graphView } from './graph'
import { inspectorView } from './inspector'
import { lanesView } from './lanes'

const SCENARIOS = new URL('../../scenarios/', import.meta.url)
const FILES = readdirSync(SCENARIOS).filter(name => name.endsWith('.flow'))
/** Steps looked at in a flow; of longer ones those in between are like their neighbours. */
const MOST_LOOKS = 40

/** A lone 1 and what it counts; not a digit of a longer number, nor the number of a stage. */
const ONE_OF_MANY = /(?<![\w.:-]|stage )1 (?:more |other |device )?([a-zA-Z]+s|children|entries)\b/g
/** Words that end so and are no plural, or verbs. */
const NOT_PLURALS = new Set(['is', 'was', 'has', 'waits', 'alias', 'access', 'address', 'counts', 'pass'])

const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))

function shownAt(session: FlowSession, n: number): string {
  session.seek(n)
  const graph = graphView(session)
  const inspected = graph.nodes.map(node => inspectorView(session, node.id))
  return jsonOf([graph, inspected, eventRows(session, n), lanesView(session, n)])
}

function wrongIn(text: string): string[] {
  return Array.from(text.matchAll(ONE_OF_MANY))
    .filter(([, word = '']) => !NOT_PLURALS.has(word))
    .map(({ index }) => text.slice(Math.max(0, index - 40), index + 40))
}

describe('what is shown', () => {
  it.each(FILES)('of %s counts one as one', name => {
    const session = createSession(readFileSync(new URL(name, SCENARIOS), 'utf8'))
    const told = session.steps.map(({ message, label }) => jsonOf([message, label]))
    const every = Math.ceil(session.steps.length / MOST_LOOKS)
    const shown = session.steps.filter(({ n }) => n % every === 0).map(({ n }) => shownAt(session, n))
    expect([...told, ...shown].flatMap(wrongIn)).toEqual([])
  })
})
