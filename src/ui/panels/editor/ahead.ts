/** Under an error the lines that are not run recede. Only those in view are marked: there may be a million. */
import { type EditorState, type Extension, type Range, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'

/** The last line that is not receding; null where none is. */
export const setAhead = StateEffect.define<number | null>()

const AHEAD_LINE = Decoration.line({ class: 'ahead' })

/** Offset of the end of the last line that was run. */
const field = StateField.define<number | null>({
  create: () => null,
  update(end, { effects, changes, state }) {
    const effect = effects.find(e => e.is(setAhead))
    if (effect?.is(setAhead)) return endOf(state, effect.value)
    return end === null ? null : changes.mapPos(end)
  },
})

function endOf({ doc }: EditorState, line: number | null): number | null {
  return line === null || line >= doc.lines ? null : doc.line(Math.max(1, line)).to
}

function marksIn({ state, visibleRanges }: EditorView): DecorationSet {
  const end = state.field(field)
  const marks: Range<Decoration>[] = []
  if (end === null) return Decoration.none
  for (const { from, to } of visibleRanges) {
    for (let at = Math.max(from, end + 1); at <= to; ) {
      const line = state.doc.lineAt(at)
      marks.push(AHEAD_LINE.range(line.from))
      at = line.to + 1
    }
  }
  return Decoration.set(marks)
}

const marks = ViewPlugin.fromClass(
  class {
    marks: DecorationSet
    constructor(view: EditorView) {
      this.marks = marksIn(view)
    }
    update({ view, docChanged, viewportChanged, startState, state }: ViewUpdate) {
      const moved = startState.field(field) !== state.field(field)
      if (docChanged || viewportChanged || moved) this.marks = marksIn(view)
    }
  },
  { decorations: plugin => plugin.marks },
)

export const ahead: Extension = [field, marks]
