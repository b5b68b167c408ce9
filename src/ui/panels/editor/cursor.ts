/** Lets the page know the line the text cursor is in without knowing the editor. */
let line: number | null = null

/** From 1; null when there is no editor. */
export function cursorLine(): number | null {
  return line
}

/** The editor tells where its cursor went. */
export function setCursorLine(now: number | null): void {
  line = now
}
