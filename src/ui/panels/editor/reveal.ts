/** Lets other panels reach into the text without knowing the editor. */
export interface Reach {
  /** Makes `text` the whole text, as one edit that one undo takes back. False where no editor is there to do it. */
  replaceAll(text: string): boolean
  /** False where no editor is there, or it has nothing to take back. */
  undo(): boolean
  redo(): boolean
  /** Puts the cursor at an offset of the author's text and brings it into view. */
  reveal(offset: number): void
  /** Offset of the cursor. */
  cursor(): number
  /** Opens the card of the word at the cursor. */
  showHelp(): void
}

const NOWHERE: Reach = {
  replaceAll: () => false,
  undo: () => false,
  redo: () => false,
  reveal() {},
  cursor: () => 0,
  showHelp() {},
}
let reach: Reach = NOWHERE

/** The editor announces itself, and with null that it is gone. */
export function offerReach(offered: Reach | null): void {
  reach = offered ?? NOWHERE
}

export function theText(): Pick<Reach, 'replaceAll' | 'undo' | 'redo'> {
  return reach
}

export function revealLine(offset: number): void {
  reach.reveal(offset)
}

export function cursorOffset(): number {
  return reach.cursor()
}

export function showHelpAtCursor(): void {
  reach.showHelp()
}
