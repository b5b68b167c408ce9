/**
 * Page faults as both proposals have them: reports read from the file, answers by a call whose idea is in the
 * proposals and whose spelling is ours.
 *
 * Source: rfc 6, R38.
 */

import { hex } from '../bits'
import { cookieOf } from '../kernel/bindings'
import type { Machine } from '../kernel/machine'
import { answer, refuse } from '../kernel/outcome'
import { faultFor, readFault } from '../kernel/page-faults'
import { respondToFault } from '../kernel/page-response'
import { findSpace, requireReady } from '../kernel/spaces'
import type { PendingFault } from '../kernel/state'
import type { Lowering, OutValue } from './contract'
import { RESPONSE_CODES } from './proposal-words.data'

/** The oldest report: which space and address, and with fault-target=cookie which device and PASID. */
export const readFaults: Lowering = call => {
  const { machine, file } = call
  if (file.kind !== 'context') return refuse('fd.wrong-command', { command: 'read()', file: file.path })
  const found = readFault(machine, call.file.context ?? 0)
  if (!found.ok) return found
  relay(machine, found.value)
  return answer({ ret: 0, out: reportOf(machine, found.value) })
}

export const namesDevice = (machine: Machine): boolean => machine.policy['fault-target'] === 'cookie'

function reportOf(machine: Machine, fault: PendingFault): Readonly<Record<string, OutValue>> {
  const { address, access, pasid } = fault
  const plain = { ioasid: machine.space(fault.space).id, addr: address, perm: access === 'write' ? 'w' : 'r' }
  return namesDevice(machine) ? { ...plain, cookie: cookieFor(machine, fault), vpasid: pasid } : plain
}

export const cookieFor = (machine: Machine, { device, context }: PendingFault): bigint | null =>
  cookieOf(machine.device(device), context)

/** The VMM tells the guest: of any device attached to the space, or of the one whose cookie it was given. */
function relay(machine: Machine, fault: PendingFault): void {
  const [any] = machine.space(fault.space).attachments
  const known = namesDevice(machine) ? fault : any
  const tag = known?.pasid == null ? '' : `, vPASID ${known.pasid}`
  const what = `page request of ${known?.device ?? fault.device}${tag} at ${hex(fault.address)}`
  machine.emit({ kind: 'message', actor: 'vmm', to: 'guest', what, ref: known?.device ?? null })
}

export const pageResponse: Lowering = call => {
  const { machine, args } = call
  const space = findSpace(machine, call.file.context ?? 0, args.value('ioasid'))
  if (!space.ok) return space
  const ready = requireReady(machine, space.value)
  if (!ready.ok) return ready
  const code = RESPONSE_CODES.find(row => row.value === args.value('code'))?.code
  if (code === undefined) return refuse('fault.code', { code: args.value('code') })
  const named = namesDevice(machine)
  const fault = faultFor(machine, {
    space: space.value,
    address: args.value('addr'),
    cookie: named ? args.given('cookie') : null,
    pasid: named ? args.given('user_pasid') : null,
  })
  if (!fault.ok) return fault
  respondToFault(machine, fault.value, code)
  return answer({ ret: 0, out: null })
}
