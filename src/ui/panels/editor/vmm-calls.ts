/** Below the statement of the step shown: the calls that a VMM made of it, each with its answer. */
import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view'
import type { EventRow } from '../../../engine'
import { count } from '../../format/hex'
import { element } from './dom'

/** The line that the step's statement ends on, and the calls as they are told. */
export type MadeCalls = { readonly line: number; readonly calls: readonly string[] } | null

export const setMadeCalls = StateEffect.define<MadeCalls>()

const MOST_SHOWN = 8

/** `IOASID_UNMAP_DMA = 0`, `2 x IOASID_MAP_DMA = 0`: calls that follow each other and answer alike are one. */
export function madeCalls(rows: readonly EventRow[]): readonly string[] {
  const calls = rows.filter(({ sub, kind }) => sub > 0 && kind === 'call')
  const texts = calls.map(({ sub, object }) => `${object} ${answerOf(rows, sub)}`)
  const runs: { text: string; times: number }[] = []
  for (const text of texts) {
    const last = runs.at(-1)
    if (last?.text === text) last.times += 1
    else runs.push({ text, times: 1 })
  }
  const told = runs.map(({ text, times }) => (times === 1 ? text : `${count(times)} x ${text}`))
  const more = told.length - MOST_SHOWN
  return more > 0 ? [...told.slice(0, MOST_SHOWN), `and ${count(more)} more`] : told
}

/** `= 0`, `-EEXIST`; the row of a return begins with it. */
function answerOf(rows: readonly EventRow[], sub: number): string {
  const returned = rows.find(row => row.sub === sub && row.kind === 'return')
  const [answer = ''] = returned?.detail.split(/[\s,]/, 1) ?? []
  return returned?.mark === '!' ? answer : `= ${answer}`
}

class CallsWidget extends WidgetType {
  readonly calls: readonly string[]

  constructor(calls: readonly string[]) {
    super()
    this.calls = calls
  }
  override eq(other: CallsWidget): boolean {
    return other.calls.join() === this.calls.join()
  }
  override toDOM(): HTMLElement {
    const calls = this.calls.map(text => element('code', text.includes(' -E') ? 'bad' : '', text))
    return element('div', 'line-note made', 'The VMM calls ', ...calls)
  }
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.find(e => e.is(setMadeCalls))
    if (effect?.is(setMadeCalls)) return decorated(transaction.state, effect.value)
    return marks.map(transaction.changes)
  },
  provide: self => EditorView.decorations.from(self),
})

function decorated({ doc }: EditorState, made: MadeCalls): DecorationSet {
  if (made === null || made.calls.length === 0 || made.line > doc.lines) return Decoration.none
  const widget = Decoration.widget({ widget: new CallsWidget(made.calls), side: 3, block: true })
  return Decoration.set([widget.range(doc.line(made.line).to)])
}

export const vmmCalls: Extension = field
