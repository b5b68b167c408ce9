/**
 * Reading the parameters of `#platform ID k=v`. A bare word, with or without a unit (`legacy`, `39-bit`,
 * `3-level`), is taken for the parameter that has it as a value.
 */
import type { PlatformParam } from './contract'

export type ReadParams =
  | { readonly given: Readonly<Record<string, string | undefined>> }
  | { readonly problem: string }

export function readParams(
  table: readonly PlatformParam[],
  params: Readonly<Record<string, string>>,
): ReadParams {
  const given: Record<string, string> = {}
  for (const [key, value] of Object.entries(params)) {
    const found = matchParam(table, key, value)
    if (found === null) return { problem: problemWith(table, key, value) }
    given[found.key] = found.value
  }
  return { given }
}

/** Values that a parser gives a word without `=`. */
const BARE = ['', 'true', 'on', '1', 'yes']

const UNITS: Readonly<Record<string, string>> = { '-bit': 'width', '-level': 'levels', '-levels': 'levels' }

function matchParam(
  table: readonly PlatformParam[],
  key: string,
  value: string,
): { key: string; value: string } | null {
  const param = table.find(candidate => candidate.key === key)
  if (param !== undefined) {
    const chosen = paramValue(param, value)
    return chosen === null ? null : { key, value: chosen }
  }
  return BARE.includes(value) || value === key ? matchBare(table, key) : null
}

function matchBare(table: readonly PlatformParam[], word: string): { key: string; value: string } | null {
  const unit = Object.keys(UNITS).find(suffix => word.endsWith(suffix))
  const only = unit === undefined ? null : UNITS[unit]
  for (const param of table) {
    const chosen = only === null || only === param.key ? paramValue(param, word) : null
    if (chosen !== null) return { key: param.key, value: chosen }
  }
  return null
}

function paramValue(param: PlatformParam, text: string): string | null {
  const plain = text.replace(/-?(bits?|levels?)$/, '').toLowerCase()
  if (typeof param.values === 'string') return text
  const exact = param.values.find(value => value.toLowerCase() === plain)
  return exact ?? switchValue(param.values, plain)
}

/** on/off parameters are also written 1/0, yes/no, true/false, or bare. */
function switchValue(values: readonly string[], text: string): string | null {
  const [no, yes] = values.includes('on') ? ['off', 'on'] : ['0', '1']
  if (!values.includes(yes)) return null
  if (BARE.includes(text)) return yes
  return ['off', '0', 'no', 'false'].includes(text) ? no : null
}

function problemWith(table: readonly PlatformParam[], key: string, value: string): string {
  const param = table.find(candidate => candidate.key === key)
  if (param === undefined || typeof param.values === 'string')
    return `no parameter ${key}: there are ${table.map(known => known.key).join(', ')}`
  return `${key}=${value}: one of ${param.values.join(', ')}`
}
