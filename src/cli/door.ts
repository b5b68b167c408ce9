/** What the commands need of the engine and of the world, as arguments: tests bring their own. */
import type {
  BrokenRecording,
  Comparison,
  GraphView,
  MailParts,
  MatrixView,
  MatrixWish,
  ReplayReport,
  Session,
  SessionOptions,
  Translated,
  Variant,
} from '../engine'

export interface KnobChoice {
  readonly key: string
  readonly values: readonly string[]
}

export interface Engine {
  createSession(text: string, options: SessionOptions): Session
  graphView(session: Session): GraphView
  asciiGraph(graph: GraphView): string
  asciiMail(parts: MailParts): string
  matrixOf(wish: MatrixWish): MatrixView | { readonly problem: string }
  matrixText(matrix: MatrixView): string
  replayText(text: string): ReplayReport | BrokenRecording
  flowText(text: string): string | BrokenRecording
  translateFlow(text: string, to: string): Translated
  compareRuns(text: string, variants: readonly Variant[]): Comparison
  compareText(comparison: Comparison): string
  readonly viommuWays: readonly NonNullable<SessionOptions['viommu']>[]
  readonly dialects: readonly { readonly id: string; readonly knobs: readonly KnobChoice[] }[]
  readonly platforms: readonly { readonly id: string }[]
}

/** What a command yields: the result for standard output, notices for standard error, the exit code. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: ExitCode
}

/** Exit codes: fine, an `expect` failed, the text (or the link) is wrong, the command line makes no sense. */
export const EXIT = { fine: 0, expectFailed: 1, textErrors: 2, usage: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The command line makes no sense. Caught in one place, which prints it and exits with 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
