/** The card of a word: under the pointer after a moment, or at the cursor when a key asks for it. */
import { type Extension, StateEffect, StateField } from '@codemirror/state'
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view'
import type { HelpAt } from '../../../engine'
import { helpCard } from './help-card'
import type { WordHelp } from './word-help'

const HOVER_MS = 350

const setAsked = StateEffect.define<Tooltip | null>()

/** The card that was asked for by key; it goes when the text or the cursor moves on. */
const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    const effect = transaction.effects.find(e => e.is(setAsked))
    if (effect?.is(setAsked)) return effect.value
    return transaction.docChanged || transaction.selection !== undefined ? null : tooltip
  },
  provide: field => showTooltip.from(field),
})

export function helpTooltips(words: WordHelp): Extension {
  const hover = hoverTooltip(
    async (view, pos) => {
      const found = await words.cardAt(view.state.doc.toString(), pos)
      return found === null || pos > view.state.doc.length ? null : tooltipOf(found, null)
    },
    { hoverTime: HOVER_MS, hideOnChange: true },
  )
  return [hover, asked, keymap.of([{ key: 'Escape', run: closeHelp }])]
}

/** Shows the card of the word at the cursor; the keyboard is in it until Escape. */
export async function showHelp(view: EditorView, words: WordHelp): Promise<void> {
  const { doc, selection } = view.state
  const found = await words.cardAt(doc.toString(), selection.main.head)
  if (view.state.doc !== doc) return
  const tooltip = found === null ? nothingKnown(selection.main.head) : tooltipOf(found, view)
  view.dispatch({ effects: setAsked.of(tooltip) })
}

function closeHelp(view: EditorView): boolean {
  if (view.state.field(asked) === null) return false
  view.dispatch({ effects: setAsked.of(null) })
  view.focus()
  return true
}

/** `focusing` is the editor whose keyboard moves into the card. */
function tooltipOf({ from, to, card }: HelpAt, focusing: EditorView | null): Tooltip {
  return {
    pos: from,
    end: to,
    above: false,
    create: () => {
      const dom = helpCard(card)
      dom.tabIndex = -1
      dom.setAttribute('role', focusing === null ? 'tooltip' : 'dialog')
      dom.setAttribute('aria-label', `Help: ${card.word}`)
      if (focusing !== null) dom.addEventListener('keydown', event => leaveByEscape(event, focusing))
      return { dom, mount: () => focusing !== null && dom.focus() }
    },
  }
}

function leaveByEscape(event: KeyboardEvent, view: EditorView): void {
  if (event.key !== 'Escape') return
  event.preventDefault()
  event.stopPropagation()
  closeHelp(view)
}

function nothingKnown(pos: number): Tooltip {
  return {
    pos,
    create: () => {
      const dom = document.createElement('div')
      dom.className = 'help-card'
      dom.setAttribute('role', 'status')
      dom.textContent = 'No card for this word.'
      return { dom }
    },
  }
}
