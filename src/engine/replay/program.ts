/**
 * The recorded program on an emulated machine: its files by the names that the recording gives them, its buffers, the
 * processes it is.
 */

import type { Dialect } from '../dialects/contract'
import { dialectById } from '../dialects/registry'
import { platformById } from '../hw'
import { addDevice } from '../kernel/devices'
import { dupFile, openOther } from '../kernel/files'
import { Machine } from '../kernel/machine'
import { addMemory } from '../kernel/process-memory'
import { pageOf } from '../kernel/state'
import { currentTask, exitTask, forkTask, setCredentials, unmapMemory } from '../kernel/tasks'
import { createBulk } from '../mem'
import { ONLY_FILE, UNOPENED } from './calls.data'
import {
  devicesOf,
  machineOf,
  PROGRAM_BYTES,
  PROGRAM_MEMORY,
  READ_ONLY_MEMORY,
  type RecordedMachine,
  unknownMachine,
} from './machines.data'
import type { NoteEffect } from './notes.data'
import { effectsOf } from './notes.data'
import type { BufferRecord, Recording } from './recording'

export interface Program {
  readonly machine: Machine
  readonly dialect: Dialect
  readonly recorded: RecordedMachine
  readonly fds: Map<string, number>
  readonly buffers: Map<string, BufferRecord>
}

/** The program before its first call, or why the emulator has no such machine. */
export function startProgram(recording: Recording): Program | { readonly problem: string } {
  const recorded = machineOf(recording.head)
  if (recorded === null) return { problem: unknownMachine(recording.head) }
  const dialect = dialectById(recorded.dialect)
  const platform = platformById(recorded.platform)
  if (dialect === undefined) return { problem: `dialect ${recorded.dialect} is not modelled` }
  if (platform === null) return { problem: `platform ${recorded.platform} is not modelled` }
  const configured = platform.configure(recorded.params, [])
  if ('problem' in configured) return { problem: configured.problem }
  const machine = new Machine({
    bulk: createBulk(),
    platform,
    hwConfig: configured.config,
    policy: Object.fromEntries(dialect.knobs.map(knob => [knob.key, knob.default])),
    limits: { memlockPages: null, guessMemory: false, guessDevices: null, guestRam: [], windows: [] },
  })
  for (const place of devicesOf(recording)) addDevice(machine, { ...PLAIN_DEVICE, ...place })
  addMemory(machine, { ...WRITABLE, hva: PROGRAM_MEMORY, size: PROGRAM_BYTES })
  addMemory(machine, { ...WRITABLE, hva: READ_ONLY_MEMORY, size: 4096n, readOnly: true })
  return { machine, dialect, recorded, fds: new Map(), buffers: new Map() }
}

const PLAIN_DEVICE = {
  kind: 'pci',
  parent: null,
  pasidBits: null,
  pri: false,
  type: null,
} as const
const WRITABLE = { pages: '4K', guest: false, readOnly: false } as const

/** Memory of the program; what it may not even read is, to a call that pins, not there. */
export function declareBuffer({ machine, buffers }: Program, buffer: BufferRecord): void {
  buffers.set(buffer.name, buffer)
  if (buffer.prot === '') return
  const pages = 4096n * ((buffer.size + 4095n) / 4096n)
  addMemory(machine, {
    ...WRITABLE,
    hva: buffer.userVa,
    size: pages,
    readOnly: !buffer.prot.includes('w'),
  })
}

/** Does what a note says; false where it talks of the process in a way that is not known. */
export function heed(program: Program, note: string): boolean {
  const effects = effectsOf(note)
  for (const effect of effects ?? []) EFFECTS[effect.kind](program, effect)
  return effects !== null
}

const EFFECTS: Readonly<Record<NoteEffect['kind'], (program: Program, effect: NoteEffect) => void>> = {
  fork: ({ machine }) => void forkTask(machine),
  exit: ({ machine }) => exitTask(machine),
  unprivileged: ({ machine }) => setCredentials(machine, { ipcLock: false, sysResource: false }),
  limits: ({ machine }, effect) => {
    if (effect.kind === 'limits') setCredentials(machine, { memlockPages: effect.pages })
  },
  munmap: ({ machine, buffers }, effect) => {
    const buffer = effect.kind === 'munmap' ? buffers.get(effect.buffer) : undefined
    if (buffer !== undefined)
      unmapMemory(machine, pageOf(buffer.userVa), pageOf(buffer.userVa + buffer.size - 1n))
  },
}

/** A child whose counter of calls ends has exited: the next call is its parent's. */
export function returnToParent({ machine }: Program): void {
  if (currentTask(machine).parent !== null) exitTask(machine)
}

/** The fd that a name of the recording stands for; a number that is open nowhere for a file that never was. */
export function fdOf(program: Program, name: string | number | null): bigint {
  if (typeof name === 'number') return BigInt(name)
  if (name === null) return -1n
  const known = program.fds.get(name) ?? unopened(program, name)
  return known === null ? -1n : BigInt(known)
}

/** A file that the recording shows no call for: made now. A bare kind is the only file of that kind. */
function unopened(program: Program, name: string): number | null {
  const kind = name.slice(0, name.includes('#') ? name.indexOf('#') : undefined)
  const row = Object.hasOwn(UNOPENED, kind) ? UNOPENED[kind] : undefined
  if (row === undefined) return onlyOf(program, kind)
  const { machine } = program
  const original = row.kind === 'dup' ? onlyOf(program, row.of) : null
  const opened =
    row.kind === 'plain' ? openPlain(program, row.path, row.size) : dupFile(machine, BigInt(original ?? -1))
  if (!opened.ok) return null
  program.fds.set(name, opened.value)
  return opened.value
}

function openPlain({ machine }: Program, path: string, size?: bigint) {
  return openOther(machine, { kind: 'plain', path, name: path, ...(size === undefined ? {} : { size }) })
}

/** The file of a kind that was opened last and is open still. */
function onlyOf({ fds, machine }: Program, kind: string): number | null {
  const family = Object.hasOwn(ONLY_FILE, kind) ? ONLY_FILE[kind] : kind
  const found = [...fds].filter(([name, fd]) => name.startsWith(`${family}#`) && machine.root.files.has(fd))
  return found.at(-1)?.[1] ?? null
}
