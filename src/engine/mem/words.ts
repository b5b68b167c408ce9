/**
 * A growable arena of 32-bit words whose every change is recorded: memory frames, the frame directory, the
 * allocator and the caches of the hardware are blocks of it.
 */
import { FIRST_BLOCK, FRAME_WORDS, NEAR, NEAR_TOP, USED } from './layout'
import type { RecordLog } from './record-log'

const START_SPARE = 128 * FRAME_WORDS
const START_WORDS = FIRST_BLOCK + START_SPARE

export class Words {
  /** Read as `data[i]`; write only through `set`. Replaced when the arena grows: never keep it over a write. */
  data = new Int32Array(START_WORDS)
  readonly log: RecordLog

  constructor(log: RecordLog) {
    this.log = log
    this.data[USED] = FIRST_BLOCK
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
    const at = this.data[USED] as number
    const end = at + Math.ceil(count / FRAME_WORDS) * FRAME_WORDS
    if (end > this.data.length) this.grow(end)
    this.set(USED, end)
    return at
  }

  /** Words given out so far, fixed structures included. */
  get used(): number {
    return this.data[USED] as number
  }

  private grow(needed: number): void {
    const grown = Math.ceil((this.used - FIRST_BLOCK) * 1.5) + FIRST_BLOCK
    const data = new Int32Array(Math.max(needed, grown) + START_SPARE)
    const near = NEAR + (this.data[NEAR_TOP] as number) * FRAME_WORDS
    data.set(this.data.subarray(0, near))
    data.set(this.data.subarray(FIRST_BLOCK, this.used), FIRST_BLOCK)
    this.data = data
  }
}
