/** Values on the command line: addresses, counts, ids and knobs, with near misses where one is wrong. */
import type { Session } from '../engine'
import { type Engine, UsageError } from './door'

const LAST_ADDRESS = (1n << 64n) - 1n
const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
}
/** PASIDs are 20 bits wide. */
const LAST_PASID = 0xfffff

/** A 64-bit address: decimal or 0x, optionally with K, M, G or T (powers of 1024). */
export function parseAddress(text: string): bigint {
  const match = /^(0x[0-9a-f]+|\d+)([kmgt]?)b?$/i.exec(text.replaceAll('_', ''))
  if (!match) throw new UsageError(`not an address: ${text} (like 0x2000, 8192 or 1G)`)
  const value = BigInt(match[1] ?? '0') * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1n)
  if (value > LAST_ADDRESS) throw new UsageError(`wider than 64 bits: ${text}`)
  return value
}

function parseCount(text: string, what: string, last: number): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (!(value <= last)) throw new UsageError(`not a ${what}: ${text} (0 to ${last})`)
  return value
}

export const parseStep = (text: string) => parseCount(text, 'step number', Number.MAX_SAFE_INTEGER)
export const parsePasid = (text: string) => parseCount(text, 'PASID', LAST_PASID)

/** Adds one `k=v` to those before it; a key given twice is refused. */
export function parsePolicy(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new UsageError(`not of the form knob=value: ${text}`)
  const key = text.slice(0, at)
  if (Object.hasOwn(before, key)) throw new UsageError(`knob given twice: ${key}`)
  return { ...before, [key]: text.slice(at + 1) }
}

/** How many letters have to be typed, dropped or changed to make `b` of `a`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** `, did you mean x?` where one of `known` is close to `word`, and what there is where none is. */
export function nearMiss(word: string, known: readonly string[]): string {
  const close = known
    .map(name => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(2, name.length / 3))
    .sort((a, b) => a.far - b.far)
  if (close[0]) return `; did you mean ${close[0].name}?`
  return known.length === 0
    ? '; there is none here'
    : `; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`
}

export function requireKnown(what: string, word: string | undefined, known: readonly string[]): void {
  if (word === undefined || known.includes(word)) return
  throw new UsageError(`unknown ${what} ${word}${nearMiss(word, known)}`)
}

/** Refuses knobs and values that the dialect in force does not have. */
export function requirePolicy(
  engine: Engine,
  session: Session,
  policy: Readonly<Record<string, string>>,
): void {
  requireKnobs(engine, session.scenario.dialect, policy)
}

export function requireKnobs(
  engine: Engine,
  dialect: string,
  policy: Readonly<Record<string, string>>,
): void {
  const knobs = engine.dialects.find(one => one.id === dialect)?.knobs ?? []
  for (const [key, value] of Object.entries(policy)) {
    const knob = knobs.find(knob => knob.key === key)
    if (!knob)
      throw new UsageError(
        `${dialect} has no knob ${key}${nearMiss(
          key,
          knobs.map(one => one.key),
        )}`,
      )
    if (knob.values.includes(value)) continue
    throw new UsageError(`knob ${key} has no value ${value}${nearMiss(value, knob.values)}`)
  }
}
