/** Whether two values hold the same: primitives, arrays, maps and plain records of them. */
const NONE: ReadonlySet<string> = new Set()

/** `aside` are keys of records that may differ, at any depth. */
export function sameData(a: unknown, b: unknown, aside: ReadonlySet<string> = NONE): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Map || b instanceof Map) return bothMaps(a, b, aside)
  if (Array.isArray(a) || Array.isArray(b)) return bothArrays(a, b, aside)
  return sameEntries(Object.entries(a), Object.entries(b), aside)
}

function bothMaps(a: unknown, b: unknown, aside: ReadonlySet<string>): boolean {
  if (!(a instanceof Map && b instanceof Map) || a.size !== b.size) return false
  const others = b.entries()
  // In order: what a call is given in another order is another call's text.
  for (const [key, value] of a) {
    const [otherKey, otherValue] = others.next().value ?? []
    if (!Object.is(key, otherKey) || !sameData(value, otherValue, aside)) return false
  }
  return true
}

function bothArrays(a: unknown, b: unknown, aside: ReadonlySet<string>): boolean {
  if (!(Array.isArray(a) && Array.isArray(b)) || a.length !== b.length) return false
  return a.every((value, i) => sameData(value, b[i], aside))
}

type Entries = readonly (readonly [string, unknown])[]

function sameEntries(a: Entries, b: Entries, aside: ReadonlySet<string>): boolean {
  if (a.length !== b.length) return false
  const others = new Map(b)
  return a.every(
    ([key, value]) => others.has(key) && (aside.has(key) || sameData(value, others.get(key), aside)),
  )
}
