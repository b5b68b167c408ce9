/** `ioas trace`: recorded answers of a kernel, replayed and compared; a line a difference, then the sums. */
import type { BrokenRecording, ReplayedCall, ReplayReport } from '../engine'
import { type Engine, EXIT, type Outcome, UsageError } from './door'
import { jsonText } from './json'
import { requireKnown } from './words'

export interface TraceInput {
  readonly file: string
  readonly text: string
}

export interface TraceOptions {
  readonly json: boolean
  /** `flow`: the calls of one recording as a flow instead of the comparison. */
  readonly as?: string
}

type Verdict = ReplayedCall['verdict']
type Counts = Record<Verdict, number>

interface Traced extends Pick<ReplayReport, 'calls' | 'unknownNotes'> {
  readonly file: string
}

const none = (): Counts => ({ passed: 0, failed: 0, unmodelled: 0 })

function count(calls: readonly ReplayedCall[]): Counts {
  const counts = none()
  for (const { verdict } of calls) counts[verdict]++
  return counts
}

export function trace(engine: Engine, inputs: readonly TraceInput[], options: TraceOptions): Outcome {
  if (options.as !== undefined) return asFlow(engine, inputs, options.as)
  const traced: Traced[] = []
  let stderr = ''
  for (const { file, text } of inputs) {
    const report = engine.replayText(text)
    if (isBroken(report)) stderr += broken(file, report).stderr
    else traced.push({ file, ...report })
  }
  const all = traced.flatMap(({ calls }) => calls)
  const code = stderr !== '' ? EXIT.textErrors : count(all).failed > 0 ? EXIT.expectFailed : EXIT.fine
  if (traced.length === 0) return { stdout: '', stderr, code }
  return { stdout: options.json ? jsonText(tracedJson(traced)) : tracedText(traced), stderr, code }
}

function asFlow(engine: Engine, inputs: readonly TraceInput[], form: string): Outcome {
  requireKnown('form of trace', form, ['flow'])
  const [input, ...more] = inputs
  if (input === undefined || more.length > 0) throw new UsageError('--as flow takes one file')
  const flow = engine.flowText(input.text)
  return typeof flow === 'string' ? { stdout: flow, stderr: '', code: EXIT.fine } : broken(input.file, flow)
}

const broken = (file: string, { line, problem }: BrokenRecording): Outcome => ({
  stdout: '',
  stderr: `${file}:${line}: error: no recording: ${problem}\n`,
  code: EXIT.textErrors,
})

const isBroken = (report: ReplayReport | BrokenRecording): report is BrokenRecording => 'problem' in report

/** A call with what is to be said of it: its differences, or why it was not made. */
function linesOf(file: string, { line, call, differences, reason }: ReplayedCall): string[] {
  const at = `${file}:${line} ${call}`
  if (reason !== null) return [`${at} unmodelled: ${reason}`]
  return differences.map(({ field, expected, got }) => `${at} ${field} ${expected} ${got}`)
}

const countsText = ({ passed, failed, unmodelled }: Counts): string =>
  `${passed} passed, ${failed} failed, ${unmodelled} unmodelled`

function tracedText(traced: readonly Traced[]): string {
  const files = traced.flatMap(({ file, calls, unknownNotes }) => [
    ...unknownNotes.map(({ line, text }) => `${file}:${line} note unmodelled: ${text}`),
    ...calls.flatMap(call => linesOf(file, call)),
    `${file}: ${countsText(count(calls))}`,
  ])
  const all = traced.flatMap(({ calls }) => calls)
  const { passed, failed } = count(all)
  return `${[...files, '', ...table(all), '', `${passed} passed, ${failed} failed`].join('\n')}\n`
}

function table(calls: readonly ReplayedCall[]): string[] {
  const rows = [...byCall(calls)].map(([call, { passed, failed, unmodelled }]) => [
    call,
    String(passed),
    String(failed),
    String(unmodelled),
  ])
  const lines = [['CALL', 'passed', 'failed', 'unmodelled'], ...rows]
  const widths = [0, 1, 2, 3].map(at => Math.max(...lines.map(line => line[at]?.length ?? 0)))
  return lines.map(line =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}

/** In order of name. */
function byCall(calls: readonly ReplayedCall[]): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  for (const call of [...calls].sort((a, b) => (a.call < b.call ? -1 : a.call > b.call ? 1 : 0))) {
    const row = counts.get(call.call) ?? none()
    row[call.verdict]++
    counts.set(call.call, row)
  }
  return counts
}

function tracedJson(traced: readonly Traced[]): object {
  const all = traced.flatMap(({ calls }) => calls)
  const files = traced.map(({ file, calls, unknownNotes }) => ({
    file,
    ...count(calls),
    unknownNotes: unknownNotes.map(({ line, text }) => ({ line, text })),
    calls: calls
      .filter(({ verdict }) => verdict !== 'passed')
      .map(({ line, call, verdict, differences, reason }) => ({ line, call, verdict, differences, reason })),
  }))
  return { ...count(all), calls: Object.fromEntries(byCall(all)), files }
}
