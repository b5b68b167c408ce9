/**
 * The JSON objects of `run` and `walk`. 64-bit values become `0x` strings; counts stay numbers.
 */
import type { MachineEvent, Plain, ReferenceView, Session, StepRecord, WalkView } from '../engine'

/** Two's complement where a value is negative: 64 bits are what the machine has. */
const hex = (value: bigint) => `0x${BigInt.asUintN(64, value).toString(16)}`

/** Text of a JSON value, indented by two, LF at the end; every bigint as a `0x` string. */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? hex(part) : part), 2)}\n`

interface SubStep {
  readonly n: number
  readonly call: string
  readonly ret: number
  readonly errno: string | null
  readonly rule: string | null
}

/** Calls that the VMM model made inside the step, by its events; empty where it made none. */
function subSteps(events: readonly MachineEvent[]): SubStep[] {
  const inner = events.filter(event => event.sub > 0)
  return inner.flatMap(event => {
    if (event.kind !== 'call') return []
    const end = inner.find(other => other.kind === 'return' && other.sub === event.sub)
    const { ret, errno, rule } = end?.kind === 'return' ? end : { ret: 0, errno: null, rule: null }
    return [{ n: event.sub, call: event.cmd, ret, errno, rule }]
  })
}

function stepJson(session: Session, step: StepRecord): object {
  const { n, line, text, call, ret, errno, rule, message, out } = step
  // Explaining a step from the one before it costs no seek back and forth.
  session.seek(n - 1)
  const events = session.explain(n)
  return {
    n,
    line,
    text,
    call,
    ret,
    errno,
    rule,
    message,
    out,
    events,
    cost: session.cost(n),
    sub: subSteps(events),
  }
}

/** The object of `run --json`, standing where the session stands; steps up to there. */
export function runJson(session: Session, ok: boolean): object {
  const { title, dialect, platform, policy } = session.scenario
  const stood = session.at
  const steps = session.steps.slice(0, stood).map(step => stepJson(session, step))
  session.seek(stood)
  return {
    scenario: { title, dialect, platform, policy },
    diagnostics: session.diagnostics.map(({ severity, span, code, message, hint }) => ({
      severity,
      line: span.line,
      column: span.column,
      code,
      message,
      hint,
    })),
    assumptions: session.assumptions.map(({ name, value, line }) => ({ name, value, line })),
    steps,
    state: session.state(),
    ok,
  }
}

const referenceJson = ({ stage, level, address, value, what, fields }: ReferenceView) => ({
  stage,
  level,
  address,
  value,
  what,
  fields,
})

/** The object of `walk --json`. */
export function walkJson({ ok, fault, output, perm, pageSize, references, from }: WalkView): object {
  return { ok, fault, output, perm, pageSize, references: references.map(referenceJson), from }
}

/** A value as a person writes it: hexadecimal for 64 bits, names for fields. */
export function plainText(value: Plain): string {
  if (typeof value === 'bigint') return hex(value)
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (Array.isArray(value)) return `[${value.map(plainText).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, part]) => `${key}: ${plainText(part)}`)
    .join(', ')}}`
}
