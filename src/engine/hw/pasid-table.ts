/** PASID tables that lie in a guest's memory: how a platform takes one, and what a guest's driver writes into it. */
import type { PtConfig, TableRef } from '../pt'
import type { HwDevice } from './contract'
import type { StructLayout } from './struct'

/** A PASID table in a guest's memory: `root` is a guest address in bytes; what `cfg` means is the format's. */
export interface PasidTable {
  readonly format: string
  readonly cfg: PtConfig
  readonly root: number
}

/** What a user says of his PASID table; null leaves it to the platform. */
export interface PasidTableWish {
  readonly format: string | null
  /** PASIDs that it covers, as bits. */
  readonly pasidBits: number | null
}

/** The guest's memory, for what its driver writes. Addresses are guest addresses in bytes. */
export interface GuestMemory {
  /** Null where no memory is. */
  read64(address: number): bigint | null
  /** `what` says it to a reader. False where no memory is. */
  write64(address: number, value: bigint, what: string): boolean
  /** Zeroed memory of so many bytes, a power of two and aligned to it; -1 where none is left. */
  take(bytes: number): number
}

/** PASID tables that a guest's driver writes. */
export interface PasidTables<Config = unknown> {
  /** A user's PASID table as the platform reads it, or why it cannot be. Null asks for any device. */
  table(
    config: Config,
    device: HwDevice | null,
    wish: PasidTableWish,
  ): Omit<PasidTable, 'root'> | { readonly problem: string }
  /** Bytes that its root must be a multiple of. */
  alignment(table: Omit<PasidTable, 'root'>): number
  /** Width of the PASIDs that it covers. */
  pasidBits(table: Omit<PasidTable, 'root'>): number
  /**
   * What the guest's driver writes so that requests with a PASID reach one of its tables; null: none. Leaf tables that
   * are missing are taken from the guest's memory. `no-memory` where there is none.
   */
  set(
    config: Config,
    memory: GuestMemory,
    table: PasidTable,
    entry: { readonly pasid: number; readonly to: TableRef | null },
  ): 'done' | 'no-memory'
  /** Entries that are valid, for a reader, by PASID; at most so many. */
  entries(memory: Pick<GuestMemory, 'read64'>, table: PasidTable, most: number): readonly PasidTableEntry[]
}

export interface PasidTableEntry {
  readonly pasid: number
  /** Guest address of the entry. */
  readonly address: number
  readonly words: readonly bigint[]
  readonly layout: StructLayout
  /** Guest address of the table it leads to. */
  readonly root: bigint
}
