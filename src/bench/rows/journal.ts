/** Row 13: what recording costs over writing the words alone. Row 14: bytes of journal a changed word. */
import { createBulk } from '../../engine/mem'
import type { Bench } from '../bench'
import { bestSeconds } from '../bench'
import { dice } from '../dice'

const WORDS = 1 << 19
const WRITES = 1 << 20

type Write = () => void

/** Writes at random over 2 MiB, every one a change, with and without a record; both over memory that is there already. */
function writers(places: Int32Array): {
  raw: Write
  recorded: Write
  bytesPerWord: () => number
  undo: Write
} {
  const raw = new Int32Array(WORDS)
  const { words, journal } = createBulk()
  const base = words.block(WORDS)
  const empty = journal.mark()
  let round = 0
  return {
    raw: () => {
      round += 1
      for (let k = 0; k < places.length; k++) raw[places[k] as number] = k ^ (round << 20)
    },
    recorded: () => {
      round += 1
      for (let k = 0; k < places.length; k++) words.set(base + (places[k] as number), k ^ (round << 20))
    },
    bytesPerWord: () => ((journal.position - empty) * 8) / places.length,
    undo: () => journal.undoTo(empty),
  }
}

export const recordingCost: Bench = {
  figures: [
    { row: 13, title: 'recorded word writes vs raw', floor: 4, target: 2.5, must: 'at-most', unit: 'x' },
    { row: 14, title: 'journal a changed word', floor: 16, target: 10, must: 'at-most', unit: 'bytes' },
  ],
  needsC: false,
  rounds: 11,
  prepare() {
    const roll = dice(4)
    const places = Int32Array.from({ length: WRITES }, () => roll() >>> 13)
    return () => {
      // New arrays each round: where their pages happen to lie decides a good part of both figures.
      const { raw, recorded, bytesPerWord, undo } = writers(places)
      for (let k = 0; k < 3; k++) {
        raw()
        recorded()
        undo()
      }
      const plain = bestSeconds(6, raw)
      let seconds = Number.POSITIVE_INFINITY
      let bytes = 0
      for (let k = 0; k < 6; k++) {
        seconds = Math.min(seconds, bestSeconds(1, recorded))
        bytes = bytesPerWord()
        undo()
      }
      return [seconds / plain, bytes]
    }
  },
}
