/** Revisions under the day they were made on, and times as the list writes them. */
import type { Revision } from '../../keep/revision'

export interface Day {
  /** `2026-08-22`, by the reader's clock. */
  readonly date: string
  readonly revisions: readonly Revision[]
}

/** In the order given. */
export function daysOf(revisions: readonly Revision[]): readonly Day[] {
  const days: { date: string; revisions: Revision[] }[] = []
  for (const revision of revisions) {
    const date = dateOf(revision.time)
    const last = days.at(-1)
    if (last?.date === date) last.revisions.push(revision)
    else days.push({ date, revisions: [revision] })
  }
  return days
}

export function dateOf(time: number): string {
  const at = new Date(time)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(two).join('-')
}

/** `14:03:22`. */
export function timeOf(time: number): string {
  const at = new Date(time)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
