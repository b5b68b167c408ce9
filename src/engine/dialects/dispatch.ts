/**
 * The one way into a dialect: find the file, find the command, run its lowering as one attempt, and
 * turn a refusal into the number, rule and sentence that the author reads.
 */
import { ERRNO_NUMBERS, type ErrnoName } from '../flow/words/core-words'
import { findFile } from '../kernel/files'
import { attempt, type Machine } from '../kernel/machine'
import { type Outcome, type Refusal, refusalText, refuse } from '../kernel/outcome'
import { RULES, type RuleId } from '../kernel/rules.data'
import type { CallArgs, CallResult, Command, Dialect, OutValue } from './contract'

export interface CallAnswer {
  /** The return value, -1 where refused. */
  readonly ret: number
  /** What the flow sees: the return value or the negative error number. */
  readonly value: bigint
  readonly errno: ErrnoName | null
  readonly rule: RuleId | null
  /** Why it was refused, with the values involved. */
  readonly message: string | null
  /** What the refusal names, under the names of the rule's sentence; null where it was not refused. */
  readonly values: Refusal['values'] | null
  readonly out: Readonly<Record<string, OutValue>> | null
}

export interface IoctlCall {
  readonly fd: bigint
  readonly command: string
  readonly fields: ReadonlyMap<string, bigint>
  /** What lies where pointer fields lead. */
  readonly bytes?: ReadonlyMap<string, Uint8Array>
  readonly resultName: string | null
}

/** A call on an open file that is no ioctl. */
export interface FileCall {
  readonly name: 'read' | 'write' | 'poll'
  readonly fd: bigint
  readonly fields?: ReadonlyMap<string, bigint>
  readonly bytes?: ReadonlyMap<string, Uint8Array>
}

/** Runs one ioctl; a refused one changes nothing, unless its refusal `keeps`. */
export function dispatch(machine: Machine, dialect: Dialect, call: IoctlCall): CallAnswer {
  const args = Object.fromEntries(call.fields)
  machine.emit({ kind: 'call', actor: 'vmm', fd: Number(call.fd), cmd: call.command, args })
  return conclude(
    machine,
    dialect,
    attempt(machine, () => lower(machine, dialect, call)),
  )
}

/** Runs something that is no ioctl (open, close, mmap) by the same rules. */
export function runCall(
  machine: Machine,
  dialect: Dialect,
  call: { readonly name: string; readonly args: Readonly<Record<string, unknown>> },
  body: () => Outcome<CallResult>,
): CallAnswer {
  machine.emit({ kind: 'call', actor: 'vmm', fd: null, cmd: call.name, args: call.args })
  return conclude(machine, dialect, attempt(machine, body))
}

/** read(), write() or poll() of a file: what it gives is the dialect's to say. */
export function fileCall(machine: Machine, dialect: Dialect, call: FileCall): CallAnswer {
  const { name, fd, fields = NOTHING, bytes = NOTHING } = call
  return runCall(machine, dialect, { name, args: { fd } }, () => {
    const file = findFile(machine, fd)
    if (!file.ok) return file
    const lowering = dialect[name]
    if (lowering == null) return refuse('fd.wrong-command', { command: `${name}()`, file: file.value.path })
    const args = argsOf(fields, bytes)
    return lowering({ machine, command: name, fd: Number(fd), file: file.value, args, resultName: null })
  })
}

const NOTHING = new Map<string, never>()

function argsOf(fields: ReadonlyMap<string, bigint>, bytes: ReadonlyMap<string, Uint8Array>): CallArgs {
  return {
    value: field => fields.get(field) ?? 0n,
    given: field => fields.get(field) ?? null,
    bytes: field => bytes.get(field) ?? null,
  }
}

function lower(machine: Machine, dialect: Dialect, call: IoctlCall): Outcome<CallResult> {
  const file = findFile(machine, call.fd)
  if (!file.ok) return file
  const command = commandNamed(dialect, call.command)
  if (command === undefined || command.file !== file.value.kind)
    return refuse('fd.wrong-command', { command: call.command, file: file.value.path })
  return command.lower({
    machine,
    command: call.command,
    fd: Number(call.fd),
    file: file.value,
    args: argsOf(call.fields, call.bytes ?? NOTHING),
    resultName: call.resultName,
  })
}

export function commandNamed(dialect: Dialect, name: string): Command | undefined {
  return dialect.commands.find(command => command.name === name)
}

function conclude(machine: Machine, dialect: Dialect, outcome: Outcome<CallResult>): CallAnswer {
  machine.costs.add('calls', 1)
  const answer = outcome.ok ? succeeded(outcome.value) : refused(dialect, outcome)
  const { ret, errno, rule, out } = answer
  machine.emit({ kind: 'return', actor: 'kernel', ret, errno, rule, out })
  return answer
}

function succeeded(result: CallResult): CallAnswer {
  return { ...result, value: BigInt(result.ret), errno: null, rule: null, message: null, values: null }
}

function refused(dialect: Dialect, refusal: Refusal): CallAnswer {
  const errno = dialect.errnos[refusal.rule] ?? RULES[refusal.rule].errno
  const message = refusalText(refusal)
  const { rule, values } = refusal
  const value = BigInt(-ERRNO_NUMBERS[errno])
  return { ret: -1, value, errno, rule, message, values, out: refusal.out ?? null }
}
