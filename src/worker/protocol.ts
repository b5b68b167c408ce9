/**
 * The messages between a page (or a test) and the host that runs the engine. The list is the
 * documentation; every reply carries the id of the request, and replies about a text carry the revision
 * of the text they answer. 64-bit values travel as bigint (structured clone), never as numbers.
 *
 * A host keeps two sessions: the newest, and the newest whose text had no error. So a page can go on
 * showing and stepping the last good text while its author is in the middle of a line.
 */
import type {
  Assumption,
  Breakpoint,
  Choices,
  COMPARED,
  Comparison,
  Completions,
  Diagnostic,
  EventRow,
  GraphEdge,
  GraphNode,
  GraphView,
  HelpAt,
  InspectAnswer,
  InspectorView,
  InspectQuery,
  LanesView,
  MatrixView,
  Session,
  StateView,
  StepRecord,
  Variant,
  WalkView,
} from '../engine'
import type { Wishes } from './drawing'
import type { RuleView } from './engine-port'
import type { GraphLayout } from './layout/types'

export const PROTOCOL_VERSION = 5

/** Rows of events that travel with a step; a step may have hundreds of thousands. */
export const EVENTS_AT_ONCE = 32

export interface RunRequest {
  readonly kind: 'run'
  readonly id: number
  readonly revision: number
  readonly text: string
  /** Most steps to run; past it the state is kept and `flow.too-long` is reported. */
  readonly limit: number
  /** How the graph is to be drawn; without it as for a page of 1440 by 900. */
  readonly wishes?: Wishes
  /** Where the reader stands: the answer then brings what `show` would bring of that step. */
  readonly stand?: Stand
  /** Id of the run that was heard of last: what is as it was may be left out. */
  readonly since?: number
}

export interface Stand {
  /** Null for the last step; one that is past it is kept inside. */
  readonly step: number | null
  readonly selection: string | null
}

/** Draws the graph of a run anew: the panel has another size, or a bundle was opened or closed. */
export interface DrawRequest {
  readonly kind: 'draw'
  readonly id: number
  readonly revision: number
  readonly wishes: Wishes
}

/** Everything the page shows of one step. */
export interface ShowRequest {
  readonly kind: 'show'
  readonly id: number
  readonly revision: number
  readonly step: number
  /** Id of a graph node; null chooses what the step changed. */
  readonly selection: string | null
  /** Id of the answer that was heard last: what has not changed since may be left out. */
  readonly since?: number
}

export interface RunToRequest {
  readonly kind: 'run-to'
  readonly id: number
  readonly revision: number
  readonly from: number
  readonly breakpoints: readonly Breakpoint[]
  readonly direction: 1 | -1
}

/** Translates at a step without filling caches or setting bits; `cached` lets them answer. */
export interface WalkRequest {
  readonly kind: 'walk'
  readonly id: number
  readonly revision: number
  readonly step: number
  readonly device: string
  readonly pasid: number | null
  readonly address: bigint
  readonly write: boolean
  readonly cached: boolean
}

/** One question of the inspector: rows of a table, caches, accounting, when something changed. */
export interface InspectRequest {
  readonly kind: 'inspect'
  readonly id: number
  readonly revision: number
  readonly step: number
  readonly query: InspectQuery
}

/** The flow at a step as a block for mail, with a link as its last line. */
export interface MailRequest {
  readonly kind: 'mail'
  readonly id: number
  readonly revision: number
  readonly step: number
  /** Empty for none. */
  readonly link: string
}

export interface AsciiRequest {
  readonly kind: 'ascii'
  readonly id: number
  readonly revision: number
  readonly step: number
}

/** What a flow may choose with its directives; asks nothing of any text. */
export interface ChoicesRequest {
  readonly kind: 'choices'
  readonly id: number
}

/** The card of what stands at an offset of a text, or of a word alone. `dialect` null takes the first there is. */
export interface HelpRequest {
  readonly kind: 'help'
  readonly id: number
  readonly dialect: string | null
  readonly about: { readonly word: string } | { readonly text: string; readonly offset: number }
}

/** What may be typed at an offset of a text. */
export interface CompleteRequest {
  readonly kind: 'complete'
  readonly id: number
  readonly dialect: string | null
  readonly text: string
  readonly offset: number
}

/** Runs a text to its end, beside the one at hand and without keeping it, for a small picture of it. */
export interface PreviewRequest {
  readonly kind: 'preview'
  readonly id: number
  readonly text: string
  readonly limit: number
}

/** What each operation does to each type of table; asks nothing of any text. A newer one ends an older. */
/** One flow under several choices, side by side; the runs are kept until the next comparison. */
export interface CompareRequest {
  readonly kind: 'compare'
  readonly id: number
  readonly text: string
  readonly variants: readonly Variant[]
  readonly limit: number
}

/** What each run of the newest comparison looks like after a step. */
export interface ComparedAtRequest {
  readonly kind: 'compared-at'
  readonly id: number
  readonly step: number
}

export interface MatrixRequest {
  readonly kind: 'matrix'
  readonly id: number
  /** Null: the engine's own. */
  readonly dialect: string | null
  readonly platform: string | null
  readonly policy: Readonly<Record<string, string>>
}

/** More of a step's events than `show` brings along. */
export interface EventsRequest {
  readonly kind: 'events'
  readonly id: number
  readonly revision: number
  readonly step: number
  /** Index of the first row wanted, from 0. */
  readonly from: number
  readonly count: number
}

/** The sequence chart of steps `first` to `step`, both inclusive. */
export interface LanesRequest {
  readonly kind: 'lanes'
  readonly id: number
  readonly revision: number
  readonly first: number
  readonly step: number
}

/** All steps at which one of the breakpoints stops. A newer one ends the search for an older. */
export interface StopsRequest {
  readonly kind: 'stops'
  readonly id: number
  readonly revision: number
  readonly breakpoints: readonly Breakpoint[]
}

/** Questions about a step of a text that was run. */
export type StepQuestion =
  | ShowRequest
  | WalkRequest
  | InspectRequest
  | AsciiRequest
  | MailRequest
  | EventsRequest
  | LanesRequest

/** Questions that may look at every step; other messages are answered meanwhile. */
export type Search = RunToRequest | StopsRequest

export type Question =
  | RunRequest
  | StepQuestion
  | Search
  | DrawRequest
  | ChoicesRequest
  | MatrixRequest
  | CompareRequest
  | ComparedAtRequest
  | PreviewRequest
  | HelpRequest
  | CompleteRequest

export type Request =
  | Question
  /** Ends the run with that id between two slices; the run answers `cancelled`. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'ping'; readonly id: number }

/** Every object a flow ever has as it is drawn, so that each keeps its place over all steps. */
export interface Outline {
  readonly nodes: readonly (Pick<
    GraphNode,
    'id' | 'kind' | 'variant' | 'title' | 'subtitle' | 'order' | 'inside'
  > & {
    /** Most rows the node has at any step. */
    readonly rows: readonly string[]
  })[]
  readonly edges: readonly Pick<GraphEdge, 'id' | 'kind' | 'from' | 'to' | 'dashed' | 'label'>[]
  /** Process memory that is mapped or registered at some step. Bytes; `last` is inclusive. */
  readonly memory: readonly { readonly start: bigint; readonly last: bigint }[]
  /** False when time ran out before every step was looked at. */
  readonly complete: boolean
}

export interface RunReply {
  readonly kind: 'ran'
  readonly id: number
  readonly revision: number
  readonly scenario: {
    readonly title: string | null
    readonly dialect: string
    readonly platform: string
    readonly policy: Readonly<Record<string, string>>
  }
  readonly diagnostics: readonly Diagnostic[]
  readonly assumptions: readonly Assumption[]
  readonly reading: Session['reading']
  readonly steps: readonly StepRecord[]
  readonly ok: boolean
  readonly outline: Outline
  readonly layout: GraphLayout
  /** Of the step where the reader stands; null where the request said nothing of it. */
  readonly shown: ShowReply | null
}

/** What a page draws of a run at every step. */
export interface Drawn {
  readonly outline: Outline
  readonly layout: GraphLayout
}

export interface DrawReply extends Drawn {
  readonly kind: 'drawn'
  readonly id: number
  readonly revision: number
}

export interface ShowReply {
  readonly kind: 'shown'
  readonly id: number
  readonly revision: number
  readonly step: number
  /** As it is drawn: very many objects come in bundles. */
  readonly graph: GraphView
  /** Where this step shows an object that the drawing has not had so far: the drawing that has it. */
  readonly drawn: Drawn | null
  readonly state: StateView
  /** What `inspector` describes. */
  readonly selection: string | null
  /** Null where the selection does not exist at this step. */
  readonly inspector: InspectorView | null
  /** The first of its events, at most EVENTS_AT_ONCE; `events` asks for the rest. */
  readonly events: readonly EventRow[]
  readonly eventCount: number
  /** The rule that the step broke, where it was refused. */
  readonly rule: RuleView | null
  readonly cost: Readonly<Record<string, number>>
  /** Of steps 1 to this one together; gauges as they stand. */
  readonly costSum: Readonly<Record<string, number>>
}

export interface StoppedReply {
  readonly kind: 'stopped-at'
  readonly id: number
  readonly revision: number
  readonly step: number
  /** False where no breakpoint stops; `step` is then the last one, or the start. */
  readonly stopped: boolean
}

export interface EventsReply {
  readonly kind: 'events-of'
  readonly id: number
  readonly revision: number
  readonly step: number
  readonly from: number
  readonly rows: readonly EventRow[]
}

export interface LanesReply {
  readonly kind: 'lanes-of'
  readonly id: number
  readonly revision: number
  readonly first: number
  readonly step: number
  readonly lanes: LanesView
}

export interface StopsReply {
  readonly kind: 'stops-of'
  readonly id: number
  readonly revision: number
  /** Ascending step numbers. */
  readonly steps: readonly number[]
}

export interface WalkReply {
  readonly kind: 'walked'
  readonly id: number
  readonly revision: number
  readonly walk: WalkView | { readonly problem: string }
}

export interface InspectReply {
  readonly kind: 'inspected'
  readonly id: number
  readonly revision: number
  readonly step: number
  readonly answer: InspectAnswer
}

export interface TextReply {
  readonly kind: 'text'
  readonly id: number
  readonly revision: number
  readonly text: string
}

export interface ChoicesReply {
  readonly kind: 'chosen-from'
  readonly id: number
  readonly choices: Choices
}

/** A step of one run, as a comparison tells it. */
export interface ComparedStep
  extends Pick<StepRecord, 'n' | 'line' | 'text' | 'call' | 'ret' | 'errno' | 'expected'> {
  readonly label: string
  /** Return value or refusal with all that came back: `0 { size: 0x1000 }`, `-EBUSY attach.rid-taken`. */
  readonly answer: string
  /** The same in a few words, where a reader knows them. */
  readonly told: string
}

export interface ComparedReply {
  readonly kind: 'compared'
  readonly id: number
  readonly comparison: Comparison
  /** For each run its steps. */
  readonly steps: readonly (readonly ComparedStep[])[]
  /** The costs of `comparison`, in the order to show them. */
  readonly costs: typeof COMPARED
}

export interface ComparedAtReply {
  readonly kind: 'compared-graphs'
  readonly id: number
  /** One a run; a run that is shorter as it ended. */
  readonly graphs: readonly GraphView[]
}

export interface MatrixReply {
  readonly kind: 'matrix-of'
  readonly id: number
  readonly matrix: MatrixView
  /** The same as plain text. */
  readonly text: string
}

export interface HelpReply {
  readonly kind: 'helped'
  readonly id: number
  /** Null where nothing is to be said. Of a word alone the place is 0 to its length. */
  readonly help: HelpAt | null
}

export interface CompleteReply {
  readonly kind: 'completed'
  readonly id: number
  readonly completions: Completions | null
}

export interface PreviewReply {
  readonly kind: 'previewed'
  readonly id: number
  readonly scenario: RunReply['scenario']
  readonly steps: number
  /** At the last of the steps with the most objects and edges. */
  readonly graph: GraphView
}

export type Answer =
  | RunReply
  | DrawReply
  | ShowReply
  | StoppedReply
  | StopsReply
  | EventsReply
  | LanesReply
  | WalkReply
  | InspectReply
  | TextReply
  | ChoicesReply
  | MatrixReply
  | ComparedReply
  | ComparedAtReply
  | PreviewReply
  | HelpReply
  | CompleteReply

/** An answer as far as it differs from one of its kind that was heard; made whole by `restored`. */
export interface SinceReply {
  readonly kind: 'since'
  readonly of: 'ran' | 'shown'
  readonly id: number
  /** Id of the answer heard. */
  readonly since: number
  readonly told: unknown
}

export type Reply =
  | { readonly kind: 'ready'; readonly version: number }
  | SinceReply
  | { readonly kind: 'pong'; readonly id: number }
  | Answer
  | { readonly kind: 'progress'; readonly id: number; readonly revision: number; readonly done: number }
  | { readonly kind: 'cancelled'; readonly id: number; readonly done: number }
  /** The request made no sense here (old revision, no such step). */
  | { readonly kind: 'refused'; readonly id: number; readonly message: string }
  /** Our own bug: an invariant broke. Carries what reproduces it. */
  | {
      readonly kind: 'crashed'
      readonly id: number
      readonly message: string
      readonly stack: string
      readonly text: string
      readonly step: number
    }
