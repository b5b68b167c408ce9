/**
 * The contract of an IOMMU platform: how a device finds its table, what a request is answered, what an invalidation
 * drops. Plain data in, plain data out. A platform's state is a small immutable record; everything the hardware
 * keeps in memory (root tables, PASID tables, TCE tables) and in its caches lives in journaled bulk words.
 *
 * Not modelled by any platform: time, ordering between requests in flight, interrupt remapping, register
 * access (a platform is switched on with its tables in place from the start).
 */
import type { Bulk } from '../mem'
import type { TableRef } from '../pt'
import type { CostCounter } from '../trace/costs'
import type { EventSink, Stage } from '../trace/events'
import type { CacheListing } from './cache-listing'
import type { DomainDriver } from './domain-driver'
import type { HypercallSet } from './hypercall'
import type { PasidTable, PasidTables } from './pasid-table'
import type { InvalidationScope } from './scopes'
import type { StructLayout } from './struct'

export type * from './cache-listing'
export type { GuestMemory, PasidTable, PasidTableEntry, PasidTables, PasidTableWish } from './pasid-table'

/** What every operation works on: the bulk state, who listens, who counts. */
export interface HwContext {
  readonly bulk: Bulk
  readonly events: EventSink
  readonly costs: CostCounter
}

/** A device as an IOMMU sees it. */
export interface HwDevice {
  readonly name: string
  /** Requester id: bus << 8 | device << 3 | function. */
  readonly rid: number
  /** PCI segment; on PAPR the host bridge. */
  readonly segment: number
  readonly group: number
  /**
   * Where the device's group stands in the order groups came up, from 0: the partitionable endpoint of
   * PAPR, which gives its default window its LIOBN.
   */
  readonly pe: number
  /** PASID width in bits, or null without the capability. */
  readonly pasidBits: number | null
  readonly ats: boolean
  readonly pri: boolean
  /** Further requester ids under which the device's DMA may arrive. */
  readonly aliases: readonly number[]
  /** Flags of a device of the kernel's test driver; left out for any other. */
  readonly testFlags?: number
}

/** Bytes, both ends inclusive. */
export interface AddressRange {
  readonly start: bigint
  readonly last: bigint
}

/** Where mappings may lie. */
export interface PermittedRange extends AddressRange {
  /** log2 of the smallest page that can be mapped there. */
  readonly pageLg2: number
}

/** The truth behind every GET_INFO, for the model as it is: what is not modelled is not offered. */
export interface PlatformCaps {
  /** Bit n set: a mapping of 2^n bytes can be one entry. */
  readonly pageSizes: bigint
  /** log2 of the smallest page that can be mapped anywhere; a permitted range may ask for more. */
  readonly smallestPageLg2: number
  /** Width of a device address in bits. */
  readonly inputBits: number
  /** Where mappings may lie, in ascending order. */
  readonly permitted: readonly PermittedRange[]
  /** Holes that no mapping may touch. */
  readonly reserved: readonly AddressRange[]
  readonly nesting: { readonly software: true; readonly hardware: boolean }
  readonly userTableFormats: readonly string[]
  readonly pasidTableFormats: readonly string[]
  /** PASID width in bits, the smaller of platform and device; null without. */
  readonly pasidBits: number | null
  /**
   * What a PASID can be routed to by itself. `any-table`: whatever requests without PASID could be. `first-stage`: a
   * first stage of the kernel or of the process, and requests without PASID then, too; stage 2 is the whole device's,
   * and a user's tables are reached through a PASID table of his, which lies over it.
   */
  readonly pasidRouting: 'any-table' | 'first-stage'
  /** True where a guest may start with its devices reaching guest memory untranslated. */
  readonly passthroughAtStart: boolean
  readonly enforceSnoop: boolean
  readonly recoverableFaults: boolean
  /** True where entries that were not present may be cached, so that mapping needs an invalidation too. */
  readonly flushOnMap: boolean
  /** True where leaves of the tables that the kernel writes say that they were written through. */
  readonly dirtyTracking: boolean
}

/** Which stage a space's own tables are of. Where PASIDs take `any-table` there are none but second ones. */
export type TableStage = 'second' | 'first'

/** A table that a space must keep so that a device can be routed to it. */
export interface TableSpec {
  /** Equal keys of two devices: one table serves both. */
  readonly key: string
  readonly format: TableRef['format']
  readonly cfg: TableRef['cfg']
  /** The 4 KiB pages of device address that the table covers, inclusive. */
  readonly covers: { readonly firstPage: number; readonly lastPage: number }
}

/**
 * `domain` is the tag of the space in caches, 1 to 65535; `tables` are in the order of `tablesFor`. `dirty` says whether
 * hardware notes in them what was written; left out: wherever it can.
 */
export type RouteTarget =
  | {
      readonly kind?: 'second'
      readonly tables: readonly TableRef[]
      readonly domain: number
      readonly dirty?: boolean
    }
  /** One table in host memory of the first stage: of a process (`processTable`), or of the kernel. */
  | { readonly kind: 'first'; readonly table: TableRef; readonly domain: number }
  /** A user's table, in the format of `userTable`, in the memory that `tables` translate; `guest.root` is a
   * guest address in bytes. The domain is the nested space's own, not that of its parent. */
  | {
      readonly kind: 'nested'
      readonly tables: readonly TableRef[]
      readonly guest: TableRef
      readonly domain: number
      readonly dirty?: boolean
    }
  /** A user's PASID table in the memory that `tables` translate: its entries decide about requests with a PASID. Those
   * without stay in the space that `tables` belong to, whose domain is `parentDomain`. */
  | {
      readonly kind: 'pasid-table'
      readonly tables: readonly TableRef[]
      readonly table: PasidTable
      readonly domain: number
      readonly parentDomain: number
    }
  /** Untranslated. No flow may reach it: passthrough of the proposals is a kernel-managed guest root. */
  | { readonly kind: 'passthrough'; readonly domain: number }
  | 'blocked'

/** What a user says of his table; null leaves it to the platform. */
export interface UserTableWish {
  readonly format: string | null
  readonly addressBits: number | null
}

export type UserTable = Pick<TableRef, 'format' | 'cfg'> | { readonly problem: string }

export interface RouteRequest {
  readonly device: HwDevice
  /** Null: requests without PASID. */
  readonly pasid: number | null
  readonly to: RouteTarget
}

export type { CacheReach, InvalidationScope, InvalidationTarget } from './scopes'

export type Access = 'read' | 'write'

export interface TranslateRequest {
  readonly device: HwDevice
  readonly pasid: number | null
  /** Bytes, any alignment. */
  readonly address: bigint
  readonly access: Access
  /** True for DMA: accessed and dirty bits are set and caches filled. False changes no word. */
  readonly commit: boolean
  /** Whether the IOTLB may answer. */
  readonly cached: boolean
}

/** One read of memory made for a translation. A structure of several words is one reference. */
export interface Reference {
  readonly stage: Stage
  /** 0 at the leaf table, null for configuration structures. */
  readonly level: number | null
  /** HPA in bytes. */
  readonly address: number
  /** The lowest 64-bit word read (a TCE as the number it means). */
  readonly value: bigint
  /** `root entry`, `PASID entry`, `PML4[0]`, ... */
  readonly what: string
  readonly fields: Readonly<Record<string, number | string>>
  /** Second-stage reads of a nested walk: the guest address they translate, and the first-stage level whose
   * entry lies there; null for the address that the first stage gave, or for `what` where that is said. */
  readonly serves?: { readonly address: bigint; readonly level: number | null; readonly what?: string }
  /** What decodes it bit by bit: a configuration structure with all its words, or a page table. */
  readonly decoder?:
    | { readonly layout: StructLayout; readonly words: readonly bigint[] }
    | { readonly table: TableRef }
}

export interface HwFault {
  /** The platform's own: VT-d two hex digits (`0x79`), PAPR a word. */
  readonly code: string
  readonly name: string
  readonly stage: Stage
  readonly level: number | null
  readonly address: bigint
  /** Nested translation: the guest address that the second stage was asked for. */
  readonly guestAddress?: bigint
  readonly access: Access
  /** True where the device may send a page request and try again. */
  readonly recoverable: boolean
  /** True where a configuration bit keeps the fault from being recorded (VT-d FPD). */
  readonly suppressed: boolean
}

export type CacheOutcome =
  | 'hit'
  /** A hit whose table now says something else: an invalidation is missing. */
  | 'stale-hit'
  | 'miss'
  /** Not asked for, or the platform keeps no cache that anybody can see. */
  | 'none'

export type Translation =
  | {
      readonly ok: true
      /** HPA in bytes of the byte asked for. */
      readonly output: number
      /** Bit 0 read, bit 1 write. */
      readonly perm: number
      /** Those of them that a cache may keep; left out: all. A write is not among them while a dirty bit is to be set. */
      readonly lasting?: number
      /** log2 of the bytes that this one answer covers. */
      readonly pageLg2: number
      readonly domain: number
      /** Reads made now: none where every cache answered. */
      readonly references: readonly Reference[]
      readonly cache: CacheOutcome
    }
  | { readonly ok: false; readonly fault: HwFault; readonly references: readonly Reference[] }

/** One page that a device asks for. Requests of one group are answered together, once the last has come. */
export interface PageRequest {
  readonly rid: number
  readonly pasid: number | null
  /** Bytes, a multiple of 4096. */
  readonly address: bigint
  /** Null: nothing is asked for, the mark at the end of a drain. */
  readonly access: Access | null
  /** 0 to 511. */
  readonly group: number
  readonly last: boolean
}

export interface PageRequestAsk {
  readonly device: HwDevice
  readonly pasid: number | null
  readonly address: bigint
  readonly access: Access
  /** Joins a group of the device that has not had its last request; left out: a new one, lowest free. */
  readonly group?: number
  /** Left out: true. */
  readonly last?: boolean
}

export type PageRequestOutcome =
  | { readonly kind: 'queued'; readonly request: PageRequest }
  /** The queue is full, or was and nobody cleared it: dropped, and a last request answered `success` at once. */
  | { readonly kind: 'overflow'; readonly request: PageRequest }
  /** The device has no free group, or its page requests were switched off by a response `failure`. */
  | { readonly kind: 'held-back'; readonly why: string }
  | { readonly kind: 'refused'; readonly fault: HwFault }

export interface PageResponse {
  readonly rid: number
  readonly pasid: number | null
  readonly group: number
  /** `success`: the device tries again. `invalid`: it gives this access up. `failure`: it asks no more at all. */
  readonly code: 'success' | 'invalid' | 'failure'
}

/** Page requests, from the device to software and back. The queue is bits in memory. */
export interface PageRequestUnit<State = unknown> {
  /** A device asks. Emits `page-request`, or `fault` where the configuration does not let it. */
  request(
    ctx: HwContext,
    state: State,
    ask: PageRequestAsk,
  ): { readonly state: State; readonly outcome: PageRequestOutcome }
  /** Software takes everything out of the queue, in order, and clears an overflow. */
  read(
    ctx: HwContext,
    state: State,
  ): { readonly state: State; readonly requests: readonly PageRequest[]; readonly overflow: boolean }
  /**
   * Software answers a group. Emits `page-response`, `by` being the device it reaches. False: there is no such group
   * whose last request has come, and nothing changes.
   */
  respond(
    ctx: HwContext,
    state: State,
    response: PageResponse,
  ): { readonly state: State; readonly delivered: boolean }
  /**
   * Before a PASID (or requests without) is taken from a device: empties the queue, flushes what it names, waits for
   * requests on their way, and forgets its groups. The requests that were in the queue are handed back, all of them.
   */
  drain(
    ctx: HwContext,
    state: State,
    of: { readonly device: HwDevice; readonly pasid: number | null },
  ): { readonly state: State; readonly requests: readonly PageRequest[] }
  /** Groups that no response has answered, oldest first; their requests in order. */
  pending(state: State): readonly (readonly PageRequest[])[]
}

/** A configuration structure in memory, for a reader. */
export interface ConfigRow {
  /** `root entry`, `context entry`, `PASID entry`, `TCE window`, ... */
  readonly struct: string
  /** Its own name, where several such structures stand side by side: `LIOBN 0x80000000`. */
  readonly port?: string
  /** HPA in bytes, null where the structure is not in memory. */
  readonly hpa: number | null
  readonly words: readonly bigint[]
  readonly fields: Readonly<Record<string, number | string>>
  /** The bits of its words; left out where the structure is not in memory. */
  readonly layout?: StructLayout
}

/** `#window` as the flow gives it; bytes. */
export interface WindowParams {
  readonly liobn: number
  readonly start: bigint
  readonly size: bigint
  readonly pageSize: bigint
  readonly levels: number
  /** Names; empty means every device. */
  readonly devices: readonly string[]
}

/** The parameters that `#platform ID k=v` takes. */
export interface PlatformParam {
  readonly key: string
  readonly values: readonly string[] | 'number' | 'size'
  readonly default: string
  readonly doc: string
}

/**
 * One IOMMU platform. `Config` comes from the flow and never changes; `State` is made by `init` and holds
 * its Config. To the rest of the engine both are opaque.
 */
export interface Platform<Config = unknown, State = unknown> {
  readonly id: string
  readonly title: string
  readonly notModelled: readonly string[]
  /** True where the processor translates the PASIDs of work that a guest submits (x86 ENQCMD). */
  readonly cpuTranslatesPasids: boolean
  readonly params: readonly PlatformParam[]
  /**
   * Reads parameters; keys and values not in `params` are a problem, except that a bare value
   * (`legacy`, `39-bit`) is taken for the parameter that has it.
   */
  configure(
    params: Readonly<Record<string, string>>,
    windows: readonly WindowParams[],
  ): { readonly config: Config } | { readonly problem: string }
  /** Null asks for what holds whatever the device; the stage left out is the second. */
  caps(config: Config, device: HwDevice | null, stage?: TableStage): PlatformCaps
  /** The tables that a space needs before the device can be routed to it, in the order `route` takes. */
  tablesFor(config: Config, device: HwDevice, stage?: TableStage): readonly TableSpec[]
  /**
   * The same table with entries that make DMA snoop the processor caches whatever the device asks for. Left out where
   * `enforceSnoop` is false, or where it is no matter of the table.
   */
  snooping?(spec: TableSpec): TableSpec
  /**
   * The configuration of a table with one level more on top, or null; left out where tables do not grow. The input of a
   * `TableSpec` that grows is less than what it covers.
   */
  grown?(cfg: TableRef['cfg']): TableRef['cfg'] | null
  /** The table that a process's own address space needs (`first` of a route), or null where there is none. */
  processTable(config: Config): TableSpec | null
  /** A user-managed table as the platform reads it (`guest` of a route), or why it cannot be. */
  userTable(config: Config, wish: UserTableWish): UserTable
  /** PASID tables of guests; null where the PASID table is the kernel's, or there is none. */
  readonly pasidTables: PasidTables<Config> | null
  /** Sets up the root structures. Every device is blocked. Throws where memory for them is exhausted. */
  init(ctx: HwContext, config: Config): State
  /**
   * Points requests of a device (with one PASID, or without) at tables, or blocks them: writes the
   * configuration entries and issues the invalidations that the change needs. A platform that has tables
   * of its own per device makes them at the first route, also to `blocked`.
   */
  route(ctx: HwContext, state: State, request: RouteRequest): State
  /** Lowers a scope to the platform's commands and drops what those name. */
  invalidate(ctx: HwContext, state: State, scope: InvalidationScope): void
  /** Answers one request of a device. Emits references, cache events, and `translated` or `fault`. */
  translate(ctx: HwContext, state: State, request: TranslateRequest): Translation
  /** Left out where guests make none. */
  readonly hypercalls?: HypercallSet<State>
  /** What the kernel's driver for it lets be built; left out where files of objects cannot drive it. */
  readonly domains?: DomainDriver<Config, State>
  /** Null where devices cannot ask for pages. */
  readonly pageRequests: PageRequestUnit<State> | null
  /** What the caches hold now, a line each in a fixed order; for hashing and for people. */
  cacheLines(ctx: HwContext, state: State): readonly string[]
  /** The same for a reader, cache by cache; a platform without caches that anybody can see has none. */
  caches(ctx: HwContext, state: State): readonly CacheListing[]
  /** Fields of those structures that tell one device's route from another's, most telling first. */
  readonly tellingFields: readonly string[]
  /** The structures that decide about a device's requests, in the order the hardware reads them. */
  describe(ctx: HwContext, state: State, device: HwDevice): readonly ConfigRow[]
  /** Registers that say where those structures lie, with their offset in `hpa` left null; left out where none is modelled. */
  registers?(ctx: HwContext, state: State): readonly ConfigRow[]
}
