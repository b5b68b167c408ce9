/** Which devices a flow speaks of, and how many N are. */
import type { Statement } from '../syntax/ast'
import { flatten, someCall } from '../syntax/walk'
import type { DialectWords } from '../vocabulary'

const RANGE = /\[\s*(\w+)\s*(?:\.{2,3}|…)\s*(\w+)\s*\]/
const MOST_EXPANDED = 256

/** The text of some statements, one a line, without what stands between them. */
export const textOf = (statements: readonly Statement[], code: string): string =>
  flatten(statements)
    .map(({ from, to }) => code.slice(from, to))
    .join('\n')

/** The highest K of devK and fdK in the statements' text, or 2. */
export function guessCount(text: string): bigint {
  let highest = 0
  for (const match of text.matchAll(/(?:dev|fd)(\d{1,3})\b/g)) highest = Math.max(highest, Number(match[1]))
  return BigInt(highest === 0 ? 2 : highest)
}

/** The names of the devices that the statements open: the last part of each device path. */
export function devicesOpened(
  statements: readonly Statement[],
  dialect: DialectWords,
  count: bigint,
): Set<string> {
  const devices = new Set<string>()
  const prefixes = dialect.files.filter(file => file.kind === 'device').map(file => file.path)
  someCall(statements, ({ callee, args: [path] }) => {
    if (callee !== 'open' || path?.kind !== 'text') return false
    if (!prefixes.some(prefix => path.value.startsWith(prefix))) return false
    const name = path.value.slice(path.value.lastIndexOf('/') + 1)
    for (const expanded of expand(name, Number(count))) devices.add(expanded)
    return false
  })
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
