/** What a row of `npm run ux` is: a goal, and how it is measured in the built page. */
import type { Bench } from './bench'

export interface Finding {
  readonly ok: boolean
  /** What was measured, without spaces: `p95=3.1ms`, `9/9`. */
  readonly figure: string
  /** Why it is short. */
  readonly reason?: string
}

export interface Row {
  readonly id: string
  readonly title: string
  /** What is aimed at, as written beside the figure. */
  readonly target: string
  /** How long it may take, where that is more than a minute. Milliseconds. */
  readonly ms?: number
  readonly measure: (bench: Bench) => Promise<Finding>
}

/** One thing a row asks for, and whether it is so. */
export type Check = readonly [what: string, holds: boolean]

/** `7/9`, and the names of those that do not hold. */
export function allOf(checks: readonly Check[]): Finding {
  const missing = checks.filter(([, holds]) => !holds).map(([what]) => what)
  const figure = `${checks.length - missing.length}/${checks.length}`
  if (missing.length === 0) return { ok: checks.length > 0, figure }
  return { ok: false, figure, reason: `missing: ${missing.join(', ')}` }
}

export function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 100) / 100)
}

/** The value that a share of the sorted values stays below; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
