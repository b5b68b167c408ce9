/**
 * Gathers what the mapper did into runs: neighbouring tables and items that continue a progression become one
 * event, so that mapping 1 GiB tells a handful of things and not 262,144. Costs are added up and given at the end.
 */
import type { EventBody } from '../trace/events'
import { type Item, itemValue } from './item'
import type { TableSink } from './table'

type Written = Extract<EventBody, { kind: 'entries-written' }>
type TableEvent = Extract<EventBody, { kind: 'table-allocated' | 'table-freed' }>

/** `count` items from `hpa` at `index` of a table; item k went from `before` to `after` + k * `stride`. */
export interface ItemRun {
  readonly level: number
  readonly hpa: number
  readonly index: number
  readonly count: number
  readonly before: Item
  readonly after: Item
  readonly stride: number
}

export class RunEvents {
  readonly sink: TableSink
  private readonly table: number
  private readonly on: boolean
  private items = 0
  private tableCount = 0
  private tableBytes = 0
  private readonly runs: Written[] = []
  private readonly tables: TableEvent[] = []
  /** Index of the last run and table event of each level. */
  private readonly lastRun = new Map<number, number>()
  private readonly lastTable = new Map<string, number>()

  constructor(sink: TableSink, table: number) {
    this.sink = sink
    this.table = table
    this.on = sink.events.on
  }

  tableMade(level: number, hpa: number, bytes: number): void {
    this.tableCount += 1
    this.tableBytes += bytes
    if (this.on) this.tableEvent('table-allocated', level, hpa, bytes)
  }

  tableGone(level: number, hpa: number, bytes: number): void {
    this.tableCount -= 1
    this.tableBytes -= bytes
    if (this.on) this.tableEvent('table-freed', level, hpa, bytes)
  }

  written(run: ItemRun): void {
    this.items += run.count
    if (this.on) this.writtenEvent(run)
  }

  /** Adds the costs and emits: tables made, then items written, then tables freed. */
  flush(): void {
    const { costs, events } = this.sink
    if (this.items !== 0) costs.add('entriesWritten', this.items)
    if (this.tableCount !== 0) costs.add('tablesLive', this.tableCount)
    if (this.tableBytes !== 0) costs.add('tableBytes', this.tableBytes)
    for (const event of this.tables) if (event.kind === 'table-allocated') events.emit(event)
    for (const event of this.runs) events.emit(event)
    for (const event of this.tables) if (event.kind === 'table-freed') events.emit(event)
  }

  private writtenEvent(run: ItemRun): void {
    const event = writtenEvent(run, this.table)
    const at = this.lastRun.get(run.level)
    const joined = at === undefined ? null : joinRuns(this.runs[at], event)
    if (at !== undefined && joined !== null) {
      this.runs[at] = joined
      return
    }
    this.lastRun.set(run.level, this.runs.length)
    this.runs.push(event)
  }

  private tableEvent(kind: TableEvent['kind'], level: number, hpa: number, bytes: number): void {
    const key = `${kind} ${level}`
    const at = this.lastTable.get(key)
    const last = at === undefined ? undefined : this.tables[at]
    if (at !== undefined && last !== undefined && last.hpa + BigInt(last.bytes) === BigInt(hpa)) {
      this.tables[at] = { ...last, bytes: last.bytes + bytes }
      return
    }
    this.lastTable.set(key, this.tables.length)
    this.tables.push({ kind, actor: 'kernel', table: this.table, level, hpa: BigInt(hpa), bytes })
  }
}

function writtenEvent(run: ItemRun, table: number): Written {
  const { level, index, count } = run
  return {
    kind: 'entries-written',
    actor: 'kernel',
    table,
    level,
    hpa: BigInt(run.hpa),
    index,
    count,
    before: itemValue(run.before),
    after: itemValue(run.after),
    stride: BigInt(run.stride),
  }
}

/** One run of two, when the second goes on where the first ends, in memory and in value; else null. */
export function joinRuns(first: Written | undefined, second: Written): Written | null {
  if (first === undefined || first.hpa + BigInt(first.count) * 8n !== second.hpa) return null
  if (first.table !== second.table || first.level !== second.level) return null
  if (first.before !== second.before) return null
  const step = BigInt.asUintN(64, second.after - (first.after + first.stride * BigInt(first.count - 1)))
  if (first.count > 1 && step !== first.stride) return null
  if (second.count > 1 && step !== second.stride) return null
  return { ...first, count: first.count + second.count, stride: step }
}
