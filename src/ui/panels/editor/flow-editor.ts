/** CodeMirror for a flow: what it can do, and the few things the page asks of it. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, Transaction } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import type { Diagnostic, StepRecord } from '../../../engine'
import { answers, setAnswers } from './answers'
import { flowLanguage } from './flow-language'
import { lintOf } from './lint-of'
import { type Standing, setStanding, standing } from './standing'

export interface FlowEditor {
  /** Shows each step's answer at its line and a refusal's rule below it. */
  setAnswers(steps: readonly StepRecord[], diagnostics: readonly Diagnostic[]): void
  setStanding(standing: Standing): void
  /** One edit, so that one undo brings the old text back. */
  replaceAll(text: string): void
  reveal(offset: number): void
  insertDirective(line: string): void
  destroy(): void
}

interface EditorOptions {
  readonly parent: HTMLElement
  readonly text: string
  readonly onEdit: (text: string) => void
}

export function createEditor({ parent, text, onEdit }: EditorOptions): FlowEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: text, extensions: extensions(onEdit) }),
  })
  return {
    setAnswers: (steps, diagnostics) => {
      view.dispatch({ effects: setAnswers.of({ steps, diagnostics }) })
      view.dispatch(setDiagnostics(view.state, lintOf(diagnostics, view.state.doc.length)))
    },
    setStanding: at => view.dispatch({ effects: setStanding.of(at) }),
    replaceAll: next => {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: 0 },
        annotations: Transaction.userEvent.of('input.open'),
        scrollIntoView: true,
      })
      view.focus()
    },
    reveal: offset => {
      const anchor = Math.min(offset, view.state.doc.length)
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      view.focus()
    },
    insertDirective: line => view.dispatch(directiveInsertion(view.state, line)),
    destroy: () => view.destroy(),
  }
}

function extensions(onEdit: EditorOptions['onEdit']) {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': 'Flow text',
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
    EditorState.tabSize.of(8),
    flowLanguage,
    answers,
    standing,
    // Tab is left alone, so that the keyboard can leave the editor.
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
    EditorView.updateListener.of(update => {
      if (update.docChanged) onEdit(update.state.doc.toString())
    }),
  ]
}

function directiveInsertion(state: EditorState, line: string) {
  let last = 0
  for (let n = 1; n <= state.doc.lines; n++) {
    const text = state.doc.line(n).text.trim()
    if (text.startsWith('#')) last = n
    else if (text !== '' && !text.startsWith('//')) break
  }
  const from = last === 0 ? 0 : state.doc.line(last).to
  return { changes: { from, insert: last === 0 ? `${line}\n` : `\n${line}` } }
}
