/** The number a call gets for a value of the flow; a name nothing gave a value is guessed by its role. */
import { unreachable } from '../bits'
import type { Role, Value } from '../flow'
import type { Machine } from '../kernel/machine'

/** Roles whose numbers are addresses or lengths: 64-bit, a negative one wraps as it would in C. */
const WIDE: readonly Role[] = ['iova', 'vaddr', 'size', 'table-address', 'flags']

export function argumentOf(machine: Machine, value: Value, role: Role): bigint {
  switch (value.kind) {
    case 'int':
      return WIDE.includes(role) ? BigInt.asUintN(64, value.value) : value.value
    case 'guess':
      return guessed(machine, value.name, role)
    case 'device':
    case 'text':
    case 'struct':
    case 'fault':
    case 'pending':
      return 0n
    default:
      return unreachable(value)
  }
}

/** What an undeclared name is taken to be, the same for every use of the name. */
const GUESSES: Readonly<Partial<Record<Role, bigint>>> = { mode: 2n, cookie: 1n, pasid: 1n }

function guessed(machine: Machine, name: string, role: Role): bigint {
  const before = machine.root.guesses.find(guess => guess.name === name)
  if (before !== undefined) return BigInt(before.value)
  const same = machine.root.guesses.filter(
    guess => guess.directive === null && /^[a-z_]/i.test(guess.name),
  ).length
  const value = (GUESSES[role] ?? 0n) + (role === 'mode' ? 0n : BigInt(same))
  machine.guess({ name, value: value.toString(), directive: null })
  return value
}
