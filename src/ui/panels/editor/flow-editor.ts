/** CodeMirror for a flow: what it can do, and the few things the page asks of it. */
import {
  defaultKeymap,
  history,
  historyField,
  historyKeymap,
  isolateHistory,
  redo,
  undo,
} from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Transaction, type TransactionSpec } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import type { Diagnostic, StepRecord } from '../../../engine'
import type { Handover } from '../../app/text-history'
import { answers, setAnswers } from './answers'
import { breakpointGutter } from './breakpoint-gutter'
import { flowLanguage } from './flow-language'
import { lintOf } from './lint-of'
import { type Standing, setStanding, standing } from './standing'

export interface FlowEditor {
  /** Shows each step's answer at its line and a refusal's rule below it. */
  setAnswers(steps: readonly StepRecord[], diagnostics: readonly Diagnostic[]): void
  setStanding(standing: Standing): void
  /** One edit, so that one undo brings the old text back. True: it was done. */
  replaceAll(text: string): boolean
  undo(): boolean
  redo(): boolean
  reveal(offset: number): void
  insertDirective(line: string): void
  /** Ends it, and gives what the next editor needs to go on with the same history. */
  destroy(): unknown
}

interface EditorOptions {
  readonly parent: HTMLElement
  readonly handover: Handover
  readonly onEdit: (text: string) => void
}

export function createEditor({ parent, handover, onEdit }: EditorOptions): FlowEditor {
  const view = new EditorView({ parent, state: stateAfter(handover, extensions(onEdit)) })
  return {
    undo: () => undo(view),
    redo: () => redo(view),
    setAnswers: (steps, diagnostics) => {
      view.dispatch({ effects: setAnswers.of({ steps, diagnostics }) })
      view.dispatch(setDiagnostics(view.state, lintOf(diagnostics, view.state.doc.length)))
    },
    setStanding: at => view.dispatch({ effects: setStanding.of(at) }),
    replaceAll: next => {
      view.dispatch(replacement(view.state, next))
      return true
    },
    reveal: offset => {
      const anchor = Math.min(offset, view.state.doc.length)
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      view.focus()
    },
    insertDirective: line => view.dispatch(directiveInsertion(view.state, line)),
    destroy: () => {
      view.destroy()
      return view.state.toJSON(KEPT)
    },
  }
}

const KEPT = { history: historyField }

/** The state in which every text of the handover is one undo from the next. */
function stateAfter({ editorState, texts }: Handover, extensions: Extension): EditorState {
  const [first = '', ...rest] = texts
  const start =
    editorState === null
      ? EditorState.create({ doc: first, extensions })
      : EditorState.fromJSON(editorState, { extensions }, KEPT)
  const later = editorState === null ? rest : texts
  return later
    .filter((text, i) => text !== (i === 0 ? start.doc.toString() : later[i - 1]))
    .reduce((state, text) => state.update(replacement(state, text)).state, start)
}

/** A step of its own in the history, whatever was typed a moment before or after. */
function replacement(state: EditorState, text: string): TransactionSpec {
  return {
    changes: { from: 0, to: state.doc.length, insert: text },
    selection: { anchor: 0 },
    annotations: [Transaction.userEvent.of('input.open'), isolateHistory.of('full')],
    scrollIntoView: true,
  }
}

function extensions(onEdit: EditorOptions['onEdit']) {
  return [
    breakpointGutter,
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
