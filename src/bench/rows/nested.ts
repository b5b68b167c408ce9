/** Row 6: four levels over four, every reference made, against the C twin. */
import { hi32, lo32 } from '../../engine/bits'
import { createBulk } from '../../engine/mem'
import { NEAR } from '../../engine/mem/layout'
import { createTable, mapRun, type OpenTable, openTable, type TableReader, walkPage } from '../../engine/pt'
import type { Bench } from '../bench'
import { expectEqual, rate } from '../bench'
import { randomPages } from '../dice'
import { QUIET, TARGET } from '../machine'
import { figureOf, type Twin } from '../twin'

const QUERIES = 1 << 20
const GUEST_PAGES = 1 << 18
/** The guest's own table lies in its first pages, and those at this host page. */
const TABLE_PAGES = 1024
const TABLES_AT = 0x2000

const READ = 1

/** Where a guest address lies, by a walk of the second stage. */
function throughSecond(second: OpenTable): TableReader {
  return {
    resolve(address) {
      const leaf = walkPage(second, Math.floor(address / 4096), 0, READ)
      if (leaf < 0) return -1
      const { data } = second.words
      return hostPage(data, leaf) * 4096 + (address % 4096)
    },
  }
}

const hostPage = (data: Int32Array, leaf: number): number =>
  ((data[leaf] as number) >>> 12) + (data[leaf + 1] as number) * 0x100000

/** 1 GiB of guest in 4 KiB pages, and a guest table that maps all of it onto itself. */
function nestedTables(): { readonly first: OpenTable; readonly second: OpenTable } {
  const bulk = createBulk()
  const ref = createTable(bulk, { id: 1, format: 'vtd-ss', cfg: { levels: 4, maxPageLg2: 12 } }, QUIET)
  if (ref === null) throw new Error('no frames')
  const rest = GUEST_PAGES - TABLE_PAGES
  mapRun(bulk, ref, { page: 0, pages: TABLE_PAGES, target: TABLES_AT, perm: 3 }, QUIET)
  mapRun(bulk, ref, { page: TABLE_PAGES, pages: rest, target: TARGET, perm: 3 }, QUIET)
  const put = (item: number, value: bigint): void =>
    bulk.memory.write64(TABLES_AT * 4096 + item * 8, lo32(value), hi32(value))
  put(0, 0x1027n)
  put(512, 0x2027n)
  for (let k = 0; k < 512; k++) put(1024 + k, (BigInt(3 + k) << 12n) | 0x27n)
  for (let page = 0; page < GUEST_PAGES; page++) put(1536 + page, (BigInt(page) << 12n) | 0x67n)
  const second = openTable(bulk, ref)
  const guest = { id: 2, format: 'vtd-fs', cfg: { levels: 4 }, root: 0 }
  return { first: openTable(bulk, guest, throughSecond(second)), second }
}

/** Walks all queries once; the sum, modulo 2^32, of the places of the second stage's leaves. */
function sumOfWalks(first: OpenTable, second: OpenTable, pages: Int32Array): number {
  const { data } = first.words
  let sum = 0
  for (let k = 0; k < pages.length; k++) {
    const leaf = walkPage(first, pages[k] as number, 0, READ)
    sum = (sum + walkPage(second, hostPage(data, leaf), 0, READ)) | 0
  }
  return sum
}

export const nestedVsC = (twin: Twin): Bench => ({
  figures: [
    {
      row: 6,
      title: 'nested walk of 24 references vs C',
      floor: 0.3,
      target: 0.45,
      must: 'at-least',
      unit: 'x',
    },
  ],
  needsC: true,
  rounds: 7,
  prepare() {
    const pages = randomPages(QUERIES, GUEST_PAGES)
    return () => {
      const { first, second } = nestedTables()
      const c = figureOf(twin.run('nested'), 'nested')
      let sum = 0
      const js = rate(QUERIES, 6, () => {
        sum = sumOfWalks(first, second, pages)
      })
      expectEqual(
        'nested walk',
        sum,
        Number(BigInt.asIntN(32, c.check * 2n + BigInt(QUERIES) * BigInt(NEAR))),
      )
      return [js / c.rate]
    }
  },
})
