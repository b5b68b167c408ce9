/**
 * What the host asks of an engine. The shipped one is `realEngine` in real-engine.ts; tests bring
 * their own to be slow, to break or to have a state that is written out by hand.
 */
import type { GraphView, InspectorView, Session } from '../engine'

/** A run under way. It is advanced in slices so that a host can hear a cancel between two of them. */
export interface Running {
  /** Runs at most `steps` more; true when there are none left. */
  advance(steps: number): boolean
  /** Steps run so far. */
  readonly done: number
  /** Only after `advance` returned true. */
  finish(): Session
}

export interface EnginePort {
  begin(text: string, stepLimit: number): Running
  graph(session: Session): GraphView
  inspector(session: Session, id: string): InspectorView | null
  ascii(graph: GraphView): string
}
