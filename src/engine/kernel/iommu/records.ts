/**
 * The objects of an address space file, as small immutable records: one number space for all types, the lowest free
 * number from 1 (facts 1.3). Who holds whom is told by the records themselves and counted when it is asked (users.ts).
 *
 * Source: iommufd facts 1.1, 1.2, 1.6.
 */
import type { AddressRange, PasidTable } from '../../hw'
import type { TableRef } from '../../pt'

interface ObjectBase {
  readonly id: number
}

export interface IoasObject extends ObjectBase {
  readonly type: 'IOAS'
  /** uid of its space, which holds its IoPagetable. */
  readonly space: number
}

/** The kernel's own page table of one IOMMU for an IOAS. */
export interface PagingObject extends ObjectBase {
  readonly type: 'HWPT_PAGING'
  /** Object id. */
  readonly ioas: number
  /** Made by an attach to the IOAS; gone with its last device. */
  readonly auto: boolean
  readonly nestParent: boolean
  /** Allocated for PASIDs. */
  readonly pasid: boolean
  /** Allocated for dirty tracking. */
  readonly dirty: boolean
  readonly tracking: boolean
  readonly fault: number | null
  /** The driver whose devices can use it. */
  readonly driver: string
  readonly aperture: AddressRange
  /** log2 of the smallest page. */
  readonly granuleLg2: number
  /** log2 of the bytes that the table counts as one page. */
  readonly unitLg2: number
  /** Bit n set: an entry may be of 2^n bytes; null: whatever the format has. */
  readonly pageSizes: bigint | null
  /** Null where the driver keeps no bits that hardware walks. */
  readonly table: TableRef | null
  /** True where it translates as a first stage does. */
  readonly firstStage: boolean
  /** What tags its translations in caches. */
  readonly tag: number
}

/** A table of the user over one of the kernel's. */
export interface NestedObject extends ObjectBase {
  readonly type: 'HWPT_NESTED'
  /** Object id of the parent table or of the vIOMMU it was made from. */
  readonly parent: number
  /** Allocated for PASIDs. */
  readonly pasid: boolean
  readonly fault: number | null
  readonly driver: string
  /** uid of its space. */
  readonly space: number
  /** What tags its translations in caches. */
  readonly tag: number
  /** The user's table as hardware reads it; null where nothing walks it. */
  readonly guest: TableRef | null
  /** The user's PASID table as hardware reads it; null where there is none. */
  readonly contexts: PasidTable | null
  /** Where hardware walks nothing of the user's: what requests reach. Null: that is the driver's to say. */
  readonly reaches: 'parent' | 'nothing' | null
  /** Numbers that the driver keeps of the user's data. */
  readonly cache: readonly number[]
}

export interface DeviceObject extends ObjectBase {
  readonly type: 'DEVICE'
  readonly device: string
  readonly group: number
  /** What the file of the device has attached: without a PASID, and by PASID. */
  readonly attached: boolean
  readonly pasids: readonly number[]
  /** Numbers that the driver keeps for it. */
  readonly cache: readonly number[]
  /** The test driver fails the next attach with the one PASID it does so for. */
  readonly failNext: boolean
}

export interface AccessObject extends ObjectBase {
  readonly type: 'ACCESS'
  /** Object id, or null while it is on none. */
  readonly ioas: number | null
  readonly pins: boolean
  /** Pinned ranges by the number its driver gave them. */
  readonly items: ReadonlyMap<number, { readonly first: bigint; readonly last: bigint }>
  readonly nextItem: number
  /** True for one the kernel made for a queue: no user can name it. */
  readonly hidden: boolean
}

export interface FaultReport {
  /** Object id of the device; 0 once it is gone. */
  readonly device: number
  /** 32 bits; all ones without PASID. */
  readonly pasid: number
  readonly withPasid: boolean
  readonly group: number
  /** Bits: 1 read, 2 write, 4 execute, 8 privileged. */
  readonly perm: number
  readonly address: bigint
  /** Object id of the table it was routed to, and the PASID of the attachment that led there; 0: without. */
  readonly hwpt: number
  readonly by: number
  /** The device that waits, by the group and PASID of its request; null for one that a test command made. */
  readonly asked: { readonly device: string; readonly wire: number | null; readonly group: number } | null
}

export interface FaultObject extends ObjectBase {
  readonly type: 'FAULT'
  readonly queued: readonly FaultReport[]
  /** Read and not answered, by cookie. */
  readonly pending: ReadonlyMap<number, FaultReport>
}

export interface ViommuObject extends ObjectBase {
  readonly type: 'VIOMMU'
  /** Object id of the parent table. */
  readonly hwpt: number
  readonly viommuType: number
  readonly driver: string
}

export interface VdeviceObject extends ObjectBase {
  readonly type: 'VDEVICE'
  readonly viommu: number
  readonly device: number
  readonly virtId: bigint
}

/** An event of a queue: its sequence number and its payload, null for the mark of lost ones. */
export interface VirtualEvent {
  readonly sequence: number
  readonly payload: Uint8Array | null
}

export interface VeventqObject extends ObjectBase {
  readonly type: 'VEVENTQ'
  readonly viommu: number
  readonly queueType: number
  readonly depth: number
  readonly queued: readonly VirtualEvent[]
  /** Sequence number of the next event. */
  readonly sequence: number
}

export interface HwQueueObject extends ObjectBase {
  readonly type: 'HW_QUEUE'
  readonly viommu: number
  readonly index: number
  readonly access: number
}

/** A device of the test driver: bound and attached when it was made. */
export interface SelftestObject extends ObjectBase {
  readonly type: 'SELFTEST'
  readonly device: number
}

/** A number that stands for nothing: of an object on its way, or, never given out again, of a vDEVICE whose device was unbound. */
export interface ReservedNumber extends ObjectBase {
  readonly type: 'RESERVED'
}

export type IoObject =
  | IoasObject
  | PagingObject
  | NestedObject
  | DeviceObject
  | AccessObject
  | FaultObject
  | ViommuObject
  | VdeviceObject
  | VeventqObject
  | HwQueueObject
  | SelftestObject
  | ReservedNumber

export type IoType = IoObject['type']
export type ObjectOf<T extends IoType> = Extract<IoObject, { type: T }>

/** Which table a group's requests with one PASID use; PASID 0 stands for requests without. */
export interface GroupAttachment {
  readonly pasid: number
  /** Object id. */
  readonly hwpt: number
  /** Object ids of the devices attached. */
  readonly devices: readonly number[]
}

/** When an object was made. */
export interface Birth {
  /** Its place among the objects that a user of the file is shown, from 1, never given out again. */
  readonly nth: number
  /** Its place among everything the machine made. */
  readonly order: number
}

/** What an address space file has beside its spaces. */
export interface IoContext {
  readonly objects: ReadonlyMap<number, IoObject>
  /** By object id; the test driver's own objects, and the kernel's, have none. */
  readonly births: ReadonlyMap<number, Birth>
  /** How many births there were. */
  readonly born: number
  /** By group number. */
  readonly groups: ReadonlyMap<number, readonly GroupAttachment[]>
  /** Object id of the IOAS that calls of the old container mean, or null. */
  readonly compat: number | null
  /** Charges the memory of the process and not its user. */
  readonly accountMm: boolean
}

export const EMPTY_CONTEXT: IoContext = {
  objects: new Map(),
  births: new Map(),
  born: 0,
  groups: new Map(),
  compat: null,
  accountMm: false,
}
