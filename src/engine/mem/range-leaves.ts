/**
 * Leaves of range trees: up to 128 ranges each, in order, in columns shared by all trees of a forest.
 * A handle names a range until the next change: leaf * 128 + slot.
 */

export const LEAF_SLOTS = 128
export const LEAF_LG2 = 7

/** What a leaf held at a checkpoint. Never changed; shared by every checkpoint until the leaf changes. */
export interface LeafSnap {
  /** The leaf it was taken from, where its content may still be. */
  readonly home: number
  readonly first: Float64Array
  readonly last: Float64Array
  readonly a: Float64Array
  readonly b: Int32Array
}

const START_LEAVES = 8

export class RangeLeaves {
  first = new Float64Array(START_LEAVES * LEAF_SLOTS)
  last = new Float64Array(START_LEAVES * LEAF_SLOTS)
  a = new Float64Array(START_LEAVES * LEAF_SLOTS)
  b = new Int32Array(START_LEAVES * LEAF_SLOTS)
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

  /** Opens a gap at `slot` and fills it. The leaf must have room. */
  put(leaf: number, slot: number, first: number, last: number, a: number, b: number): void {
    const base = leaf << LEAF_LG2
    const end = base + (this.count[leaf] as number)
    const at = base + slot
    if (at < end) this.shift(at, end, at + 1)
    this.first[at] = first
    this.last[at] = last
    this.a[at] = a
    this.b[at] = b
    this.count[leaf] = end - base + 1
    this.snap[leaf] = null
  }

  /** Closes the gap left by the range at `slot`. */
  cut(leaf: number, slot: number): void {
    const base = leaf << LEAF_LG2
    const end = base + (this.count[leaf] as number)
    if (base + slot + 1 < end) this.shift(base + slot + 1, end, base + slot)
    this.count[leaf] = end - base - 1
    this.snap[leaf] = null
  }

  /** Moves slots [from, end) so that they begin at `to`. */
  private shift(from: number, end: number, to: number): void {
    this.first.copyWithin(to, from, end)
    this.last.copyWithin(to, from, end)
    this.a.copyWithin(to, from, end)
    this.b.copyWithin(to, from, end)
  }

  /** Moves the slots from `slot` on to a fresh leaf that follows this one, and returns it. */
  split(leaf: number, slot: number): number {
    const fresh = this.take(this.owner[leaf] as number)
    const from = (leaf << LEAF_LG2) + slot
    const end = (leaf << LEAF_LG2) + (this.count[leaf] as number)
    this.shift(from, end, fresh << LEAF_LG2)
    this.count[fresh] = end - from
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
    const from = leaf << LEAF_LG2
    const end = from + (this.count[leaf] as number)
    const snap = {
      home: leaf,
      first: this.first.slice(from, end),
      last: this.last.slice(from, end),
      a: this.a.slice(from, end),
      b: this.b.slice(from, end),
    }
    this.snap[leaf] = snap
    return snap
  }

  /** Makes a leaf hold what a snapshot holds. */
  thaw(snap: LeafSnap, owner: number): number {
    const leaf = this.take(owner)
    const at = leaf << LEAF_LG2
    this.first.set(snap.first, at)
    this.last.set(snap.last, at)
    this.a.set(snap.a, at)
    this.b.set(snap.b, at)
    this.count[leaf] = snap.first.length
    this.snap[leaf] = snap.home === leaf ? snap : { ...snap, home: leaf }
    return leaf
  }

  private make(): number {
    if (this.made === this.count.length) this.grow()
    this.made += 1
    return this.made - 1
  }

  private grow(): void {
    const leaves = this.count.length * 2
    this.first = enlarge(this.first, new Float64Array(leaves * LEAF_SLOTS))
    this.last = enlarge(this.last, new Float64Array(leaves * LEAF_SLOTS))
    this.a = enlarge(this.a, new Float64Array(leaves * LEAF_SLOTS))
    this.b = enlarge(this.b, new Int32Array(leaves * LEAF_SLOTS))
    this.count = enlarge(this.count, new Int32Array(leaves))
    this.next = enlarge(this.next, new Int32Array(leaves))
    this.owner = enlarge(this.owner, new Int32Array(leaves))
  }
}

function enlarge<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
