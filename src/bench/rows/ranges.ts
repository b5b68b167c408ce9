/** Rows 9, 10: the range tree, recording included, against an IOVA tree in C. Row 11: against sorted-btree. */
import { createRequire } from 'node:module'
import type SortedBTree from 'sorted-btree'
import { createBulk } from '../../engine/mem'
import type { Bench, Figure } from '../bench'
import { cpuSeconds, expectEqual } from '../bench'
import { shuffled } from '../dice'
import { figureOf, type Twin } from '../twin'

/** Range k is pages 16k to 16k + (k mod 13), as in the twin. */
const firstOf = (k: number): number => k * 16
const lastOf = (k: number): number => k * 16 + (k % 13)

/** The package is CommonJS and says nothing of its default to Node. */
const { default: BTree }: { default: typeof SortedBTree } = createRequire(import.meta.url)('sorted-btree')

interface Orders {
  readonly insert: Uint32Array
  readonly find: Uint32Array
  readonly remove: Uint32Array
}

const ordersOf = (count: number): Orders => ({
  insert: shuffled(count, 1),
  find: shuffled(count, 2),
  remove: shuffled(count, 3),
})

/** Insert, find and remove of all ranges in operations per second, and the sum of what was found. */
interface Rates {
  readonly rates: readonly [number, number, number]
  readonly sum: number
}

function timed(count: number, phases: readonly [() => void, () => number, () => void]): Rates {
  const [insert, find, remove] = phases
  const begin = cpuSeconds()
  insert()
  const inserted = cpuSeconds()
  const sum = find()
  const found = cpuSeconds()
  remove()
  const removed = cpuSeconds()
  const rate = (from: number, to: number): number => count / (to - from)
  return { rates: [rate(begin, inserted), rate(inserted, found), rate(found, removed)], sum }
}

function ours({ insert, find, remove }: Orders): Rates {
  const { ranges } = createBulk()
  return timed(insert.length, [
    () => {
      for (const k of insert) ranges.insert(1, firstOf(k), lastOf(k), k, 3)
    },
    () => {
      let sum = 0
      for (const k of find) sum += ranges.a(ranges.find(1, lastOf(k)))
      return sum
    },
    () => {
      for (const k of remove) ranges.remove(1, firstOf(k))
    },
  ])
}

interface Value {
  readonly last: number
  readonly target: number
  readonly perm: number
}

function sortedBtree({ insert, find, remove }: Orders): Rates {
  const tree = new BTree<number, Value>()
  const holder = (point: number): Value | undefined => {
    const pair = tree.getPairOrNextLower(point)
    return pair !== undefined && pair[1].last >= point ? pair[1] : undefined
  }
  return timed(insert.length, [
    () => {
      for (const k of insert) {
        const before = tree.getPairOrNextLower(lastOf(k))
        if (before !== undefined && before[1].last >= firstOf(k)) throw new Error('overlap')
        tree.set(firstOf(k), { last: lastOf(k), target: k, perm: 3 })
      }
    },
    () => {
      let sum = 0
      for (const k of find) sum += holder(lastOf(k))?.target ?? 0
      return sum
    },
    () => {
      for (const k of remove) tree.delete(firstOf(k))
    },
  ])
}

const OPERATIONS = ['insert', 'find', 'remove'] as const

function figures(
  row: number,
  title: string,
  floors: readonly number[],
  targets: readonly number[],
): Figure[] {
  return OPERATIONS.map((operation, k) => ({
    row,
    title: `ranges ${title}: ${operation}`,
    floor: floors[k] ?? 0,
    target: targets[k] ?? 0,
    must: 'at-least',
    unit: 'x',
  }))
}

function vsC(twin: Twin, count: number, shape: { figures: Figure[]; rounds: number }): Bench {
  return {
    ...shape,
    needsC: true,
    prepare() {
      const orders = ordersOf(count)
      ours(ordersOf(50_000))
      return () => {
        const c = twin.run('ranges', String(count))
        const js = ours(orders)
        expectEqual('ranges', js.sum, figureOf(c, 'find').check)
        return OPERATIONS.map((operation, k) => (js.rates[k] ?? 0) / figureOf(c, operation).rate)
      }
    },
  }
}

export const rangesVsC = (twin: Twin): Bench =>
  vsC(twin, 100_000, { figures: figures(9, '100k vs C IOVA tree', [1, 1.5, 2], [1.5, 2, 3]), rounds: 7 })

export const manyRangesVsC = (twin: Twin): Bench =>
  vsC(twin, 1_000_000, { figures: figures(10, '1M vs C IOVA tree', [1.5, 2, 2], [2, 3, 3]), rounds: 5 })

export const rangesVsBtree: Bench = {
  figures: figures(11, '100k vs sorted-btree', [1.5, 1.5, 1.5], [2, 3, 2]),
  needsC: false,
  rounds: 7,
  prepare() {
    const orders = ordersOf(100_000)
    ours(orders)
    sortedBtree(orders)
    return () => {
      const peer = sortedBtree(orders)
      const mine = ours(orders)
      expectEqual('sorted-btree', mine.sum, peer.sum)
      return OPERATIONS.map((_, k) => (mine.rates[k] ?? 0) / (peer.rates[k] ?? 0))
    }
  },
}
