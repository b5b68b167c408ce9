/**
 * Reading the journal without moving: which words, runs of words and ranges a stretch of history changed.
 * Tells where, not what: whether something differs is for the reader to compare, as a change may be undone by a
 * later one of the same stretch.
 *
 * Not told: overlapping ranges, which only mirror other ones.
 */
import { OVERLAP_INSERT, RECORD_PAIRS, type RecordLog, RUN } from './record-log'

export interface HistoryVisitor {
  /** `count` 32-bit words from `offset` of the arena. */
  words?(offset: number, count: number): void
  /** The range of a tree that begins at `first` was put in, taken out or given other values. */
  range?(tree: number, first: number): void
}

/** Visits the records from one position to a later one, both as `Journal.mark` gave them. */
export function visitHistory(log: RecordLog, from: number, to: number, visitor: HistoryVisitor): void {
  const { ints, doubles } = log
  for (let pair = from; pair < to; ) {
    const head = ints[pair * 2] as number
    if (head >= 0) {
      visitor.words?.(head, 1)
      pair += 1
      continue
    }
    if (-head === RUN) visitor.words?.(ints[pair * 2 + 1] as number, (ints[pair * 2 + 2] as number) * 2)
    else if (-head < OVERLAP_INSERT)
      visitor.range?.(ints[pair * 2 + 1] as number, doubles[pair + 1] as number)
    pair += RECORD_PAIRS[-head] as number
  }
}
