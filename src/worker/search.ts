/**
 * Looking for steps where breakpoints stop. A step may have to be executed again to tell, so a search
 * of a long flow lets other messages in every few milliseconds.
 */
import type { Breakpoint, Session } from '../engine'

export interface Pace {
  /** True when it is time to let messages in. */
  readonly isDue: () => boolean
  /** Lets them in; false when nobody waits for the answer any more. */
  readonly pause: () => Promise<boolean>
}

/** Every step that stops, ascending; null when nobody waits any more. */
export async function stopsOf(
  session: Session,
  breakpoints: readonly Breakpoint[],
  pace: Pace,
): Promise<number[] | null> {
  const found: number[] = []
  for (let n = 1; n <= session.steps.length; n++) {
    if (session.stops(breakpoints, n)) found.push(n)
    if (pace.isDue() && !(await pace.pause())) return null
  }
  return found
}

export interface Stop {
  readonly step: number
  readonly stopped: boolean
}

interface Asked {
  readonly from: number
  readonly breakpoints: readonly Breakpoint[]
  readonly direction: 1 | -1
}

/** As `Session.runTo`: where none stops, the last step, or the start. */
export async function runTo(session: Session, asked: Asked, pace: Pace): Promise<Stop | null> {
  const { from, breakpoints, direction } = asked
  for (let n = from + direction; n >= 1 && n <= session.steps.length; n += direction) {
    if (session.stops(breakpoints, n)) return { step: n, stopped: true }
    if (pace.isDue() && !(await pace.pause())) return null
  }
  return { step: direction === 1 ? session.steps.length : 0, stopped: false }
}
