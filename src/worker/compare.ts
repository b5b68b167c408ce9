/**
 * One flow under several choices, run side by side in slices; the runs are kept, so that a page can ask what each
 * looks like at any step. A newer comparison takes their place.
 */
import { answerOf, COMPARED, compareSessions, type GraphView, type Session, type StepRecord } from '../engine'
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
  const told = `${label.verb} ${label.object}`.trim()
  return { n, line, text, label: told, call, ret, errno, expected, answer: answerOf(record) }
}
