/**
 * A text together with where each of its characters came from, so that every diagnostic and step can
 * point into what the author pasted, whatever was decoded or stripped on the way.
 *
 * The map is a list of runs. A run of width 1 maps character by character; any other run maps all of
 * its characters to one piece of the original (`=3D` to `=`). Runs are sorted on both sides.
 */

export interface OriginalRange {
  /** Offsets into the original text, half-open. */
  readonly from: number
  readonly to: number
}

interface Runs {
  /** Offset in this text where the run starts. */
  readonly at: number[]
  /** Offset in the original where it starts. */
  readonly origin: number[]
  /** Length in the original of a run that maps as a whole; 0 for a run that maps one to one. */
  readonly whole: number[]
}

export class MappedText {
  readonly text: string
  private readonly runs: Runs

  constructor(text: string, runs: Runs) {
    this.text = text
    this.runs = runs
  }

  static identity(text: string): MappedText {
    return new MappedText(text, { at: [0], origin: [0], whole: [0] })
  }

  /** Where the characters [from, to) of this text stand in the original. */
  toOriginal(from: number, to: number): OriginalRange {
    const start = this.pointAt(from).from
    if (to <= from) return { from: start, to: start }
    return { from: start, to: Math.max(start, this.pointAt(to - 1).to) }
  }

  /** The run that holds an offset. Offsets past the end fall in the last run. */
  runAt(offset: number): number {
    let low = 0
    let high = this.runs.at.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.runs.at[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  runCount(): number {
    return this.runs.at.length
  }

  runStart(run: number): number {
    return this.runs.at[run] ?? this.text.length
  }

  /** The original range of one character that lies in the given run. */
  pointIn(run: number, offset: number): OriginalRange {
    const origin = this.runs.origin[run] ?? 0
    const whole = this.runs.whole[run] ?? 0
    if (whole > 0) return { from: origin, to: origin + whole }
    const from = origin + offset - this.runStart(run)
    return { from, to: from + 1 }
  }

  isWhole(run: number): boolean {
    return (this.runs.whole[run] ?? 0) > 0
  }

  private pointAt(offset: number): OriginalRange {
    const inside = Math.max(0, Math.min(offset, this.text.length))
    return this.pointIn(this.runAt(inside), inside)
  }
}
