/**
 * Moving bulk state through its own history: undo, redo, seek to any position, and execution that is taken back.
 * Positions are numbers that only mean something to the journal that gave them; 0 is the empty machine.
 */
import { assert } from '../bits'
import { type BulkParts, Checkpoints } from './checkpoints'
import { replayRun } from './fill'
import { type HistoryVisitor, visitHistory } from './history'
import { OVERLAP_INSERT, RECORD_PAIRS, RUN } from './record-log'

/** Pairs that can be replayed in the time that restoring a checkpoint costs at least. */
const RESTORE_PAIRS = 4096

export class Journal {
  private readonly parts: BulkParts
  private readonly checkpoints: Checkpoints
  private scratchDepth = 0

  constructor(parts: BulkParts, checkpointBytes: number) {
    this.parts = parts
    this.checkpoints = new Checkpoints(parts, checkpointBytes)
  }

  /** Where the state stands. */
  get position(): number {
    return this.log.cursor
  }

  /** Bytes of records held, undone ones included. */
  get bytes(): number {
    return Math.max(this.log.cursor, this.log.future) * 8
  }

  /** Bytes of frame copies held by checkpoints. */
  get checkpointBytes(): number {
    return this.checkpoints.bytes
  }

  get checkpointCount(): number {
    return this.checkpoints.count
  }

  /** The position, to come back to. Between steps: may take a checkpoint. */
  mark(): number {
    if (this.scratchDepth === 0 && this.log.future <= this.log.cursor) {
      this.settle()
      this.checkpoints.maybeTake()
    }
    return this.log.cursor
  }

  /** Takes back every change above a position at or below the present one. They can be redone until the next change. */
  undoTo(position: number): void {
    assert(position <= this.log.cursor, 'undoTo: the position lies ahead')
    this.backTo(position)
  }

  /** Makes undone changes again up to a position that is still recorded. */
  redoTo(position: number): void {
    assert(position >= this.log.cursor && position <= this.end, 'redoTo: not recorded')
    this.onTo(position)
  }

  /** Goes to any recorded position, by whichever way is shortest. */
  seekTo(position: number): void {
    assert(position >= 0 && position <= this.end, 'seekTo: not recorded')
    this.settle()
    const from = this.checkpoints.nearest(this.log.cursor)
    const to = this.checkpoints.nearest(position)
    const around =
      Math.abs(this.log.cursor - from.position) + Math.abs(position - to.position) + RESTORE_PAIRS
    if (from !== to && around < Math.abs(position - this.log.cursor)) {
      this.step(from.position)
      this.checkpoints.restore(from, to)
      this.log.moveTo(to.position)
    }
    this.step(position)
  }

  /** Tells what changed between two recorded positions, the lower one first; nothing moves. */
  visit(from: number, to: number, visitor: HistoryVisitor): void {
    assert(from <= to && to <= this.end, 'visit: not recorded')
    visitHistory(this.log, from, to, visitor)
  }

  /** Forgets what lies above a position; the state must not stand above it. */
  dropAfter(position: number): void {
    assert(position >= this.log.cursor, 'dropAfter: undo first')
    if (position >= this.log.future) return
    const back = this.log.cursor
    this.onTo(position)
    this.log.dropFuture()
    this.backTo(back)
  }

  /**
   * Runs `fn` on the present state and takes back whatever it changed, keeping the recorded future. `fn` may mark
   * and undo within its own changes. Returns what `fn` returns.
   */
  scratch<T>(fn: () => T): T {
    const kept = this.log.suspend()
    this.scratchDepth += 1
    try {
      return fn()
    } finally {
      this.scratchDepth -= 1
      this.backTo(kept.future)
      this.log.resume(kept)
    }
  }

  private get log() {
    return this.parts.words.log
  }

  private get end(): number {
    return Math.max(this.log.cursor, this.log.future)
  }

  /** Checkpoints of a history that was since rewritten are of no use. */
  private settle(): void {
    this.checkpoints.dropAbove(this.log.takeRewritten())
  }

  private step(position: number): void {
    if (position <= this.log.cursor) this.backTo(position)
    else this.onTo(position)
  }

  private backTo(position: number): void {
    const { words, log } = { words: this.parts.words, log: this.log }
    const { data } = words
    const { ints } = log
    let at = log.cursor
    while (at > position) {
      const word = ints[at * 2 - 2] as number
      if (word >= 0) {
        at -= 1
        data[word] = (data[word] as number) ^ (ints[at * 2 + 1] as number)
      } else {
        at -= RECORD_PAIRS[-word] as number
        this.replay(-word, at, false)
      }
    }
    assert(at === position, 'undo: the position is inside a record')
    log.moveTo(position)
  }

  private onTo(position: number): void {
    const { words, log } = { words: this.parts.words, log: this.log }
    const { data } = words
    const { ints } = log
    let at = log.cursor
    while (at < position) {
      const word = ints[at * 2] as number
      if (word >= 0) {
        data[word] = (data[word] as number) ^ (ints[at * 2 + 1] as number)
        at += 1
      } else {
        this.replay(-word, at, true)
        at += RECORD_PAIRS[-word] as number
      }
    }
    assert(at === position, 'redo: the position is inside a record')
    log.moveTo(position)
  }

  private replay(kind: number, pair: number, forward: boolean): void {
    if (kind === RUN) replayRun(this.parts.words, pair, forward)
    else if (kind < OVERLAP_INSERT) this.parts.ranges.replay(kind, pair, forward)
    else this.parts.overlaps.replay(kind, pair, forward)
  }
}
