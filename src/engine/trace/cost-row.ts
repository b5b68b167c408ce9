/** One step's counters as a row of numbers; column order is COST_NAMES. */
import { COST_GAUGES, COST_NAMES, type CostCounter, type CostName } from './costs'

const COLUMN = new Map<CostName, number>(COST_NAMES.map((name, at) => [name, at]))
const IS_GAUGE = COST_NAMES.map(name => COST_GAUGES.includes(name))

export class CostRow implements CostCounter {
  readonly values = new Float64Array(COST_NAMES.length)

  add(name: CostName, by: number): void {
    const at = COLUMN.get(name) ?? 0
    this.values[at] = (this.values[at] ?? 0) + by
  }

  /** Counts go back to zero; gauges keep the level they stand at. */
  nextStep(): void {
    IS_GAUGE.forEach((gauge, at) => {
      if (!gauge) this.values[at] = 0
    })
  }

  save(): Float64Array {
    return this.values.slice()
  }

  restore(saved: Float64Array): void {
    this.values.set(saved)
  }
}

export function costsFrom(values: Float64Array, row: number): Record<CostName, number> {
  const at = row * COST_NAMES.length
  return Object.fromEntries(COST_NAMES.map((name, i) => [name, values[at + i] ?? 0])) as Record<
    CostName,
    number
  >
}
