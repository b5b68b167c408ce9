/**
 * Builds a new text out of pieces of a mapped one: keep, replace or leave out, front to back. What is
 * neither kept nor replaced is gone. Linear in the text.
 */
import { MappedText } from './mapped-text'

export class Rewriter {
  private readonly source: MappedText
  private readonly parts: string[] = []
  private readonly at: number[] = []
  private readonly origin: number[] = []
  private readonly whole: number[] = []
  private length = 0
  private run = 0

  constructor(source: MappedText) {
    this.source = source
  }

  /** Copies the source characters [from, to). Calls must go front to back. */
  keep(from: number, to: number): void {
    if (to <= from) return
    this.parts.push(this.source.text.slice(from, to))
    this.seek(from)
    let position = from
    while (position < to) {
      const end = Math.min(
        to,
        this.run + 1 < this.source.runCount() ? this.source.runStart(this.run + 1) : to,
      )
      this.addRun(position, end)
      position = end
      if (position < to) this.run++
    }
  }

  /** Puts `text` in the place of the source characters [from, to). */
  put(text: string, from: number, to: number): void {
    if (text.length === 0) return
    const range = this.source.toOriginal(from, to)
    this.parts.push(text)
    this.push(range.from, Math.max(1, range.to - range.from), text.length)
  }

  finish(): MappedText {
    if (this.at.length === 0) this.push(0, 0, 0)
    return new MappedText(this.parts.join(''), { at: this.at, origin: this.origin, whole: this.whole })
  }

  private seek(offset: number): void {
    if (this.source.runStart(this.run) > offset) this.run = this.source.runAt(offset)
    while (this.run + 1 < this.source.runCount() && this.source.runStart(this.run + 1) <= offset) this.run++
  }

  private addRun(from: number, to: number): void {
    const point = this.source.pointIn(this.run, from)
    const whole = this.source.isWhole(this.run) ? point.to - point.from : 0
    this.push(point.from, whole, to - from)
  }

  private push(origin: number, whole: number, length: number): void {
    const last = this.at.length - 1
    const continues =
      last >= 0 &&
      whole === 0 &&
      this.whole[last] === 0 &&
      (this.origin[last] ?? 0) + this.length - (this.at[last] ?? 0) === origin
    if (!continues) {
      this.at.push(this.length)
      this.origin.push(origin)
      this.whole.push(whole)
    }
    this.length += length
  }
}
