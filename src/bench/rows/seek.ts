/** Row 16: jumping to any of 100,000 steps. Row 17: one step forward or back. On 1 GiB of mapped 4 KiB pages. */
import type { Bulk } from '../../engine/mem'
import { clearRun, mapRun } from '../../engine/pt'
import type { Bench } from '../bench'
import { cpuSeconds, quantile } from '../bench'
import { dice } from '../dice'
import { type Mapped, mappedTable, QUIET, TARGET } from '../machine'

const STEPS = 100_000
const PAGES = 2 ** 18
const JUMPS = 400

interface History {
  readonly bulk: Bulk
  readonly marks: Float64Array
}

/** Steps that unmap and map again 1 to 64 pages somewhere, in table and areas. */
function record(): History {
  const mapped = mappedTable(PAGES)
  const { bulk } = mapped
  const marks = new Float64Array(STEPS + 1)
  marks[0] = bulk.journal.mark()
  const roll = dice(11)
  for (let n = 1; n <= STEPS; n++) {
    const page = roll() % PAGES
    toggle(mapped, page, Math.min(1 + ((roll() >>> 8) % 64), PAGES - page))
    marks[n] = bulk.journal.mark()
  }
  return { bulk, marks }
}

const HOLES = 1

/** Unmaps a run, or maps what an earlier step unmapped there. */
function toggle({ bulk, ref }: Mapped, page: number, pages: number): void {
  const { ranges } = bulk
  const hole = ranges.firstFrom(HOLES, page)
  if (hole >= 0 && ranges.first(hole) < page + pages) {
    const first = ranges.first(hole)
    const run = { page: first, pages: ranges.last(hole) - first + 1 }
    ranges.remove(HOLES, first)
    mapRun(bulk, ref, { ...run, target: TARGET + first, perm: 3 }, QUIET)
  } else {
    ranges.insert(HOLES, page, page + pages - 1, 0, 0)
    clearRun(bulk, ref, { page, pages }, QUIET)
  }
}

/** Milliseconds of each move, by a clock in milliseconds. */
function timesOf(moves: number, clock: () => number, move: (k: number) => void): Float64Array {
  const times = new Float64Array(moves)
  for (let k = 0; k < moves; k++) {
    const start = clock()
    move(k)
    times[k] = clock() - start
  }
  return times
}

/** A jump takes so long that others would get the processor meanwhile. */
const processorMs = (): number => cpuSeconds() * 1000
/** A step takes less than the processor's clock can tell. */
const wallMs = (): number => performance.now()

export const timeTravel: Bench = {
  figures: [
    { row: 16, title: 'jump to any of 100k steps, p99', floor: 8, target: 1, must: 'at-most', unit: 'ms' },
    { row: 16, title: 'journal and checkpoints a step', floor: 4, target: 1.5, must: 'at-most', unit: 'KiB' },
    { row: 17, title: 'one step forward or back, p99', floor: 50, target: 5, must: 'at-most', unit: 'us' },
  ],
  needsC: false,
  rounds: 5,
  prepare() {
    const { bulk, marks } = record()
    const roll = dice(5)
    const at = (n: number): number => marks[n] as number
    return () => {
      const jumps = timesOf(JUMPS, processorMs, () => bulk.journal.seekTo(at(roll() % (STEPS + 1))))
      const middle = STEPS / 2
      bulk.journal.seekTo(at(middle))
      const steps = timesOf(4000, wallMs, k =>
        bulk.journal.seekTo(at(middle + (k % 2 === 0 ? 1 : 0) + (k >> 1))),
      )
      const kept = (bulk.journal.bytes + bulk.journal.checkpointBytes) / 1024 / STEPS
      return [quantile(jumps, 0.99), kept, quantile(steps, 0.99) * 1000]
    }
  },
}
