/** All bulk state of one machine: what is too large for immutable records, under one journal. */
import { Frames } from './frames'
import { Journal } from './journal'
import { Memory } from './memory'
import { Overlaps } from './overlaps'
import { Ranges } from './ranges'
import { RecordLog } from './record-log'
import { RefRanges } from './ref-ranges'
import { Words } from './words'

/** What gives out frames; a test may stand in for it to place tables where a vector has them. */
export interface FrameAllocator {
  /** HPA of `count` contiguous cleared frames at a multiple of `alignFrames` frames, or -1. */
  alloc(count: number, alignFrames?: number): number
  free(hpa: number, count: number): void
  /** Frames that are not given out. */
  freeCount(): number
}

export interface Bulk {
  readonly memory: Memory
  readonly frames: FrameAllocator
  readonly ranges: Ranges
  readonly overlapping: Overlaps
  readonly refRanges: RefRanges
  readonly journal: Journal
  readonly words: Words
}

export interface BulkOptions {
  /** Room for copies of frames in checkpoints, in bytes; 256 MiB unless told. */
  readonly checkpointBytes?: number
  /** Stands in for the allocator. */
  readonly frames?: FrameAllocator
}

const CHECKPOINT_BYTES = 256 * 1024 * 1024

/** An empty machine: no memory written, no frame given out, no range, position 0. */
export function createBulk(options: BulkOptions = {}): Bulk {
  const log = new RecordLog()
  const words = new Words(log)
  const memory = new Memory(words)
  const ranges = new Ranges(log)
  const overlaps = new Overlaps(log)
  const journal = new Journal({ words, ranges, overlaps }, options.checkpointBytes ?? CHECKPOINT_BYTES)
  const frames = options.frames ?? new Frames(words, memory)
  return { memory, frames, ranges, overlapping: overlaps, refRanges: new RefRanges(ranges), journal, words }
}
