/** The generator of the C twins (c/twin.h): same seeds, same sequences on both sides. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 0
  }
}

/** 0 to count - 1 in the order that the twin's `shuffle` puts them. */
export function shuffled(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, k) => k)
  const roll = dice(seed)
  for (let k = count - 1; k > 0; k--) {
    const j = Number((BigInt(roll()) * BigInt(k + 1)) >> 32n)
    const kept = order[k] as number
    order[k] = order[j] as number
    order[j] = kept
  }
  return order
}

/** Page numbers below `pages`, as the twins draw them. */
export function randomPages(count: number, pages: number): Int32Array {
  const roll = dice(1)
  return Int32Array.from({ length: count }, () => (roll() >>> 4) % pages)
}
