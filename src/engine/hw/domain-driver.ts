/**
 * What the driver of an IOMMU lets the kernel build for a device: the shapes of its tables, what it reads of a user's
 * data, and what it tells of the hardware. Where a platform has one, address space files of objects work on it.
 *
 * Source: iommufd facts 2.11 to 2.20, 5. Refusals are told by kind, and get their number where calls are judged.
 */
import type { AddressRange, HwContext, HwDevice, PasidTable, TableSpec, UserTable } from './contract'

export interface DriverRefusal {
  readonly refused: 'unsupported' | 'invalid' | 'fault' | 'no-device' | 'io'
  readonly why: string
}

/** What a user hands a driver beside the fields of a call. */
export interface UserData {
  readonly type: number
  readonly length: number
  /** The bytes, or null where the pointer leads nowhere. */
  readonly bytes: Uint8Array | null
}

/** What a device reports through its IOMMU. */
export interface DriverDevice {
  /** Where none of its mappings may lie. */
  readonly reserved: readonly AddressRange[]
  /** Null where the driver tells nothing of its hardware. */
  readonly info: { readonly type: number; readonly bytes: Uint8Array } | null
  readonly dirtyTracking: boolean
  /** log2 of how many PASIDs it can use; 0: none. */
  readonly pasidLg2: number
  /** True where the driver may switch ATS on for it. */
  readonly ats: boolean
}

export interface PagingWish {
  readonly nestParent: boolean
  readonly dirty: boolean
  readonly pasid: boolean
  readonly data: UserData | null
}

export interface PagingShape {
  readonly aperture: AddressRange
  /** log2 of the smallest page. */
  readonly granuleLg2: number
  /** log2 of the bytes that the table counts as one page; left out: of a page of 4 KiB. */
  readonly unitLg2?: number
  /** Bit n set: an entry may be of 2^n bytes. Left out: whatever the format has. */
  readonly pageSizes?: bigint
  /** Null where it keeps no entries. */
  readonly table: Pick<TableSpec, 'format' | 'cfg'> | null
  /** True where it translates as a first stage does. */
  readonly firstStage?: boolean
}

export interface NestedWish {
  /** Made through a vIOMMU. */
  readonly viommu: boolean
  readonly data: UserData
}

export interface NestedShape {
  /** The user's table as hardware reads it; null where nothing walks it. */
  readonly guest: (Extract<UserTable, { format: string }> & { readonly root: number }) | null
  /** Numbers that the driver keeps for it. */
  readonly cache: readonly number[]
  /** The user's PASID table, by which hardware reads his tables; left out: none. */
  readonly contexts?: PasidTable
  /** Where hardware walks nothing of the user's: requests reach what the parent maps, or nothing. */
  readonly reaches?: 'parent' | 'nothing'
}

export interface AttachWish {
  readonly fault: boolean
  readonly dirty: boolean
}

/** How far a list of invalidations got. */
export interface Invalidated {
  readonly done: number
  readonly cache: readonly number[]
  /** What the entries done name: 4 KiB pages of the user's addresses, both ends inclusive, or everything. */
  readonly dropped: readonly (DroppedPages | 'all')[]
  readonly refused: DriverRefusal | null
}

export interface DroppedPages {
  readonly firstPage: number
  readonly lastPage: number
}

export interface InvalidationList {
  readonly type: number
  readonly entryBytes: number
  readonly entries: number
  /** All entries, or null where the pointer leads nowhere. */
  readonly bytes: Uint8Array | null
}

/** A unit on which a guest's commands take effect, and what of it is the guest's. */
export interface VirtualUnit<State = unknown> {
  readonly ctx: HwContext
  readonly state: State
  /** Tag of the parent table in caches. */
  readonly domain: number
  /** Requester id of a virtual device, or null where there is none. */
  readonly ridOf: (virtId: bigint) => number | null
}

export interface VirtualIommu<State = unknown> {
  /** Runs a guest's commands, each made to name what is the guest's alone. Has this or `invalidate`. */
  run?(
    unit: VirtualUnit<State>,
    list: InvalidationList,
  ): { readonly done: number; readonly refused: DriverRefusal | null }
  /** Invalidates through a vIOMMU; `find` gives what the driver keeps for a virtual device id. */
  invalidate?(
    list: InvalidationList,
    find: (virtId: bigint) => readonly number[] | null,
  ): {
    readonly done: number
    readonly changed: readonly { readonly virtId: bigint; readonly cache: readonly number[] }[]
    readonly refused: DriverRefusal | null
  }
  /** Queues of the hardware that it can hand out, or null where it has none of that type. */
  queues(type: number): { readonly count: number; readonly chained: boolean } | null
}

/** Bytes of a driver's own struct, with the type under which calls know it. */
export interface DriverData {
  readonly type: number
  readonly bytes: Uint8Array
}

export interface DomainDriver<Config = unknown, State = unknown> {
  /** Devices of one driver can share its tables. */
  readonly name: string
  device(config: Config, device: HwDevice): DriverDevice
  paging(config: Config, device: HwDevice, wish: PagingWish): PagingShape | DriverRefusal
  /** Left out where it has no nesting at all. */
  nested?(config: Config, device: HwDevice, wish: NestedWish): NestedShape | DriverRefusal
  /** Why a device cannot be pointed at a table, or null. */
  attach(config: Config, device: HwDevice, wish: AttachWish): DriverRefusal | null
  /** True where a user's PASID table decides about requests with a PASID that nothing is attached to. */
  readonly userPasidTables?: boolean
  /** Drops what the caches hold for a user's table, entry by entry. */
  invalidate?(config: Config, list: InvalidationList, cache: readonly number[]): Invalidated
  /** What a user hands over for a guest's table at that address (of the parent, bytes). */
  guestTableData?(config: Config, table: bigint): DriverData
  /** One entry that drops what hardware holds of a guest's table: a range, or (null) all. */
  invalidationData?(range: { readonly iova: bigint; readonly size: bigint } | null): DriverData
  /** The vIOMMU of a type, or null. */
  viommu(config: Config, type: number, data: UserData | null): VirtualIommu<State> | DriverRefusal | null
}

export const unsupported = (why: string): DriverRefusal => ({ refused: 'unsupported', why })
export const invalid = (why: string): DriverRefusal => ({ refused: 'invalid', why })

export const isRefused = <T extends object>(answer: T | DriverRefusal): answer is DriverRefusal =>
  'refused' in answer && typeof answer.refused === 'string'

/** Reads a little-endian number of 32 bits. */
export function word32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
}

/** Reads a little-endian number of 64 bits. */
export function word64(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true)
}

/**
 * The user's data of a struct that the driver knows in `least` to `most` bytes, the rest zero; or why not.
 * A struct of another type is `invalid` here: who lists types judges them before.
 */
export function userStruct(
  data: UserData,
  { type, least, most }: { type: number; least: number; most: number },
): Uint8Array | DriverRefusal {
  if (data.type !== type) return invalid(`data type ${data.type} is not ${type}`)
  if (data.length < least || data.length > most)
    return invalid(`data of ${data.length} bytes, not ${least} to ${most}`)
  if (data.bytes === null) return { refused: 'fault', why: 'the data cannot be read' }
  const whole = new Uint8Array(most)
  whole.set(data.bytes.subarray(0, data.length))
  return whole
}
