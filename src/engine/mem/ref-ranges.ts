/**
 * Counted ranges: how many times each unit of a tree is held (pins, preregistrations). Neighbouring units of equal
 * count are one range, so pinning 1 GiB is one record, not 262,144 counters.
 *
 * Kept in trees of `ranges` (value `a` = count, always above 0), hence journaled with them. Use a tree id here or
 * in `ranges`, never in both.
 */
import { assert } from '../bits'
import type { Ranges } from './ranges'

export class RefRanges {
  readonly ranges: Ranges

  constructor(ranges: Ranges) {
    this.ranges = ranges
  }

  /** Holds [first, last] once more; returns how many units went from 0 to 1. */
  add(tree: number, first: number, last: number): number {
    const before = this.ranges.span(tree)
    this.cutAt(tree, first)
    this.cutAt(tree, last + 1)
    let at = first
    while (at <= last) {
      const handle = this.ranges.firstFrom(tree, at)
      const start = handle < 0 ? last + 1 : Math.min(this.ranges.first(handle), last + 1)
      if (start > at) this.ranges.insert(tree, at, start - 1, 1, 0)
      else this.ranges.update(handle, this.ranges.a(handle) + 1, 0)
      at = this.ranges.last(this.ranges.find(tree, at)) + 1
    }
    this.join(tree, first, last)
    return this.ranges.span(tree) - before
  }

  /** Lets [first, last] go once; returns how many units went from 1 to 0. Every unit must be held. */
  drop(tree: number, first: number, last: number): number {
    const before = this.ranges.span(tree)
    this.cutAt(tree, first)
    this.cutAt(tree, last + 1)
    for (let at = first; at <= last; ) {
      const handle = this.ranges.find(tree, at)
      assert(handle >= 0, 'refRanges.drop: a unit is not held')
      const next = this.ranges.last(handle) + 1
      const count = this.ranges.a(handle)
      if (count === 1) this.ranges.remove(tree, at)
      else this.ranges.update(handle, count - 1, 0)
      at = next
    }
    this.join(tree, first, last)
    return before - this.ranges.span(tree)
  }

  /** Times that a unit is held. */
  countAt(tree: number, point: number): number {
    const handle = this.ranges.find(tree, point)
    return handle < 0 ? 0 : this.ranges.a(handle)
  }

  /** True when every unit of [first, last] is held. */
  covers(tree: number, first: number, last: number): boolean {
    for (let at = first; at <= last; ) {
      const handle = this.ranges.find(tree, at)
      if (handle < 0) return false
      at = this.ranges.last(handle) + 1
    }
    return true
  }

  /** Distinct units held. */
  total(tree: number): number {
    return this.ranges.span(tree)
  }

  /** Makes `point` the first unit of its range, if it has one. */
  private cutAt(tree: number, point: number): void {
    const handle = this.ranges.find(tree, point)
    if (handle < 0 || this.ranges.first(handle) === point) return
    const first = this.ranges.first(handle)
    const last = this.ranges.last(handle)
    const count = this.ranges.a(handle)
    this.ranges.remove(tree, first)
    this.ranges.insert(tree, first, point - 1, count, 0)
    this.ranges.insert(tree, point, last, count, 0)
  }

  /** Joins neighbours of equal count from just before `first` to just after `last`. */
  private join(tree: number, first: number, last: number): void {
    let at = this.ranges.firstFrom(tree, Math.max(0, first - 1))
    while (at >= 0 && this.ranges.first(at) <= last) {
      const next = this.ranges.next(at)
      at = next >= 0 && this.joins(at, next) ? this.fuse(tree, at, next) : next
    }
  }

  private joins(at: number, next: number): boolean {
    return this.ranges.last(at) + 1 === this.ranges.first(next) && this.ranges.a(at) === this.ranges.a(next)
  }

  private fuse(tree: number, at: number, next: number): number {
    const first = this.ranges.first(at)
    const last = this.ranges.last(next)
    const count = this.ranges.a(at)
    const second = this.ranges.first(next)
    this.ranges.remove(tree, first)
    this.ranges.remove(tree, second)
    this.ranges.insert(tree, first, last, count, 0)
    return this.ranges.find(tree, first)
  }
}
