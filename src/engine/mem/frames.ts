/**
 * The allocator of frames for tables and configuration structures: contiguous, aligned runs, lowest fit, from a
 * bitmap in the word arena. Same requests, same addresses.
 *
 * Not modelled: NUMA, fragmentation by anyone else, frames of guest RAM (those are given by the memory map).
 */
import { assert } from '../bits'
import { BITMAP, BITMAP_WORDS, FREE_HINT, POOL_END, POOL_START } from './layout'
import type { Memory } from './memory'
import type { Words } from './words'

const FIRST_PFN = POOL_START / 4096
const END_PFN = POOL_END / 4096

export class Frames {
  readonly words: Words
  readonly memory: Memory

  constructor(words: Words, memory: Memory) {
    this.words = words
    this.memory = memory
  }

  /**
   * HPA of the lowest run of `count` free frames whose address is a multiple of `alignFrames` frames (a power of
   * two), cleared; -1 when there is none.
   */
  alloc(count: number, alignFrames = 1): number {
    const pfn = count === 1 && alignFrames === 1 ? this.lowestFree() : this.lowestRun(count, alignFrames)
    if (pfn < 0) return -1
    this.mark(pfn, count, true)
    this.memory.zero(pfn * 4096, count * 4096)
    return pfn * 4096
  }

  /** Gives back `count` frames from `hpa`; every one of them must be out. */
  free(hpa: number, count: number): void {
    const pfn = hpa / 4096
    assert(pfn >= FIRST_PFN && pfn + count <= END_PFN, 'frames.free: outside the pool')
    this.mark(pfn, count, false)
    const word = pfn >>> 5
    if (word < this.hint) this.words.set(FREE_HINT, word)
  }

  /** Frames of the pool that are not out. */
  freeCount(): number {
    let taken = 0
    for (let word = 0; word < BITMAP_WORDS; word++) taken += popCount(this.bits(word))
    return END_PFN - FIRST_PFN - taken
  }

  private get hint(): number {
    return Math.max(this.words.data[FREE_HINT] as number, FIRST_PFN >>> 5)
  }

  private bits(word: number): number {
    return this.words.data[BITMAP + word] as number
  }

  private lowestFree(): number {
    for (let word = this.hint; word < BITMAP_WORDS; word++) {
      const free = ~this.bits(word)
      if (free === 0) continue
      this.words.set(FREE_HINT, word)
      return word * 32 + 31 - Math.clz32(free & -free)
    }
    return -1
  }

  private lowestRun(count: number, align: number): number {
    let pfn = Math.ceil((this.hint * 32) / align) * align
    while (pfn + count <= END_PFN) {
      const taken = this.lastTaken(pfn, count)
      if (taken < 0) return pfn
      pfn = Math.ceil((taken + 1) / align) * align
    }
    return -1
  }

  /** The highest frame of [pfn, pfn + count) that is out, or -1. */
  private lastTaken(pfn: number, count: number): number {
    for (let at = pfn + count - 1; at >= pfn; ) {
      const word = at >>> 5
      const below = this.bits(word) << (31 - (at & 31))
      if (below !== 0) {
        const found = at - Math.clz32(below)
        return found >= pfn ? found : -1
      }
      at = word * 32 - 1
    }
    return -1
  }

  private mark(pfn: number, count: number, taken: boolean): void {
    for (let at = pfn; at < pfn + count; ) {
      const upto = Math.min(pfn + count, (at | 31) + 1)
      const mask = (upto - at === 32 ? -1 : (1 << (upto - at)) - 1) << (at & 31)
      const bits = this.bits(at >>> 5)
      assert((bits & mask) === (taken ? 0 : mask), 'frames: freed twice or given out twice')
      this.words.set(BITMAP + (at >>> 5), bits ^ mask)
      at = upto
    }
  }
}

function popCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x5555_5555)
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
