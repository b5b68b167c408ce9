/** What a flow gives to the fields of an ioctl, as the call takes it: numbers, and the bytes that pointers lead to. */
import type { Dialect } from '../dialects/contract'
import { commandNamed, type IoctlCall } from '../dialects/dispatch'
import type { Operation, Role, Value } from '../flow'
import { toBytes } from '../kernel/dma'
import type { Machine } from '../kernel/machine'
import { argumentOf } from './arguments'
import { pointeeBytes } from './pointee'

type Ioctl = Extract<Operation, { kind: 'ioctl' }>

/** Where bytes of a flow's text lie is not the flow's to say; only that it is not nowhere. */
const SOMEWHERE = 0x1000n

/** Undeclared names are guessed by the roles of the fields, which the machine notes. */
export function fieldsOf(
  machine: Machine,
  dialect: Dialect,
  { command, fields: given }: Ioctl,
): Required<Pick<IoctlCall, 'fields' | 'bytes'>> {
  const words = commandNamed(dialect, command)?.fields ?? []
  const fields = new Map<string, bigint>()
  const bytes = new Map<string, Uint8Array>()
  for (const [name, value] of given) {
    const role = words.find(word => word.name === name)?.role ?? 'number'
    // sizeof, which the language leaves to the machine, is what a call takes where nothing is given.
    if (role === 'struct-size' && value.kind === 'guess') continue
    const behind = bytesBehind(machine, dialect, value, role)
    if (behind !== null) bytes.set(name, behind)
    if (isPointer(value, role)) fields.set(name, SOMEWHERE)
    else if (!isText(value, role)) fields.set(name, argumentOf(machine, value, role))
  }
  return { fields, bytes }
}

/** What is written in place of an address: its bytes. */
const isPointer = ({ kind }: Value, role: Role): boolean =>
  role === 'bytes' && (kind === 'text' || kind === 'struct')

/** What is bytes and no number. */
const isText = ({ kind }: Value, role: Role): boolean =>
  kind === 'text' || (kind === 'device' && role === 'text')

/** The bytes that a value stands for; null where it is a number, or a struct that the dialect does not know. */
function bytesBehind(machine: Machine, dialect: Dialect, value: Value, role: Role): Uint8Array | null {
  if (value.kind === 'text') return role === 'bytes' ? fromHex(value.value) : toBytes(value.value)
  if (value.kind === 'device') return role === 'text' ? toBytes(value.name) : null
  if (value.kind !== 'struct' || role !== 'bytes') return null
  const members = [...value.fields].map(
    ([member, one]) => [member, argumentOf(machine, one, 'size')] as const,
  )
  return pointeeBytes(dialect.pointees ?? [], new Map(members))
}

/** Two hexadecimal digits a byte; what is no such text ends at its first letter that is none. */
function fromHex(text: string): Uint8Array {
  const digits = /^(?:[0-9a-f]{2})*/i.exec(text)?.[0] ?? ''
  return Uint8Array.from(digits.match(/../g) ?? [], byte => Number.parseInt(byte, 16))
}
