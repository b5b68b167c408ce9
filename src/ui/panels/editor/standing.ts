/** Marks the statement of the step shown: its lines, and its line numbers. */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
} from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view'
import { statementLines } from './statement-lines'

/** First line of the statement, or null before the first step. */
export type Standing = { readonly line: number } | null

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
  if (standing === null || standing.line > state.doc.lines) return []
  const [first, last] = statementLines(state, standing.line)
  return Array.from({ length: last - first + 1 }, (_, i) => state.doc.line(first + i).from)
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
  const [start] = update.state.field(field)
  if (!moved || start === undefined || update.startState.field(field)[0] === start) return
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
