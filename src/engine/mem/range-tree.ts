/**
 * One ordered tree of ranges: a sorted directory of leaves, each known by the first key it holds.
 * Two levels only: a directory of a few thousand doubles is searched and shifted faster than a deeper tree is walked.
 */
import type { LeafSnap, RangeLeaves } from './range-leaves'
import { LEAF_LG2, LEAF_SLOTS } from './range-leaves'

/** A tree at a checkpoint. */
export interface TreeSnap {
  readonly leaves: readonly LeafSnap[]
  readonly count: number
  readonly span: number
}

export const EMPTY_TREE: TreeSnap = { leaves: [], count: 0, span: 0 }

export class RangeTree {
  /** First key of each leaf; only [0, size) is meaningful. */
  keys = new Float64Array(4)
  leaves = new Int32Array(4)
  size = 0
  /** Ranges in the tree. */
  count = 0
  /** Units covered: the sum of last - first + 1. */
  span = 0
  /** The snapshot the whole tree is still equal to, or null. */
  snap: TreeSnap | null = EMPTY_TREE
  readonly id: number
  private readonly pool: RangeLeaves

  constructor(id: number, pool: RangeLeaves) {
    this.id = id
    this.pool = pool
  }

  /** Position of the last leaf whose first key is <= point, or 0. */
  leafFor(point: number): number {
    const keys = this.keys
    let low = 0
    let high = this.size
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((keys[middle] as number) <= point) low = middle
      else high = middle
    }
    return low
  }

  /** Puts a range at `slot` of the leaf at `position`, splitting the leaf when it is full. */
  put(position: number, slot: number, first: number, last: number, a: number, b: number): void {
    this.snap = null
    this.count += 1
    this.span += last - first + 1
    if (this.size === 0) this.addLeaf(0, this.pool.take(this.id), first)
    let at = position
    let place = slot
    if (this.pool.count[this.leaves[at] as number] === LEAF_SLOTS) {
      const cut = this.splitLeaf(at, place)
      if (place >= cut && (place > cut || at + 1 < this.size)) {
        at += 1
        place -= cut
      }
    }
    this.pool.put(this.leaves[at] as number, place, first, last, a, b)
    if (place === 0) this.keys[at] = first
  }

  /** Takes the range at `slot` of the leaf at `position` out. */
  cut(position: number, slot: number): void {
    const leaf = this.leaves[position] as number
    const at = (leaf << LEAF_LG2) + slot
    this.snap = null
    this.count -= 1
    this.span -= this.pool.last(at) - this.pool.first(at) + 1
    this.pool.cut(leaf, slot)
    if (this.pool.count[leaf] === 0) this.dropLeaf(position)
    else if (slot === 0) this.keys[position] = this.pool.first(leaf << LEAF_LG2)
  }

  freeze(): TreeSnap {
    if (this.snap !== null) return this.snap
    const leaves: LeafSnap[] = []
    for (let position = 0; position < this.size; position++)
      leaves.push(this.pool.freeze(this.leaves[position] as number))
    this.snap = { leaves, count: this.count, span: this.span }
    return this.snap
  }

  /** Makes the tree what it was; leaves that still hold what the snapshot names are kept in place. */
  thaw(snap: TreeSnap): void {
    if (this.snap === snap) return
    const { pool } = this
    const kept = new Set<number>()
    for (const leaf of snap.leaves) if (pool.snap[leaf.home] === leaf) kept.add(leaf.home)
    for (let position = 0; position < this.size; position++) {
      const leaf = this.leaves[position] as number
      if (!kept.has(leaf)) pool.give(leaf)
    }
    this.rebuild(snap, kept)
    this.count = snap.count
    this.span = snap.span
    this.snap = snap
  }

  private rebuild(snap: TreeSnap, kept: ReadonlySet<number>): void {
    this.size = 0
    this.reserve(snap.leaves.length)
    for (const frozen of snap.leaves) {
      const leaf = kept.has(frozen.home) ? frozen.home : this.pool.thaw(frozen, this.id)
      this.pool.next[leaf] = -1
      if (this.size > 0) this.pool.next[this.leaves[this.size - 1] as number] = leaf
      this.keys[this.size] = frozen.cells[0] as number
      this.leaves[this.size] = leaf
      this.size += 1
    }
  }

  /** Splits the leaf at `position`: in half, or off its end when ranges are appended in order. Returns the cut. */
  private splitLeaf(position: number, slot: number): number {
    const appending = slot === LEAF_SLOTS && position === this.size - 1
    const cut = appending ? LEAF_SLOTS - 8 : LEAF_SLOTS / 2
    const fresh = this.pool.split(this.leaves[position] as number, cut)
    this.addLeaf(position + 1, fresh, this.pool.first(fresh << LEAF_LG2))
    return cut
  }

  private addLeaf(position: number, leaf: number, key: number): void {
    this.reserve(this.size + 1)
    this.keys.copyWithin(position + 1, position, this.size)
    this.leaves.copyWithin(position + 1, position, this.size)
    this.keys[position] = key
    this.leaves[position] = leaf
    this.size += 1
  }

  private dropLeaf(position: number): void {
    const leaf = this.leaves[position] as number
    if (position > 0) this.pool.next[this.leaves[position - 1] as number] = this.pool.next[leaf] as number
    this.keys.copyWithin(position, position + 1, this.size)
    this.leaves.copyWithin(position, position + 1, this.size)
    this.size -= 1
    this.pool.give(leaf)
  }

  private reserve(size: number): void {
    if (size <= this.keys.length) return
    const keys = new Float64Array(Math.max(size, this.keys.length * 2))
    const leaves = new Int32Array(keys.length)
    keys.set(this.keys)
    leaves.set(this.leaves)
    this.keys = keys
    this.leaves = leaves
  }
}
