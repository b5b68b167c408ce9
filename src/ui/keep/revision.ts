/** What the archive keeps of a text: the text itself under a document, and each state it was saved in. */

/** How a state came about: the author wrote it, or opened it and left it as it was. */
export type Occasion = 'written' | 'opened'

/** All that the list shows of a revision; its text is read when asked for. */
export interface Revision {
  /** Grows with each revision kept, over all documents. */
  readonly n: number
  readonly document: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly occasion: Occasion
  /** `#title`, or the first line that says something. */
  readonly title: string
  readonly chars: number
  /** First line that differs from the revision before it: number from 1, and what it says. Null for a first one. */
  readonly changed: { readonly line: number; readonly text: string } | null
}

/** One tab's text as it stands. */
export interface KeptDocument {
  readonly id: string
  readonly text: string
  /** When its author last changed it, in milliseconds since 1970. */
  readonly time: number
}

const SHOWN_CHARS = 120

export function titleOf(text: string): string {
  const title = /^[ \t]*#title[ \t]+(\S.*)$/m.exec(text)?.[1] ?? /^.*\S.*$/m.exec(text)?.[0] ?? 'empty'
  return title.trim().slice(0, SHOWN_CHARS)
}

/** Where `text` first differs from the one before it; null where they are equal. */
export function firstChange(before: string, text: string): Revision['changed'] {
  if (before === text) return null
  let at = 0
  while (at < text.length && before.charCodeAt(at) === text.charCodeAt(at)) at++
  // A line added at the end differs from its own line on, not from the end of the one before.
  if (at === before.length && text[at] === '\n') at++
  const start = text.lastIndexOf('\n', at - 1) + 1
  const line = text.slice(0, start).split('\n').length
  const end = text.indexOf('\n', at)
  return { line, text: text.slice(start, end < 0 ? undefined : end).slice(0, SHOWN_CHARS) }
}
