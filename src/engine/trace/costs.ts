/**
 * What a step cost, counted by the model: calls, entries, tables, pins, charges, flushes, references.
 * Counts, never times. Rows live in one Float64Array, a column for each name below.
 */
export const COST_NAMES = [
  'calls',
  'hotCalls',
  'entriesWritten',
  'configWords',
  'tablesLive',
  'tableBytes',
  'pinsNew',
  'pinnedPages',
  'accountedDelta',
  'accountedPages',
  'flushAll',
  'flushDomain',
  'flushRange',
  'dmaReferencesCold',
  'dmaReferencesWarm',
  'iotlbHits',
  'iotlbMisses',
] as const

export type CostName = (typeof COST_NAMES)[number]

/** Gauges hold a level after the step; every other column counts what the step added. */
export const COST_GAUGES: readonly CostName[] = ['tablesLive', 'tableBytes', 'pinnedPages', 'accountedPages']

/** The counters of the step under way. Reset by the session before each step. */
export interface CostCounter {
  add(name: CostName, by: number): void
}
