/**
 * How a kernel primitive answers: a value, or the rule it refuses by with the values involved.
 * Refusals are values the guest sees, never exceptions; an exception is a bug of ours.
 */
import { RULES, type RuleId } from './rules.data'

export type RefusalValue = number | bigint | string

/** What a call writes for its caller to read. Bytes are text: two hexadecimal digits each, lowest address first. */
export type OutValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly OutValue[]
  | { readonly [key: string]: OutValue }

export interface Refusal {
  readonly rule: RuleId
  readonly values: Readonly<Record<string, RefusalValue>>
  /** Fields that the call writes although it fails. */
  readonly out?: Readonly<Record<string, OutValue>>
  /** True where what the call did before it failed stays done. */
  readonly keeps?: boolean
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Refusal)

export const done: Outcome<null> = { ok: true, value: null }

export function answer<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function refuse(rule: RuleId, values: Readonly<Record<string, RefusalValue>> = {}): Outcome<never> {
  return { ok: false, rule, values }
}

/** A refusal that writes these fields all the same. */
export function writing(refusal: { ok: false } & Refusal, out: Refusal['out']): Outcome<never> {
  return out === undefined ? refusal : { ...refusal, out }
}

/** A refusal after which what was done before it stays. */
export function keeping(refusal: { ok: false } & Refusal): Outcome<never> {
  return { ...refusal, keeps: true }
}

/** `{device}`, or with the word that its number counts: `{users|other|others}`. */
const SLOT = /\{(\w+)(?:\|([^|}]+)\|([^|}]+))?\}/g

/** The rule's sentence with its values put in. */
export function refusalText(refusal: Refusal): string {
  return RULES[refusal.rule].text.replace(SLOT, (_, name: string, one?: string, many?: string) => {
    const value = refusal.values[name]
    const counted = Number(value) === 1 ? one : many
    return counted === undefined ? showValue(value) : `${showValue(value)} ${counted}`
  })
}

/** The rule's sentence for any values: `{device} is bound to {count} contexts`. */
export function ruleText(rule: RuleId): string {
  return RULES[rule].text.replace(SLOT, (_, name: string, _one?: string, many?: string) =>
    many === undefined ? `{${name}}` : `{${name}} ${many}`,
  )
}

function showValue(value: RefusalValue | undefined): string {
  if (value === undefined) return '?'
  return typeof value === 'bigint' && value >= 0n ? `0x${value.toString(16)}` : String(value)
}
