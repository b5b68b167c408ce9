/** What the engine said of the text, and how the engine is. */
import { createStore } from 'zustand/vanilla'
import type { Crash, EngineStatus, Loss } from '../../client/outcome'
import type { RunReply } from '../../worker/protocol'

export interface RunState {
  readonly engine: EngineStatus
  /** The last worker lost, until the next run answers or the notice is put away. */
  readonly loss: Loss | null
  readonly crash: Crash | null
  /** Why the last run gave no answer, where the user ended it. */
  readonly stopped: string | null
  /** The answer to the newest text. */
  readonly newest: RunReply | null
  /** The answer to the newest text without an error. */
  readonly good: RunReply | null
  /** The one whose steps and graph are shown: `newest`, or `good` where `newest` reached no step. */
  readonly shown: RunReply | null
  /** True when the worker still holds `shown`, so that its steps can be asked for. */
  readonly live: boolean
}

export const runStore = createStore<RunState>(() => ({
  engine: { kind: 'starting' },
  loss: null,
  crash: null,
  stopped: null,
  newest: null,
  good: null,
  shown: null,
  live: false,
}))

export function errorsOf(run: RunReply | null): RunReply['diagnostics'] {
  return run?.diagnostics.filter(d => d.severity === 'error') ?? []
}

/** Which run to show: an error far down leaves the steps before it; an error at the top leaves the last good run. */
export function runToShow(newest: RunReply, good: RunReply | null): RunReply {
  return errorsOf(newest).length > 0 && newest.steps.length === 0 && good !== null ? good : newest
}
