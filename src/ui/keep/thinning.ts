/**
 * Which revisions may go. The newest stay whatever their age; of older ones, one for each stretch of
 * time, longer the further back, and of each stretch its last: the state the author left it in.
 */
import type { Revision } from './revision'

/** Always kept, over all documents. */
export const NEWEST_KEPT = 100
/** Never more, in number and in characters of text; the very newest is kept even if it alone is longer. */
export const MOST_KEPT = 1000
export const MOST_CHARS = 32 * 1024 * 1024

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Up to an age, revisions of one document are at least `apart`. Milliseconds. */
const STRETCHES: readonly { readonly upTo: number; readonly apart: number }[] = [
  { upTo: 10 * MINUTE, apart: 0 },
  { upTo: DAY, apart: 5 * MINUTE },
  { upTo: 30 * DAY, apart: HOUR },
  { upTo: Number.POSITIVE_INFINITY, apart: DAY },
]

type Kept = Pick<Revision, 'n' | 'document' | 'time' | 'chars'>

/** Numbers of those to drop; `revisions` in any order. */
export function superfluous(revisions: readonly Kept[], now: number): readonly number[] {
  const newestFirst = [...revisions].sort((a, b) => b.n - a.n)
  const spaced = tooClose(newestFirst, now)
  const kept = newestFirst.filter((revision, i) => i < NEWEST_KEPT || !spaced.has(revision.n))
  const fitting = new Set(withinLimits(kept).map(({ n }) => n))
  return newestFirst.filter(({ n }) => !fitting.has(n)).map(({ n }) => n)
}

function tooClose(newestFirst: readonly Kept[], now: number): ReadonlySet<number> {
  const after = new Map<string, number>()
  const dropped = new Set<number>()
  for (const { n, document, time } of newestFirst) {
    const apart = STRETCHES.find(({ upTo }) => now - time <= upTo)?.apart ?? 0
    const next = after.get(document)
    if (next !== undefined && next - time < apart) dropped.add(n)
    else after.set(document, time)
  }
  return dropped
}

function withinLimits(newestFirst: readonly Kept[]): readonly Kept[] {
  let chars = 0
  return newestFirst.slice(0, MOST_KEPT).filter((revision, i) => {
    chars += revision.chars
    return i === 0 || chars <= MOST_CHARS
  })
}
