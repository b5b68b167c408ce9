/** Completion, answered by the engine: it knows the words of every dialect, and what fits where. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  type Completion as Option,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import type { Completion } from '../../../engine'
import { helpCard } from './help-card'
import type { WordHelp } from './word-help'

/** What a list may open behind without being asked: a letter, or a mark that asks for a word. */
const ASKS = /(?:[\w/-]|^\s*#|[{;,]\s*\.|\w\.|"|=|\bioctl\s*\([^(),]*,\s*)$/
const NUMBER = /\b\d\w*$/

export function completion(words: WordHelp): Extension {
  return [
    autocompletion({
      override: [context => source(context, words)],
      icons: false,
      defaultKeymap: false,
      activateOnTypingDelay: 60,
    }),
    keymap.of([...completionKeymap]),
    EditorView.contentAttributes.of({ 'aria-autocomplete': 'list' }),
  ]
}

async function source(context: CompletionContext, words: WordHelp): Promise<CompletionResult | null> {
  const line = context.state.doc.lineAt(context.pos)
  const before = line.text.slice(0, context.pos - line.from)
  if (!context.explicit && (!ASKS.test(before) || NUMBER.test(before))) return null
  const found = await words.completionsAt(context.state.doc.toString(), context.pos)
  if (found === null || context.aborted) return null
  // What is there already needs no list.
  const typed = context.state.sliceDoc(found.from, context.pos)
  if (!context.explicit && found.options.some(({ label }) => label === typed)) return null
  return {
    from: found.from,
    options: found.options.map((option, at) => optionOf(option, at, words)),
    validFor: /^[\w./:-]*$/,
  }
}

/** Kinds that a card says more of than the line beside them. */
const TOLD: ReadonlySet<Completion['kind']> = new Set(['command', 'function', 'knob', 'constant'])

function optionOf({ label, kind, detail, insert }: Completion, at: number, words: WordHelp): Option {
  const card = async () => {
    const found = await words.cardOf(label)
    return found === null ? null : helpCard(found.card, true)
  }
  return {
    label,
    type: kind,
    detail: firstSentence(detail),
    // The engine's order stands among equals: what fits best is named first.
    boost: Math.max(-99, -at / 10),
    ...(insert === null ? {} : { apply: insert }),
    ...(TOLD.has(kind) ? { info: card } : {}),
  }
}

const firstSentence = (text: string): string => text.split('. ')[0] ?? ''
