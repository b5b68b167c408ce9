/**
 * One flow under several choices, run side by side in slices; the runs are kept, so that a page can ask what each
 * looks like at any step. A newer comparison takes their place.
 */
import {
  answerOf,
  COMPARED,
  compareSessions,
  type GraphView,
  type Plain,
  type Session,
  type StepRecord,
} from '../engine'
import type { EnginePort } from './engine-port'
import type { ComparedStep, CompareRequest, Reply } from './protocol'

const SLICE_STEPS = 32

/** `pause` lets messages in; false from it ends the work, since a newer comparison was asked for. */
type Pause = () => Promise<boolean>

export class Comparing<S extends Session> {
  readonly #engine: EnginePort<S>
  #runs: readonly S[] = []

  constructor(engine: EnginePort<S>) {
    this.#engine = engine
  }

  async run({ id, text, variants, limit }: CompareRequest, pause: Pause): Promise<Reply> {
    const runs: S[] = []
    for (const { label: _, ...options } of variants) {
      const running = this.#engine.begin(text, limit, options)
      while (!running.advance(SLICE_STEPS))
        if (!(await pause())) return { kind: 'refused', id, message: 'A newer comparison took its place.' }
      runs.push(running.finish())
    }
    this.#runs = runs
    const comparison = compareSessions(variants, runs)
    return {
      kind: 'compared',
      id,
      comparison,
      steps: runs.map(run => run.steps.map(stepOf)),
      costs: COMPARED,
    }
  }

  /** The picture of each run after a step, or after its last where it is shorter. */
  graphs(step: number): readonly GraphView[] {
    return this.#runs.map(session => {
      session.seek(Math.min(step, session.steps.length))
      return this.#engine.graph(session)
    })
  }
}

function stepOf(record: StepRecord): ComparedStep {
  const { n, line, text, label, call, ret, errno, expected } = record
  const named = `${label.verb} ${label.object}`.trim()
  const step = { n, line, text, label: named, call, ret, errno, expected }
  return { ...step, answer: answerOf(record), told: toldOf(record) }
}

/** `fault 0x79 SSS.2`, `0, 2 calls`, else all that came back. */
function toldOf(record: StepRecord): string {
  const { out, ret, errno } = record
  if (errno !== null || out === null) return answerOf(record)
  if (isFields(out.fault)) return `fault ${out.fault.code} ${nameOf(out.fault)}`.trimEnd()
  const { calls, refused } = out
  if (typeof calls !== 'number') return answerOf(record)
  const wrong = typeof refused === 'number' && refused > 0 ? `, ${refused} refused` : ''
  return `${ret}, ${calls} VMM ${calls === 1 ? 'call' : 'calls'}${wrong}`
}

type Fields = Readonly<Record<string, Plain>>

function isFields(value: Plain | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The name that the manual gives it, without the sentence behind. */
function nameOf({ name }: Fields): string {
  return typeof name === 'string' ? (name.split(' ')[0] ?? '') : ''
}
