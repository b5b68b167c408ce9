/**
 * Disjoint ranges of 64-bit addresses, in order, as an immutable value: a balanced (AVL) tree whose changes share
 * all but the path they touch. So a record may hold one, and stepping back is free.
 *
 * Addresses are bytes, both ends inclusive.
 */

export interface RangeNode<V> {
  readonly first: bigint
  readonly last: bigint
  readonly value: V
  readonly left: RangeMap<V>
  readonly right: RangeMap<V>
  readonly height: number
  /** Ranges at and below this node. */
  readonly size: number
}

/** Null is the empty map. */
export type RangeMap<V> = RangeNode<V> | null

export interface AddressSpan {
  readonly first: bigint
  readonly last: bigint
}

/** A range with its value. */
export type Ranged<V> = AddressSpan & { readonly value: V }

export const sizeOf = (map: RangeMap<unknown>): number => map?.size ?? 0

/** The range with the lowest start of those that end at or after `point`, or null. */
export function firstFrom<V>(map: RangeMap<V>, point: bigint): RangeNode<V> | null {
  let found: RangeNode<V> | null = null
  for (let node = map; node !== null; ) {
    if (node.last >= point) {
      found = node
      node = node.left
    } else node = node.right
  }
  return found
}

/** A range that meets [first, last], the lowest, or null. */
export function meeting<V>(map: RangeMap<V>, { first, last }: AddressSpan): RangeNode<V> | null {
  const node = firstFrom(map, first)
  return node !== null && node.first <= last ? node : null
}

/** Ranges that meet [first, last], in ascending order. */
export function rangesIn<V>(map: RangeMap<V>, span: AddressSpan): readonly RangeNode<V>[] {
  const found: RangeNode<V>[] = []
  collect(map, span, found)
  return found
}

function collect<V>(map: RangeMap<V>, span: AddressSpan, found: RangeNode<V>[]): void {
  if (map === null) return
  if (map.first > span.first) collect(map.left, span, found)
  if (map.first <= span.last && map.last >= span.first) found.push(map)
  if (map.last < span.last) collect(map.right, span, found)
}

const EVERYTHING: AddressSpan = { first: 0n, last: 2n ** 64n - 1n }

export const allRanges = <V>(map: RangeMap<V>): readonly RangeNode<V>[] => rangesIn(map, EVERYTHING)

/** With a range that meets none of those there. */
export function insertRange<V>(map: RangeMap<V>, range: Ranged<V>): RangeNode<V> {
  if (map === null) return node(range, null, null)
  return range.first < map.first
    ? balanced(map, insertRange(map.left, range), map.right)
    : balanced(map, map.left, insertRange(map.right, range))
}

/** Without the range that starts at `first`, which must be there. */
export function removeRange<V>(map: RangeMap<V>, first: bigint): RangeMap<V> {
  if (map === null) throw new Error(`no range starts at ${first}`)
  if (first < map.first) return balanced(map, removeRange(map.left, first), map.right)
  if (first > map.first) return balanced(map, map.left, removeRange(map.right, first))
  if (map.left === null) return map.right
  if (map.right === null) return map.left
  const next = lowest(map.right)
  return balanced(next, map.left, removeRange(map.right, next.first))
}

function lowest<V>(map: RangeNode<V>): RangeNode<V> {
  let node = map
  while (node.left !== null) node = node.left
  return node
}

const heightOf = (map: RangeMap<unknown>): number => map?.height ?? 0

function node<V>({ first, last, value }: Ranged<V>, left: RangeMap<V>, right: RangeMap<V>): RangeNode<V> {
  const height = 1 + Math.max(heightOf(left), heightOf(right))
  return { first, last, value, left, right, height, size: 1 + sizeOf(left) + sizeOf(right) }
}

/** A node over two trees whose heights differ by two at most. */
function balanced<V>(at: Ranged<V>, left: RangeMap<V>, right: RangeMap<V>): RangeNode<V> {
  const lean = heightOf(left) - heightOf(right)
  if (lean > 1 && left !== null) {
    const { left: outer, right: inner } = left
    if (inner === null || heightOf(outer) >= heightOf(inner)) return node(left, outer, node(at, inner, right))
    return node(inner, node(left, outer, inner.left), node(at, inner.right, right))
  }
  if (lean < -1 && right !== null) {
    const { left: inner, right: outer } = right
    if (inner === null || heightOf(outer) >= heightOf(inner)) return node(right, node(at, left, inner), outer)
    return node(inner, node(at, left, inner.left), node(right, inner.right, outer))
  }
  return node(at, left, right)
}
