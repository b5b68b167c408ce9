/**
 * The record of every change to bulk state, as pairs of 32-bit words in one growable buffer.
 *
 * A changed word is one pair (offset >= 0, old XOR new), which works in both directions. Any other record
 * opens and closes with a pair whose first half is -kind, so the log can be read from either end; a pair
 * between them holds a double or two integers. Positions count pairs.
 *
 * Not modelled: records are never compressed; a record changes nothing by itself (see journal.ts).
 */
import { assert } from '../bits'

export const RUN = 1
export const RANGE_INSERT = 2
export const RANGE_REMOVE = 3
export const RANGE_UPDATE = 4
export const OVERLAP_INSERT = 5
export const OVERLAP_REMOVE = 6

/** Length in pairs of a record of each kind, head and tail included; index 0 is a word record. */
export const RECORD_PAIRS: readonly number[] = [1, 7, 5, 5, 4, 5, 5]

/**
 * What replaying a record of each kind takes, in changed words: a run writes up to a frame, a range is searched for.
 * Measured; checkpoints are spaced by it.
 */
const RECORD_WORK: readonly number[] = [1, 80, 120, 120, 120, 120, 120]

/** A range as the log keeps it. */
export interface RangeRecord {
  readonly tree: number
  readonly first: number
  readonly last: number
  readonly a: number
  readonly b: number
}

const START_PAIRS = 1 << 13

export class RecordLog {
  ints = new Int32Array(START_PAIRS * 2)
  doubles = new Float64Array(this.ints.buffer)
  /** Where the next record goes; everything below is done, everything from here to `future` is undone. */
  cursor = 0
  /** End of the undone records that can be redone; meaningful only while above `cursor`. */
  future = 0
  /** Work of all records ever made other than changed words; never falls. */
  work = 0
  /** Lowest position below which the history has not been rewritten since the last `takeRewritten`. */
  private rewritten = Number.POSITIVE_INFINITY
  /** Pairs that may be pushed without looking: 0 while a future exists, which a push would destroy. */
  private limit = START_PAIRS

  /** Records that the word at `offset` changed by `xor`. */
  word(offset: number, xor: number): void {
    if (this.cursor >= this.limit) this.reserve(1)
    const { cursor, ints } = this
    ints[cursor << 1] = offset
    ints[(cursor << 1) | 1] = xor
    this.cursor = (cursor + 1) | 0
  }

  /** Opens a record of `kind` and returns the index (in 32-bit words) of its head. */
  open(kind: number, headPayload: number, tailPayload: number): number {
    const pairs = RECORD_PAIRS[kind] as number
    if (this.cursor + pairs > this.limit) this.reserve(pairs)
    const head = this.cursor * 2
    const tail = head + (pairs - 1) * 2
    this.ints[head] = -kind
    this.ints[head + 1] = headPayload
    this.ints[tail] = -kind
    this.ints[tail + 1] = tailPayload
    this.cursor += pairs
    this.work += RECORD_WORK[kind] as number
    return head
  }

  range(kind: number, tree: number, first: number, last: number, a: number, b: number): void {
    const pair = this.open(kind, tree, b) / 2
    this.doubles[pair + 1] = first
    this.doubles[pair + 2] = last
    this.doubles[pair + 3] = a
  }

  /** The range of the record whose head pair is `pair`. */
  rangeAt(pair: number): RangeRecord {
    return {
      tree: this.ints[pair * 2 + 1] as number,
      first: this.doubles[pair + 1] as number,
      last: this.doubles[pair + 2] as number,
      a: this.doubles[pair + 3] as number,
      b: this.ints[pair * 2 + 9] as number,
    }
  }

  /** Moves the cursor over records that have just been undone or redone. */
  moveTo(position: number): void {
    this.future = Math.max(this.future, this.cursor)
    this.cursor = position
    this.limit = this.future > position ? 0 : this.ints.length / 2
  }

  /** Forgets the records above the cursor. */
  dropFuture(): void {
    if (this.future > this.cursor) this.rewritten = Math.min(this.rewritten, this.cursor)
    this.future = this.cursor
    this.limit = this.ints.length / 2
  }

  /** Sets cursor and future aside for records that will be undone before `resume`. */
  suspend(): { readonly cursor: number; readonly future: number } {
    const kept = { cursor: this.cursor, future: Math.max(this.cursor, this.future) }
    this.cursor = kept.future
    this.future = kept.future
    this.limit = this.ints.length / 2
    return kept
  }

  resume(kept: { readonly cursor: number; readonly future: number }): void {
    assert(this.cursor === kept.future, 'resume: the records made meanwhile were not undone')
    this.cursor = kept.cursor
    this.future = kept.future
    this.limit = kept.future > kept.cursor ? 0 : this.ints.length / 2
  }

  /** Positions above the result may name other records than they did at the last call. */
  takeRewritten(): number {
    const position = this.rewritten
    this.rewritten = Number.POSITIVE_INFINITY
    return position
  }

  private reserve(pairs: number): void {
    if (this.future > this.cursor) this.dropFuture()
    const needed = (this.cursor + pairs) * 2
    if (needed > this.ints.length) {
      const ints = new Int32Array(Math.max(needed, this.ints.length * 2))
      ints.set(this.ints)
      this.ints = ints
      this.doubles = new Float64Array(ints.buffer)
    }
    this.limit = this.ints.length / 2
  }
}
