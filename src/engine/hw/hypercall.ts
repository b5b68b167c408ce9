/** The contract of hypercalls: how a guest without tables of its own asks its hypervisor to write entries. */
import type { HwDevice } from './contract'

/** Entries of a table in 4 KiB pages of device address. */
export interface EntryRun {
  readonly page: number
  readonly pages: number
}

/** An entry as the guest wrote it: a guest address in bytes, bit 0 read, bit 1 write. */
export interface GuestEntry {
  readonly gpa: bigint
  readonly perm: number
}

export type EntryOutcome = 'done' | { readonly kind: 'refused' | 'no-room'; readonly why: string }

/** What a hypercall reaches: guest memory, and tables by their `TableSpec.key`, which only a VMM's calls change. */
export interface GuestPort {
  readonly devices: readonly HwDevice[]
  /** Whether all `size` bytes from a guest address are guest memory. */
  isMemory(gpa: bigint, size: bigint): boolean
  /** A big-endian word of guest memory; null where there is none. */
  read64be(gpa: bigint): bigint | null
  /** Whether any device is routed to such a table. */
  hasTable(key: string): boolean
  entry(key: string, page: number): GuestEntry | null
  /** Maps a run; what stood there goes. */
  map(key: string, run: EntryRun & GuestEntry): EntryOutcome
  clear(key: string, run: EntryRun): EntryOutcome
}

export interface HypercallResult {
  /** As the guest gets it; one of `HypercallSet.statuses`. */
  readonly status: number
  /** What it reads, where the call reads. */
  readonly value: bigint | null
  /** Why it failed, in a sentence; null where it did not. */
  readonly why: string | null
}

/** One hypercall; a flow calls it by its name in lower case. */
export interface Hypercall<State = unknown> {
  readonly name: string
  readonly number: number
  readonly params: readonly { readonly name: string; readonly role: 'number' | 'iova' | 'vaddr' }[]
  readonly doc: string
  run(state: State, guest: GuestPort, args: readonly bigint[]): HypercallResult
}

/** The calls by which a guest writes tables, and what they may answer, as constants of a flow. */
export interface HypercallSet<State = unknown> {
  readonly calls: readonly Hypercall<State>[]
  readonly statuses: readonly { readonly name: string; readonly value: bigint; readonly doc: string }[]
}
