/**
 * How a kernel primitive answers: a value, or the rule it refuses by with the values involved.
 * Refusals are values the guest sees, never exceptions; an exception is a bug of ours.
 */
import { RULES, type RuleId } from './rules.data'

export type RefusalValue = number | bigint | string

export interface Refusal {
  readonly rule: RuleId
  readonly values: Readonly<Record<string, RefusalValue>>
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Refusal)

export const done: Outcome<null> = { ok: true, value: null }

export function answer<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function refuse(rule: RuleId, values: Readonly<Record<string, RefusalValue>> = {}): Outcome<never> {
  return { ok: false, rule, values }
}

/** The rule's sentence with its values put in. */
export function refusalText(refusal: Refusal): string {
  return RULES[refusal.rule].text.replace(/\{(\w+)\}/g, (_, name: string) => showValue(refusal.values[name]))
}

function showValue(value: RefusalValue | undefined): string {
  if (value === undefined) return '?'
  return typeof value === 'bigint' && value >= 0n ? `0x${value.toString(16)}` : String(value)
}
