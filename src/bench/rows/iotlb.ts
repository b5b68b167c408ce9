/**
 * Row 7: the hit path of the IOTLB over 512 hot pages, against its C twin, which searches the four ways in order;
 * ours first looks at the way that a page goes to first (iotlb-layout.ts).
 */
import { lookup } from '../../engine/hw/iotlb'
import { createIotlb, fill } from '../../engine/hw/iotlb-entries'
import { createBulk } from '../../engine/mem'
import type { Bench } from '../bench'
import { expectEqual, rate } from '../bench'
import { randomPages } from '../dice'
import { TARGET } from '../machine'
import { figureOf, type Twin } from '../twin'

const QUERIES = 1 << 20
/** One long loop may stay for ever in what was compiled in its midst, at half the speed; a function called often does not. */
const STRETCH = 1 << 12
const HOT = 512
const DOMAIN = 5

/** The sum, modulo 2^32, of the host pages that the hits of a stretch of the queries give. */
function sumOfHits(words: Int32Array, at: number, pages: Int32Array, from: number): number {
  // Integers before the loop, as the parameters of the twin are.
  const base = at | 0
  const domain = DOMAIN | 0
  let sum = 0
  for (let k = from | 0; k < from + STRETCH; k++)
    sum = (sum + (words[(lookup(words, base, domain, 0, pages[k] as number, 0, 1) + 3) | 0] as number)) | 0
  return sum
}

export const iotlbVsC = (twin: Twin): Bench => ({
  figures: [
    { row: 7, title: 'IOTLB, 512 hot pages, vs C', floor: 0.7, target: 0.85, must: 'at-least', unit: 'x' },
  ],
  needsC: true,
  rounds: 7,
  prepare() {
    const bulk = createBulk()
    const base = createIotlb(bulk)
    for (let page = 0; page < HOT; page++)
      fill(bulk, base, { domain: DOMAIN, pasid: null, page, output: page + TARGET, perm: 3, pageLg2: 12 })
    const pages = randomPages(QUERIES, HOT)
    const run = (): number => {
      let sum = 0
      for (let from = 0; from < QUERIES; from += STRETCH)
        sum = (sum + sumOfHits(bulk.words.data, base, pages, from)) | 0
      return sum
    }
    for (let k = 0; k < 4; k++) run()
    return () => {
      const c = figureOf(twin.run('iotlb'), 'iotlb')
      const js = rate(QUERIES, 16, run)
      expectEqual('iotlb', run(), BigInt.asIntN(32, c.check))
      return [js / c.rate]
    }
  },
})
