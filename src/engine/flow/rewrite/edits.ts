/** Edits of a text as data, so that an editor can make them one undo and a worker can send them. */

export interface TextEdit {
  /** Offsets of the text before any edit. Half-open. */
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** Applies edits that do not overlap, in any order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const inOrder = [...edits].sort((a, b) => a.from - b.from)
  const parts: string[] = []
  let done = 0
  for (const { from, to, insert } of inOrder) {
    parts.push(text.slice(done, from), insert)
    done = Math.max(done, to)
  }
  parts.push(text.slice(done))
  return parts.join('')
}
