/**
 * What a session hands out: the machine as a value at any step of one flow.
 *
 * A session compiles a text, runs it once to its end (or to a limit, or to the first broken line) and
 * can then stand at any step. Views and files are made from what it returns; nothing returned changes
 * later. Addresses are bigint bytes; page counts are numbers of 4 KiB pages.
 */
import type { AliasUse, Assumption, Diagnostic, LineRange, Span } from '../flow/program'
import type { SpaceKind, ViommuWay } from '../kernel/state'
import type { CostName } from '../trace/costs'
import type { MachineEvent } from '../trace/events'

export interface SessionOptions {
  readonly dialect?: string
  readonly platform?: string
  readonly policy?: Readonly<Record<string, string>>
  /** How `viommu` works, whatever the flow says. */
  readonly viommu?: ViommuWay
  /** Stop after this many steps; the state is kept and `flow.too-long` is reported. */
  readonly stepLimit?: number
}

/** Plain JSON-like data; bigint where a value is 64 bits wide. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain }

export interface StepRecord {
  /** From 1. Step 0 is the start. */
  readonly n: number
  readonly line: number
  /** The lines that make the step: its statement, and those that filled the struct it passes. */
  readonly lines: readonly LineRange[]
  readonly text: string
  /** `IOASID_MAP_DMA`, `open`, `dma_read`, `expect`, ... */
  readonly call: string
  /** The call's return value; -1 with `errno` where it was refused. */
  readonly ret: number
  readonly errno: string | null
  readonly rule: string | null
  /** True where an `expect` of the flow holds because of this refusal: it is what the author wanted. */
  readonly expected: boolean
  /** Why it was refused, in one sentence with the values involved; null where it was not. */
  readonly message: string | null
  readonly out: Readonly<Record<string, Plain>> | null
  /** Short label for a timeline cell, e.g. `MAP` / `giova 0x2000`. */
  readonly label: { readonly verb: string; readonly object: string }
}

export interface AttachmentView {
  readonly device: string
  readonly pasid: number | null
}

export interface AreaView {
  readonly iova: bigint
  /** Inclusive. */
  readonly last: bigint
  /** HVA for a root, an address of the parent for a child. */
  readonly target: bigint
  /** `r`, `w` or `rw`. */
  readonly perm: string
}

export interface SpaceView {
  readonly id: number
  /** The flow's name for it, e.g. gpa_ioasid. */
  readonly name: string
  readonly kind: SpaceKind
  readonly parent: number | null
  readonly nesting: null | 'software' | 'hardware'
  readonly attachments: readonly AttachmentView[]
  readonly areas: readonly AreaView[]
}

export interface DeviceView {
  readonly name: string
  readonly path: string
  readonly rid: string | null
  readonly group: number
  /** The fd number of the context the device is bound to, the first of several, or null. */
  readonly bound: number | null
  readonly attachments: readonly { readonly space: number; readonly pasid: number | null }[]
}

export interface StateView {
  readonly addressSpaces: readonly SpaceView[]
  readonly devices: readonly DeviceView[]
  readonly accounting: {
    readonly pinnedPages: number
    readonly accountedPages: number
    readonly prereg: readonly { readonly vaddr: bigint; readonly size: bigint }[]
  }
}

/** One bit field of a 64-bit word and what it holds. */
export interface BitsView {
  /** Which word of its structure, from 0. */
  readonly word: number
  readonly name: string
  readonly high: number
  readonly low: number
  /** Moved down to bit 0. */
  readonly value: bigint
  readonly doc: string
}

export interface ReferenceView {
  readonly stage: 'config' | 'first' | 'second'
  readonly level: number | null
  readonly address: bigint
  readonly value: bigint
  readonly what: string
  readonly fields: Readonly<Record<string, number | string>>
  /** All words read; `value` is the first. */
  readonly words: readonly bigint[]
  /** Their bit fields; empty where the model has none to tell. */
  readonly bits: readonly BitsView[]
  /** How the address comes out of the reference before: its pointer and what is added, in bytes; null where it does not. */
  readonly from: { readonly pointer: bigint; readonly offset: bigint; readonly unit: number } | null
  /**
   * Of a second-stage read in a nested walk: the guest address that it helps to translate, and the level of the
   * first-stage entry that lies there (null: the page itself). Null for every other reference.
   */
  readonly serves: { readonly address: bigint; readonly level: number | null } | null
}

export interface FaultView {
  readonly code: string
  readonly name: string
  readonly stage: 'config' | 'first' | 'second'
  readonly level: number | null
  readonly address: bigint
  /** Of a fault under two stages, where the second was asked: the guest address that it was asked for. */
  readonly guestAddress?: bigint
  readonly access: 'read' | 'write'
}

export interface WalkView {
  readonly ok: boolean
  readonly fault: FaultView | null
  readonly output: bigint | null
  readonly perm: string | null
  readonly pageSize: number | null
  readonly references: readonly ReferenceView[]
  /** What the caches made of it; `none` where they were not asked. */
  readonly cache: 'hit' | 'stale-hit' | 'miss' | 'none'
  /** Id of the space that routed the request, or null where none did. */
  readonly from: number | null
}

export interface Breakpoint {
  /**
   * `object`: a step that touches the graph node of that id. `iova`, `hva`: a step that maps, unmaps or
   * accesses an address of the range, `0x2000` or `0x2000..0x2fff` (last byte inclusive).
   */
  readonly kind: 'line' | 'command' | 'errno' | 'object' | 'iova' | 'hva'
  readonly value: string | number
}

export interface Session {
  readonly text: string
  readonly scenario: {
    readonly title: string | null
    readonly dialect: string
    readonly platform: string
    readonly policy: Readonly<Record<string, string>>
  }
  readonly diagnostics: readonly Diagnostic[]
  readonly assumptions: readonly Assumption[]
  /** How the text was read: words taken for others, and what is no code. */
  readonly reading: { readonly aliases: readonly AliasUse[]; readonly skipped: readonly Span[] }
  readonly steps: readonly StepRecord[]
  /** True when no diagnostic is an error and every `expect` held. */
  readonly ok: boolean
  /** Where the session stands, 0 to steps.length. */
  readonly at: number
  seek(n: number): void
  /** The next (or previous) step where one of the breakpoints stops, else the last (or 0). */
  runTo(breakpoints: readonly Breakpoint[], direction: 1 | -1): number
  /** Whether one of the breakpoints stops at step n, 1 to steps.length. */
  stops(breakpoints: readonly Breakpoint[], n: number): boolean
  state(): StateView
  /** Re-executes step n to tell what it did. */
  explain(n: number): readonly MachineEvent[]
  cost(n: number): Readonly<Record<CostName, number>>
  /** Steps 1 to n together; gauges as they stand after n. */
  costThrough(n: number): Readonly<Record<CostName, number>>
  walk(request: {
    device: string
    pasid: number | null
    address: bigint
    write: boolean
    /** True lets the caches answer what they hold now; none is filled. Left out: false. */
    cached?: boolean
  }): WalkView | { readonly problem: string }
  /** Equal for equal machines, whatever order frames were given out in. */
  canonicalHash(): string
}
