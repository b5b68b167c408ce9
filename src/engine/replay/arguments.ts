/** From a recorded call's fields to what a dialect is handed: numbers, and the bytes behind pointers. */
import type { Command, Dialect } from '../dialects/contract'
import { fromHex, toBytes, words32, words64 } from './bytes'
import { BEHIND, FLAG_PREFIXES, FLAG_SUFFIXES, HEX_KEYS, LENGTH_OF, ONLY_FILE } from './calls.data'
import { PROGRAM_MEMORY } from './machines.data'
import { fdOf, type Program } from './program'
import { type CallRecord, numberIn, type Recorded } from './recording'

export interface Arguments {
  readonly fields: Map<string, bigint>
  readonly bytes: Map<string, Uint8Array>
}

/** The arguments of a call under the names that its command has for them. */
export function argumentsOf(program: Program, call: CallRecord, command: Command | undefined): Arguments {
  const fields = new Map<string, bigint>()
  const bytes = new Map<string, Uint8Array>()
  for (const [key, value] of Object.entries(call.in)) {
    if (key === 'trailing' && typeof value === 'string') {
      fields.set(key, fromHex(value).some(byte => byte !== 0) ? 1n : 0n)
      continue
    }
    const behind = bytesIn(key, value)
    if (behind !== null) {
      bytes.set(Object.hasOwn(BEHIND, key) ? (BEHIND[key] ?? key) : fieldNamed(command, key), behind)
      continue
    }
    const name = fieldNamed(command, key)
    const number = numberOf(program, call.op, value)
    if (number !== null) fields.set(name, number)
    else if (typeof value === 'string') bytes.set(name, toBytes(value))
  }
  for (const [pointer, length] of Object.entries(LENGTH_OF))
    if (!bytes.has(pointer) && isProgramMemory(call.in[pointer]))
      bytes.set(pointer, new Uint8Array(bytesTold(fields.get(length) ?? 0n)))
  return { fields, bytes }
}

/** No call looks at more of its own argument than this, however much it is told there is. */
const MOST_BYTES = 1n << 16n

function bytesTold(length: bigint): number {
  const most = length < MOST_BYTES ? length : MOST_BYTES
  return Number(most > 0n ? most : 0n)
}

/** The command's own name for a field: the recording may use an alias, and calls argsz size, too. */
export function fieldNamed(command: Command | undefined, key: string): string {
  const named = command?.fields.find(field => field.name === key || field.aliases.includes(key))
  if (named !== undefined) return named.name
  const sized = key === 'size' ? command?.fields.find(field => field.name === 'argsz') : undefined
  return sized?.name ?? key
}

function bytesIn(key: string, value: Recorded): Uint8Array | null {
  if (typeof value === 'string' && HEX_KEYS.has(key)) return fromHex(value)
  if (key === 'ranges' && Array.isArray(value)) return words64(value.flat())
  if (key === 'responses' && Array.isArray(value)) return words32(value.flat())
  return null
}

/** A number, flags by name, an address of a buffer, or a file by name; null for any other text. */
function numberOf(program: Program, op: string, value: Recorded): bigint | null {
  const number = numberIn(value)
  if (number !== null) return number
  if (value === null) return 0n
  if (Array.isArray(value)) {
    const bits = value.map(flag => numberIn(flag) ?? constantOf(program.dialect, op, String(flag)))
    return bits.reduce<bigint>((sum, bit) => sum | (bit ?? 0n), 0n)
  }
  if (typeof value === 'object') return addressIn(program, value as Readonly<Record<string, Recorded>>)
  if (typeof value !== 'string') return null
  return FILE_NAME.test(value) || Object.hasOwn(ONLY_FILE, value)
    ? fdOf(program, value)
    : constantOf(program.dialect, op, value)
}

/** A file as the recording names it. */
const FILE_NAME = /^[a-z]\w*#\d+$/

/** The value of the dialect's constant that a flag's name is short for in a call, or null. */
function constantOf(dialect: Dialect, op: string, flag: string): bigint | null {
  const name = constantNamed(dialect, op, flag)
  return name === null ? null : (dialect.constants[name] ?? null)
}

function constantNamed(dialect: Dialect, op: string, flag: string): string | null {
  const prefixes = Object.hasOwn(FLAG_PREFIXES, op) ? (FLAG_PREFIXES[op] ?? []) : []
  const names = prefixes.flatMap(prefix => FLAG_SUFFIXES.map(suffix => `${prefix}${flag}${suffix}`))
  return names.find(name => Object.hasOwn(dialect.constants, name)) ?? null
}

/** A list of flags as an expression in the dialect's constants; null for a value that is none, or has none. */
export function flagsText(dialect: Dialect, op: string, value: Recorded): string | null {
  if (typeof value === 'string')
    return constantOf(dialect, op, value) === null ? null : constantNamed(dialect, op, value)
  if (!Array.isArray(value)) return null
  const names = value.map(flag => constantNamed(dialect, op, String(flag)) ?? String(flag))
  return names.length === 0 ? '0' : names.join(' | ')
}

/** `{buf, off, user_va}`: the address as told, else the buffer's, else somewhere in the program's own memory. */
function addressIn({ buffers }: Program, place: Readonly<Record<string, Recorded>>): bigint {
  const told = numberIn(place.user_va)
  if (told !== null) return told
  const buffer = buffers.get(String(place.buf))
  return buffer === undefined ? PROGRAM_MEMORY : buffer.userVa + (numberIn(place.off) ?? 0n)
}

function isProgramMemory(value: Recorded | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { buf } = value as Readonly<Record<string, Recorded>>
  return typeof buf === 'string' && buf.startsWith('(')
}
