/**
 * Undo of the text for the time when no editor is there: before its chunk has loaded, or while another
 * screen stands in its place. The editor takes over what was gathered and gives its own history back
 * when it goes, so that to the reader there is one history.
 */

/** What an editor needs to go on where the last one, or none, left off. */
export interface Handover {
  /** What the last editor gave back; only an editor reads it. Null before there ever was one. */
  readonly editorState: unknown
  /** Texts since then, oldest first, the present one last. */
  readonly texts: readonly string[]
}

export class TextHistory {
  #editorState: unknown = null
  #isEditors = false
  #earlier: string[] = []
  #later: string[] = []

  /** `text` gave way to another one, with no editor to remember it. */
  replaced(text: string): void {
    this.#earlier.push(text)
    this.#later = []
  }

  /** A text that lies before all that is remembered: the author's own, when it was read after a link was opened. */
  began(text: string): void {
    if (!this.#isEditors && this.#editorState === null) this.#earlier.unshift(text)
  }

  /** The text before `present`, or null where there is none. */
  undo(present: string): string | null {
    const before = this.#earlier.pop() ?? null
    if (before !== null) this.#later.push(present)
    return before
  }

  /** The text that `undo` left for `present`, or null. */
  redo(present: string): string | null {
    const after = this.#later.pop() ?? null
    if (after !== null) this.#earlier.push(present)
    return after
  }

  /** Everything gathered, which is the editor's from now on. */
  handOver(present: string): Handover {
    const handover = { editorState: this.#editorState, texts: [...this.#earlier, present] }
    this.#earlier = []
    this.#later = []
    this.#isEditors = true
    return handover
  }

  takeBack(editorState: unknown): void {
    this.#editorState = editorState
    this.#isEditors = false
  }
}
