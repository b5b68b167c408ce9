/**
 * What the host asks of an engine. The shipped one is `realEngine` in real-engine.ts; tests bring
 * their own to be slow, to break or to have a state that is written out by hand.
 */
import type {
  Choices,
  Completions,
  EventRow,
  GraphView,
  HelpAt,
  HelpCard,
  InspectAnswer,
  InspectorView,
  InspectQuery,
  LanesView,
  MatrixRun,
  MatrixView,
  MatrixWish,
  Session,
  Variant,
} from '../engine'

/** A rule that a refusal names. `basis`: `proposal` where the text says so, `ruling` where the emulator chose. */
export interface RuleView {
  readonly id: string
  readonly text: string
  readonly source: string
  readonly basis: string
}

/** A run under way. It is advanced in slices so that a host can hear a cancel between two of them. */
export interface Running<S extends Session> {
  /** Runs at most `steps` more; true when there are none left. */
  advance(steps: number): boolean
  /** Steps run so far. */
  readonly done: number
  /** Steps that an earlier run had done already. Only after `advance` returned true. */
  readonly shared: number
  /** Only after `advance` returned true. */
  finish(): S
}

/** What a run may be given in place of what its text says. */
export type Choice = Omit<Variant, 'label'>

/** Runs that a new one may go on with as far as it does the same; what is gone on with is live no longer. */
export interface Earlier<S extends Session> {
  readonly spare: S | null
  /** Only for a text that compiles without an error. */
  readonly good: S | null
}

export interface EnginePort<S extends Session> {
  /** `choice` stands in place of what the text says. */
  begin(text: string, stepLimit: number, choice?: Choice, earlier?: Earlier<S>): Running<S>
  /** False of a session whose machine a newer run went on with: nothing can be asked of it. */
  isLive(session: S): boolean
  graph(session: S): GraphView
  /** The same objects and rows; values of rows may be left out, so that many steps are looked at quickly. */
  names(session: S): GraphView
  inspector(session: S, id: string): InspectorView | null
  inspect(session: S, query: InspectQuery): InspectAnswer
  /** Where a rule is from, by its id; null for an id the engine does not know. */
  rule(id: string): RuleView | null
  ascii(graph: GraphView): string
  /** What step n did, row by row; empty for the start. */
  events(session: S, n: number): readonly EventRow[]
  /** Sequence chart of steps `first` to `last`, both inclusive. */
  lanes(session: S, first: number, last: number): LanesView
  /** The flow at the step it stands at, for a mail; `link` may be empty. */
  mail(session: S, link: string): string
  /** What a flow may choose; about the engine, not about a flow. */
  choices(): Choices
  /** Table types by operations, to be advanced; a dialect it cannot be asked of is a problem. */
  matrix(wish: MatrixWish): MatrixRun | { readonly problem: string }
  matrixText(matrix: MatrixView): string
  helpAt(text: string, offset: number, dialect: string | null): HelpAt | null
  helpFor(word: string, dialect: string | null): HelpCard | null
  completionsAt(text: string, offset: number, dialect: string | null): Completions | null
}
