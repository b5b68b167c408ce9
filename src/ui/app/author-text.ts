/**
 * The text and what may take its place. Typing, and opening a link, an example, a file or an older
 * revision, are steps of one history; what the author wrote is never lost to what was opened.
 */
import { theText } from '../panels/editor/reveal'
import { type Source, type TextState, textStore } from '../stores/text-store'
import { TextHistory } from './text-history'

export interface Opening {
  readonly from: Source
  readonly title: string
}

interface Listeners {
  readonly onChange: (text: string) => void
  /** A text is about to give way to something opened. */
  readonly onReplace: () => void
}

export class AuthorText {
  readonly history = new TextHistory()
  readonly #listeners: Listeners

  constructor(listeners: Listeners) {
    this.#listeners = listeners
  }

  /** The first text of the page: no edit, and no step of the history. */
  begin(written: string, isAuthors: boolean): void {
    textStore.setState({ text: withLineFeeds(written), revision: 1, untouched: !isAuthors })
  }

  /** The text as the author wrote it; the editor calls this at every change. */
  edit(written: string): void {
    const text = withLineFeeds(written)
    if (text === textStore.getState().text) return
    textStore.setState(({ revision }) => ({ text, revision: revision + 1, untouched: false, opened: null }))
    this.#listeners.onChange(text)
  }

  /** Makes another text the whole text, in one step of the history. Nothing happens where it is the same. */
  change(written: string): void {
    const text = withLineFeeds(written)
    const before = textStore.getState().text
    if (text === before || theText().replaceAll(text)) return
    this.history.replaced(before)
    this.edit(text)
  }

  /** Opens a text over the present one, which stays one undo, one key and one revision away. */
  open(written: string, by: Opening): void {
    const before = textStore.getState()
    if (withLineFeeds(written) === before.text) return
    this.#listeners.onReplace()
    this.change(written)
    textStore.setState({ untouched: true, mine: writtenLast(before), opened: by })
  }

  /** Brings back what the author last wrote. */
  restore(): void {
    const { mine } = textStore.getState()
    if (mine === null) return
    this.change(mine)
    textStore.setState({ untouched: false, mine: null, opened: null })
  }

  undo(): void {
    if (!theText().undo()) this.#takeUp(this.history.undo(textStore.getState().text))
  }

  redo(): void {
    if (!theText().redo()) this.#takeUp(this.history.redo(textStore.getState().text))
  }

  #takeUp(text: string | null): void {
    if (text !== null) this.edit(text)
  }
}

function writtenLast({ untouched, mine, text }: TextState): string | null {
  if (untouched) return mine
  return text.trim() === '' ? null : text
}

/** Offsets in diagnostics count as the editor counts: one character a line end. */
function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}
