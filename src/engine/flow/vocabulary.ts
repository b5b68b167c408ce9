/**
 * What the flow language must be told about the world it speaks of: names, never behaviour.
 *
 * The language is the same under every dialect; commands, fields, constants, files, built-ins and
 * knobs are words that dialects, platforms and the session bring. Every table here is plain data so
 * that the checker, the completion list and the hover cards read the same rows.
 */

/** What a value in a given position stands for. Decides what an undeclared name may be guessed as. */
export type Role =
  | 'fd'
  | 'context-fd'
  | 'device-fd'
  | 'kvm-fd'
  | 'mode'
  | 'ioasid'
  | 'iova'
  | 'vaddr'
  | 'size'
  | 'flags'
  | 'cookie'
  | 'pasid'
  | 'table-address'
  | 'pasid-table-address'
  | 'format'
  | 'number'
  | 'extension'
  | 'device'
  | 'text'
  /** Bytes of the struct it stands in; left out, or `sizeof`: as many as the struct has. */
  | 'struct-size'
  | 'bytes'

export interface FieldWord {
  readonly name: string
  readonly aliases: readonly string[]
  readonly role: Role
  readonly doc: string
}

export interface CommandWord {
  /** The definition's own spelling, e.g. IOASID_MAP_DMA. */
  readonly name: string
  readonly aliases: readonly string[]
  /** Which file the command belongs to. */
  readonly file: FileWord['kind']
  /** `none`, a bare number of that role, a struct, or either. */
  readonly argument: 'none' | 'value' | 'struct' | 'either'
  /** For `value` and `either`: the field that a bare number stands for. */
  readonly bareField: string | null
  readonly fields: readonly FieldWord[]
  readonly doc: string
}

export interface FileWord {
  /** `plain`: a file that no call of the dialect knows, and that can be opened all the same. */
  readonly kind: 'context' | 'device' | 'kvm' | 'group' | 'container' | 'plain'
  /** A path matches when it equals `path`, or starts with it when `prefix` is true. */
  readonly path: string
  readonly prefix: boolean
}

export interface DialectWords {
  readonly id: string
  readonly title: string
  readonly files: readonly FileWord[]
  readonly commands: readonly CommandWord[]
  /** UPPER_CASE constants a flow may use, e.g. IOASID_ATTACH_USER_PASID. */
  readonly constants: Readonly<Record<string, bigint>>
  /** A command or path that, seen in a flow, says the flow is of this dialect (see DESIGN section 2). */
  readonly tells: { readonly paths: readonly string[]; readonly commands: readonly string[] }
  /** Knobs this dialect has, with their values and default. */
  readonly knobs: readonly KnobWord[]
  /** Lines a flow that starts in the middle usually lacks, by the name that is missing. */
  readonly prelude: readonly { readonly name: RegExp; readonly lines: readonly string[] }[]
}

export interface KnobWord {
  readonly key: string
  readonly title: string
  readonly values: readonly string[]
  readonly default: string
  /** Who argued for which value, in our words, with the source. */
  readonly argued: string
}

export interface PlatformWords {
  readonly id: string
  readonly title: string
  readonly params: readonly PlatformParam[]
  /** What devices report here unless their `type` says otherwise, e.g. PASID_DELEGATED on Arm. */
  readonly capabilities?: Readonly<Record<string, boolean>>
  /** False where no processor translates PASIDs, so that no guessed device is one that needs it. */
  readonly cpuTranslatesPasids?: boolean
}

export interface PlatformParam {
  readonly key: string
  readonly values: readonly string[] | 'number' | 'size'
  readonly default: string
  readonly doc: string
}

export interface BuiltinWord {
  readonly name: string
  readonly params: readonly { readonly name: string; readonly role: Role; readonly optional: boolean }[]
  readonly doc: string
}

export interface Vocabulary {
  readonly dialects: readonly DialectWords[]
  readonly platforms: readonly PlatformWords[]
  readonly builtins: readonly BuiltinWord[]
  /** What built-ins may answer, by name: constants of every flow. */
  readonly constants?: Readonly<Record<string, bigint>>
}
