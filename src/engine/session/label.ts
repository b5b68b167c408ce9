/** The two words a timeline cell shows of a step: what was done, and to what. */

import type { Dialect } from '../dialects/contract'
import type { CallAnswer } from '../dialects/dispatch'
import { commandNamed } from '../dialects/dispatch'
import type { Operation, Value } from '../flow'
import type { Machine } from '../kernel/machine'

export interface StepLabel {
  readonly verb: string
  readonly object: string
}

export function labelOf(
  machine: Machine,
  dialect: Dialect,
  operation: Operation,
  result: CallAnswer,
): StepLabel {
  switch (operation.kind) {
    case 'open':
      return {
        verb: 'open',
        object: `${lastPart(operation.path)}${result.ret >= 0 ? ` = ${result.ret}` : ''}`,
      }
    case 'ioctl':
      return ioctlLabel(machine, dialect, operation, result)
    case 'close':
      return { verb: 'close', object: operation.fd.kind === 'int' ? `fd ${operation.fd.value}` : '' }
    default:
      return { verb: operation.kind, object: '' }
  }
}

function ioctlLabel(
  machine: Machine,
  dialect: Dialect,
  operation: Extract<Operation, { kind: 'ioctl' }>,
  result: CallAnswer,
): StepLabel {
  const label = commandNamed(dialect, operation.command)?.label
  if (label === undefined) return { verb: operation.command, object: '' }
  const device =
    operation.fd.kind === 'int' ? machine.root.files.get(Number(operation.fd.value))?.device : null
  const parts = label.fields.map(field => fieldText(machine, field, operation.fields.get(field)))
  const made = result.ret > 0 ? [`${operation.names[0] ?? ''} = ${result.ret}`.trim()] : []
  return { verb: label.verb, object: [device ?? '', ...parts, ...made].filter(part => part !== '').join(' ') }
}

function fieldText(machine: Machine, field: string, value: Value | undefined): string {
  if (value?.kind !== 'int') return ''
  if (field === 'ioasid') return spaceName(machine, value.value)
  return value.value < 0n ? `${value.value}` : `0x${value.value.toString(16)}`
}

function spaceName(machine: Machine, id: bigint): string {
  const space = [...machine.root.spaces.values()].find(one => BigInt(one.id) === id)
  return space?.name.replace(/_ioasid$/, '') ?? `ioasid ${id}`
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
