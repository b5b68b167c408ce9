/**
 * What the machine answered, at the end of each statement's line: `= 0`, `= 3`, `-EINVAL`. A refused
 * call and a broken line also get a note below. Answers move with the text until the next run replaces them.
 */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
} from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'
import type { Diagnostic, StepRecord } from '../../../engine'
import { isProblem } from '../../app/problems'
import { isBad } from '../../format/step-outcome'
import { BrokenWidget, RefusalWidget, ResultWidget, resultText } from './answer-widgets'

export interface Answers {
  readonly steps: readonly StepRecord[]
  readonly diagnostics: readonly Diagnostic[]
}

export const setAnswers = StateEffect.define<Answers>()

/** Leaves room for the answer at the right edge. */
const ANSWERED_LINE = Decoration.line({ class: 'answered' })
const REFUSED_LINE = Decoration.line({ class: 'refused' })
const BROKEN_LINE = Decoration.line({ class: 'broken' })
const underline = (severity: Diagnostic['severity']): Decoration =>
  Decoration.mark({ class: `squiggle ${severity}` })
const UNDERLINE = { error: underline('error'), warning: underline('warning'), info: underline('info') }

const field = StateField.define<DecorationSet>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    const effect = transaction.effects.find(e => e.is(setAnswers))
    if (effect?.is(setAnswers)) return decorate(transaction.state, effect.value)
    return marks.map(transaction.changes)
  },
  provide: self => EditorView.decorations.from(self),
})

export const answers: Extension = field

/** Several steps of one line (a flow's `[1...N]`) share its end. */
function byLine(steps: readonly StepRecord[]): Map<number, StepRecord[]> {
  const lines = new Map<number, StepRecord[]>()
  for (const step of steps) {
    const known = lines.get(step.line)
    if (known === undefined) lines.set(step.line, [step])
    else known.push(step)
  }
  return lines
}

function decorate(state: EditorState, { steps, diagnostics }: Answers): DecorationSet {
  const marks: Range<Decoration>[] = []
  for (const [number, records] of byLine(steps)) {
    if (number > state.doc.lines) continue
    marks.push(...answerMarks(state.doc.line(number), records))
  }
  for (const problem of diagnostics.filter(isProblem)) marks.push(...problemMarks(state, problem))
  return Decoration.set(marks, true)
}

function answerMarks(
  line: { from: number; to: number },
  records: readonly StepRecord[],
): Range<Decoration>[] {
  const refused = records.find(isBad)
  const wanted = refused === undefined ? records.find(record => record.expected) : undefined
  const result = new ResultWidget(resultText(records), refused !== undefined)
  const marks = [
    ANSWERED_LINE.range(line.from),
    Decoration.widget({ widget: result, side: 1 }).range(line.to),
  ]
  if (wanted !== undefined) {
    const note = Decoration.widget({ widget: new RefusalWidget(wanted), side: 2, block: true })
    return [...marks, note.range(line.to)]
  }
  if (refused === undefined) return marks
  const note = Decoration.widget({ widget: new RefusalWidget(refused), side: 2, block: true })
  return [REFUSED_LINE.range(line.from), ...marks, note.range(line.to)]
}

/** The place underlined, and below its line what is wrong. Places are cut to the text, which may be shorter by now. */
function problemMarks(state: EditorState, problem: Diagnostic): Range<Decoration>[] {
  const { severity, span } = problem
  if (span.line > state.doc.lines) return []
  const line = state.doc.line(span.line)
  const to = Math.min(Math.max(span.to, span.from + 1), state.doc.length)
  const note = Decoration.widget({ widget: new BrokenWidget(problem), side: 2, block: true })
  return [
    ...(severity === 'error' ? [BROKEN_LINE.range(line.from)] : []),
    ...(span.from < to ? [UNDERLINE[severity].range(span.from, to)] : []),
    note.range(line.to),
  ]
}

/** The last line that was run or is wrong, where lines after it were not run for an error. */
export function lastRun({ steps, diagnostics }: Answers): number | null {
  const wrong = diagnostics.filter(d => d.severity === 'error').map(error => error.span.line)
  if (wrong.length === 0) return null
  const first = wrong.reduce((least, line) => Math.min(least, line))
  return steps.reduce((last, step) => Math.max(last, step.line), first)
}
