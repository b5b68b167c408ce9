/**
 * What a dialect is: its words (files, commands, fields, knobs, constants), what each call comes down
 * to, and the few things the kernel leaves to it. Dialects differ by data; a command is a row and one
 * small lowering onto kernel primitives.
 *
 * The price of a dialect is one folder and one line in the registry.
 */
import type { CommandWord, DialectWords } from '../flow/vocabulary'
import type { ErrnoName } from '../kernel/errno'
import type { Machine } from '../kernel/machine'
import type { Outcome } from '../kernel/outcome'
import type { RuleId } from '../kernel/rules.data'
import type { FileRecord } from '../kernel/state'

/** A field's number; what the flow left out reads 0. */
export interface CallArgs {
  /** The field's value, 0 where the flow gave none. */
  value(field: string): bigint
  /** The field's value, null where the flow gave none. */
  given(field: string): bigint | null
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

/** What goes back to the flow: the return value and the fields the call writes. */
export interface CallResult {
  readonly ret: number
  readonly out: Readonly<Record<string, OutValue>> | null
}

export type OutValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly OutValue[]
  | { readonly [key: string]: OutValue }

export type Lowering = (call: Call) => Outcome<CallResult>

export interface Command extends CommandWord {
  readonly nr: number
  /** `proposal`: the text defines it. `ours`: the thread names the idea, the spelling is ours. */
  readonly origin: 'proposal' | 'ours'
  /** Verb and fields for the label of a step, e.g. `MAP` and `iova`. */
  readonly label: { readonly verb: string; readonly fields: readonly string[] }
  readonly lower: Lowering
}

export interface Dialect extends DialectWords {
  readonly commands: readonly Command[]
  /** The kernel's names for its objects, as the proposal spells them. */
  readonly objects: { readonly context: string; readonly space: string; readonly device: string }
  /** Rules for which this dialect answers another number than the rule's own. */
  readonly errnos: Readonly<Partial<Record<RuleId, ErrnoName>>>
  readonly notModelled: readonly string[]
}
