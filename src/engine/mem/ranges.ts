/**
 * Ordered trees of ranges that do not overlap, recorded one logical record a change.
 *
 * A range is [first, last], both inclusive, integers in doubles below 2^53 (callers use 4 KiB page numbers), with
 * two values: `a` a double, `b` a 32-bit integer. Handles are valid until the next change of any tree.
 */
import { assert } from '../bits'
import { RangeForest } from './range-forest'
import { LEAF_LG2, LEAF_SLOTS } from './range-leaves'
import type { RangeTree } from './range-tree'
import { RANGE_INSERT, RANGE_REMOVE, RANGE_UPDATE, type RecordLog } from './record-log'

const f64 = new Float64Array(1)
const i32 = new Int32Array(f64.buffer)

export class Ranges {
  readonly forest = new RangeForest()
  readonly log: RecordLog

  constructor(log: RecordLog) {
    this.log = log
  }

  /** Adds a range that meets no other of its tree; throws InvariantError when it does. */
  insert(tree: number, first: number, last: number, a: number, b: number): void {
    this.insertRaw(tree, first, last, a, b)
    this.log.range(RANGE_INSERT, tree, first, last, a, b)
  }

  /** Removes the range that begins at `first`; throws InvariantError when there is none. */
  remove(tree: number, first: number): void {
    const trunk = this.forest.tree(tree)
    const position = trunk.leafFor(first)
    const slot = this.slotOf(trunk, position, first)
    const at = ((trunk.leaves[position] as number) << LEAF_LG2) + slot
    const { pool } = this.forest
    this.log.range(RANGE_REMOVE, tree, first, pool.last(at), pool.a(at), pool.b(at))
    trunk.cut(position, slot)
  }

  /** Gives a range new values; the handle stays good. */
  update(handle: number, a: number, b: number): void {
    const { pool } = this.forest
    const tree = pool.owner[handle >> LEAF_LG2] as number
    const head = this.log.open(RANGE_UPDATE, tree, pool.b(handle) ^ b)
    this.log.doubles[head / 2 + 1] = pool.first(handle)
    xorDoubles(this.log.ints, head + 4, pool.a(handle), a)
    this.forest.setValues(handle, a, b)
  }

  /** Handle of the range that holds `point`, or -1. */
  find(tree: number, point: number): number {
    const trunk = this.forest.tree(tree)
    if (trunk.size === 0) return -1
    const { pool } = this.forest
    const leaf = trunk.leaves[trunk.leafFor(point)] as number
    const base = leaf << LEAF_LG2
    const at = base + pool.slotsUpTo(leaf, point) - 1
    return at >= base && pool.last(at) >= point ? at : -1
  }

  /** Handle of the first range whose last is >= `point`, or -1. */
  firstFrom(tree: number, point: number): number {
    const trunk = this.forest.tree(tree)
    if (trunk.size === 0) return -1
    const { pool } = this.forest
    const leaf = trunk.leaves[trunk.leafFor(point)] as number
    const base = leaf << LEAF_LG2
    const slot = pool.slotsUpTo(leaf, point)
    if (slot > 0 && pool.last(base + slot - 1) >= point) return base + slot - 1
    return this.handleAt(leaf, slot)
  }

  /** Handle of the range after this one, or -1. */
  next(handle: number): number {
    return this.handleAt(handle >> LEAF_LG2, (handle & (LEAF_SLOTS - 1)) + 1)
  }

  first(handle: number): number {
    return this.forest.pool.first(handle)
  }

  /** Inclusive. */
  last(handle: number): number {
    return this.forest.pool.last(handle)
  }

  a(handle: number): number {
    return this.forest.pool.a(handle)
  }

  b(handle: number): number {
    return this.forest.pool.b(handle)
  }

  /** Number of ranges in a tree. */
  count(tree: number): number {
    return this.forest.tree(tree).count
  }

  /** Units the ranges of a tree cover together. */
  span(tree: number): number {
    return this.forest.tree(tree).span
  }

  /** Calls `fn` with the handle of every range that meets [first, last], in order. `fn` must not change any tree. */
  forEachIn(tree: number, first: number, last: number, fn: (handle: number) => void): void {
    for (let at = this.firstFrom(tree, first); at >= 0 && this.first(at) <= last; at = this.next(at)) fn(at)
  }

  /** Changes a tree as the record at head pair `pair` says, or undoes it; not recorded. */
  replay(kind: number, pair: number, forward: boolean): void {
    if (kind === RANGE_UPDATE) {
      this.replayUpdate(pair)
      return
    }
    const { tree, first, last, a, b } = this.log.rangeAt(pair)
    if ((kind === RANGE_INSERT) === forward) this.insertRaw(tree, first, last, a, b)
    else this.removeRaw(tree, first)
  }

  private insertRaw(tree: number, first: number, last: number, a: number, b: number): void {
    assert(first <= last, 'ranges.insert: first is above last')
    const trunk = this.forest.tree(tree)
    if (trunk.size === 0) {
      trunk.put(0, 0, first, last, a, b)
      return
    }
    const { pool } = this.forest
    const position = trunk.leafFor(first)
    const leaf = trunk.leaves[position] as number
    const base = leaf << LEAF_LG2
    const slot = pool.slotsUpTo(leaf, first)
    const after = this.handleAt(leaf, slot)
    const clear =
      (slot === 0 || pool.last(base + slot - 1) < first) && (after < 0 || pool.first(after) > last)
    assert(clear, 'ranges.insert: meets a range that is there')
    trunk.put(position, slot, first, last, a, b)
  }

  private removeRaw(tree: number, first: number): void {
    const trunk = this.forest.tree(tree)
    const position = trunk.leafFor(first)
    trunk.cut(position, this.slotOf(trunk, position, first))
  }

  private slotOf(trunk: RangeTree, position: number, first: number): number {
    assert(trunk.size > 0, 'ranges: no range begins there')
    const { pool } = this.forest
    const leaf = trunk.leaves[position] as number
    const base = leaf << LEAF_LG2
    const slot = pool.slotsUpTo(leaf, first) - 1
    assert(slot >= 0 && pool.first(base + slot) === first, 'ranges: no range begins there')
    return slot
  }

  /** Handle of a slot that may be one past the end of its leaf. */
  private handleAt(leaf: number, slot: number): number {
    const { pool } = this.forest
    if (slot < (pool.count[leaf] as number)) return (leaf << LEAF_LG2) + slot
    const next = pool.next[leaf] as number
    return next < 0 ? -1 : next << LEAF_LG2
  }

  private replayUpdate(pair: number): void {
    const { ints, doubles } = this.log
    const handle = this.find(ints[pair * 2 + 1] as number, doubles[pair + 1] as number)
    assert(handle >= 0, 'ranges: no range to update')
    const a = withXor(ints, pair * 2 + 4, this.a(handle))
    this.forest.setValues(handle, a, this.b(handle) ^ (ints[pair * 2 + 7] as number))
  }
}

/** Puts the 64 bits of x XOR y at `at`. */
function xorDoubles(ints: Int32Array, at: number, x: number, y: number): void {
  f64[0] = x
  ints[at] = i32[0] as number
  ints[at + 1] = i32[1] as number
  withXor(ints, at, y)
  ints[at] = i32[0] as number
  ints[at + 1] = i32[1] as number
}

/** The double whose bits are those of `value` XOR the 64 bits at `at`. */
function withXor(ints: Int32Array, at: number, value: number): number {
  f64[0] = value
  i32[0] = (i32[0] as number) ^ (ints[at] as number)
  i32[1] = (i32[1] as number) ^ (ints[at + 1] as number)
  return f64[0] as number
}
