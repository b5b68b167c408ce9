/** Which devices a flow speaks of, and how many N are. */
import type { Statement } from '../syntax/ast'
import type { DialectWords } from '../vocabulary'
import { callsIn } from './calls-in'

const RANGE = /\[\s*(\w+)\s*(?:\.{2,3}|…)\s*(\w+)\s*\]/
const MOST_EXPANDED = 256

/** The highest K of devK and fdK in the statements, or 2. */
export function guessCount(statements: readonly Statement[], code: string): bigint {
  let highest = 0
  for (const { from, to } of flatten(statements)) {
    for (const match of code.slice(from, Math.min(to, from + 4000)).matchAll(/(?:dev|fd)(\d{1,3})\b/g)) {
      highest = Math.max(highest, Number(match[1]))
    }
  }
  return BigInt(highest === 0 ? 2 : highest)
}

/** Statements with those of their bodies, in text order. */
export function* flatten(statements: readonly Statement[]): Generator<Statement> {
  for (const statement of statements) {
    yield statement
    if (statement.kind !== 'if') continue
    yield* flatten(statement.body)
    yield* flatten(statement.otherwise)
  }
}

/** The names of the devices that the statements open: the last part of each device path. */
export function devicesOpened(
  statements: readonly Statement[],
  dialect: DialectWords,
  count: bigint,
): Set<string> {
  const devices = new Set<string>()
  const prefixes = dialect.files.filter(file => file.kind === 'device').map(file => file.path)
  for (const { call } of callsIn(statements)) {
    const [path] = call.args
    if (call.callee !== 'open' || path?.kind !== 'text') continue
    if (!prefixes.some(prefix => path.value.startsWith(prefix))) continue
    const name = path.value.slice(path.value.lastIndexOf('/') + 1)
    for (const expanded of expand(name, Number(count))) devices.add(expanded)
  }
  return devices
}

function expand(name: string, count: number): string[] {
  const range = RANGE.exec(name)
  if (range === null) return [name]
  const first = Number(range[1])
  const last = /^\d+$/.test(range[2] ?? '') ? Number(range[2]) : count
  const many = Math.max(0, Math.min(MOST_EXPANDED, last - first + 1))
  return Array.from({ length: many }, (_, i) => name.replace(RANGE, String(first + i)))
}
