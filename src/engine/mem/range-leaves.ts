/**
 * Leaves of range trees: up to 128 ranges each, in order, in one pool shared by all trees of a forest. A range is four
 * doubles side by side (first, last, a, b), so that a gap is opened by one move and a range found lies in one line.
 * A handle names a range until the next change: leaf * 128 + slot; its cells begin at handle * 4.
 */

export const LEAF_SLOTS = 128
export const LEAF_LG2 = 7
const CELLS_LG2 = 2
const LEAF_CELLS_LG2 = LEAF_LG2 + CELLS_LG2

/** What a leaf held at a checkpoint. Never changed; shared by every checkpoint until the leaf changes. */
export interface LeafSnap {
  /** The leaf it was taken from, where its content may still be. */
  readonly home: number
  readonly cells: Float64Array
}

const START_LEAVES = 8

export class RangeLeaves {
  /** first, last, a, b of each slot of each leaf. */
  cells = new Float64Array(START_LEAVES << LEAF_CELLS_LG2)
  /** Ranges in each leaf. */
  count = new Int32Array(START_LEAVES)
  /** The leaf that follows in its tree, or -1. */
  next = new Int32Array(START_LEAVES)
  /** Id of the tree that each leaf belongs to. */
  owner = new Int32Array(START_LEAVES)
  /** The snapshot a leaf is still equal to, or null. */
  readonly snap: (LeafSnap | null)[] = []
  private readonly spare: number[] = []
  private made = 0

  take(owner: number): number {
    const leaf = this.spare.pop() ?? this.make()
    this.count[leaf] = 0
    this.next[leaf] = -1
    this.owner[leaf] = owner
    this.snap[leaf] = null
    return leaf
  }

  give(leaf: number): void {
    this.snap[leaf] = null
    this.spare.push(leaf)
  }

  first(handle: number): number {
    return this.cells[handle << CELLS_LG2] as number
  }

  last(handle: number): number {
    return this.cells[(handle << CELLS_LG2) + 1] as number
  }

  a(handle: number): number {
    return this.cells[(handle << CELLS_LG2) + 2] as number
  }

  b(handle: number): number {
    return this.cells[(handle << CELLS_LG2) + 3] as number
  }

  /** Writes new values over a range. */
  setValues(handle: number, a: number, b: number): void {
    this.cells[(handle << CELLS_LG2) + 2] = a
    this.cells[(handle << CELLS_LG2) + 3] = b
    this.snap[handle >> LEAF_LG2] = null
  }

  /** Number of a leaf's ranges whose first is <= point. */
  slotsUpTo(leaf: number, point: number): number {
    const { cells } = this
    const base = leaf << LEAF_CELLS_LG2
    let low = 0
    let high = this.count[leaf] as number
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((cells[base + (middle << CELLS_LG2)] as number) <= point) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Opens a gap at `slot` and fills it. The leaf must have room. */
  put(leaf: number, slot: number, first: number, last: number, a: number, b: number): void {
    const { cells } = this
    const count = this.count[leaf] as number
    const base = leaf << LEAF_CELLS_LG2
    const at = base + (slot << CELLS_LG2)
    if (slot < count) cells.copyWithin(at + 4, at, base + (count << CELLS_LG2))
    cells[at] = first
    cells[at + 1] = last
    cells[at + 2] = a
    cells[at + 3] = b
    this.count[leaf] = count + 1
    this.snap[leaf] = null
  }

  /** Closes the gap left by the range at `slot`. */
  cut(leaf: number, slot: number): void {
    const count = this.count[leaf] as number
    const base = leaf << LEAF_CELLS_LG2
    const at = base + (slot << CELLS_LG2)
    if (slot + 1 < count) this.cells.copyWithin(at, at + 4, base + (count << CELLS_LG2))
    this.count[leaf] = count - 1
    this.snap[leaf] = null
  }

  /** Moves the slots from `slot` on to a fresh leaf that follows this one, and returns it. */
  split(leaf: number, slot: number): number {
    const fresh = this.take(this.owner[leaf] as number)
    const count = this.count[leaf] as number
    const base = leaf << LEAF_CELLS_LG2
    const from = base + (slot << CELLS_LG2)
    this.cells.copyWithin(fresh << LEAF_CELLS_LG2, from, base + (count << CELLS_LG2))
    this.count[fresh] = count - slot
    this.count[leaf] = slot
    this.next[fresh] = this.next[leaf] as number
    this.next[leaf] = fresh
    this.snap[leaf] = null
    return fresh
  }

  /** The content of a leaf as a value, made once for as long as it does not change. */
  freeze(leaf: number): LeafSnap {
    const known = this.snap[leaf]
    if (known) return known
    const from = leaf << LEAF_CELLS_LG2
    const cells = this.cells.slice(from, from + ((this.count[leaf] as number) << CELLS_LG2))
    const snap = { home: leaf, cells }
    this.snap[leaf] = snap
    return snap
  }

  /** Puts what a snapshot holds into a leaf of its own. */
  thaw(snap: LeafSnap, owner: number): number {
    const leaf = this.take(owner)
    this.cells.set(snap.cells, leaf << LEAF_CELLS_LG2)
    this.count[leaf] = snap.cells.length >> CELLS_LG2
    this.snap[leaf] = snap.home === leaf ? snap : { home: leaf, cells: snap.cells }
    return leaf
  }

  private make(): number {
    if (this.made === this.count.length) this.grow()
    this.made += 1
    return this.made - 1
  }

  private grow(): void {
    const leaves = this.count.length * 2
    this.cells = enlarge(this.cells, new Float64Array(leaves << LEAF_CELLS_LG2))
    this.count = enlarge(this.count, new Int32Array(leaves))
    this.next = enlarge(this.next, new Int32Array(leaves))
    this.owner = enlarge(this.owner, new Int32Array(leaves))
  }
}

function enlarge<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
