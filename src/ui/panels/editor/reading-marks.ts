/** How the text was read: aliases with what they stand for, and prose that was passed over. */
import { type Extension, type Range, RangeSet, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'
import type { Session } from '../../../engine'

export const setReading = StateEffect.define<Session['reading']>()

const SKIPPED = Decoration.mark({ class: 'skipped', attributes: { title: 'not code: skipped' } })
const aliasOf = (stands: string): Decoration =>
  Decoration.mark({ class: 'alias', attributes: { title: `read as ${stands}` } })

const field = StateField.define<DecorationSet>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    const effect = transaction.effects.find(e => e.is(setReading))
    if (effect?.is(setReading)) return marksOf(effect.value, transaction.state.doc.length)
    return marks.map(transaction.changes)
  },
  provide: self => EditorView.decorations.from(self),
})

function marksOf({ aliases, skipped }: Session['reading'], length: number): DecorationSet {
  const within = ({ from, to }: { from: number; to: number }) => from < to && to <= length
  const marks: Range<Decoration>[] = [
    ...aliases
      .filter(({ span }) => within(span))
      .map(({ span, stands }) => aliasOf(stands).range(span.from, span.to)),
    ...skipped.filter(within).map(({ from, to }) => SKIPPED.range(from, to)),
  ]
  return Decoration.set(marks, true)
}

export const readingMarks: Extension = field
