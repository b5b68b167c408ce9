/**
 * Replays a recording: makes each of its calls on an emulated machine and compares the answers.
 *
 * A call is one of three things. *passed*: return value, errno and every output field are the kernel's. *failed*: one
 * of them differs. *unmodelled*: the emulator has no such call or file and says so.
 */
import type { CallAnswer } from '../dialects/dispatch'
import { commandNamed, dispatch, fileCall, runCall } from '../dialects/dispatch'
import { openPath } from '../dialects/open'
import { closeFile } from '../kernel/close'
import { answer, refuse } from '../kernel/outcome'
import { argumentsOf } from './arguments'
import { written } from './bytes'
import { POLL_BITS, RAW_ARGUMENTS, RAW_VALUES, RETURNS_FD } from './calls.data'
import { type Difference, differingFields, shown, type Written } from './compare'
import { dmaOf } from './dma'
import { guarded } from './guard'
import { PROGRAM_BYTES, PROGRAM_MEMORY, READ_ONLY_MEMORY } from './machines.data'
import { declareBuffer, fdOf, heed, type Program, returnToParent, startProgram } from './program'
import { type CallRecord, type NoteRecord, numberIn, type Recording } from './recording'

export interface ReplayedCall {
  /** In the file, from 1. */
  readonly line: number
  readonly call: string
  readonly verdict: 'passed' | 'failed' | 'unmodelled'
  readonly differences: readonly Difference[]
  /** Why a call is unmodelled, else null. */
  readonly reason: string | null
}

export interface Replayed {
  /** Every call of the recording, in order. */
  readonly calls: readonly ReplayedCall[]
  /** Notes that seem to say what the program did, in words that are not known. */
  readonly unknownNotes: readonly NoteRecord[]
}

export function replay(recording: Recording): Replayed {
  const program = startProgram(recording)
  const calls: ReplayedCall[] = []
  const unknownNotes: NoteRecord[] = []
  let last = -1
  for (const line of recording.lines) {
    if ('problem' in program) {
      if (line.kind === 'call') calls.push(unmodelled(line, program.problem))
      continue
    }
    if (line.kind === 'note' && !heed(program, line.text)) unknownNotes.push(line)
    if (line.kind === 'buffer') declareBuffer(program, line)
    if (line.kind !== 'call') continue
    if (line.i < last) returnToParent(program)
    last = line.i
    calls.push(replayed(program, line))
  }
  return { calls, unknownNotes }
}

const unmodelled = (call: CallRecord, reason: string): ReplayedCall => ({
  line: call.line,
  call: call.op,
  verdict: 'unmodelled',
  differences: [],
  reason,
})

/** What the emulator answered, in the recording's terms. `given`: the arguments, where it may write in their place. */
export interface Answered {
  readonly ret: number
  readonly errno: string | null
  readonly out: Written
  readonly given: ReadonlyMap<string, bigint>
  readonly unmodelled: string | null
}

function replayed(program: Program, call: CallRecord): ReplayedCall {
  const got = guarded(program.machine, () => make(program, call))
  if (got instanceof Error) return broken(call, got)
  if (got.unmodelled !== null) return unmodelled(call, got.unmodelled)
  learnFiles(program, call, got)
  const differences = differencesOf(call, got)
  const verdict = differences.length === 0 ? 'passed' : 'failed'
  return { line: call.line, call: call.op, verdict, differences, reason: null }
}

/** An exception is a bug of the emulator. */
const broken = ({ line, op }: CallRecord, { message }: Error): ReplayedCall => ({
  line,
  call: op,
  verdict: 'failed',
  differences: [{ field: 'exception', expected: 'none', got: message }],
  reason: null,
})

function differencesOf(call: CallRecord, got: Answered): readonly Difference[] {
  const differences: Difference[] = []
  const expected = RETURNS_FD.has(call.op) && call.ret === 0 && got.ret >= 0 ? got.ret : call.ret
  if (expected !== got.ret)
    differences.push({ field: 'return', expected: String(expected), got: String(got.ret) })
  if (call.errno !== got.errno)
    differences.push({ field: 'errno', expected: shown(call.errno), got: shown(got.errno) })
  const out = Object.fromEntries(Object.entries(call.out).filter(([, value]) => !isFile(value)))
  return [...differences, ...differingFields(out, got.out, call.ret < 0 ? got.given : null)]
}

/** A file that the kernel handed out, by its name in the recording. */
const isFile = (value: unknown): value is string => typeof value === 'string' && /^[a-z]\w*#\d+$/.test(value)

/** Remembers which fd stands for a file that the recording names from here on. */
function learnFiles(program: Program, call: CallRecord, got: Answered): void {
  for (const [field, name] of Object.entries(call.out)) {
    if (!isFile(name)) continue
    const fd = RETURNS_FD.has(call.op) ? got.ret : got.out[field]
    if (typeof fd === 'number' || typeof fd === 'bigint') program.fds.set(name, Number(fd))
  }
  const access = got.out.out_access_fd
  if (typeof access === 'number') program.fds.set('access', access)
  const kind = LATER_NAMES[call.op]
  if (kind !== undefined && call.errno === null && !Object.values(call.out).some(isFile))
    program.fds.set(`${call.in.name}${kind}#${program.fds.size}`, got.ret)
}

/** Calls whose new file has no name in their own record: `edu0_legacy#2` comes up in a later one. */
const LATER_NAMES: Readonly<Record<string, string>> = { VFIO_GROUP_GET_DEVICE_FD: '_legacy' }

type Make = (program: Program, call: CallRecord) => Answered

const MAKES: Readonly<Record<string, Make>> = {
  open: openFile,
  close: closeNamed,
  close_access: (program, call) => closeNamed(program, { ...call, fd: 'access' }),
  read: onFile('read'),
  pread: onFile('read'),
  write: onFile('write'),
  poll: onFile('poll'),
  mmap: (program, call) =>
    said(
      runCall(program.machine, program.dialect, { name: 'mmap', args: {} }, () =>
        refuse('not-modelled-yet', { what: `mmap of ${String(call.fd).replace(/#.*/, '')}` }),
      ),
    ),
  DMA_WRITE: dma,
  DMA_READ: dma,
  RAW_IOCTL: rawIoctl,
}

function make(program: Program, call: CallRecord): Answered {
  const special = Object.hasOwn(MAKES, call.op) ? MAKES[call.op] : undefined
  return special === undefined ? ioctl(program, call) : special(program, call)
}

const NOTHING: ReadonlyMap<string, bigint> = new Map()

function said(given: CallAnswer, fields: ReadonlyMap<string, bigint> = NOTHING): Answered {
  const { ret, errno, out, rule, message } = given
  const missing = rule === 'not-modelled-yet' ? (message ?? rule) : null
  return { ret, errno, out: out ?? {}, given: fields, unmodelled: missing }
}

function ioctl(program: Program, call: CallRecord): Answered {
  const { machine, dialect } = program
  const command = commandNamed(dialect, call.op)
  const { fields, bytes } = argumentsOf(program, call, command)
  const fd = fdOf(program, call.fd)
  const got = said(
    dispatch(machine, dialect, { fd, command: call.op, fields, bytes, resultName: null }),
    fields,
  )
  const unknown = command === undefined && call.errno !== 'ENOTTY' && got.errno === 'ENOTTY'
  return unknown ? { ...got, unmodelled: `${dialect.id} has no call ${call.op}` } : got
}

function openFile(program: Program, call: CallRecord): Answered {
  const { machine, dialect } = program
  const path = String(call.in.path)
  return said(
    runCall(machine, dialect, { name: 'open', args: { path } }, () => {
      const fd = openPath(machine, dialect, path, path)
      return fd.ok ? answer({ ret: fd.value, out: null }) : fd
    }),
  )
}

function closeNamed(program: Program, call: CallRecord): Answered {
  const { machine, dialect } = program
  const fd = fdOf(program, call.fd)
  return said(
    runCall(machine, dialect, { name: 'close', args: { fd } }, () => {
      const closed = closeFile(machine, fd)
      return closed.ok ? answer({ ret: 0, out: null }) : closed
    }),
  )
}

function onFile(name: 'read' | 'write' | 'poll'): Make {
  return (program, call) => {
    const { fields, bytes } = argumentsOf(program, call, undefined)
    if (name === 'poll') fields.set('events', bitsOf(String(call.in.events)))
    if (name === 'write') bytes.set('data', written(call))
    return said(
      fileCall(program.machine, program.dialect, { name, fd: fdOf(program, call.fd), fields, bytes }),
    )
  }
}

const bitsOf = (events: string): bigint =>
  events.split('|').reduce((bits, event) => bits | (POLL_BITS[event] ?? 0n), 0n)

function dma(program: Program, call: CallRecord): Answered {
  const out = dmaOf(program, call)
  const missing = out === null ? 'a transfer of no device' : null
  return { ret: 0, errno: null, out: out ?? {}, given: NOTHING, unmodelled: missing }
}

/** An ioctl by its number. What the recording says of its argument in words decides what is handed over. */
function rawIoctl(program: Program, call: CallRecord): Answered {
  const { machine, dialect } = program
  const number = Number(numberIn(call.in.cmd) ?? 0n)
  const what = String(call.in.what)
  const fd = fdOf(program, call.fd)
  const kind = machine.root.files.get(Number(fd))?.kind
  const command = dialect.commands.find(
    one => number === ((IOCTL_TYPE << 8) | (one.nr & 0xff)) && one.file === kind,
  )
  const fields = new Map<string, bigint>()
  const value = RAW_VALUES.find(row => row.says.test(what))?.value
  if (value !== undefined && command?.bareField != null) fields.set(command.bareField, value)
  const memory = RAW_ARGUMENTS.find(row => row.says.test(what))?.argument
  if (memory !== undefined) fields.set('argp', RAW_MEMORY[memory])
  const name = command?.name ?? `ioctl 0x${number.toString(16)}`
  return said(dispatch(machine, dialect, { fd, command: name, fields, resultName: null }), fields)
}

/** `;`, the type of every command here. */
const IOCTL_TYPE = 0x3b

/** Where an argument lies: nowhere, at the end of readable memory, where nothing may be written. */
const RAW_MEMORY = {
  none: 0n,
  short: PROGRAM_MEMORY + PROGRAM_BYTES - 8n,
  'read-only': READ_ONLY_MEMORY,
} as const
