/**
 * The directives at the top fold to one line that stays in view: what the machine is, in a few words. It
 * unfolds by its button, when the cursor goes there and when something writes there.
 */
import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type EditorView, showPanel, EditorView as View } from '@codemirror/view'
import type { Diagnostic } from '../../../engine'
import { shown } from '../../format/shown'
import { setAnswers } from './answers'
import { element } from './dom'

/** Fewer than these are no trouble to read. */
const LEAST = 4

interface Fold {
  /** Lines 1 to `last` of the text are directives. */
  readonly last: number
  readonly end: number
  readonly folded: boolean
}

const setFolded = StateEffect.define<boolean>()

/** The block of directives and comments at the very top, or null where it is short. */
function blockOf(state: EditorState): { last: number; end: number } | null {
  let count = 0
  let last = 0
  for (let n = 1; n <= state.doc.lines; n++) {
    const line = state.doc.line(n).text.trim()
    if (/^#[A-Za-z]/.test(line)) {
      count++
      last = n
    } else if (line !== '' && !line.startsWith('//')) break
  }
  return count < LEAST ? null : { last, end: state.doc.line(last).to }
}

const field = StateField.define<Fold | null>({
  create: state => folded(state, true),
  update(fold, transaction) {
    const { state, docChanged, selection, effects } = transaction
    const told = effects.find(e => e.is(setAnswers))
    if (told?.is(setAnswers) && fold?.folded === true && hides(told.value.diagnostics, fold))
      return folded(state, false)
    const effect = effects.find(e => e.is(setFolded))
    if (effect?.is(setFolded)) return folded(state, effect.value)
    if (docChanged && transaction.isUserEvent('input.open')) return folded(state, !touches(transaction, fold))
    if (docChanged) return folded(state, fold?.folded === true && !touches(transaction, fold))
    if (fold?.folded === true && selection !== undefined && selection.main.from <= fold.end)
      return folded(state, false)
    return fold
  },
  provide: self => [
    View.decorations.from(self, fold => {
      if (fold === null || !fold.folded) return Decoration.none
      return Decoration.set([Decoration.replace({ block: true }).range(0, fold.end)])
    }),
    showPanel.from(self, fold => (fold === null ? null : view => ({ top: true, dom: summary(view, fold) }))),
  ],
})

function folded(state: EditorState, wanted: boolean): Fold | null {
  const block = blockOf(state)
  return block === null ? null : { ...block, folded: wanted }
}

/** A mistake is never folded away. */
function hides(diagnostics: readonly Diagnostic[], { end }: Fold): boolean {
  return diagnostics.some(({ severity, span }) => severity === 'error' && span.from <= end)
}

/** Whether an edit writes inside the block, the rest of the text apart. */
function touches(
  {
    changes,
    startState,
  }: { changes: { iterChangedRanges(f: (from: number, to: number) => void): void }; startState: EditorState },
  fold: Fold | null,
): boolean {
  let inside = false
  changes.iterChangedRanges((from, to) => {
    const whole = from === 0 && to === startState.doc.length
    if (!whole && fold !== null && from <= fold.end) inside = true
  })
  return inside
}

function summary(view: EditorView, { last, folded: isFolded }: Fold): HTMLElement {
  const { state } = view
  const lines = Array.from({ length: last }, (_, at) => state.doc.line(at + 1).text)
  const count = lines.filter(line => /^\s*#/.test(line)).length
  const button = element('button', 'fold-button', isFolded ? '▸ ' : '▾ ', `${count} directives `)
  button.type = 'button'
  button.append(element('b', '', shown(machineIn(lines))))
  button.setAttribute('aria-expanded', String(!isFolded))
  button.title = isFolded ? 'Show the directives' : 'Fold the directives'
  button.onclick = () => {
    view.dispatch({ effects: setFolded.of(!isFolded) })
    view.focus()
  }
  return element('div', 'fold-line', button)
}

/** `dev1 00:03.0, dev2 00:04.0, 1GB guest`. */
function machineIn(lines: readonly string[]): string {
  const parts = lines.flatMap(line => {
    const [, name = '', rest = ''] = /^\s*#(\w+)\s+(.*?)\s*(?:\/\/.*)?$/.exec(line) ?? []
    const words = rest.split(/\s+/)
    if (name === 'device') return [`${words[0]} ${(words[2] ?? words[1] ?? '').replace(/^0000:/, '')}`]
    return name === 'memory' ? [words.slice(1, 3).join(' ')] : []
  })
  return parts.join(', ')
}

export const foldedDirectives: Extension = field
