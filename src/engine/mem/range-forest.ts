/** Range trees by integer id over one pool of leaves. A tree exists, empty, as soon as it is named. */
import { LEAF_LG2, RangeLeaves } from './range-leaves'
import { EMPTY_TREE, RangeTree, type TreeSnap } from './range-tree'

/** All trees at a checkpoint; trees that were empty are left out. */
export type ForestSnap = ReadonlyMap<number, TreeSnap>

export class RangeForest {
  readonly pool = new RangeLeaves()
  private readonly trees = new Map<number, RangeTree>()
  private lastId = -1
  private lastTree: RangeTree | null = null

  tree(id: number): RangeTree {
    if (id === this.lastId && this.lastTree !== null) return this.lastTree
    let tree = this.trees.get(id)
    if (tree === undefined) {
      tree = new RangeTree(id, this.pool)
      this.trees.set(id, tree)
    }
    this.lastId = id
    this.lastTree = tree
    return tree
  }

  /** Writes new values over a range, unrecorded. */
  setValues(handle: number, a: number, b: number): void {
    this.pool.setValues(handle, a, b)
    this.tree(this.pool.owner[handle >> LEAF_LG2] as number).snap = null
  }

  freeze(): ForestSnap {
    const snap = new Map<number, TreeSnap>()
    for (const [id, tree] of this.trees) if (tree.count > 0) snap.set(id, tree.freeze())
    return snap
  }

  thaw(snap: ForestSnap): void {
    for (const [id, tree] of this.trees) tree.thaw(snap.get(id) ?? EMPTY_TREE)
    for (const [id, frozen] of snap) this.tree(id).thaw(frozen)
  }
}
