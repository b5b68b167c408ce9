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
import { EditorState, type Extension, Transaction, type TransactionSpec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { RunReply } from '../../../worker/protocol'
import type { Handover } from '../../app/text-history'
import { ACTIVE_IN_LINE, escaped } from '../../format/shown'
import { ahead, setAhead } from './ahead'
import { answers, lastRun, setAnswers } from './answers'
import { breakpointGutter } from './breakpoint-gutter'
import { completion } from './completion'
import { element } from './dom'
import { lazySearch } from './find'
import { flowLanguage } from './flow-language'
import { foldedDirectives } from './fold-directives'
import { helpTooltips, showHelp } from './help-tooltip'
import { readingMarks, setReading } from './reading-marks'
import { type Standing, setStanding, standing } from './standing'
import { type MadeCalls, setMadeCalls, vmmCalls } from './vmm-calls'
import type { WordHelp } from './word-help'

export interface FlowEditor {
  /** Shows each step's answer at its line, a refusal's rule below it, and how the text was read. */
  setAnswers(run: Pick<RunReply, 'steps' | 'diagnostics' | 'reading'>): void
  setStanding(standing: Standing): void
  setMadeCalls(made: MadeCalls): void
  /** One edit, so that one undo brings the old text back. True: it was done. */
  replaceAll(text: string): boolean
  undo(): boolean
  redo(): boolean
  reveal(offset: number): void
  /** Offset of the cursor. */
  cursor(): number
  /** Opens the card of the word at the cursor. */
  showHelp(): void
  /** Ends it, and gives what the next editor needs to go on with the same history. */
  destroy(): unknown
}

interface EditorOptions {
  readonly parent: HTMLElement
  readonly handover: Handover
  readonly onEdit: (text: string) => void
  readonly words: WordHelp
}

export function createEditor({ parent, handover, ...options }: EditorOptions): FlowEditor {
  const view = new EditorView({ parent, state: stateAfter(handover, extensions(options)) })
  return {
    undo: () => undo(view),
    redo: () => redo(view),
    setAnswers: ({ steps, diagnostics, reading }) => {
      const given = { steps, diagnostics }
      const effects = [setAnswers.of(given), setAhead.of(lastRun(given)), setReading.of(reading)]
      view.dispatch({ effects })
    },
    setStanding: at => view.dispatch({ effects: setStanding.of(at) }),
    setMadeCalls: made => view.dispatch({ effects: setMadeCalls.of(made) }),
    replaceAll: next => {
      view.dispatch(replacement(view.state, next))
      return true
    },
    reveal: offset => {
      const anchor = Math.min(offset, view.state.doc.length)
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      view.dom.scrollIntoView({ block: 'nearest' })
      view.focus()
    },
    cursor: () => view.state.selection.main.head,
    showHelp: () => void showHelp(view, options.words),
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

/**
 * A step of its own in the history, whatever was typed a moment before or after. Where most of the text
 * stays, only what differs is replaced, and the cursor stays where it is.
 */
function replacement(state: EditorState, text: string): TransactionSpec {
  const annotations = [Transaction.userEvent.of('input.open'), isolateHistory.of('full')]
  const changes = difference(state.doc.toString(), text)
  if ((changes.to - changes.from) * 2 <= state.doc.length && state.doc.length > 0)
    return { changes, annotations }
  const whole = { from: 0, to: state.doc.length, insert: text }
  return { changes: whole, selection: { anchor: 0 }, annotations, scrollIntoView: true }
}

/** The one edit between two texts. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from++
  let tail = 0
  while (tail < most - from && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) }
}

function extensions({ onEdit, words }: Pick<EditorOptions, 'onEdit' | 'words'>) {
  return [
    breakpointGutter,
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    lazySearch,
    EditorView.lineWrapping,
    // The special characters of CodeMirror and ours; both are shown, never acted on.
    highlightSpecialChars({
      addSpecialChars: ACTIVE_IN_LINE,
      render: code => element('span', 'escaped', escaped(String.fromCharCode(code))),
    }),
    EditorView.contentAttributes.of({
      'aria-label': 'Flow text',
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
    EditorState.tabSize.of(8),
    flowLanguage,
    answers,
    ahead,
    standing,
    vmmCalls,
    readingMarks,
    foldedDirectives,
    helpTooltips(words),
    completion(words),
    // Tab is left alone, so that the keyboard can leave the editor.
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of(update => {
      if (update.docChanged) onEdit(update.state.doc.toString())
    }),
  ]
}
