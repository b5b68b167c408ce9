/** A table opened for work: its record together with memory and geometry. Never kept in state. */
import { highHalf, lowHalf } from '../bits'
import type { Bulk, FrameAllocator, Memory, Words } from '../mem'
import type { CostCounter } from '../trace/costs'
import type { EventSink } from '../trace/events'
import type { Geometry, TableRef } from './contract'
import { type PlainShape, plainShape } from './plain-shape'
import { formatOf } from './registry'

/** Where the mapper reports to, and who keeps the tables it works on: host frames unless told. */
export interface TableSink {
  readonly events: EventSink
  readonly costs: CostCounter
  readonly keeper?: TableKeeper
}

/** Tables that lie elsewhere than their pointers say: those of a guest, in the guest's memory. */
export interface TableKeeper {
  /** HPA of the table at an address that an item holds; -1 where nothing is behind it. */
  host(address: number): number
  /** The address of an empty table of 4 KiB, or -1. */
  take(): number
  /** Takes a table back that fell empty. */
  give(address: number): void
}

/**
 * Where a walker finds tables that are not in host memory at the address their pointer says (guest tables, read
 * through the parent space). `access` is 'write' where accessed bits must be set.
 */
export interface TableReader {
  /** HPA of the item at `address`, or -1 when the parent refuses. */
  resolve(address: number, access: 'read' | 'write'): number
}

export interface OpenTable extends PlainShape {
  readonly words: Words
  readonly memory: Memory
  readonly frames: FrameAllocator
  readonly geometry: Geometry
  readonly ref: TableRef
  readonly rootLo: number
  readonly rootHi: number
  /** Null: table addresses are HPAs. */
  readonly reader: TableReader | null
}

/** Opens a table for many walks; valid for as long as the table exists. */
export function openTable(bulk: Bulk, ref: TableRef, reader: TableReader | null = null): OpenTable {
  const geometry = formatOf(ref.format).geometry(ref.cfg)
  return {
    words: bulk.words,
    memory: bulk.memory,
    frames: bulk.frames,
    geometry,
    ref,
    rootLo: lowHalf(ref.root),
    rootHi: highHalf(ref.root),
    ...plainShape(geometry, ref.root, reader === null),
    reader,
  }
}
