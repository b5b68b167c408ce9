/** Where two runs of one flow first part: the line, the step and how each answered. */
import type { Plain, StepRecord } from '../../engine'
import { equal } from '../stores/reuse'
import { stepOutcome } from './step-outcome'

export interface Difference {
  /** Line in the text of the second run. */
  readonly line: number
  /** Step of the second run that stands there; its last one where the line is not reached. */
  readonly step: number
  /** `-EINVAL instead of 0`. */
  readonly what: string
}

/**
 * Compares step by step, since both runs execute the same statements in the same order until they part.
 * Line numbers may have shifted by the directive that was written. Null where every step came out the same.
 */
export function firstDifference(
  before: readonly StepRecord[],
  after: readonly StepRecord[],
): Difference | null {
  const steps = Math.max(before.length, after.length)
  for (let i = 0; i < steps; i++) {
    const was = before[i]
    const is = after[i]
    const what = was === undefined || is === undefined ? null : comparison(was, is)
    if (what === '') continue
    if (is !== undefined) return { line: is.line, step: is.n, what: what ?? 'run now, and not before' }
    const shift = shiftAt(before[i - 1], after[i - 1])
    return { line: (was?.line ?? 0) + shift, step: after.length, what: 'not reached any more' }
  }
  return null
}

function shiftAt(was: StepRecord | undefined, is: StepRecord | undefined): number {
  return was === undefined || is === undefined ? 0 : is.line - was.line
}

/** '' where they are the same. */
function comparison(was: StepRecord, is: StepRecord): string {
  if (was.text !== is.text) return `${is.text} is run instead of ${was.text}`
  const [before, now] = [outcome(was), outcome(is)]
  if (before !== now) return `${now} instead of ${before}`
  if (was.rule !== is.rule) return `${now} by ${is.rule ?? 'no rule'} instead of ${was.rule ?? 'no rule'}`
  return outDifference(was.out ?? {}, is.out ?? {})
}

function outcome(record: StepRecord): string {
  const { text } = stepOutcome(record)
  return text.replace(/^= /, '')
}

type Out = Readonly<Record<string, Plain>>

/** The first field that the call gave back differently. */
function outDifference(was: Out, is: Out): string {
  const names = [...new Set([...Object.keys(is), ...Object.keys(was)])]
  const name = names.find(each => !equal(was[each], is[each]))
  return name === undefined ? '' : `${name} ${shown(is[name])} instead of ${shown(was[name])}`
}

function shown(value: Plain | undefined): string {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'bigint') return value < 10n ? String(value) : `0x${value.toString(16)}`
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value !== 'object') return String(value)
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key} ${shown(each)}`)
    .join(', ')} }`
}
