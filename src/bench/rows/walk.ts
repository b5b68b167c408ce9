/** Rows 1, 3: the walker against its C twin. Rows 4, 5: against two ways of writing it that come to mind first. */
import { NEAR } from '../../engine/mem/layout'
import { type OpenTable, walkPage } from '../../engine/pt'
import type { Bench } from '../bench'
import { expectEqual, rate } from '../bench'
import { randomPages } from '../dice'
import { type Mapped, mappedTable } from '../machine'
import { figureOf, type Twin } from '../twin'
import { mapOfFrames, mapOfObjects } from './naive-walk'

const QUERIES = 1 << 20

/** Walks all queries once; the sum, modulo 2^32, of the places of the leaves. */
function sumOfWalks(open: OpenTable, pages: Int32Array): number {
  let sum = 0
  for (let k = 0; k < pages.length; k++) sum = (sum + walkPage(open, pages[k] as number, 0, 1)) | 0
  return sum
}

/** The twin's tables lie at the same addresses: its sum of item numbers, as a sum of our word offsets. */
const ourSum = (items: bigint): number =>
  Number(BigInt.asIntN(32, items * 2n + BigInt(QUERIES) * BigInt(NEAR)))

/** Sum of the host pages that the walks lead to. */
function sumOfPages({ open, bulk }: Mapped, pages: Int32Array): number {
  let sum = 0
  const { data } = bulk.words
  for (const page of pages) {
    const leaf = walkPage(open, page, 0, 1)
    sum += ((data[leaf] as number) >>> 12) + (data[leaf + 1] as number) * 0x100000
  }
  return sum
}

function againstTwin(twin: Twin, gib: number, goal: { row: number; floor: number; target: number }): Bench {
  const figure = { ...goal, title: `walk ${gib} GiB of 4K pages vs C`, must: 'at-least' as const, unit: 'x' }
  return {
    figures: [figure],
    needsC: true,
    rounds: 9,
    prepare() {
      const pages = randomPages(QUERIES, gib * 2 ** 18)
      let sum = sumOfWalks(mappedTable(gib * 2 ** 18).open, pages)
      return () => {
        // A new machine each round, as the twin is a new process: where its pages happen to lie decides a good part.
        const { open } = mappedTable(gib * 2 ** 18)
        const c = figureOf(twin.run('walk', String(gib)), 'walk')
        const js = rate(QUERIES, 12, () => {
          sum = sumOfWalks(open, pages)
        })
        expectEqual('walk', sum, ourSum(c.check))
        return [js / c.rate]
      }
    },
  }
}

export const walkVsC = (twin: Twin): Bench => againstTwin(twin, 1, { row: 1, floor: 0.4, target: 0.6 })
export const farWalkVsC = (twin: Twin): Bench => againstTwin(twin, 16, { row: 3, floor: 0.5, target: 0.7 })

const SLOW_QUERIES = 1 << 15

export const walkVsNaive: Bench = {
  figures: [
    { row: 4, title: 'walk vs Map of bigint to objects', floor: 30, target: 60, must: 'at-least', unit: 'x' },
    { row: 5, title: 'walk vs Map of frames', floor: 2, target: 4, must: 'at-least', unit: 'x' },
  ],
  needsC: false,
  rounds: 5,
  prepare() {
    const mapped = mappedTable(2 ** 18)
    const objects = mapOfObjects(mapped)
    const frames = mapOfFrames(mapped)
    const pages = randomPages(QUERIES, 2 ** 18)
    const few = pages.slice(0, SLOW_QUERIES)
    expectEqual('Map of objects', sumOfPages(mapped, few), objects(few))
    expectEqual('Map of frames', sumOfPages(mapped, few), frames(few))
    return () => {
      const ours = rate(QUERIES, 3, () => sumOfWalks(mapped.open, pages))
      const byObjects = rate(SLOW_QUERIES, 3, () => objects(few))
      const byFrames = rate(QUERIES, 3, () => frames(pages))
      return [ours / byObjects, ours / byFrames]
    }
  },
}
