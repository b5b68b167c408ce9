/**
 * What the kernel keeps, as small immutable records: files, contexts, address spaces, devices.
 *
 * A record is replaced, never changed; `Root` holds them all, so the machine at a step is one Root and
 * a journal position. Bulk things (areas, pins, process memory, registered ranges) live in the range
 * trees of `mem`, addressed by the tree ids below.
 */
import type { HwDevice, HwFault } from '../hw'
import type { PtConfig, TableRef } from '../pt'
import type { IoPagetable } from './iommu/io-pagetable'
import type { PagesRecord } from './iommu/pages'
import type { RangeMap } from './iommu/range-map'
import type { IoContext } from './iommu/records'

export type SpaceKind =
  | 'kernel'
  | 'user-table'
  | 'user-pasid-table'
  | 'sva'
  | 'prereg'
  | 'dummy'
  | 'passthrough'
  | 'blocked'

/** `object`: the file of an object of a context (a fault queue). `plain`: any other file (a memfd, /dev/null). */
export type FileKind = 'context' | 'device' | 'kvm' | 'group' | 'container' | 'object' | 'plain'

export interface FileRecord {
  readonly kind: FileKind
  readonly path: string
  /** The context's uid, or the device's name. */
  readonly context: number | null
  readonly device: string | null
  /** The virtual machine's uid, for a KVM file. */
  readonly vm: number | null
  /** The flow's name for the fd. */
  readonly name: string
  /** The id of the object it is the file of, for kind `object`. */
  readonly object?: number
  /** A device file that came out of its group's, which the group's container drives. */
  readonly ofGroup?: boolean
  /** The number of the group, for kind `group` and for a device file that came out of it. */
  readonly group?: number
  /** Bytes of a file whose pages can be pinned (a memfd), and where they lie among all files (4 KiB pages). */
  readonly size?: bigint
  readonly pages?: number
}

/** A process, as far as its calls are judged by it. */
export interface TaskRecord {
  readonly uid: number
  readonly parent: number | null
  /** False once it has exited: its memory is gone. */
  readonly alive: boolean
  /** Pages it may have charged; null: no limit. */
  readonly memlockPages: number | null
  /** CAP_IPC_LOCK: what it pins need not be charged. */
  readonly ipcLock: boolean
  /** CAP_SYS_RESOURCE. */
  readonly sysResource: boolean
  /** Pages charged against its limit. */
  readonly accountedPages: number
}

/** The process a run starts with. */
export const FIRST_TASK = 0

export interface ContextRecord {
  readonly uid: number
  /** Objects of a file that numbers them all in one space; empty where the dialect has none. */
  readonly io: IoContext
  /** The fd it was opened as; it may be closed while devices keep the context. */
  readonly fd: number
  readonly open: boolean
  readonly order: number
}

/** A VFIO group whose file is open, or was and is kept by the files of its devices. */
export interface GroupRecord {
  readonly group: number
  /** The fd it was opened as; given out again once that is closed. */
  readonly fd: number
  /** True once its own file is closed. */
  readonly closed: boolean
  /** uid of the context it was put into, or null. */
  readonly container: number | null
  /** Open files of its devices that came out of it. */
  readonly deviceFiles: number
}

/** A VFIO container from VFIO_SET_IOMMU until its last group leaves. */
export interface ContainerRecord {
  /** uid. */
  readonly context: number
  /** TYPE1 is 1, TYPE1v2 is 2: what an unmap may cover. */
  readonly version: 1 | 2
  /** uid of the space that its mappings lie in. */
  readonly space: number
  readonly dirtyTracking: boolean
  /** Mappings whose vaddr was taken away (VFIO_DMA_UNMAP_FLAG_VADDR). */
  readonly withoutVaddr: number
}

export interface Attachment {
  readonly device: string
  readonly pasid: number | null
}

export interface SpaceTable {
  /** Which of a device's tables this is (`TableSpec.key`): devices of equal key share it. */
  readonly key: string
  readonly ref: TableRef
  /** 4 KiB page numbers of the input addresses it covers, inclusive. */
  readonly firstPage: number
  readonly lastPage: number
}

/** A page table that the user writes in memory of his own. */
export interface UserTable {
  /** The number under which events and pictures know it. */
  readonly id: number
  readonly format: string
  readonly cfg: PtConfig
  /** Of its top table, an address of the parent. Bytes. */
  readonly root: bigint
  /** Read by the kernel, who keeps tables of its own; else walked by the IOMMU. */
  readonly shadowed?: boolean
}

/** A PASID table that the user writes in memory of his own. */
export interface UserPasidTable {
  /** The number under which events and pictures know it. */
  readonly id: number
  readonly format: string
  /** Its shape; what a key means is the platform's. */
  readonly cfg: PtConfig
  /** An address of the parent. Bytes. */
  readonly root: bigint
}

export interface SpaceRecord {
  readonly uid: number
  readonly context: number
  /** The number the dialect gave out. */
  readonly id: number
  readonly name: string
  readonly kind: SpaceKind
  readonly parent: number | null
  readonly children: readonly number[]
  readonly attachments: readonly Attachment[]
  readonly tables: readonly SpaceTable[]
  /** Bound to it instead of tables of its own, or null. */
  readonly userTable: UserTable | null
  /** Bound to it: it stands for all PASIDs of its device, or null. */
  readonly pasidTable: UserPasidTable | null
  /** The number that tags its translations in the IOMMU's caches; 0 while it has no table. */
  readonly domain: number
  /** Groups of which some but not all devices are attached. */
  readonly partialGroups: readonly number[]
  readonly enabled: boolean
  /** Pages that devices write are being tracked (R39). */
  readonly tracksDirty: boolean
  /** Why no device here can walk what its allocation asks for. */
  readonly unfit?: string
  /** Whether its tables make DMA snoop processor caches. */
  readonly snoop: 'off' | 'on' | 'auto'
  readonly order: number
  /** Areas by the byte, where the dialect has such; they are then not in the range trees of the bulk. */
  readonly io?: IoPagetable
}

export interface DeviceAttachment {
  readonly space: number
  /** The user's number (vPASID); null routes by the RID, or by the default PASID. */
  readonly pasid: number | null
  /** The number on the wire (pPASID); null for untagged requests. */
  readonly wire: number | null
}

export interface PasidRoute {
  readonly pasid: number
  readonly wire: number | null
  readonly space: number
}

/** One bind of a device to an address space file. */
export interface Binding {
  /** The device fd through which it was made: it ends when that closes. */
  readonly fd: number
  /** uid of the context. */
  readonly context: number
  /** The user's number for the device in that context, where the bind gave one. */
  readonly cookie: bigint | null
}

export interface DeviceRecord {
  readonly name: string
  readonly path: string
  readonly kind: 'pci' | 'mdev' | 'swmdev'
  /** 1 to 8, by how PASIDs reach the wire (`DEVICE_TYPES`). */
  readonly type: number
  /** The driver of the host that has it; only that of VFIO lets a user open it. */
  readonly driver: string
  /** It can ask for DMA that does not snoop. */
  readonly noSnoop: boolean
  readonly rid: string | null
  /** What a mediated device's requests carry where its user gives no PASID; null for others. */
  readonly defaultPasid: number | null
  /** For a mediated device the requester id is its parent's. */
  readonly hw: HwDevice
  /** Oldest first; whether there may be several is the dialect's to say. */
  readonly bindings: readonly Binding[]
  /** In the order they were made: a root before its children. */
  readonly attachments: readonly DeviceAttachment[]
  /** The space whose tables the IOMMU uses for its untagged DMA, or null while blocked. */
  readonly routed: number | null
  /** The same for each PASID that is let through, in ascending order. */
  readonly pasidRoutes: readonly PasidRoute[]
  readonly order: number
}

/** A page that a device asked for and nobody has answered for yet. */
export interface PendingFault {
  readonly context: number
  /** uid. */
  readonly space: number
  readonly device: string
  /** As the user knows it, and as it stood on the wire. */
  readonly pasid: number | null
  readonly wire: number | null
  readonly group: number
  /** Bytes, a multiple of 4 KiB. */
  readonly address: bigint
  readonly access: 'read' | 'write'
  /** True once the user has taken it out of the ring. */
  readonly read: boolean
}

/** A transfer of a device that waits for a page. */
export interface WaitingDma {
  readonly device: string
  readonly pasid: number | null
  readonly wire: number | null
  readonly group: number
  readonly address: bigint
  readonly access: 'read' | 'write'
  /** What is written, a letter a byte; null for a read. */
  readonly data: string | null
  readonly length: number
  /** What it ends with where no page comes. */
  readonly fault: HwFault
}

/** How a transfer of a device ended, or that it waits for a page. */
export type DmaOutcome =
  /** `length` in bytes; `data` is what was read, a letter a byte, and null for a write. */
  | { readonly ok: true; readonly length: number; readonly data: string | null }
  /** `moved`: bytes that went through before the fault. */
  | { readonly ok: false; readonly pending: false; readonly fault: HwFault; readonly moved: number }
  /** The device has asked for a page and goes on when the answer comes. */
  | { readonly ok: false; readonly pending: true }

/** One entry of the processor's PASID translation table of a virtual machine. */
export interface CpuPasid {
  readonly vm: number
  readonly vpasid: number
  readonly wire: number
  readonly space: number
}

/** 4 KiB pages, both ends inclusive. */
export interface GuestRam {
  readonly first: number
  readonly last: number
  /** First page of process memory behind it. */
  readonly hva: number
}

/**
 * How a VMM makes a guest's I/O mappings those of the host. `shadow`: it maps what they come to in process memory into
 * a root. `mirror`: it maps them as they are, in guest addresses, into a child. `nested`: hardware walks the guest's
 * own table, and the VMM passes invalidations on.
 */
export type ViommuWay = 'shadow' | 'mirror' | 'nested'

/** An IOMMU that a VMM emulates for one device of its guest. Kept by the VMM, not by the kernel. */
export interface ViommuRecord {
  /** Of the tree of what it has mapped. */
  readonly uid: number
  readonly device: string
  readonly pasid: number | null
  readonly way: ViommuWay
  /** uid of the space that takes what the guest maps. */
  readonly space: number
  /** True where the VMM made that space. */
  readonly own: boolean
  /** The guest's table for the device, a guest address in bytes; null until the guest has named one. */
  readonly table: bigint | null
}

/** Something the machine took for granted while it ran, and the directive that would say it. */
export interface Guess {
  readonly name: string
  readonly value: string
  /** The number a name of the flow stands for, and the role that told it; null for anything else. */
  readonly number: bigint | null
  readonly role: string | null
  /** A line of the flow that would say it. */
  readonly directive: string | null
}

export interface Root {
  readonly files: ReadonlyMap<number, FileRecord>
  readonly contexts: ReadonlyMap<number, ContextRecord>
  readonly spaces: ReadonlyMap<number, SpaceRecord>
  readonly devices: ReadonlyMap<string, DeviceRecord>
  /** Open VFIO groups by their number, and containers that have an IOMMU by their context's uid. */
  readonly groups: ReadonlyMap<number, GroupRecord>
  readonly containers: ReadonlyMap<number, ContainerRecord>
  /** Pages that the guest takes for tables: the next one downwards (null before the first), and those given back. */
  readonly guestPages: { readonly next: number | null; readonly free: readonly number[] }
  /** The process's own table, while a space of type SVA uses it. */
  readonly processTable: TableRef | null
  /** Oldest first. */
  readonly faults: readonly PendingFault[]
  readonly waiting: readonly WaitingDma[]
  /** The last transfer of each device. */
  readonly dmaResults: ReadonlyMap<string, DmaOutcome>
  readonly cpuPasids: readonly CpuPasid[]
  /** Virtual machines whose PASIDs the processor translates. */
  readonly translatingVms: readonly number[]
  /** In the order they were switched on. */
  readonly viommus: readonly ViommuRecord[]
  /** Guest memory as a VMM came to know it where the flow declares none; empty before. */
  readonly guestRam: readonly GuestRam[]
  readonly guesses: readonly Guess[]
  /** Pages charged to all processes now; a page charged twice counts twice. */
  readonly accountedPages: number
  /** The process that makes the calls, and all there were. */
  readonly task: number
  readonly tasks: ReadonlyMap<number, TaskRecord>
  /** Pages that areas by the byte show, by uid. */
  readonly ioPages: RangeMap<PagesRecord>
  readonly hw: unknown
  /** Numbers for the next context or space, never reused, so that their trees are never shared. */
  readonly nextUid: number
  readonly nextTable: number
  readonly nextOrder: number
}

/** Range trees of the bulk state. Values of columns a and b are told beside each. */
export const TREE = {
  /** Pinned process pages (page numbers of HVAs), refcounted. */
  pins: 0,
  /** Memory of the first process; b holds the VmaFlag bits. */
  memory: 1,
  /** Pages of files, at addresses that no process has; b as of memory. */
  files: 2,
  /** Memory of a process. */
  memoryOf: (task: number): number => (task === 0 ? 1 : task * 4 + 3),
  /** Areas of a space by IOVA page; a = target page, b = AreaFlag bits. */
  areas: (uid: number): number => uid * 4,
  /** The same areas by target page, overlapping; a = first IOVA page. */
  targets: (uid: number): number => uid * 4 + 1,
  /** Registered ranges of a context by vaddr page; a = mappings that lie in it. */
  prereg: (uid: number): number => uid * 4 + 2,
  /** What a VMM has mapped for a vIOMMU, a range a call, by IOVA page; a = guest page, b = AreaFlag bits. */
  mirrored: (uid: number): number => uid * 4,
} as const

export const AreaFlag = {
  read: 1,
  write: 2,
  /** Its pages are pinned and charged by this area itself. */
  charged: 4,
  /** It counts as a mapping of the registered range it lies in. */
  counted: 8,
  /** Its vaddr was taken away: VFIO_DMA_UNMAP_FLAG_VADDR. */
  noVaddr: 16,
} as const

export const PAGE = 4096n

export function pageOf(address: bigint): number {
  return Number(address >> 12n)
}

/** The byte address of a page. */
export function addressOf(page: number): bigint {
  return BigInt(page) << 12n
}

/** The last byte of a page. */
export function lastByteOf(page: number): bigint {
  return (BigInt(page) << 12n) + 0xfffn
}

export function permText(bits: number): string {
  return `${bits & AreaFlag.read ? 'r' : ''}${bits & AreaFlag.write ? 'w' : ''}`
}
