/**
 * What a page-table format is: data that one walker and one mapper work from, and fields for a reader.
 *
 * Words of this room: IOVA is the input, OA the output. *item* = one 64-bit slot; *entry* = all items of one
 * translation; level 0 = leaf table, whatever the specification calls it. Pages are 4 KiB page numbers in doubles.
 *
 * Thought through for formats still to come: level skipping (AMD: the next level is a field, so the walker takes
 * its level from the item), entries of several equal items (AMD next level 7, Arm contiguous: `itemsLg2` of a level),
 * concatenated tops (Arm: `indexLg2` of the top level), inverted and per-level rights (Arm AP and APTable: `flip`,
 * `inTables`), canonical inputs (`fold`); an upper half with its own root (Arm TTB1) is a second table.
 */
import type { BitField } from '../bits'

/** Plain values only; what a key means is the format's. Missing keys take the format's default. */
export type PtConfig = Readonly<Record<string, number | boolean | string>>

/** Geometry and masks as geometry.ts lays them out. */
export type Geometry = Int32Array

/** Bit 0 read, bit 1 write. */
export type Perm = number
export const READ = 1
export const WRITE = 2

export interface SpecRef {
  readonly title: string
  readonly section: string
}

/** A deliberate deviation or peculiarity, as data: no code asks for a format's name. */
export interface Quirk {
  readonly id: string
  readonly what: string
  readonly source: string
}

export type ItemKind = 'table' | 'leaf'

/** An item for a reader. */
export interface Entry {
  readonly kind: 'empty' | 'malformed' | ItemKind
  /** OA of a leaf or address of the next table, in bytes; null for an empty item. */
  readonly address: bigint | null
  readonly perm: Perm
  /** log2 of the bytes a leaf maps; null for anything else. */
  readonly pageLg2: number | null
  /** Reserved bits that are set, and missing ones that must be; not 0n exactly when malformed. */
  readonly reserved: bigint
  readonly fields: Readonly<Record<string, bigint>>
}

/** What the author of a format writes; `defineFormat` adds the rest. */
export interface FormatSource {
  readonly id: string
  readonly title: string
  readonly spec: SpecRef
  readonly notModelled: readonly string[]
  readonly quirks: readonly Quirk[]
  /** Why a configuration cannot be, or null. */
  problem(cfg: PtConfig): string | null
  geometry(cfg: PtConfig): Geometry
  /** The specification's name of the table at each level, level 0 first. */
  levelNames(cfg: PtConfig): readonly string[]
  /** Fields of an item at a level; `kind` defaults to leaf at level 0, table above. Drives decode and the bit ruler. */
  fields(level: number, cfg: PtConfig, kind?: ItemKind): readonly BitField[]
  /** Each goes through the conformance suite. */
  readonly testConfigs: readonly PtConfig[]
}

export interface PtFormat extends FormatSource {
  /** Decodes an item as the number it means (big-endian items are turned round before). */
  decode(value: bigint, level: number, cfg: PtConfig): Entry
}

/** One hardware page table, as a plain record. */
export interface TableRef {
  readonly id: number
  readonly format: string
  readonly cfg: PtConfig
  /** HPA in bytes of the top table. */
  readonly root: number
}
