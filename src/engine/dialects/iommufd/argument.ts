/**
 * The argument of a call as the kernel reads it: how much of the struct the caller gave, what lies behind it, and what
 * its pointers lead to. The same rules for every call, from the table of structs.
 *
 * Source: iommufd facts 2.0. Fields beside those of the struct: `size` (or `argsz`) where it is not the whole struct,
 * `trailing` (not 0 where a byte behind the known struct is not zero), `argp` (the struct's own address, where it
 * matters that it is memory).
 */
import { boundThrough } from '../../kernel/bindings'
import type { Machine } from '../../kernel/machine'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { memoryThere } from '../../kernel/user-memory'
import type { Call, CallArgs, CallResult, Lowering, OutValue } from '../contract'
import { STRUCTS, type StructName, type StructRow } from './structs.data'

/** A call whose struct was read. */
export interface Read {
  readonly call: Call
  readonly machine: Machine
  /** uid of the context of the file, or of the device's. */
  readonly context: number
  /** The value of a member; 0 where the caller's struct ends before it. */
  value(field: string): bigint
  number(field: string): number
  /** The length of what a pointer leads to: as told, else as much as was given. */
  lengthOf(field: string, pointer: string): number
  /** What a pointer leads to, `length` bytes of it; null where that is not memory. */
  bytesAt(field: string, length: number): Uint8Array | null
  /** True where `length` bytes may be written where a pointer leads. */
  writableAt(field: string, length: number): boolean
}

export type Handler = (read: Read) => Outcome<CallResult>

/** What follows a struct in memory is not zero for ever: more than this behind it always holds something. Bytes. */
const ZERO_BEHIND = 0x10000

/** Reads the struct of a call, then handles it; what the call writes ends where the caller's struct does. */
export function withStruct(name: StructName, handle: Handler): Lowering {
  const struct = STRUCTS[name]
  return call => {
    const judged = judge(call, struct)
    if (!judged.ok) return judged
    const handled = handle(readOf(call, struct, judged.value))
    if (!handled.ok) return handled
    const address = call.args.given('argp')
    if (address !== null && !memoryThere(call.machine, address, judged.value, true))
      return refuse('struct.fault', { command: call.command })
    return answer({ ...handled.value, out: cut(struct, judged.value, handled.value.out) })
  }
}

/** How many bytes of the struct the caller gave. */
function judge({ machine, command, args }: Call, struct: StructRow): Outcome<number> {
  const address = args.given('argp')
  if (address !== null && !memoryThere(machine, address, 4, false)) return refuse('struct.fault', { command })
  const given = args.given(struct.sizeField) ?? args.given('size')
  const size = given === null ? struct.bytes : Number(given)
  if (size < struct.least) return refuse('struct.size', { size, command, least: struct.least })
  if (struct.sizeField === 'size' && size > struct.bytes)
    if (args.value('trailing') !== 0n || size > ZERO_BEHIND)
      return refuse('struct.trailing', { known: struct.bytes, command })
  if (address !== null && !memoryThere(machine, address, Math.min(size, struct.bytes), false))
    return refuse('struct.fault', { command })
  return answer(Math.min(size, struct.bytes))
}

function readOf(call: Call, struct: StructRow, size: number): Read {
  const { args, machine } = call
  const ends = new Map(struct.members.map(({ field, offset, bytes }) => [field, offset + bytes]))
  const value = (field: string): bigint => ((ends.get(field) ?? 0) > size ? 0n : wide(struct, field, args))
  return {
    call,
    machine,
    context: contextOf(call),
    value,
    number: field => Number(value(field)),
    lengthOf: (field, pointer) =>
      Number(args.given(field) === null ? (args.bytes(pointer)?.length ?? 0) : value(field)),
    bytesAt: (field, length) => bytesOf(machine, args, { field, address: value(field), length }),
    writableAt: (field, length) => memoryThere(machine, value(field), length, true),
  }
}

/** No program has more behind one pointer. */
const MOST_BYTES = 1 << 24

/** A member as wide as it is: what a caller gives beyond is cut off. */
function wide(struct: StructRow, field: string, args: CallArgs): bigint {
  const member = struct.members.find(one => one.field === field)
  const given = args.value(field)
  if (member === undefined) return given
  return member.type === '__s32' ? BigInt.asIntN(32, given) : BigInt.asUintN(member.bytes * 8, given)
}

function contextOf({ file, fd, machine }: Call): number {
  if (file.context !== null) return file.context
  const device = machine.root.devices.get(file.device ?? '')
  return device === undefined ? 0 : (boundThrough(machine, device, fd)[0]?.context ?? 0)
}

function bytesOf(
  machine: Machine,
  args: CallArgs,
  { field, address, length }: { field: string; address: bigint; length: number },
): Uint8Array | null {
  const given = args.bytes(field)
  if (given !== null && given.length >= length) return given.subarray(0, length)
  if (length > MOST_BYTES || !memoryThere(machine, address, length, false)) return null
  const bytes = new Uint8Array(length)
  if (given !== null) bytes.set(given)
  return bytes
}

/** Members that lie behind the caller's struct are not written. */
function cut(struct: StructRow, size: number, out: CallResult['out']): CallResult['out'] {
  if (out === null || size >= struct.bytes) return out
  const written: Record<string, OutValue> = {}
  for (const [field, value] of Object.entries(out)) {
    const member = struct.members.find(one => one.field === field)
    written[field] = member !== undefined && member.offset + member.bytes > size ? 0 : value
  }
  return written
}

/** Refuses flags beyond the known ones, and reserved members that are not 0: `fields` after the flags. */
export function checkFlags(read: Read, known: bigint, ...reserved: readonly string[]): Outcome<null> {
  const flags = read.value('flags')
  const { command } = read.call
  if (flags & ~known) return refuse('struct.flags', { command, flags })
  return checkReserved(read, ...reserved)
}

export function checkReserved(read: Read, ...reserved: readonly string[]): Outcome<null> {
  const { command } = read.call
  const field = reserved.find(one => read.value(one) !== 0n)
  return field === undefined ? answer(null) : refuse('struct.reserved', { field, command })
}

export function returns(out: CallResult['out'] = null): Outcome<CallResult> {
  return answer({ ret: 0, out })
}

/** 0 where nothing refused. */
export function finish(outcome: Outcome<unknown>): Outcome<CallResult> {
  return outcome.ok ? returns() : outcome
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
