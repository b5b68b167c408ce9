/**
 * A recording of what a real kernel answered: one JSON object a line, the first of them about the machine.
 *
 * Source: the README beside the recordings (src/engine/replay/oracle). Reading judges nothing but the form; what
 * a call means is told by `calls.data.ts`.
 */

/** A value as recorded: 64-bit numbers are `0x` strings, lists stay lists. */
export type Recorded =
  | null
  | boolean
  | number
  | string
  | readonly Recorded[]
  | { readonly [key: string]: Recorded }

export type RecordedFields = Readonly<Record<string, Recorded>>

/** The machine and the program that was recorded on it. */
export interface RecordingHead {
  readonly scenario: string
  readonly desc: string
  readonly config: string
  /** How the emulated IOMMU was set up, `name,option=value,...`; empty where the line does not tell. */
  readonly iommu: string
  /** The kernel's options, and which kernel it was, in words; empty where the line does not tell. */
  readonly cmdline: string
  readonly kernel: string
}

/** One call with its answer. `line` counts from 1 in the file. */
export interface CallRecord {
  readonly kind: 'call'
  readonly line: number
  /** Its number in the process that made it: a child starts again from where it was forked. */
  readonly i: number
  readonly op: string
  /** `<kind>#<serial>`, or a number that is no file; null where the call has none. */
  readonly fd: string | number | null
  readonly in: RecordedFields
  readonly ret: number
  readonly errno: string | null
  readonly out: RecordedFields
}

/** Memory that the program had: bytes from `userVa`. */
export interface BufferRecord {
  readonly kind: 'buffer'
  readonly line: number
  readonly name: string
  readonly userVa: bigint
  readonly size: bigint
  /** `rw`, `r`, or empty: not even readable. */
  readonly prot: string
}

/** What the program did that is no call, in words. */
export interface NoteRecord {
  readonly kind: 'note'
  readonly line: number
  readonly text: string
}

export type RecordingLine = CallRecord | BufferRecord | NoteRecord

export interface Recording {
  readonly head: RecordingHead
  readonly lines: readonly RecordingLine[]
}

export interface BrokenRecording {
  /** From 1; the first line that cannot be read. */
  readonly line: number
  readonly problem: string
}

/** Reads the text of a recording, or says which line is broken and how. */
export function readRecording(text: string): Recording | BrokenRecording {
  let head: RecordingHead | null = null
  const lines: RecordingLine[] = []
  for (const [at, source] of text.split('\n').entries()) {
    if (source.trim() === '') continue
    const parsed = objectIn(source)
    if (typeof parsed === 'string') return { line: at + 1, problem: parsed }
    if (head === null) {
      const told = headOf(parsed)
      if (told === null) return { line: at + 1, problem: 'the first line names no scenario and config' }
      head = told
      continue
    }
    const line = lineOf(parsed, at + 1)
    if (line === null) return { line: at + 1, problem: 'neither a call, a buffer nor a note' }
    lines.push(line)
  }
  return head === null ? { line: 1, problem: 'it is empty' } : { head, lines }
}

export const isBroken = (recording: Recording | BrokenRecording): recording is BrokenRecording =>
  'problem' in recording

function objectIn(source: string): RecordedFields | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(source)
  } catch {
    return 'it is not JSON'
  }
  return isFields(parsed) ? parsed : 'it is not a JSON object'
}

const isFields = (value: unknown): value is RecordedFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function headOf({ scenario, config, ...more }: RecordedFields): RecordingHead | null {
  if (typeof scenario !== 'string' || typeof config !== 'string') return null
  const text = (key: string): string => (typeof more[key] === 'string' ? more[key] : '')
  const machine = { iommu: text('iommu'), cmdline: text('cmdline'), kernel: text('kernel') }
  return { scenario, desc: text('desc'), config, ...machine }
}

function lineOf(fields: RecordedFields, line: number): RecordingLine | null {
  const { op, note } = fields
  if (typeof note === 'string') return { kind: 'note', line, text: note }
  if (op === 'BUFFER') return bufferOf(fields, line)
  return typeof op === 'string' ? callOf(op, fields, line) : null
}

function bufferOf({ name, user_va, size, prot }: RecordedFields, line: number): BufferRecord | null {
  const userVa = numberIn(user_va)
  const bytes = numberIn(size)
  if (typeof name !== 'string' || userVa === null || bytes === null) return null
  return { kind: 'buffer', line, name, userVa, size: bytes, prot: typeof prot === 'string' ? prot : '' }
}

function callOf(op: string, fields: RecordedFields, line: number): CallRecord | null {
  const { i = 0, fd = null, ret, errno = null, in: given = {}, out = {} } = fields
  if (
    typeof i !== 'number' ||
    typeof ret !== 'number' ||
    !isFields(given) ||
    !(out === null || isFields(out))
  )
    return null
  if (errno !== null && typeof errno !== 'string') return null
  if (fd !== null && typeof fd !== 'string' && typeof fd !== 'number') return null
  return { kind: 'call', line, i, op, fd, in: given, ret, errno, out: out ?? {} }
}

/** The number that a recorded value is: a number, or a text like `0x10` or `-1`; null for anything else. */
export function numberIn(value: Recorded | undefined): bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null
  if (typeof value !== 'string') return null
  return /^(0x[0-9a-f]+|-?\d+)$/i.test(value) ? BigInt(value) : null
}
