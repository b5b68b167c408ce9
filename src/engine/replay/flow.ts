/**
 * A recording as a flow: the same calls, in the words of the flow language, each with what the kernel answered as
 * expectations. What the language cannot say stands in a comment and is left out: fields that hold lists, and calls
 * whose argument lies in memory that the recording only describes in words.
 */
import type { Command, Dialect } from '../dialects/contract'
import { dialectById } from '../dialects/registry'
import { fieldNamed, flagsText } from './arguments'
import { hexOf, words64, written } from './bytes'
import { BEHIND, HEX_KEYS, ONLY_FILE, POLL_BITS, RETURNS_FD, UNOPENED } from './calls.data'
import { FIRST_WORD, NOT_EXACT, NOT_TOLD } from './compare'
import {
  devicesOf,
  machineOf,
  PROGRAM_BYTES,
  PROGRAM_MEMORY,
  type RecordedMachine,
  unknownMachine,
} from './machines.data'
import { effectsOf, type NoteEffect } from './notes.data'
import {
  type BufferRecord,
  type CallRecord,
  numberIn,
  type Recorded,
  type RecordedFields,
  type Recording,
} from './recording'

/** The text of the flow, LF at the end of each line, or why there is none. */
export function flowOf(recording: Recording): string | { readonly problem: string } {
  const recorded = machineOf(recording.head)
  if (recorded === null) return { problem: unknownMachine(recording.head) }
  const dialect = dialectById(recorded.dialect)
  if (dialect === undefined) return { problem: `dialect ${recorded.dialect} is not modelled` }
  return new FlowWriter(recording, recorded, dialect).text()
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A description that goes on after a colon lists what the notes tell as well. */
const titleOf = (desc: string): string => (desc.length > LONG_TITLE ? desc.replace(/: .*$/, '') : desc)

const LONG_TITLE = 60
const LONGEST_LINE = 105
const MORE = '; and more'

class FlowWriter {
  readonly recording: Recording
  readonly recorded: RecordedMachine
  readonly dialect: Dialect
  readonly #buffers = new Map<string, BufferRecord>()
  readonly #opened = new Set<string>()
  readonly #lines: string[] = []
  #last = -1
  #child = false

  constructor(recording: Recording, recorded: RecordedMachine, dialect: Dialect) {
    this.recording = recording
    this.recorded = recorded
    this.dialect = dialect
  }

  text(): string {
    const { lines } = this.recording
    for (const line of lines) if (line.kind === 'buffer') this.#buffers.set(line.name, line)
    for (const line of lines) {
      if (line.kind === 'note') this.#note(line.text)
      if (line.kind === 'call') this.#call(line)
    }
    return `${[...this.#stage(), '', ...this.#lines].join('\n')}\n`
  }

  /** Directives: what the machine was, and all memory that the program ever had. */
  #stage(): readonly string[] {
    const { scenario, desc, config } = this.recording.head
    const { platform, params } = this.recorded
    const settings = Object.entries(params).map(([key, value]) => ` ${key}=${value}`)
    return [
      `// ${this.#shows()}`,
      `#title     ${capitalised(titleOf(desc) || scenario)}`,
      `#dialect   ${this.dialect.id}`,
      `#platform  ${platform}${settings.join('')}`,
      ...devicesOf(this.recording).map(
        ({ name, rid, group, path, ats }) =>
          `#device    ${name} pci ${rid} group ${group}${ats ? ' ats' : ''} path ${path}`,
      ),
      `#memory    0x${PROGRAM_MEMORY.toString(16)} 0x${PROGRAM_BYTES.toString(16)} pages=4K`,
      ...[...this.#buffers.values()].flatMap(memoryLine),
      `// Recorded as ${scenario} on machine ${config}.`,
    ]
  }

  /** What its notes announce, as many as a line takes. */
  #shows(): string {
    const notes = this.recording.lines.flatMap(line => (line.kind === 'note' ? [line.text] : []))
    let text = 'What a Linux kernel answers'
    notes.forEach((note, at) => {
      const next = `${text}${at === 0 ? ':' : ';'} ${note}`
      if (!text.endsWith(MORE)) text = next.length + MORE.length <= LONGEST_LINE ? next : `${text}${MORE}`
    })
    return text
  }

  #note(text: string): void {
    this.#lines.push(`note(${JSON.stringify(text)});`)
    for (const effect of effectsOf(text) ?? []) {
      if (effect.kind === 'fork') this.#child = true
      if (effect.kind === 'exit') this.#child = false
      this.#lines.push(...effectLines(effect, this.#buffers))
    }
  }

  #call(call: CallRecord): void {
    if (call.i < this.#last && this.#child) {
      this.#lines.push('_exit();')
      this.#child = false
    }
    this.#last = call.i
    if (call.op === 'open')
      for (const file of Object.values(call.out)) if (isFile(file)) this.#opened.add(file)
    const special = Object.hasOwn(SPECIAL, call.op) ? SPECIAL[call.op] : undefined
    this.#lines.push(...(special === undefined ? this.#ioctl(call) : special(call, this.#names())))
  }

  #names(): Names {
    return { fd: name => this.#fd(name), add: line => void this.#lines.push(line), machine: this.recorded }
  }

  /** The variable of a file; a file that no call opened is made first. */
  #fd(name: string | number | null): string {
    if (typeof name !== 'string') return String(name ?? -1)
    const variable = variableOf(this.#known(name))
    const kind = name.replace(/#.*/, '')
    const made = Object.hasOwn(UNOPENED, kind) ? UNOPENED[kind] : undefined
    if (made !== undefined && !this.#opened.has(name)) {
      this.#opened.add(name)
      if (made.kind === 'dup') this.#lines.push(`${variable} = dup(${variableOf(this.#known(made.of))});`)
      else if (made.size === undefined) this.#lines.push(`${variable} = open("${made.path}", O_RDWR);`)
      else this.#lines.push(`${variable} = memfd_create(0x${made.size.toString(16)});`)
    }
    return variable
  }

  /** A bare kind is the only file of that kind: the last one that a call answered. */
  #known(name: string): string {
    if (name.includes('#')) return name
    const kind = Object.hasOwn(ONLY_FILE, name) ? ONLY_FILE[name] : name
    return [...this.#opened].filter(one => one.startsWith(`${kind}#`)).at(-1) ?? name
  }

  #ioctl(call: CallRecord): readonly string[] {
    const command = this.dialect.commands.find(one => one.name === call.op)
    if (command === undefined) return [leftOut(call, `${this.dialect.id} has no such call`)]
    const fields = this.#fields(call, command)
    if (fields === null) return [leftOut(call, 'its argument is told in words only')]
    const file = Object.values(call.out).find(isFile) ?? this.#namedLater(call)
    const target = RETURNS_FD.has(call.op) && file !== undefined ? variableOf(file) : 'ret'
    if (file !== undefined) this.#opened.add(file)
    const fd = this.#fd(call.fd)
    const bare = command.argument === 'value' || command.argument === 'none'
    const passed = bare ? fields.map(field => `, ${field.value}`).join('') : ', &arg'
    const struct = bare ? [] : [`arg = { ${fields.map(one => `.${one.name} = ${one.value};`).join(' ')} };`]
    return [
      ...struct,
      `${target} = ioctl(${fd}, ${call.op}${passed});`,
      expectation(target, call),
      ...(bare ? [] : outputLines(call.out)),
      ...(call.op === MAKES_ACCESS && call.errno === null ? ['access = arg.out_access_fd;'] : []),
    ]
  }

  /** The name under which a file comes up later that the call's own record does not name. */
  #namedLater({ op, in: given, errno }: CallRecord): string | undefined {
    if (!RETURNS_FD.has(op) || errno !== null) return undefined
    const later = this.recording.lines.map(line => (line.kind === 'call' ? String(line.fd) : ''))
    return later.find(fd => fd.startsWith(`${given.name}_legacy#`))
  }

  /** The fields of an argument as expressions, or null where one cannot be said. */
  #fields(call: CallRecord, command: Command): readonly FieldText[] | null {
    const found: FieldText[] = []
    for (const [key, value] of Object.entries(call.in)) {
      const name = fieldNamed(command, key)
      const own = command.fields.some(one => one.name === name)
      if (!own && (Object.hasOwn(BEHIND, key) || HEX_KEYS.has(key))) continue
      if (key === 'trailing') continue
      if (!command.fields.some(one => one.name === name)) return null
      found.push({ name, value: this.#bytesFor(call.in, key) ?? this.#value(call.op, value) })
    }
    const trailing = call.in.trailing
    if (typeof trailing === 'string')
      found.push({ name: 'trailing', value: /[1-9a-f]/.test(trailing) ? '1' : '0' })
    return found
  }

  /** What lies behind a pointer, where the recording has it. */
  #bytesFor(given: RecordedFields, pointer: string): string | null {
    for (const [key, to] of [...Object.entries(BEHIND), [pointer, pointer] as const]) {
      const value = given[key]
      if (to !== pointer) continue
      if (HEX_KEYS.has(key) && typeof value === 'string') return JSON.stringify(value)
      if (key === 'ranges' && Array.isArray(value)) return JSON.stringify(hexOf(words64(value.flat())))
    }
    return null
  }

  #value(op: string, value: Recorded): string {
    if (value === null) return '0'
    const number = numberIn(value)
    if (number !== null) return numberText(number)
    const flags = flagsText(this.dialect, op, value)
    if (flags !== null) return flags
    if (typeof value === 'string')
      return isFile(value) || value in ONLY_FILE ? this.#fd(value) : JSON.stringify(value)
    return numberText(this.#address(value as RecordedFields))
  }

  #address(place: RecordedFields): bigint {
    const told = numberIn(place.user_va)
    if (told !== null) return told
    const buffer = this.#buffers.get(String(place.buf))
    return buffer === undefined ? PROGRAM_MEMORY : buffer.userVa + (numberIn(place.off) ?? 0n)
  }
}

/** The call whose file the recording only calls by its kind. */
const MAKES_ACCESS = 'TEST_CREATE_ACCESS'

interface FieldText {
  readonly name: string
  readonly value: string
}

interface Names {
  fd(name: string | number | null): string
  add(line: string): void
  readonly machine: RecordedMachine
}

type Writes = (call: CallRecord, names: Names) => readonly string[]

const SPECIAL: Readonly<Record<string, Writes>> = {
  open: (call, { fd }) => {
    const file = Object.values(call.out).find(isFile)
    const target = file === undefined ? 'ret' : fd(file)
    return [`${target} = open(${JSON.stringify(call.in.path)}, O_RDWR);`, expectation(target, call)]
  },
  close: (call, { fd }) => [`ret = close(${fd(call.fd)});`, expectation('ret', call)],
  close_access: (call, { fd }) => [`ret = close(${fd('access')});`, expectation('ret', call)],
  read: (call, { fd }) => [
    `ret = read(${fd(call.fd)}, &report, ${call.in.len ?? 0});`,
    expectation('ret', call),
  ],
  pread: (call, { fd }) => [`ret = read(${fd(call.fd)}, &report, 0);`, expectation('ret', call)],
  write: (call, { fd }) => [
    `ret = write(${fd(call.fd)}, ${JSON.stringify(hexOf(written(call)))});`,
    expectation('ret', call),
  ],
  poll: (call, { fd }) => [
    `ret = poll(${fd(call.fd)}, ${pollBits(String(call.in.events))});`,
    `expect(ret == ${call.out.revents ?? 0});`,
  ],
  mmap: call => [leftOut(call, 'files of objects cannot be mapped')],
  RAW_IOCTL: call => [leftOut(call, 'an ioctl by its number')],
  DMA_WRITE: (call, names) => dmaLines(call, names, 'dma_write'),
  DMA_READ: (call, names) => dmaLines(call, names, 'dma_read'),
}

/** All bytes came through, or the transfer ended in a fault. */
function dmaLines(call: CallRecord, { fd, machine }: Names, name: string): readonly string[] {
  const device = String(call.fd).replace(/#.*/, '')
  if (machine.deaf.includes(device))
    return [leftOut(call, 'the recorded machine loses the DMA of this device')]
  const length = Number(numberIn(call.in.length) ?? 0n)
  const what = name === 'dma_read' ? String(length) : JSON.stringify('.'.repeat(length))
  const whole = bytesMoved(call) === length
  return [
    `ret = ${name}(${fd(call.fd)}, ${call.in.iova}, ${what});`,
    whole ? 'expect(ret != fault);' : 'expect(ret == fault);',
  ]
}

function bytesMoved({ out }: CallRecord): number {
  if (Array.isArray(out.wrote))
    return out.wrote.reduce<number>((sum, piece) => sum + Number((piece as RecordedFields).len ?? 0), 0)
  return Number(numberIn(out.read_ok_prefix) ?? 0n)
}

function pollBits(events: string): string {
  const bits = events.split('|').reduce((sum, event) => sum | (POLL_BITS[event] ?? 0n), 0n)
  return numberText(bits)
}

const leftOut = ({ op, fd, ret, errno }: CallRecord, why: string): string =>
  `// ${op} on ${fd ?? 'nothing'} gave ${errno ?? ret}: ${why}.`

const isFile = (value: unknown): value is string => typeof value === 'string' && /^[a-z]\w*#\d+$/.test(value)

/** `container#0` as a name of the flow. */
const variableOf = (name: string): string => name.replace('#', '_')

function expectation(target: string, { op, ret, errno }: CallRecord): string {
  if (errno !== null) return `expect(${target} == -${errno});`
  return RETURNS_FD.has(op) ? `expect(${target} >= 0);` : `expect(${target} == ${ret});`
}

/** Numbers and texts that the call wrote, and the files it gave; lists cannot be told. */
function outputLines(out: RecordedFields): readonly string[] {
  return Object.entries(out).flatMap(([field, value]) => {
    if (value === '' || value === null || LEFT_OUT.has(field)) return []
    if (isFile(value)) return [`${variableOf(value)} = arg.${field};`]
    const number = numberIn(value)
    if (HEX_KEYS.has(field) || field === 'bytes') return [`expect(arg.${field} == ${JSON.stringify(value)});`]
    return number === null ? [] : [`expect(arg.${field} == ${numberText(number)});`]
  })
}

/** What is not held, or told as something else. */
const LEFT_OUT: ReadonlySet<string> = new Set([FIRST_WORD, NOT_EXACT, NOT_TOLD])

const numberText = (value: bigint): string =>
  value < 0n || value < 10n ? String(value) : `0x${value.toString(16)}`

function memoryLine({ userVa, size, prot }: BufferRecord): readonly string[] {
  const pages = 4096n * ((size + 4095n) / 4096n)
  const readOnly = prot.includes('w') ? '' : ' ro'
  return prot === ''
    ? []
    : [`#memory    0x${userVa.toString(16)} 0x${pages.toString(16)} pages=4K${readOnly}`]
}

function effectLines(effect: NoteEffect, buffers: ReadonlyMap<string, BufferRecord>): readonly string[] {
  switch (effect.kind) {
    case 'fork':
      return ['fork();']
    case 'exit':
      return ['_exit();']
    case 'unprivileged':
      return ['setuid(65534);']
    case 'limits':
      return [`setrlimit(${effect.pages} * 4KB);`]
    case 'munmap': {
      const buffer = buffers.get(effect.buffer)
      return buffer === undefined
        ? []
        : [`munmap(0x${buffer.userVa.toString(16)}, 0x${buffer.size.toString(16)});`]
    }
  }
}
