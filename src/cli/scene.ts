/** What every command begins with: the flow run on a machine, its notices, and its exit code. */
import type { Diagnostic, Session } from '../engine'
import { type Engine, EXIT, type ExitCode, UsageError } from './door'
import { requireKnown, requirePolicy } from './words'

/** A flow and what the command line says about it. */
export interface Input {
  /** As given, for messages. */
  readonly file: string
  readonly text: string
  readonly dialect?: string
  readonly platform?: string
  readonly policy: Readonly<Record<string, string>>
}

/** Runs the flow to its end. */
export function runFlow(engine: Engine, input: Input): Session {
  const { dialect, platform, policy } = input
  requireKnown(
    'dialect',
    dialect,
    engine.dialects.map(one => one.id),
  )
  requireKnown(
    'platform',
    platform,
    engine.platforms.map(one => one.id),
  )
  const session = engine.createSession(input.text, {
    ...(dialect === undefined ? {} : { dialect }),
    ...(platform === undefined ? {} : { platform }),
    policy,
  })
  requirePolicy(engine, session, policy)
  return session
}

/** Stands at a step; one that the flow does not have is a usage error. */
export function standAt(session: Session, step: number | undefined): void {
  if (step === undefined) return
  const last = session.steps.length
  if (step > last)
    throw new UsageError(`no step ${step}: the flow has ${last === 1 ? '1 step' : `${last} steps`}`)
  session.seek(step)
}

/** `expect`s up to step `last` that did not hold. */
const failedExpects = (session: Session, last: number) =>
  session.steps.filter(step => step.n <= last && step.call === 'expect' && step.ret !== 0)

export function exitCode(session: Session, last: number): ExitCode {
  if (session.diagnostics.some(one => one.severity === 'error')) return EXIT.textErrors
  return failedExpects(session, last).length > 0 ? EXIT.expectFailed : EXIT.fine
}

const diagnosticLines = (file: string, { severity, message, hint, code, span }: Diagnostic): string[] => [
  `${file}:${span.line}:${span.column}: ${severity}: ${message} [${code}]`,
  ...(hint === null ? [] : [`  hint: ${hint}`]),
]

/** Diagnostics, assumptions and failed `expect`s in the form compilers use, for standard error. */
export function notices(input: Input, session: Session, last: number): string {
  const { file } = input
  const at = (line: number | null) => (line === null ? file : `${file}:${line}`)
  const lines = [
    ...session.diagnostics.flatMap(one => diagnosticLines(file, one)),
    ...session.assumptions.map(one => `${at(one.line)}: assumed: ${one.name} = ${one.value}`),
    ...failedExpects(session, last).map(one => `${at(one.line)}: expect failed: ${one.message ?? one.text}`),
  ]
  return lines.map(line => `${line}\n`).join('')
}
