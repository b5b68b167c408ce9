/**
 * What a dialect is: its words (files, commands, fields, knobs, constants), what each call comes down
 * to, and the few things the kernel leaves to it. Dialects differ by data; a command is a row and one
 * small lowering onto kernel primitives.
 *
 * The price of a dialect is one folder and one line in the registry.
 */
import type { CommandWord, DialectWords } from '../flow/vocabulary'
import type { ErrnoName } from '../flow/words/core-words'
import type { IoType } from '../kernel/iommu'
import type { Machine } from '../kernel/machine'
import type { Outcome, OutValue } from '../kernel/outcome'
import type { ResponseCode } from '../kernel/page-faults'
import type { RuleId } from '../kernel/rules.data'
import type { FileRecord, PendingFault } from '../kernel/state'
import type { MatrixWords } from './matrix.data'

/** A field's number; what the flow left out reads 0. */
export interface CallArgs {
  /** The field's value, 0 where the flow gave none. */
  value(field: string): bigint
  /** The field's value, null where the flow gave none. */
  given(field: string): bigint | null
  /** What lies where a pointer field leads, as far as the caller gave it; null where it gave nothing. */
  bytes(field: string): Uint8Array | null
}

export interface Call {
  readonly machine: Machine
  readonly command: string
  readonly fd: number
  readonly file: FileRecord
  readonly args: CallArgs
  /** The name the flow gives the result to, or null. */
  readonly resultName: string | null
}

export type { OutValue } from '../kernel/outcome'

/** What goes back to the flow: the return value and the fields the call writes. */
export interface CallResult {
  readonly ret: number
  readonly out: Readonly<Record<string, OutValue>> | null
}

export type Lowering = (call: Call) => Outcome<CallResult>

export interface Command extends CommandWord {
  readonly nr: number
  /** `proposal`: the text defines it. `ours`: the thread names the idea, the spelling is ours. */
  readonly origin: 'proposal' | 'ours'
  /** Verb and fields for the label of a step, e.g. `MAP` and `iova`. */
  readonly label: { readonly verb: string; readonly fields: readonly string[] }
  readonly lower: Lowering
}

/** Where an object stands in a diagram of one file: the file itself around all, or its place from left to right. */
export type DiagramPlace = 'file' | 'ioas' | 'paging' | 'nested' | 'device' | 'viommu' | 'vdevice'

/** How the documentation of the API draws an object. */
export interface DiagramWords {
  readonly place: DiagramPlace
  /** What its box says. */
  readonly name: string
  /** The structure of the kernel behind it, in two lines. */
  readonly struct?: readonly [string, string]
}

/** What a record of an object may name by its number. */
export type RefField = 'ioas' | 'parent' | 'hwpt' | 'viommu' | 'device' | 'fault'

/** How pictures call a type of numbered object. */
export interface ObjectWords {
  readonly title: string
  /** Its look, as that of a space: `GraphNode.variant`. */
  readonly variant: string
  /** What it refers to, the one it stands under first, by the field of a call that names it. */
  readonly refs: Readonly<Partial<Record<RefField, string>>>
  readonly diagram?: DiagramWords
}

/** A mail on a public list, by its message id. */
export interface Mail {
  readonly title: string
  readonly author: string
  readonly date: string
  readonly messageId: string
}

/** Where a member lies in a struct whose layout is fixed. Bytes. */
export interface MemberLayout {
  readonly field: string
  readonly type: string
  readonly offset: number
  readonly bytes: number
}

/** A struct that a pointer in a call leads to: a flow may write it as one, by its members. */
export interface Pointee {
  readonly struct: string
  readonly members: readonly MemberLayout[]
}

/** What a reader is told of a command beside its words. */
export interface CommandDocs {
  /** Sections and rulings, in the words of `Rule.source`. */
  readonly source: string
  readonly returns: string
  /** Fields that the call fills in. */
  readonly writes: readonly { readonly name: string; readonly type: string; readonly doc: string }[]
  /** Ids of the rules it may break, `family.*` for all of a family; rules of every call apart. */
  readonly rules: readonly string[]
  /** Null where the proposal names inputs and fixes no layout. */
  readonly layout: { readonly struct: string; readonly members: readonly MemberLayout[] } | null
}

/** The help of a dialect, by the words it has. A test asks for every one of them. */
export interface DialectDocs {
  /** Mails that the sources mean, by the word they start with: `v1`, `review`. */
  readonly mails: Readonly<Record<string, Mail>>
  /** Rules that any call of the dialect may break. */
  readonly anyCall: readonly string[]
  readonly commands: Readonly<Record<string, CommandDocs>>
  readonly constants: Readonly<Record<string, string>>
  /** By `FileWord.path`. */
  readonly files: Readonly<Record<string, string>>
}

/** What a call of a VMM is given: a number, or what an earlier call of the same plan answered. */
export type VmmValue = bigint | CallOutput

/** The return value of the `call`th call of a plan (from 0), or a field that it wrote. */
export interface CallOutput {
  readonly call: number
  readonly field: string | null
}

/** A call as a VMM makes it: the command and its fields. */
export interface VmmCall {
  readonly fd: number
  readonly command: string
  /** Not an ioctl but one of these on the file, whose name is the command then. */
  readonly file?: 'read' | 'write'
  readonly fields: Readonly<Record<string, VmmValue>>
  /** What lies where pointer fields lead. */
  readonly bytes?: Readonly<Record<string, Uint8Array>>
}

/** The calls by which a VMM gets its will, in order, or why this API has none. */
export type VmmPlan = { readonly calls: readonly VmmCall[] } | { readonly noEquivalent: string }

/** One requester: a device, with a PASID of its user or without. */
export interface Requester {
  readonly device: string
  readonly pasid: number | null
}

/** Bytes; `size` is never 0. */
export interface ByteRange {
  readonly iova: bigint
  readonly size: bigint
}

/**
 * What a VMM wants, in the words of no API. Spaces are uids of the machine's records, devices their names.
 * A new kind is a row here and one lowering in each dialect.
 */
/** What a root is made for; a space over another one is plain. */
export type RootType = 'plain' | 'prereg' | 'dummy' | 'sva' | 'passthrough'

/** What a guest writes: the table of one space, or the table of all its PASIDs. */
export type GuestTableKind = 'page-table' | 'pasid-table'

export interface IntentKinds {
  /** The device, whose file is open, is a context's: afterwards it may be attached. `context` is a uid. */
  readonly own: { readonly device: string; readonly context: number }
  /** An empty space that the kernel manages, in that context: a root (`over` null), or over the space `over`. */
  readonly space: { readonly context: number; readonly over: number | null; readonly type: RootType }
  /** A space that nothing is attached to goes. */
  readonly free: { readonly space: number }
  /** The requester's DMA is translated by that space. */
  readonly attach: Requester & { readonly space: number }
  readonly detach: Requester & { readonly space: number }
  /**
   * The requester moves to an empty space of its own, which the kernel manages: a root (`over` null), or one whose
   * outputs are addresses of `over`. Afterwards it is the last attachment of the requester.
   */
  readonly isolate: Requester & { readonly over: number | null }
  /**
   * The same, translated by a table that a guest writes, at an address of `over` in bytes. Afterwards it is the
   * last attachment of the requester.
   */
  readonly nest: Requester & { readonly over: number; readonly table: bigint; readonly of: GuestTableKind }
  /** A guest's table is put on an empty space that is there already. */
  readonly bind: { readonly space: number; readonly table: bigint }
  /** A space that a VMM made for itself goes, with the requester still in it. */
  readonly release: Requester & { readonly space: number }
  /** `target`: process memory for a root, an address of the parent else. `perm`: bit 0 read, bit 1 write. */
  readonly map: ByteRange & { readonly space: number; readonly target: bigint; readonly perm: number }
  /** Exactly what one map made. */
  readonly unmap: ByteRange & { readonly space: number }
  /** What hardware may hold of a guest's table goes, for a range or (null) all. */
  readonly invalidate: Requester & { readonly space: number; readonly range: ByteRange | null }
  /** The processor puts the PASID that leads to the space on the wire where a guest says that one, or no more. */
  readonly mapPasid: { readonly space: number; readonly pasid: number }
  readonly unmapPasid: { readonly space: number; readonly pasid: number }
  /** The guest has answered a page request. */
  readonly respond: { readonly fault: PendingFault; readonly code: ResponseCode }
}

export type IntentKind = keyof IntentKinds
export type Intent = { readonly [K in IntentKind]: { readonly kind: K } & IntentKinds[K] }[IntentKind]

/** How a dialect does what a VMM wants; a kind without a row has no equivalent. Reads the machine, changes nothing. */
export type Intents = {
  readonly [K in IntentKind]?: (machine: Machine, intent: IntentKinds[K]) => VmmPlan
}

export interface Dialect extends DialectWords {
  readonly commands: readonly Command[]
  /**
   * read(), write() and poll() of a file; null where no file takes them. A length stands in the field `len`, what
   * is written in the bytes of `data`, the events asked for in `events`. What is read comes back in `bytes`, or as
   * records under names of the dialect's; the events that are there in `revents`.
   */
  readonly read: Lowering | null
  readonly write?: Lowering
  readonly poll?: Lowering
  /** The calls of a VMM (`dialects/intents.ts`); those of `viommu` and of a page response. */
  readonly intents: Intents
  /** What people do here instead of a call of another dialect that has no equivalent, by that call's name. */
  readonly instead?: Readonly<Record<string, string>>
  /** The kernel's names for its objects, as the proposal spells them. */
  readonly objects: {
    readonly context: string
    readonly space: string
    readonly device: string
    /** Where its files number objects of several types: by type. */
    readonly types?: Readonly<Partial<Record<IoType, ObjectWords>>>
    /** The file in such a diagram. */
    readonly diagram?: DiagramWords
  }
  /** Rules for which this dialect answers another number than the rule's own. */
  readonly errnos: Readonly<Partial<Record<RuleId, ErrnoName>>>
  readonly notModelled: readonly string[]
  readonly docs: DialectDocs
  /** Rules that a call can break, in the order it checks them; commands without a row tell no order. */
  readonly checks?: Readonly<Record<string, readonly RuleId[]>>
  /** Structs behind pointers; the first that has all members given is meant. */
  readonly pointees?: readonly Pointee[]
  /** How its flows say each table type and each operation; without it the dialect has no matrix. */
  readonly matrix?: MatrixWords
}
