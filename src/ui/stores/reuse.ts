/** Keeps the identity of what did not change, so that only what changed is drawn again. */
type Identified = { readonly id: string }

/** A map of `next` by id in which every value equal to the one known is the one known. */
export function reuse<T extends Identified>(
  known: ReadonlyMap<string, T>,
  next: readonly T[],
): Map<string, T> {
  return new Map(
    next.map(value => {
      const before = known.get(value.id)
      return [value.id, before !== undefined && equal(before, value) ? before : value]
    }),
  )
}

/** Structural equality of plain data: primitives, arrays and objects of them. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)))
  )
}
