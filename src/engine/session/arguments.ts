/** The number a call gets for a value of the flow; a name nothing gave a value is guessed by its role. */
import { hex, unreachable } from '../bits'
import type { Role, Value } from '../flow'
import { openKvm } from '../kernel/files'
import { guestPasidTablePage, guestRootPage } from '../kernel/guest-ram'
import type { Machine } from '../kernel/machine'
import { addressOf } from '../kernel/state'

/** Roles whose numbers are addresses or lengths: 64-bit, a negative one wraps as it would in C. */
const WIDE: readonly Role[] = ['iova', 'vaddr', 'size', 'table-address', 'pasid-table-address', 'flags']

/** What stands for no number (a text, a struct, an outcome of a DMA) is 0. A guess is noted in the machine, once a name. */
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
const GUESSES: Readonly<Partial<Record<Role, bigint>>> = { cookie: 1n, pasid: 1n }

function guessed(machine: Machine, name: string, role: Role): bigint {
  const { guesses } = machine.root
  const before = guesses.find(guess => guess.name === name && guess.number !== null)
  if (before !== undefined && before.number !== null) return before.number
  if (role === 'table-address' || role === 'pasid-table-address') return guessedTable(machine, name, role)
  if (role === 'kvm-fd') return guessedKvm(machine, name)
  const value = role === 'mode' ? O_RDWR : (GUESSES[role] ?? 0n) + countOf(machine, role)
  const text = role === 'mode' ? 'O_RDWR' : value.toString()
  machine.guess({ name, value: text, number: value, role, directive: `${name} = ${text};` })
  return value
}

/** A guest's table that nothing placed: empty, at the top of guest memory (R4). */
function guessedTable(machine: Machine, name: string, role: 'table-address' | 'pasid-table-address'): bigint {
  const nth = Number(countOf(machine, role))
  const page = role === 'table-address' ? guestRootPage(machine, nth) : guestPasidTablePage(machine, nth)
  const number = addressOf(page)
  const value = hex(number)
  machine.guess({ name, value, number, role, directive: `${name} = ${value};` })
  return number
}

/** A KVM file that nothing opened is opened now (R40). */
function guessedKvm(machine: Machine, name: string): bigint {
  const fd = openKvm(machine, '/dev/kvm', name)
  const number = fd.ok ? BigInt(fd.value) : -1n
  const directive = `${name} = open("/dev/kvm", O_RDWR);`
  machine.guess({ name, value: 'open("/dev/kvm")', number, role: 'kvm-fd', directive })
  return number
}

const O_RDWR = 2n

/** Names of one role that were guessed before: each gets a number of its own. */
function countOf(machine: Machine, role: Role): bigint {
  return BigInt(machine.root.guesses.filter(guess => guess.role === role).length)
}
