/**
 * The nearest words to a misspelt one: by edit distance, and for UPPER_CASE names also by their parts, so
 * that ATTACH_IOASID finds VFIO_ATTACH_IOASID and CREATE_IOASID finds IOASID_ALLOC.
 */

const MOST = 3
const LONGEST = 64

/** Parts that people swap for one another when they sketch an interface. */
const SAME: Readonly<Record<string, string>> = {
  CREATE: 'ALLOC',
  NEW: 'ALLOC',
  ALLOCATE: 'ALLOC',
  DESTROY: 'FREE',
  DELETE: 'FREE',
  RELEASE: 'FREE',
  UNATTACH: 'DETACH',
  INVAL: 'INVALIDATE',
  FLUSH: 'INVALIDATE',
  NEST: 'NESTING',
  REG: 'REGISTER',
  SET: 'BIND',
}

/** Edits (insert, delete, replace, swap neighbours) from one word to the other, at most `limit` + 1. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) row.push(cheapest({ a, b, i, j, row, above, before }))
    before = above
    above = row
  }
  return Math.min(above[b.length] ?? 0, limit + 1)
}

interface Cell {
  readonly a: string
  readonly b: string
  readonly i: number
  readonly j: number
  readonly row: readonly number[]
  readonly above: readonly number[]
  readonly before: readonly number[]
}

function cheapest({ a, b, i, j, row, above, before }: Cell): number {
  const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
  const best = Math.min((row[j - 1] ?? 0) + 1, (above[j] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1))
  const swapped = i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1)
  return swapped ? Math.min(best, (before[j - 2] ?? 0) + 1) : best
}

const partsOf = (word: string): string[] =>
  word
    .toUpperCase()
    .split('_')
    .filter(part => part !== '')
    .map(part => SAME[part] ?? part)

/** 0 for equal sets of parts, small for one inside the other, null for unlike ones. */
function partDistance(a: string, b: string): number | null {
  const left = new Set(partsOf(a))
  const right = new Set(partsOf(b))
  if (left.size < 2 || right.size < 2) return null
  const shared = [...left].filter(part => right.has(part)).length
  const inside = shared === left.size || shared === right.size
  return inside && shared >= 2 ? 1 + left.size + right.size - 2 * shared : null
}

function distance(word: string, candidate: string): number | null {
  const limit = word.length < 3 ? 0 : Math.min(3, Math.ceil(word.length / 4))
  const edits = editDistance(word.toLowerCase(), candidate.toLowerCase(), limit)
  const parts = /_/.test(word) ? partDistance(word, candidate) : null
  if (edits <= limit) return Math.min(edits, parts ?? edits)
  return parts === null ? null : parts + 0.5
}

/** Up to three candidates, nearest first; equally near ones in the order given. */
export function nearMisses(word: string, candidates: Iterable<string>): string[] {
  if (word.length > LONGEST) return []
  const found: { candidate: string; distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    const far = candidate === word ? null : distance(word, candidate)
    if (far !== null) found.push({ candidate, distance: far })
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ candidate }) => candidate)
}

/** `did you mean A or B?`, or null without candidates. */
export const didYouMean = (near: readonly string[]): string | null =>
  near.length === 0 ? null : `did you mean ${near.join(' or ')}?`
