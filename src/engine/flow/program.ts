/**
 * What the language gives its users: a program (the text, understood) and the operations it asks of
 * a machine, one at a time.
 *
 * Nothing here knows a machine. The runner hands out one operation, is told its result, and goes on;
 * so conditions and `expect` see real results and a program never outruns the machine.
 */

import type { Statement } from './syntax/ast'
import type { Role } from './vocabulary'
import type { WordIndex } from './words/word-index'

export interface Span {
  /** Offsets into the author's text, before any mail clean-up. Half-open. */
  readonly from: number
  readonly to: number
  /** Both start at 1 and count UTF-16 units, as editors do. */
  readonly line: number
  readonly column: number
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info'
  /** Stable, e.g. `name.undefined`, `number.too-wide`, `flow.too-long`. */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly span: Span
  /** A near-miss or prelude as an edit of the author's text, for a one-click fix. */
  readonly fix: {
    readonly title: string
    readonly from: number
    readonly to: number
    readonly insert: string
  } | null
}

/** Something taken for granted. `directive` is the line that would say it, or null where none can. */
export interface Assumption {
  readonly name: string
  readonly value: string
  readonly line: number | null
  readonly directive: string | null
  /** The edit that would say it where no line can: a condition in words. */
  readonly fix: Fix | null
}

export interface DeviceDirective {
  readonly name: string
  readonly kind: 'pci' | 'mdev' | 'swmdev'
  /** `0000:00:03.0` for pci, the parent device's name for mdev, null for swmdev. */
  readonly rid: string | null
  readonly parent: string | null
  readonly group: number | null
  /** PASID width in bits, null without the capability. */
  readonly pasidBits: number | null
  readonly ats: boolean
  readonly pri: boolean
  readonly nosnoop: boolean
  readonly type: number | null
  /** The host driver that has it, null for the user's own. */
  readonly driver: string | null
  readonly path: string | null
  readonly span: Span | null
}

export interface MemoryDirective {
  readonly hva: bigint
  readonly size: bigint
  readonly guest: boolean
  readonly gpa: bigint | null
  readonly pages: '4K' | '2M' | '1G' | 'scattered'
  readonly readOnly: boolean
  readonly span: Span | null
}

export interface WindowDirective {
  readonly liobn: number
  readonly start: bigint
  readonly size: bigint
  readonly pageSize: bigint
  readonly levels: number
  /** Device names sharing the window; empty means every device. */
  readonly devices: readonly string[]
  /** The flow's name of the one space that may be attached here under initial-attach=papr. */
  readonly space: string | null
  readonly span: Span | null
}

/** `#poke HPA VALUE`: a 64-bit little-endian word written into physical memory before step 1. */
export interface PokeDirective {
  readonly address: bigint
  readonly value: bigint
  readonly span: Span | null
}

export interface Stage {
  readonly title: string | null
  readonly dialect: string | null
  readonly platform: { readonly id: string; readonly params: Readonly<Record<string, string>> } | null
  readonly policy: Readonly<Record<string, string>>
  readonly devices: readonly DeviceDirective[]
  readonly memory: readonly MemoryDirective[]
  /** Bytes, or null for no limit. */
  readonly memlock: bigint | null
  readonly windows: readonly WindowDirective[]
  readonly pokes: readonly PokeDirective[]
}

/** A value of the language. Integers are unsigned 64-bit or small negatives (an errno). */
export type Value =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, Value> }
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'fault' }
  | { readonly kind: 'pending' }
  /** A name nothing gave a value, in a position whose role lets the session guess one. */
  | { readonly kind: 'guess'; readonly name: string; readonly role: Role }

/** One thing asked of the machine: exactly one step each. */
export type Operation =
  | {
      readonly kind: 'open'
      readonly path: string
      readonly mode: Value | null
      readonly names: readonly string[]
    }
  | { readonly kind: 'close'; readonly fd: Value }
  | { readonly kind: 'mmap'; readonly fd: Value; readonly size: bigint | null }
  /** `size`: the bytes asked for, null where the flow gives none. */
  | { readonly kind: 'read'; readonly fd: Value; readonly size: Value | null }
  | {
      readonly kind: 'ioctl'
      readonly fd: Value
      /** The definition's spelling; `spelled` is what the author wrote. */
      readonly command: string
      readonly spelled: string
      /** Fields under their defined names, aliases resolved; a bare argument is under its bareField. */
      readonly fields: ReadonlyMap<string, Value>
      /** Names the result is given to (`x` of `x = ioctl(..)`), for labels of the objects created. */
      readonly names: readonly string[]
    }
  | {
      readonly kind: 'builtin'
      readonly name: string
      readonly args: readonly Value[]
      readonly names: readonly string[]
    }
  | {
      readonly kind: 'expect'
      readonly ok: boolean
      readonly left: string
      readonly right: string
      readonly operator: string
    }
  | { readonly kind: 'note'; readonly text: string }

/** Lines of the author's text, both inclusive. */
export interface LineRange {
  readonly first: number
  readonly last: number
}

/** Another spelling of a word, and the definition's own that it was read as. */
export interface AliasUse {
  readonly span: Span
  readonly stands: string
}

export interface PlannedStep {
  readonly kind: 'step'
  /** The first line of the statement in the author's text. */
  readonly line: number
  /** The statement as run: cleaned of quoting, on one line. */
  readonly text: string
  readonly span: Span
  /** The statement, and before it the statements that filled the struct it passes. In order. */
  readonly lines: readonly LineRange[]
  /** Of `expect`: the numbers of the steps whose results it judges. */
  readonly judges: readonly number[]
  readonly operation: Operation
}

/** A condition in words (`if (dev1 reports ..)`, a banner), and what was taken for it. */
export interface BranchChoice {
  readonly line: number
  readonly condition: string
  readonly taken: boolean
  /** `capability`: told by platform and devices; `assumed`: nothing tells; `chosen`: overridden. */
  readonly decidedBy: 'capability' | 'assumed' | 'chosen'
  /** The edit that makes the text itself say the other value. */
  readonly flip: Fix
  /** The edit that makes the text itself say the value taken. */
  readonly keep: Fix
}

/** An edit of the author's text. */
export interface Fix {
  readonly title: string
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** A part of a paste that could run alone: one `5.n.` section of a proposal. */
export interface ScenarioChoice {
  /** `5.2`, or null for what stands before the first heading. */
  readonly number: string | null
  readonly title: string
  readonly line: number
  readonly chosen: boolean
}

/** `device_fd2` used and never opened: opened before step 1. */
export interface ImplicitOpen {
  readonly name: string
  readonly path: string
  /** The line of its first use. */
  readonly line: number
}

/** A layout somebody drew in ASCII: each node hangs under its parent. */
export interface Drawing {
  readonly nodes: readonly DrawnNode[]
  readonly span: Span
}

export interface DrawnNode {
  readonly name: string
  /** Index of its parent among the nodes, null for a root. */
  readonly parent: number | null
  /** Marked `(maybe)`. */
  readonly optional: boolean
}

export interface CompileOptions {
  readonly dialect?: string
  readonly platform?: string
  readonly policy?: Readonly<Record<string, string>>
  /** Which of the scenarios to take, counted from 0. Default the first. */
  readonly scenario?: number
  /** What to take for conditions in words, by the line they stand on. */
  readonly branches?: ReadonlyMap<number, boolean>
}

/** A text, understood. Plain data but for the lookups that the runner shares. */
export interface Program {
  /** The author's text, unchanged. */
  readonly text: string
  readonly stage: Stage
  /** Id of the dialect the flow is read in. */
  readonly dialect: string
  readonly dialectFrom: 'option' | 'directive' | 'told' | 'default'
  /** Errors, warnings and infos by position. An error stops the run before its statement. */
  readonly diagnostics: readonly Diagnostic[]
  readonly assumptions: readonly Assumption[]
  readonly branches: readonly BranchChoice[]
  readonly scenarios: readonly ScenarioChoice[]
  readonly implicitOpens: readonly ImplicitOpen[]
  /** Ranges of the author's text that are prose, quoting apart. */
  readonly skipped: readonly Span[]
  /** Every word that was read as an alias, by position. */
  readonly aliases: readonly AliasUse[]
  /** Set where the text shows an ASCII tree and no flow. */
  readonly quotedAsDrawing: Drawing | null
  /** The statements of the scenario taken, for the runner. */
  readonly statements: readonly Statement[]
  /** What the runner needs beside the statements. */
  readonly running: Running
}

/** The runner's share of a program. */
export interface Running {
  /** The cleaned text, comments blanked: what statement offsets count in. */
  readonly code: string
  /** The statements of the flow that runs, one a line, whether or not they are reached. */
  readonly used: string
  readonly words: WordIndex
  /** Conditions in words, by their index. */
  readonly branchValues: readonly boolean[]
  /** Highest devK or fdK of the text: N where nothing else says it. */
  readonly guessedCount: bigint
  /** Names that are devices of this flow. */
  readonly devices: ReadonlySet<string>
  spanOf(from: number, to: number): Span
  /** The error that stops the run at a statement, or null. */
  errorAt(from: number, to: number): Diagnostic | null
}

export interface OperationResult {
  readonly value: Value
  /** What a call writes back into its argument, under the definition's names. */
  readonly out?: ReadonlyMap<string, Value>
}

export type Planned =
  | PlannedStep
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly diagnostic: Diagnostic }

export interface RunnerOptions {
  /** Steps after which the run stops with `flow.too-long`. Default 10,000. */
  readonly stepLimit?: number
  /** Values of names before step 1: the implicit opens. */
  readonly bindings?: ReadonlyMap<string, Value>
}

/** Hands out operations one at a time: `next`, do it, `result`, `next`, ... Never throws. */
export interface Runner {
  next(): Planned
  /** The result of the operation that `next` gave last. Not needed after `expect` and `note`. */
  result(result: OperationResult): void
}
