/**
 * Recorded bulk writes. Where a place held a progression before (an empty or a regularly filled table does), one
 * run record of 56 bytes takes the place of up to 1024 word records; otherwise each changed word is recorded.
 */
import { addHigh, swap32 } from '../bits'
import { RUN } from './record-log'
import { type Progression, type RunPlace, readRun, writeRun, ZEROES } from './run'
import type { Words } from './words'

/** Below this many items single words are cheaper to record. */
const SHORT = 4

/** Writes a progression over a place inside one frame, recorded. */
export function fillRun(words: Words, place: RunPlace, after: Progression): void {
  const before = place.count >= SHORT ? readRun(words.data, place) : null
  if (before === null) {
    fillWords(words, place, after)
    return
  }
  if (sameRun(before, after)) return
  recordRun(words, place, before, after)
  writeRun(words.data, place, after)
}

/** Writes a progression over a place that holds only zeroes, recorded. */
export function fillZeroes(words: Words, place: RunPlace, after: Progression): void {
  if (place.count < SHORT) {
    fillWords(words, place, after)
    return
  }
  recordRun(words, place, ZEROES, after)
  writeRun(words.data, place, after)
}

const sameRun = (x: Progression, y: Progression): boolean =>
  x.lo === y.lo && x.hi === y.hi && x.strideLo === y.strideLo && x.strideHi === y.strideHi

function fillWords(words: Words, { offset, count, bigEndian }: RunPlace, run: Progression): void {
  let lo = run.lo
  let hi = run.hi
  for (let at = offset, k = 0; k < count; k++, at += 2) {
    words.set(at, bigEndian ? swap32(hi) : lo)
    words.set(at + 1, bigEndian ? swap32(lo) : hi)
    hi = addHigh(lo, hi, run.strideLo, run.strideHi)
    lo = (lo + run.strideLo) | 0
  }
}

function recordRun({ log }: Words, place: RunPlace, before: Progression, after: Progression): void {
  const head = log.open(RUN, place.offset, 0)
  log.ints[head + 2] = place.count
  log.ints[head + 3] = place.bigEndian ? 1 : 0
  putRun(log.ints, head + 4, before)
  putRun(log.ints, head + 8, after)
}

function putRun(ints: Int32Array, at: number, run: Progression): void {
  ints[at] = run.lo
  ints[at + 1] = run.hi
  ints[at + 2] = run.strideLo
  ints[at + 3] = run.strideHi
}

/** Writes the before (or, forward, the after) of the run record whose head pair is `pair`. */
export function replayRun(words: Words, pair: number, forward: boolean): void {
  const ints = words.log.ints
  const head = pair * 2
  const at = head + (forward ? 8 : 4)
  const place = {
    offset: ints[head + 1] as number,
    count: ints[head + 2] as number,
    bigEndian: ints[head + 3] === 1,
  }
  writeRun(words.data, place, {
    lo: ints[at] as number,
    hi: ints[at + 1] as number,
    strideLo: ints[at + 2] as number,
    strideHi: ints[at + 3] as number,
  })
}
