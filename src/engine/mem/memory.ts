/**
 * Physical memory: sparse 4 KiB frames over the word arena. Host physical addresses (HPA) are byte addresses in
 * doubles, below 2^52. Frames that were never written read as zero and take no room.
 *
 * Not modelled: memory types, poison, bus errors. Every address is memory.
 */
import { hi32, lo32, swap32, u64 } from '../bits'
import { findFar, insertFar } from './far-frames'
import { fillRun, fillZeroes } from './fill'
import { FRAME_WORDS, NEAR, NEAR_BYTES } from './layout'
import { isZero, type Progression, ZEROES } from './run'
import type { Words } from './words'

/** `count` 64-bit items holding a progression; see run.ts. */
export interface Fill extends Progression {
  readonly count: number
  readonly bigEndian?: boolean
}

const ITEM_BYTES = 8

export class Memory {
  readonly words: Words

  constructor(words: Words) {
    this.words = words
  }

  /** Offset in `words.data` of the 32-bit word at `hpa`, for reading; absent memory shares one zero frame. */
  wordAt(hpa: number): number {
    if (hpa < NEAR_BYTES) {
      const at = NEAR + (hpa >>> 2)
      return at < this.words.data.length ? at : (hpa & 4095) >>> 2
    }
    return findFar(this.words.data, Math.floor(hpa / 4096)) + ((hpa & 4095) >>> 2)
  }

  /** True when the whole frame at `hpa`, a multiple of 4096, reads as zero. */
  isZeroFrame(hpa: number): boolean {
    const at = this.wordAt(hpa)
    return at < FRAME_WORDS || isZero(this.words.data, at, FRAME_WORDS)
  }

  /** Low (first) 32 bits of the little-endian item at `hpa`, signed. */
  readLo(hpa: number): number {
    return this.words.data[this.wordAt(hpa)] as number
  }

  /** High 32 bits of the little-endian item at `hpa`, signed. `hpa` is a multiple of 8. */
  readHi(hpa: number): number {
    return this.words.data[this.wordAt(hpa) + 1] as number
  }

  /** The little-endian 64-bit item at `hpa`, a multiple of 8. */
  read64(hpa: number): bigint {
    return u64(this.readLo(hpa), this.readHi(hpa))
  }

  /** The big-endian 64-bit item at `hpa`, a multiple of 8. */
  read64be(hpa: number): bigint {
    return u64(swap32(this.readHi(hpa)), swap32(this.readLo(hpa)))
  }

  /** Writes the little-endian item at `hpa`, a multiple of 8. */
  write64(hpa: number, lo: number, hi: number): void {
    const at = this.ownWord(hpa)
    this.words.set(at, lo)
    this.words.set(at + 1, hi)
  }

  /** Writes the big-endian item at `hpa`, a multiple of 8. */
  write64be(hpa: number, lo: number, hi: number): void {
    this.write64(hpa, swap32(hi), swap32(lo))
  }

  /** Writes `fill.count` items from `hpa`, a multiple of 8, over as many frames as it takes. */
  fill64(hpa: number, fill: Fill): void {
    const bigEndian = fill.bigEndian ?? false
    for (let done = 0; done < fill.count; ) {
      const at = hpa + done * ITEM_BYTES
      const count = Math.min(fill.count - done, (4096 - (at & 4095)) / ITEM_BYTES)
      fillRun(this.words, { offset: this.ownWord(at), count, bigEndian }, advance(fill, done))
      done += count
    }
  }

  /** As `fill64`, over items that are all zero, which is taken on trust. */
  fillFresh(hpa: number, fill: Fill): void {
    const bigEndian = fill.bigEndian ?? false
    for (let done = 0; done < fill.count; ) {
      const at = hpa + done * ITEM_BYTES
      const count = Math.min(fill.count - done, (4096 - (at & 4095)) / ITEM_BYTES)
      fillZeroes(this.words, { offset: this.ownWord(at), count, bigEndian }, advance(fill, done))
      done += count
    }
  }

  /** Clears `bytes` (a multiple of 8) from `hpa`; frames that are absent stay so. */
  zero(hpa: number, bytes: number): void {
    for (let done = 0; done < bytes; ) {
      const at = hpa + done
      const piece = Math.min(bytes - done, 4096 - (at & 4095))
      const offset = this.words.neverWritten(at) ? 0 : this.wordAt(at)
      if (offset >= FRAME_WORDS)
        fillRun(this.words, { offset, count: piece / ITEM_BYTES, bigEndian: false }, ZEROES)
      done += piece
    }
  }

  readBytes(hpa: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let k = 0; k < length; k++) {
      bytes[k] = (this.words.data[this.wordAt(hpa + k)] as number) >>> (((hpa + k) & 3) * 8)
    }
    return bytes
  }

  writeBytes(hpa: number, bytes: Uint8Array): void {
    for (const [k, byte] of bytes.entries()) {
      const at = this.ownWord(hpa + k)
      const shift = ((hpa + k) & 3) * 8
      this.words.set(at, ((this.words.data[at] as number) & ~(0xff << shift)) | (byte << shift))
    }
  }

  /** Offset in `words.data` of the word at `hpa`, for writing: the frame is made when it is absent. */
  ownWord(hpa: number): number {
    const pfn = Math.floor(hpa / 4096)
    const near = hpa < NEAR_BYTES
    const frame = near ? this.words.nearFrame(pfn) : findFar(this.words.data, pfn) || this.makeFrame(pfn)
    return frame + ((hpa & 4095) >>> 2)
  }

  private makeFrame(pfn: number): number {
    const frame = this.words.block(FRAME_WORDS)
    insertFar(this.words, pfn, frame)
    return frame
  }
}

/** The progression that starts at item `by` of this one. */
function advance(run: Progression, by: number): Progression {
  if (by === 0) return run
  const start = u64(run.lo, run.hi) + BigInt(by) * u64(run.strideLo, run.strideHi)
  return { ...run, lo: lo32(start), hi: hi32(start) }
}
