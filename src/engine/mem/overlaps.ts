/**
 * Ordered trees of ranges that may overlap and repeat, for reverse lookup ("which children map this page?").
 * Ordered by first, a, last, b. Recorded one logical record a change.
 */
import { assert } from '../bits'
import { RangeForest } from './range-forest'
import { LEAF_LG2, LEAF_SLOTS } from './range-leaves'
import { OVERLAP_INSERT, OVERLAP_REMOVE, type RangeRecord, type RecordLog } from './record-log'

/** First and last inclusive. */
export type OverlapVisitor = (first: number, last: number, a: number, b: number) => void

export class Overlaps {
  readonly forest = new RangeForest()
  readonly log: RecordLog
  /** Highest last of each leaf's ranges, valid while the leaf's snap is not stale; -1 = not known. */
  private maxLast: number[] = []

  constructor(log: RecordLog) {
    this.log = log
  }

  insert(tree: number, first: number, last: number, a: number, b = 0): void {
    this.insertRaw({ tree, first, last, a, b })
    this.log.range(OVERLAP_INSERT, tree, first, last, a, b)
  }

  /** Removes a range by its first and `a`; throws InvariantError when there is none. */
  remove(tree: number, first: number, a: number): void {
    const handle = this.find(tree, first, a)
    assert(handle >= 0, 'overlaps.remove: no such range')
    const { pool } = this.forest
    const range = { tree, first, last: pool.last(handle), a, b: pool.b(handle) }
    this.removeRaw(range)
    this.log.range(OVERLAP_REMOVE, tree, first, range.last, a, range.b)
  }

  /** Calls `fn` with every range that meets [first, last], in order. `fn` must not change any tree. */
  forEachIn(tree: number, first: number, last: number, fn: OverlapVisitor): void {
    const trunk = this.forest.tree(tree)
    const { pool } = this.forest
    for (let position = 0; position < trunk.size && (trunk.keys[position] as number) <= last; position++) {
      const leaf = trunk.leaves[position] as number
      if (this.highest(leaf) < first) continue
      const end = (leaf << LEAF_LG2) + (pool.count[leaf] as number)
      for (let at = leaf << LEAF_LG2; at < end && pool.first(at) <= last; at++) {
        if (pool.last(at) >= first) this.visit(at, fn)
      }
    }
  }

  count(tree: number): number {
    return this.forest.tree(tree).count
  }

  /** Handle of the first range with this first and `a`, or -1. */
  private find(tree: number, first: number, a: number): number {
    const trunk = this.forest.tree(tree)
    if (trunk.size === 0) return -1
    const { pool } = this.forest
    const below = { tree, first, last: -1, a, b: 0 }
    const leaf = trunk.leaves[this.leafOf(below)] as number
    const slot = this.slotIn(leaf, below)
    const inside = slot < (pool.count[leaf] as number)
    const handle = (inside ? leaf : (pool.next[leaf] as number)) * LEAF_SLOTS + (inside ? slot : 0)
    return handle >= 0 && pool.first(handle) === first && pool.a(handle) === a ? handle : -1
  }

  private visit(at: number, fn: OverlapVisitor): void {
    const { pool } = this.forest
    fn(pool.first(at), pool.last(at), pool.a(at), pool.b(at))
  }

  replay(kind: number, pair: number, forward: boolean): void {
    const record = this.log.rangeAt(pair)
    if ((kind === OVERLAP_INSERT) === forward) this.insertRaw(record)
    else this.removeRaw(record)
  }

  /** Forgets what was worked out from leaves that a checkpoint has just replaced. */
  forget(): void {
    this.maxLast = []
  }

  private insertRaw(range: RangeRecord): void {
    assert(range.first <= range.last, 'overlaps.insert: first is above last')
    const trunk = this.forest.tree(range.tree)
    const position = this.leafOf(range)
    const slot = trunk.size === 0 ? 0 : this.slotIn(trunk.leaves[position] as number, range)
    trunk.put(position, slot, range.first, range.last, range.a, range.b)
    this.stale(range.tree, position)
  }

  private removeRaw(range: RangeRecord): void {
    const trunk = this.forest.tree(range.tree)
    assert(trunk.size > 0, 'overlaps.remove: no such range')
    const position = this.leafOf(range)
    const leaf = trunk.leaves[position] as number
    const slot = this.slotIn(leaf, range) - 1
    assert(
      slot >= 0 && this.compare((leaf << LEAF_LG2) + slot, range) === 0,
      'overlaps.remove: no such range',
    )
    this.stale(range.tree, position)
    trunk.cut(position, slot)
  }

  /** A put may have split the leaf, so its right neighbour goes stale with it. */
  private stale(tree: number, position: number): void {
    const trunk = this.forest.tree(tree)
    this.maxLast[trunk.leaves[position] as number] = -1
    if (position + 1 < trunk.size) this.maxLast[trunk.leaves[position + 1] as number] = -1
  }

  private highest(leaf: number): number {
    const known = this.maxLast[leaf] ?? -1
    if (known >= 0) return known
    const { pool } = this.forest
    let highest = 0
    const end = (leaf << LEAF_LG2) + (pool.count[leaf] as number)
    for (let at = leaf << LEAF_LG2; at < end; at++) highest = Math.max(highest, pool.last(at))
    this.maxLast[leaf] = highest
    return highest
  }

  /** Position of the last leaf whose first range is not above this one, or 0. */
  private leafOf(range: RangeRecord): number {
    const trunk = this.forest.tree(range.tree)
    let low = 0
    let high = trunk.size
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.compare((trunk.leaves[middle] as number) << LEAF_LG2, range) <= 0) low = middle
      else high = middle
    }
    return low
  }

  /** Number of ranges of a leaf that are not above this one. */
  private slotIn(leaf: number, range: RangeRecord): number {
    const base = leaf << LEAF_LG2
    let low = base
    let high = base + (this.forest.pool.count[leaf] as number)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compare(middle, range) <= 0) low = middle + 1
      else high = middle
    }
    return low - base
  }

  private compare(at: number, range: RangeRecord): number {
    const { pool } = this.forest
    return (
      pool.first(at) - range.first ||
      pool.a(at) - range.a ||
      pool.last(at) - range.last ||
      pool.b(at) - range.b
    )
  }
}
