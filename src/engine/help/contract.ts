/**
 * What a card says of one word of a flow, as data: the page draws it, the command line prints it.
 * Cards are made from the same rows that check and run the flow, so that they cannot disagree with it.
 */

export type HelpKind =
  | 'command'
  | 'field'
  | 'constant'
  | 'file'
  | 'directive'
  | 'option'
  | 'function'
  | 'knob'
  | 'value'
  | 'dialect'
  | 'platform'
  | 'errno'
  | 'rule'
  | 'cost'
  | 'event'
  | 'name'

export interface HelpRow {
  readonly label: string
  readonly text: string
}

export interface HelpMember {
  readonly type: string
  readonly name: string
  /** Bytes; null where no layout is fixed. */
  readonly offset: number | null
  readonly bytes: number | null
  readonly way: 'in' | 'out' | 'in, out'
  readonly doc: string
  readonly aliases: readonly string[]
}

export interface HelpStruct {
  /** Null where the proposal names no struct. */
  readonly name: string | null
  readonly members: readonly HelpMember[]
  /** Why there are no offsets, or null where there are. */
  readonly note: string | null
}

export interface HelpRefusal {
  /** `EINVAL`. */
  readonly errno: string
  readonly rule: string
  /** Values of a refusal stand in braces. */
  readonly text: string
  readonly source: string
  readonly basis: string
}

export interface HelpLink {
  readonly title: string
  readonly href: string
}

export interface HelpCard {
  readonly word: string
  readonly kind: HelpKind
  /** How it is written. */
  readonly title: string
  readonly text: string
  readonly struct: HelpStruct | null
  readonly rows: readonly HelpRow[]
  readonly refusals: readonly HelpRefusal[]
  readonly links: readonly HelpLink[]
}

/** A card and the word it is of, in offsets of the text. Half-open. */
export interface HelpAt {
  readonly from: number
  readonly to: number
  readonly card: HelpCard
}
