/** What became of a question put to the engine. Failures of the environment are values, never thrown. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  /** `stale`: a newer question took its place. `gone`: the worker died before it answered. */
  | { readonly ok: false; readonly why: 'stale' | 'cancelled' | 'gone' | 'refused'; readonly message: string }
  | { readonly ok: false; readonly why: 'crashed'; readonly message: string; readonly crash: Crash }

/** All that reproduces a broken invariant of ours. */
export interface Crash {
  readonly message: string
  readonly stack: string
  readonly text: string
  readonly step: number
}

export type EngineStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly done: number }
  /** It died before it was ever ready, several times over; nothing will be tried again. */
  | { readonly kind: 'unusable' }

/** Told once for each worker lost. A new one is already being started; it knows no text. */
export interface Loss {
  /** `stopped`: ended because the user asked and it would not listen. */
  readonly reason: 'no-answer' | 'failed' | 'stopped'
  readonly message: string
  /** What it was doing. */
  readonly during: 'run' | 'question' | 'nothing'
  /** Steps done of the run that was under way. */
  readonly done: number
}
