/**
 * Every step of a run, kept so that any of them can be stood at: for each the immutable root, the
 * journal position and a row of costs. Step n is the machine after n statements; 0 is the start.
 */
import type { PlannedStep } from '../flow'
import type { Machine } from '../kernel/machine'
import type { Root } from '../kernel/state'
import type { HistoryVisitor } from '../mem'
import { COST_GAUGES, COST_NAMES } from '../trace/costs'

const COLUMNS = COST_NAMES.length
/** Columns that count what a step added. */
const COUNTED = COST_NAMES.flatMap((name, at) => (COST_GAUGES.includes(name) ? [] : [at]))

export class Timeline {
  private readonly machine: Machine
  private readonly roots: Root[] = []
  private readonly planned: PlannedStep[] = []
  private positions = new Float64Array(64)
  private costs = new Float64Array(64 * COLUMNS)
  private here = 0

  /** Keeps the machine as it stands as step 0. */
  constructor(machine: Machine) {
    this.machine = machine
    this.keep()
  }

  get at(): number {
    return this.here
  }

  get length(): number {
    return this.planned.length
  }

  /** Records the machine after one more step; it must stand at the end. */
  record(step: PlannedStep): void {
    this.planned.push(step)
    this.here = this.planned.length
    this.keep()
  }

  /** The same step as a newer text has it: on other lines. */
  replan(n: number, step: PlannedStep): void {
    this.planned[n - 1] = step
  }

  /** Forgets the steps after n, and stands at n. */
  truncate(n: number): void {
    this.seek(n)
    this.machine.bulk.journal.dropAfter(this.positions[n] ?? 0)
    this.planned.length = n
    this.roots.length = n + 1
  }

  /** Puts the machine at step n. */
  seek(n: number): void {
    if (n < 0 || n > this.length) throw new RangeError(`no step ${n}`)
    if (n === this.here) return
    this.machine.bulk.journal.seekTo(this.positions[n] ?? 0)
    this.here = n
    this.restore()
  }

  /** The root after step n. */
  rootAt(n: number): Root {
    const root = this.roots[n]
    if (root === undefined) throw new RangeError(`no step ${n}`)
    return root
  }

  /** Tells which words and ranges step n changed; the machine stays where it stands. */
  visitStep(n: number, visitor: HistoryVisitor): void {
    this.machine.bulk.journal.visit(this.positions[n - 1] ?? 0, this.positions[n] ?? 0, visitor)
  }

  stepAt(n: number): PlannedStep | undefined {
    return this.planned[n - 1]
  }

  /** The counters of step n, in the order of COST_NAMES. */
  costRow(n: number): Float64Array {
    return this.costs.subarray(n * COLUMNS, (n + 1) * COLUMNS)
  }

  /** Counts of steps 1 to n added up, gauges as step n left them. */
  costsThrough(n: number): Float64Array {
    const sums = this.costRow(n).slice()
    for (let step = 1; step < n; step++) {
      const row = this.costRow(step)
      for (const at of COUNTED) sums[at] = (sums[at] ?? 0) + (row[at] ?? 0)
    }
    return sums
  }

  /**
   * Runs `act` on the machine before step n with all it changes taken back afterwards; what was
   * recorded stays.
   */
  revisit<T>(n: number, act: () => T): T {
    const stood = this.here
    this.seek(n - 1)
    const result = this.machine.bulk.journal.scratch(act)
    this.restore()
    this.seek(stood)
    return result
  }

  private restore(): void {
    const root = this.roots[this.here]
    if (root !== undefined) this.machine.root = root
    this.machine.costs.restore(this.costRow(this.here))
  }

  private keep(): void {
    const n = this.here
    if (n >= this.positions.length) this.grow()
    this.roots[n] = this.machine.root
    this.positions[n] = this.machine.bulk.journal.mark()
    this.costs.set(this.machine.costs.values, n * COLUMNS)
  }

  private grow(): void {
    const positions = new Float64Array(this.positions.length * 2)
    const costs = new Float64Array(this.costs.length * 2)
    positions.set(this.positions)
    costs.set(this.costs)
    this.positions = positions
    this.costs = costs
  }
}
