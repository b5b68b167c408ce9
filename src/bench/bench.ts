/**
 * A bench is one or more figures taken together in paired rounds: every round runs all sides one after the other, a
 * figure of a round is a ratio (or a size or time), and the median of the rounds is held against the floor.
 */
export interface Figure {
  /** Row of the goals table. */
  readonly row: number
  readonly title: string
  readonly floor: number
  readonly target: number
  /** Whether the figure must be at least, or at most, the floor. */
  readonly must: 'at-least' | 'at-most'
  readonly unit: string
}

export interface Bench {
  readonly figures: readonly Figure[]
  /** True when it needs the C twins. */
  readonly needsC: boolean
  readonly rounds: number
  /** Sets up and warms up; the result gives one value a figure, each time it is called. */
  prepare(): () => readonly number[]
}

export interface Outcome {
  readonly figure: Figure
  readonly median: number
  readonly worst: number
  readonly holds: boolean
}

/** Runs all rounds of a bench. */
export function runBench(bench: Bench): Outcome[] {
  const round = bench.prepare()
  const rounds = Array.from({ length: bench.rounds }, () => round())
  return bench.figures.map((figure, k) =>
    judge(
      figure,
      rounds.map(values => values[k] ?? Number.NaN),
    ),
  )
}

function judge(figure: Figure, values: readonly number[]): Outcome {
  const sorted = values.toSorted((x, y) => x - y)
  const median = sorted[sorted.length >> 1] ?? Number.NaN
  const worst = (figure.must === 'at-least' ? sorted[0] : sorted.at(-1)) ?? Number.NaN
  const holds = figure.must === 'at-least' ? median >= figure.floor : median <= figure.floor
  return { figure, median, worst, holds }
}

/** Operations per second of `run`, the best of `passes`. */
export function rate(operations: number, passes: number, run: () => void): number {
  return operations / bestSeconds(passes, run)
}

/** Processor time of this process, as the twins count theirs: other programs on the machine take none of it. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Seconds of processor time of `run`, the best of `passes`. */
export function bestSeconds(passes: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < passes; pass++) {
    const start = cpuSeconds()
    run()
    best = Math.min(best, cpuSeconds() - start)
  }
  return best
}

/** The value at a fraction of a sample, e.g. 0.99. */
export function quantile(sample: Float64Array, fraction: number): number {
  const sorted = sample.toSorted()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN
}

/** Stops the bench when two sides that must agree do not. */
export function expectEqual(what: string, left: number | bigint, right: number | bigint): void {
  if (BigInt(left) !== BigInt(right)) throw new Error(`${what}: ${left} here, ${right} there`)
}
