/** Marks what makes the step shown: the lines of its call and of the struct it passes, and their numbers. */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
} from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view'
import type { LineRange } from '../../../engine'

/** The lines of the step, those that filled its struct first; null before the first step. */
export type Standing = { readonly lines: readonly LineRange[] } | null

export const setStanding = StateEffect.define<Standing>()

const NOW_LINE = Decoration.line({ class: 'now' })

class NowGutter extends GutterMarker {
  override elementClass = 'now-gutter'
}
const NOW_GUTTER = new NowGutter()

const field = StateField.define<readonly number[]>({
  create: () => [],
  update(starts, transaction) {
    const effect = transaction.effects.find(e => e.is(setStanding))
    if (effect?.is(setStanding)) return startsOf(transaction.state, effect.value)
    return transaction.docChanged ? starts.map(start => transaction.changes.mapPos(start)) : starts
  },
})

function startsOf(state: EditorState, standing: Standing): readonly number[] {
  const lines = (standing?.lines ?? []).flatMap(({ first, last }) =>
    Array.from({ length: Math.min(last, state.doc.lines) - first + 1 }, (_, i) => first + i),
  )
  return [...new Set(lines)].map(line => state.doc.line(line).from)
}

function lineMarks(state: EditorState): DecorationSet {
  const marks: Range<Decoration>[] = state
    .field(field)
    .map(start => NOW_LINE.range(state.doc.lineAt(start).from))
  return Decoration.set(marks, true)
}

function gutterMarks(state: EditorState): RangeSet<GutterMarker> {
  return RangeSet.of(
    state.field(field).map(start => NOW_GUTTER.range(state.doc.lineAt(start).from)),
    true,
  )
}

/** Steps may be far from where the reader scrolled; the statement is brought into view when it moved. */
const bringIntoView = EditorView.updateListener.of(update => {
  const moved = update.transactions.some(tr => tr.effects.some(e => e.is(setStanding)))
  // The call itself is the last of them.
  const start = update.state.field(field).at(-1)
  if (!moved || start === undefined || update.startState.field(field).at(-1) === start) return
  const view = update.view
  requestAnimationFrame(() => {
    if (start <= view.state.doc.length)
      view.dispatch({ effects: EditorView.scrollIntoView(start, { y: 'nearest', yMargin: 40 }) })
  })
})

export const standing: Extension = [
  field,
  EditorView.decorations.compute([field], lineMarks),
  gutterLineClass.compute([field], gutterMarks),
  bringIntoView,
]
