/**
 * The messages between a page (or a test) and the host that runs the engine. The list is the
 * documentation; every reply carries the id of the request and the revision of the text it answers.
 * 64-bit values travel as bigint (structured clone), never as numbers.
 */
import type { Assumption, Breakpoint, Diagnostic, GraphView, InspectorView, MachineEvent, StateView, StepRecord, WalkView } from '../engine'

export const PROTOCOL_VERSION = 1

export type Request =
  /** Compile and run a text; stands at the last step unless `stand` says otherwise. */
  | { kind: 'run'; id: number; revision: number; text: string; stand: number | null; limit: number }
  | { kind: 'cancel'; id: number }
  /** Everything the page shows of one step. */
  | { kind: 'show'; id: number; revision: number; step: number; selection: string | null }
  | { kind: 'run-to'; id: number; revision: number; from: number; breakpoints: readonly Breakpoint[]; direction: 1 | -1 }
  | { kind: 'walk'; id: number; revision: number; device: string; pasid: number | null; address: bigint; write: boolean }
  | { kind: 'ascii'; id: number; revision: number; step: number }

export interface RunReply {
  kind: 'ran'
  id: number
  revision: number
  scenario: { title: string | null; dialect: string; platform: string; policy: Readonly<Record<string, string>> }
  diagnostics: readonly Diagnostic[]
  assumptions: readonly Assumption[]
  steps: readonly StepRecord[]
  ok: boolean
}

export interface ShowReply {
  kind: 'shown'
  id: number
  revision: number
  step: number
  graph: GraphView
  state: StateView
  inspector: InspectorView | null
  events: readonly MachineEvent[]
  cost: Readonly<Record<string, number>>
}

export type Reply =
  | RunReply
  | ShowReply
  | { kind: 'progress'; id: number; revision: number; done: number }
  | { kind: 'stopped-at'; id: number; revision: number; step: number }
  | { kind: 'walked'; id: number; revision: number; walk: WalkView | { readonly problem: string } }
  | { kind: 'text'; id: number; revision: number; text: string }
  /** The request made no sense here (old revision, no such step). */
  | { kind: 'refused'; id: number; message: string }
  /** Our own bug: an invariant broke. Carries what reproduces it. */
  | { kind: 'crashed'; id: number; message: string; text: string; step: number }
