/**
 * What a program does beside ioctls: further fds, writes and polls, and what changes the process itself. Named as
 * the C library has them; arguments that a flow has no use for are left out.
 */
import type { Dialect } from '../dialects/contract'
import { type CallAnswer, fileCall, runCall } from '../dialects/dispatch'
import type { Value } from '../flow'
import { dupFile, openOther } from '../kernel/files'
import type { Machine } from '../kernel/machine'
import { answer, type Outcome } from '../kernel/outcome'
import { pageOf } from '../kernel/state'
import { currentTask, exitTask, forkTask, setCredentials, unmapMemory } from '../kernel/tasks'
import type { BuiltinAnswer, BuiltinOutcome, BuiltinRun } from './builtins'
import { pointeeBytes } from './pointee'

const PAGE = 4096n

/** A call of the kernel's, answered as one: a refusal is its errno. */
function asCall(
  machine: Machine,
  dialect: Dialect,
  name: string,
  body: () => Outcome<number>,
): BuiltinOutcome {
  return outcomeOf(
    runCall(machine, dialect, { name, args: {} }, () => {
      const done = body()
      return done.ok ? answer({ ret: done.value, out: null }) : done
    }),
  )
}

function outcomeOf(given: CallAnswer): BuiltinOutcome {
  if (given.errno !== null) return { failed: given }
  return { ret: given.ret, value: { kind: 'int', value: given.value }, out: given.out }
}

const numberIn = (value: Value | undefined): bigint | null => (value?.kind === 'int' ? value.value : null)

const DONE: BuiltinAnswer = { ret: 0, value: { kind: 'int', value: 0n }, out: null }

export const dupCall: BuiltinRun = (machine, [fd], dialect) =>
  asCall(machine, dialect, 'dup', () => dupFile(machine, numberIn(fd) ?? -1n))

/** A file of memory of its own, whose pages can be mapped. */
export const memfdCall: BuiltinRun = (machine, [size], dialect) => {
  const bytes = numberIn(size)
  if (bytes === null || bytes < 0n) return { problem: 'the size of memfd_create is a number of bytes' }
  return asCall(machine, dialect, 'memfd_create', () =>
    openOther(machine, { kind: 'plain', path: 'memfd', name: 'memfd', size: bytes }),
  )
}

/** `write(fd, "01000000")`: bytes of two hexadecimal digits each; `write(fd, &response)`: a struct that the API has. */
export const writeCall: BuiltinRun = (machine, [fd, data], dialect) => {
  const bytes = bytesToWrite(data, dialect)
  if (bytes === null)
    return { problem: 'what write takes is a text of two hexadecimal digits a byte, or a struct of the API' }
  return outcomeOf(
    fileCall(machine, dialect, {
      name: 'write',
      fd: numberIn(fd) ?? -1n,
      fields: new Map([['len', BigInt(bytes.length)]]),
      bytes: new Map([['data', bytes]]),
    }),
  )
}

function bytesToWrite(data: Value | undefined, dialect: Dialect): Uint8Array | null {
  if (data?.kind === 'text' && /^([0-9a-f]{2})*$/i.test(data.value))
    return Uint8Array.from(data.value.match(/../g) ?? [], byte => Number.parseInt(byte, 16))
  if (data?.kind !== 'struct') return null
  const given = [...data.fields].map(([name, value]) => [name, numberIn(value)] as const)
  const numbers = given.filter((one): one is [string, bigint] => one[1] !== null)
  return pointeeBytes(dialect.pointees ?? [], new Map(numbers))
}

/** Gives the events that are there: POLLIN 1, POLLOUT 4. */
export const pollCall: BuiltinRun = (machine, [fd, events], dialect) => {
  const asked = fileCall(machine, dialect, {
    name: 'poll',
    fd: numberIn(fd) ?? -1n,
    fields: new Map([['events', numberIn(events) ?? 5n]]),
  })
  if (asked.errno !== null) return { failed: asked }
  const there = asked.out?.revents
  const value = typeof there === 'number' || typeof there === 'bigint' ? BigInt(there) : 0n
  return { ret: asked.ret, value: { kind: 'int', value }, out: asked.out }
}

/** What follows is done by a child, which starts with what its parent has. */
export const forkCall: BuiltinRun = machine => {
  forkTask(machine)
  return DONE
}

export const exitCall: BuiltinRun = machine => {
  if (currentTask(machine).parent === null) return { problem: 'only a child of fork() ends by _exit()' }
  exitTask(machine)
  return DONE
}

/** A user that is not root has no capabilities. */
export const setuidCall: BuiltinRun = (machine, [uid]) => {
  if (numberIn(uid) !== 0n) setCredentials(machine, { ipcLock: false, sysResource: false })
  return DONE
}

/** RLIMIT_MEMLOCK, bytes. */
export const setrlimitCall: BuiltinRun = (machine, [size]) => {
  const bytes = numberIn(size)
  if (bytes === null || bytes < 0n) return { problem: 'the limit is a number of bytes' }
  setCredentials(machine, { memlockPages: Number(bytes / PAGE) })
  return DONE
}

export const munmapCall: BuiltinRun = (machine, [address, size]) => {
  const [start, bytes] = [numberIn(address), numberIn(size)]
  if (start === null || bytes === null || bytes <= 0n || start % PAGE !== 0n)
    return { problem: 'munmap takes an address and a size, whole pages of 4 KiB' }
  unmapMemory(machine, pageOf(start), pageOf(start + bytes - 1n))
  return DONE
}
