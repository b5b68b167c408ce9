/**
 * A growable arena of 32-bit words whose every change is recorded: memory, the index of its frames, the allocator and
 * the caches of the hardware lie in it.
 */
import { FRAME_WORDS, HIGH_BLOCKS, LOW_BLOCKS, LOW_USED, NEAR, NEAR_BYTES, NEAR_TOP, USED } from './layout'
import type { RecordLog } from './record-log'

const START_WORDS = NEAR + 128 * FRAME_WORDS
const SPARE_WORDS = 128 * FRAME_WORDS

export class Words {
  /** Read as `data[i]`; write only through `set`. Replaced when the arena grows: never keep it over a write. */
  data = new Int32Array(START_WORDS)
  readonly log: RecordLog

  constructor(log: RecordLog) {
    this.log = log
    this.data[USED] = HIGH_BLOCKS
    this.data[LOW_USED] = LOW_BLOCKS
  }

  /** Writes one word, recorded; writing what is there already costs nothing. */
  set(index: number, value: number): void {
    const data = this.data
    const xor = (data[index] as number) ^ value
    if (xor === 0) return
    data[index] = value
    this.log.word(index, xor)
  }

  /** Gives out `count` zero words at a multiple of FRAME_WORDS and returns the offset of the first. Undone like any change. */
  block(count: number): number {
    const size = Math.ceil(count / FRAME_WORDS) * FRAME_WORDS
    const low = this.data[LOW_USED] as number
    const counter = low + size <= NEAR ? LOW_USED : USED
    const at = this.data[counter] as number
    this.reach(at + size)
    this.set(counter, at + size)
    return at
  }

  /** Makes near memory hold a page frame and returns the offset of its first word. */
  nearFrame(pfn: number): number {
    const at = NEAR + pfn * FRAME_WORDS
    if (pfn >= (this.data[NEAR_TOP] as number)) {
      this.reach(at + FRAME_WORDS)
      this.set(NEAR_TOP, pfn + 1)
    }
    return at
  }

  /** True for an address of near memory that was never written, nor anything above it there. */
  neverWritten(hpa: number): boolean {
    return hpa < NEAR_BYTES && hpa >= (this.data[NEAR_TOP] as number) * 4096
  }

  /** Words that may hold something, fixed structures apart. */
  get live(): number {
    const { data } = this
    const low = (data[LOW_USED] as number) - LOW_BLOCKS
    return low + (data[NEAR_TOP] as number) * FRAME_WORDS + (data[USED] as number) - HIGH_BLOCKS
  }

  private reach(end: number): void {
    if (end <= this.data.length) return
    const data = new Int32Array(grownLength(this.data.length, end))
    data.set(this.data.subarray(0, NEAR + (this.data[NEAR_TOP] as number) * FRAME_WORDS))
    if (this.data.length > HIGH_BLOCKS) {
      data.set(this.data.subarray(HIGH_BLOCKS, this.data[USED] as number), HIGH_BLOCKS)
    }
    this.data = data
  }
}

/** Near memory doubles up to its end; above it the arena grows by half of what is there. */
function grownLength(length: number, needed: number): number {
  const nearEnd = NEAR + NEAR_BYTES / 4
  if (needed <= nearEnd) return Math.min(nearEnd, Math.max(needed, length * 2))
  return needed + SPARE_WORDS + Math.floor(Math.max(0, length - HIGH_BLOCKS) / 2)
}
