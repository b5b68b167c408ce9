/** A grid of characters to draw boxes and lines on. Columns and rows start at 0 and grow as needed. */
export class Canvas {
  readonly #rows: string[][] = []

  /** Writes one-column characters from (`row`, `column`) to the right. */
  text(row: number, column: number, text: string): void {
    Array.from(text).forEach((char, i) => {
      this.#put(row, column + i, char)
    })
  }

  /** A horizontal line over the columns `from`..`last`, both included. */
  across(row: number, from: number, last: number, pattern = '-'): void {
    for (let column = from; column <= last; column++) {
      this.#put(row, column, pattern.charAt((column - from) % pattern.length))
    }
  }

  /** A vertical line over the rows `from`..`last`, both included. */
  down(column: number, from: number, last: number): void {
    for (let row = from; row <= last; row++) this.#put(row, column, '|')
  }

  /** A box whose top line of underscores is row `top` and whose floor is row `bottom`. */
  box({ top, bottom, left, right }: Box): void {
    this.across(top, left + 1, right - 1, '_')
    this.across(bottom, left + 1, right - 1, '_')
    this.down(left, top + 1, bottom)
    this.down(right, top + 1, bottom)
  }

  lines(): string[] {
    return Array.from(this.#rows, row => Array.from(row ?? [], char => char ?? ' ').join(''))
  }

  #put(row: number, column: number, char: string): void {
    while (this.#rows.length <= row) this.#rows.push([])
    const line = this.#rows[row]
    if (line) line[column] = char
  }
}

/** Where a box stands, walls and floor included. */
export interface Box {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}
