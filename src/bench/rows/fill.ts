/** Row 8: mapping 1 GiB of 4 KiB pages, recorded, against the C twin's unrecorded fill, and in milliseconds. */
import { createBulk } from '../../engine/mem'
import { createTable, mapRun, type TableRef } from '../../engine/pt'
import { type Bench, bestSeconds, rate } from '../bench'
import { QUIET, TARGET } from '../machine'
import { figureOf, type Twin } from '../twin'

const PAGES = 2 ** 18
const WISH = { id: 1, format: 'vtd-ss', cfg: { levels: 4, maxPageLg2: 12 } }
const RUN = { page: 0, pages: PAGES, target: TARGET, perm: 3 }

function stage() {
  const bulk = createBulk()
  const ref = createTable(bulk, WISH, QUIET)
  if (ref === null) throw new Error('no frames')
  return { bulk, ref }
}

function map(bulk: ReturnType<typeof createBulk>, ref: TableRef): void {
  if (!mapRun(bulk, ref, RUN, QUIET)) throw new Error('no frames')
}

/** On memory that is there already, as the twin's is: each pass is taken back before the next. */
export const fillVsC = (twin: Twin): Bench => ({
  figures: [
    {
      row: 8,
      title: 'map 1 GiB of 4K pages, recorded, vs C',
      floor: 0.15,
      target: 0.3,
      must: 'at-least',
      unit: 'x',
    },
  ],
  needsC: true,
  rounds: 9,
  prepare() {
    const { bulk, ref } = stage()
    const empty = bulk.journal.mark()
    const pass = (): void => map(bulk, ref)
    for (let k = 0; k < 30; k++) {
      pass()
      bulk.journal.undoTo(empty)
    }
    return () => {
      let best = 0
      for (let k = 0; k < 40; k++) {
        best = Math.max(best, rate(PAGES, 1, pass))
        bulk.journal.undoTo(empty)
      }
      return [best / figureOf(twin.run('fill'), 'fill').rate]
    }
  },
})

/** On a new machine each time, from the allocation of the table to the last record. */
export const fillTime: Bench = {
  figures: [
    {
      row: 8,
      title: 'map 1 GiB of 4K pages, new machine, recorded',
      floor: 10,
      target: 5,
      must: 'at-most',
      unit: 'ms',
    },
  ],
  needsC: false,
  rounds: 15,
  prepare: () => () => {
    const seconds = bestSeconds(3, () => {
      const { bulk, ref } = stage()
      map(bulk, ref)
    })
    return [seconds * 1000]
  },
}
