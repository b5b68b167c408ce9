/** Row 13: what recording costs over writing the words alone. Row 14: bytes of journal a changed word. */
import { createBulk } from '../../engine/mem'
import type { Bench } from '../bench'
import { bestSeconds, cpuSeconds } from '../bench'
import { dice } from '../dice'

const WORDS = 1 << 19
const WRITES = 1 << 20

/** Writes at random over 2 MiB, every one a change. */
function recordedWrites(places: Int32Array): { seconds: number; bytesPerWord: number } {
  const { words, journal } = createBulk()
  const base = words.block(WORDS)
  const before = journal.bytes
  const start = cpuSeconds()
  for (let k = 0; k < places.length; k++) words.set(base + (places[k] as number), k + 1)
  const seconds = cpuSeconds() - start
  return { seconds, bytesPerWord: (journal.bytes - before) / places.length }
}

export const recordingCost: Bench = {
  figures: [
    { row: 13, title: 'recorded word writes vs raw', floor: 4, target: 2.5, must: 'at-most', unit: 'x' },
    { row: 14, title: 'journal a changed word', floor: 16, target: 10, must: 'at-most', unit: 'bytes' },
  ],
  needsC: false,
  rounds: 7,
  prepare() {
    const roll = dice(4)
    const places = Int32Array.from({ length: WRITES }, () => roll() >>> 13)
    const raw = new Int32Array(WORDS)
    const write = (): void => {
      for (let k = 0; k < places.length; k++) raw[places[k] as number] = k + 1
    }
    write()
    recordedWrites(places)
    return () => {
      const plain = bestSeconds(3, write)
      const recorded = [recordedWrites(places), recordedWrites(places)]
      const seconds = Math.min(...recorded.map(one => one.seconds))
      return [seconds / plain, recorded[0]?.bytesPerWord ?? Number.NaN]
    }
  },
}
