/** From a recorded call's fields to what a dialect is handed: numbers, and the bytes behind pointers. */
import type { Command, Dialect } from '../dialects/contract'
import { BEHIND, FLAG_PREFIXES, FLAG_SUFFIXES, HEX_KEYS, LENGTH_OF, ONLY_FILE } from './calls.data'
import { fdOf, PROGRAM_MEMORY, type Program } from './program'
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
      bytes.set(pointer, new Uint8Array(Number(fields.get(length) ?? 0n)))
  return { fields, bytes }
}

/** The command's own name for a field that the recording calls by an alias. */
function fieldNamed(command: Command | undefined, key: string): string {
  return command?.fields.find(field => field.name === key || field.aliases.includes(key))?.name ?? key
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

/** The constant of the dialect that a flag's name is short for in a call, or null. */
export function constantOf(dialect: Dialect, op: string, flag: string): bigint | null {
  const prefixes = Object.hasOwn(FLAG_PREFIXES, op) ? (FLAG_PREFIXES[op] ?? []) : []
  for (const prefix of prefixes)
    for (const suffix of FLAG_SUFFIXES) {
      const name = `${prefix}${flag}${suffix}`
      if (Object.hasOwn(dialect.constants, name)) return dialect.constants[name] ?? null
    }
  return null
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

const toBytes = (text: string): Uint8Array => Uint8Array.from(text, letter => letter.charCodeAt(0))

export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length >> 1 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  )

function words64(values: readonly Recorded[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length))
  for (const [at, value] of values.entries()) view.setBigUint64(8 * at, numberIn(value) ?? 0n, true)
  return new Uint8Array(view.buffer)
}

export function words32(values: readonly Recorded[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, Number(numberIn(value) ?? 0n), true)
  return new Uint8Array(view.buffer)
}
