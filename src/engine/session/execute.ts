/**
 * Carries out one operation of a flow on a machine and says what came of it. Given the same machine and
 * operation it does the same, so a step can be executed again to explain it.
 */
import { assert, unreachable } from '../bits'
import { finish, returns } from '../dialects/call-results'
import type { Dialect, OutValue } from '../dialects/contract'
import { type CallAnswer, dispatch, fileCall, runCall } from '../dialects/dispatch'
import { openPath } from '../dialects/open'
import type { Diagnostic, Operation, PlannedStep, Value } from '../flow'
import { closeFile } from '../kernel/close'
import type { Machine } from '../kernel/machine'
import { refuse } from '../kernel/outcome'
import { argumentOf } from './arguments'
import { BUILTINS } from './builtins.data'
import { fieldsOf } from './call-fields'
import type { StepRecord } from './contract'
import { labelOf } from './label'
import { problem } from './setup'

export interface Executed {
  readonly record: StepRecord
  /** What the statement's name is given. */
  readonly value: Value
  readonly out: ReadonlyMap<string, Value> | null
  /** The author's mistake found while running, or null. */
  readonly diagnostic: Diagnostic | null
  /** False for an `expect` that did not hold. */
  readonly held: boolean
  /** What a refusal names; null where the call was not refused. */
  readonly values: CallAnswer['values']
}

export function execute(machine: Machine, dialect: Dialect, step: PlannedStep, n: number): Executed {
  const { operation } = step
  switch (operation.kind) {
    case 'expect':
      return checked(machine, operation, step, n)
    case 'note':
      return finished(step, n, { call: 'note', answer: plain(0), object: operation.text })
    case 'builtin':
      return builtin(machine, dialect, operation, step, n)
    default: {
      const call = operation.kind === 'ioctl' ? operation.command : operation.kind
      const result = runOperation(machine, dialect, operation)
      const label = labelOf(machine, dialect, operation, result)
      return finished(step, n, { call, answer: result, object: label.object, verb: label.verb })
    }
  }
}

type FileOperation = Extract<Operation, { kind: 'open' | 'close' | 'mmap' | 'read' | 'ioctl' }>

function runOperation(machine: Machine, dialect: Dialect, operation: FileOperation): CallAnswer {
  switch (operation.kind) {
    case 'open': {
      const { path, names } = operation
      const mode = operation.mode === null ? 0n : argumentOf(machine, operation.mode, 'mode')
      return runCall(machine, dialect, { name: 'open', args: { path, mode } }, () => {
        const opened = openPath(machine, dialect, path, names[0] ?? path)
        return opened.ok ? returns(opened.value) : opened
      })
    }
    case 'close': {
      const fd = argumentOf(machine, operation.fd, 'fd')
      return runCall(machine, dialect, { name: 'close', args: { fd } }, () => finish(closeFile(machine, fd)))
    }
    case 'read':
      return fileCall(machine, dialect, {
        name: 'read',
        fd: argumentOf(machine, operation.fd, 'fd'),
        fields: lengthOf(operation.size),
      })
    case 'mmap':
      return runCall(machine, dialect, { name: operation.kind, args: {} }, () =>
        refuse('not-modelled-yet', { what: `${operation.kind}()` }),
      )
    case 'ioctl':
      return ioctl(machine, dialect, operation)
    default:
      return unreachable(operation)
  }
}

/** What read() is asked for; sizeof, which the language leaves to the machine, means as much as there is. */
function lengthOf(size: Value | null): ReadonlyMap<string, bigint> {
  return new Map(size?.kind === 'int' ? [['len', size.value]] : [])
}

function ioctl(
  machine: Machine,
  dialect: Dialect,
  operation: Extract<Operation, { kind: 'ioctl' }>,
): CallAnswer {
  return dispatch(machine, dialect, {
    fd: argumentOf(machine, operation.fd, operation.fd.kind === 'guess' ? operation.fd.role : 'fd'),
    command: operation.command,
    ...fieldsOf(machine, dialect, operation),
    resultName: operation.names[0] ?? null,
  })
}

function builtin(
  machine: Machine,
  dialect: Dialect,
  operation: Extract<Operation, { kind: 'builtin' }>,
  step: PlannedStep,
  n: number,
): Executed {
  const { name, args } = operation
  const row = BUILTINS.find(one => one.name === name)
  assert(row !== undefined, 'the checker lets known built-ins through')
  const outcome = row.run(machine, args, dialect)
  const object = args.map(shortValue).join(' ')
  if ('refused' in outcome) {
    const refused = runCall(machine, dialect, { name, args: {} }, () => ({ ok: false, ...outcome.refused }))
    return finished(step, n, { call: name, answer: refused, object })
  }
  if ('failed' in outcome) return finished(step, n, { call: name, answer: outcome.failed, object })
  if ('problem' in outcome) {
    const failed = finished(step, n, { call: name, answer: plain(-1), object })
    return { ...failed, diagnostic: problem('builtin.argument', outcome.problem, step.span) }
  }
  const done = { ...plain(outcome.ret), out: outcome.out, message: outcome.message ?? null }
  return { ...finished(step, n, { call: name, answer: done, object }), value: outcome.value }
}

function shortValue(value: Value): string {
  switch (value.kind) {
    case 'int':
      return value.value < 0n ? `${value.value}` : `0x${value.value.toString(16)}`
    case 'text':
      return `"${value.value}"`
    case 'device':
    case 'guess':
      return value.name
    default:
      return value.kind
  }
}

function checked(
  machine: Machine,
  operation: Extract<Operation, { kind: 'expect' }>,
  step: PlannedStep,
  n: number,
): Executed {
  const { ok, left, right, operator } = operation
  machine.emit({ kind: 'checked', actor: 'vmm', ok, left, right })
  const message = ok ? null : `expected ${left} ${operator} ${right}`
  const result = { ...plain(ok ? 0 : -1), message, out: { ok, left, operator, right } }
  return {
    ...finished(step, n, { call: 'expect', answer: result, object: ok ? 'holds' : 'fails' }),
    held: ok,
  }
}

function plain(ret: number): CallAnswer {
  return { ret, value: BigInt(ret), errno: null, rule: null, message: null, values: null, out: null }
}

interface Ending {
  readonly call: string
  readonly answer: CallAnswer
  readonly object: string
  readonly verb?: string
}

function finished(step: PlannedStep, n: number, ending: Ending): Executed {
  const { ret, errno, rule, message, values, out, value } = ending.answer
  const label = { verb: ending.verb ?? ending.call, object: ending.object }
  const record: StepRecord = {
    n,
    line: step.line,
    lines: step.lines,
    text: step.text,
    call: ending.call,
    ret,
    errno,
    rule,
    expected: false,
    message,
    out,
    label,
  }
  const written =
    out === null ? null : new Map(Object.entries(out).flatMap(([name, one]) => asValue(name, one)))
  return { record, value: { kind: 'int', value }, out: written, diagnostic: null, held: true, values }
}

/** Output fields a flow can compute with: numbers and texts. */
function asValue(name: string, out: OutValue): [string, Value][] {
  switch (typeof out) {
    case 'bigint':
      return [[name, { kind: 'int', value: out }]]
    case 'number':
      return [[name, { kind: 'int', value: BigInt(out) }]]
    case 'string':
      return [[name, { kind: 'text', value: out }]]
    default:
      return []
  }
}
