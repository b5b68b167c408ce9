/** For tests: a sink that keeps the events and adds the costs up. */
import type { CostName } from '../trace/costs'
import type { EventBody } from '../trace/events'
import type { TableSink } from './table'

export interface KeepingSink extends TableSink {
  readonly kept: EventBody[]
  cost(name: CostName): number
}

export function keepingSink(on = true): KeepingSink {
  const kept: EventBody[] = []
  const sums = new Map<CostName, number>()
  return {
    kept,
    cost: name => sums.get(name) ?? 0,
    events: { on, emit: event => kept.push(event) },
    costs: { add: (name, by) => sums.set(name, (sums.get(name) ?? 0) + by) },
  }
}
