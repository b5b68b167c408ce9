/** Lines of a text as offsets, without copying it. */

export interface LineTable {
  /** Offset of the first character of each line; one more entry, the length plus one, closes it. */
  readonly starts: readonly number[]
  readonly count: number
}

export function lineTable(text: string): LineTable {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const count = starts.length
  starts.push(text.length + 1)
  return { starts, count }
}

/** The line's text without its line end. `line` counts from 0. */
export function lineText(text: string, table: LineTable, line: number): string {
  return text.slice(lineStart(table, line), lineEnd(table, line))
}

export function lineStart(table: LineTable, line: number): number {
  return table.starts[line] ?? 0
}

/** Offset of the line end character, or the length of the text on the last line. */
export function lineEnd(table: LineTable, line: number): number {
  return (table.starts[line + 1] ?? 1) - 1
}

/** The line (from 0) that holds an offset. */
export function lineOf(table: LineTable, offset: number): number {
  let low = 0
  let high = table.count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (lineStart(table, middle) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
