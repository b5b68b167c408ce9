/**
 * The calls of /dev/ioasid by which a VMM gets its will.
 *
 * Source: v1 5.1 to 5.6 (which calls a VMM makes when), R2 and R3 (what must be left and joined first), R35, R38.
 */
import { ancestors, registersMemory } from '../../kernel/lineage'
import type { Machine } from '../../kernel/machine'
import type { SpaceRecord } from '../../kernel/state'
import type { CallOutput, IntentKinds, Intents, Requester, VmmCall, VmmPlan, VmmValue } from '../contract'
import { ATTACH_USER_PASID, RESPONSE_CODES } from './constants.data'
import { namesDevice } from './faults'

type Fields = VmmCall['fields']

/** An ioctl on the file of a space's context. */
function onSpace(machine: Machine, space: SpaceRecord, command: string, fields: Fields): VmmCall {
  return { fd: machine.root.contexts.get(space.context)?.fd ?? -1, command, fields }
}

const numberOf = (machine: Machine, uid: number): bigint => BigInt(machine.space(uid).id)

function routing(machine: Machine, command: string, requester: Requester, ioasid: VmmValue): VmmCall {
  const { device, pasid } = requester
  const tag: Fields = pasid === null ? {} : { flag: ATTACH_USER_PASID, user_pasid: BigInt(pasid) }
  return { fd: machine.device(device).boundFd ?? -1, command, fields: { ioasid, ...tag } }
}

const attachTo = (machine: Machine, requester: Requester, ioasid: VmmValue): VmmCall =>
  routing(machine, 'VFIO_ATTACH_IOASID', requester, ioasid)

const detachFrom = (machine: Machine, requester: Requester, uid: number): VmmCall =>
  routing(machine, 'VFIO_DETACH_IOASID', requester, numberOf(machine, uid))

/** Under activation=enable-call a space takes maps and tables only after this (R35). */
function enabling(machine: Machine, fd: number, ioasid: VmmValue): readonly VmmCall[] {
  return machine.policy.activation === 'enable-call'
    ? [{ fd, command: 'IOASID_ENABLE', fields: { ioasid } }]
    : []
}

/** The spaces that a device must sit in before it can enter a child of `over`, topmost first (R3). */
function line(machine: Machine, over: number | null): readonly number[] {
  if (over === null) return []
  const above = [over, ...ancestors(machine, machine.space(over))]
  return above.filter(uid => !registersMemory(machine.space(uid))).reverse()
}

/** Leaves what is beside the line (R2), deepest first, and joins what is missing of it. */
function moves(machine: Machine, requester: Requester, over: number | null): readonly VmmCall[] {
  const kept = line(machine, over)
  const { attachments } = machine.device(requester.device)
  const left = attachments.filter(at => at.pasid === requester.pasid && !kept.includes(at.space)).reverse()
  const missing = kept.filter(uid => !attachments.some(at => at.space === uid))
  const untagged = { device: requester.device, pasid: null }
  return [
    ...left.map(at => detachFrom(machine, requester, at.space)),
    ...missing.map(uid => attachTo(machine, untagged, numberOf(machine, uid))),
  ]
}

/** A new space with the requester in it; `made` is its number. */
function ownSpace(machine: Machine, requester: Requester, over: number | null): Made {
  const before = moves(machine, requester, over)
  const fd = contextFd(machine, requester)
  const made: CallOutput = { call: before.length, field: null }
  const making: VmmCall =
    over === null
      ? { fd, command: 'IOASID_ALLOC', fields: {} }
      : { fd, command: 'IOASID_CREATE_NESTING', fields: { ioasid: numberOf(machine, over) } }
  const calls = [...before, making, attachTo(machine, requester, made), ...enabling(machine, fd, made)]
  return { fd, made, calls }
}

interface Made {
  readonly fd: number
  readonly made: CallOutput
  readonly calls: readonly VmmCall[]
}

function contextFd(machine: Machine, { device }: Requester): number {
  return machine.root.contexts.get(machine.device(device).context ?? 0)?.fd ?? -1
}

const BIND = 'IOASID_BIND_PGTABLE'

const plan = (...calls: readonly VmmCall[]): VmmPlan => ({ calls })

export const INTENTS: Intents = {
  attach: (machine, { space, ...requester }) => plan(attachTo(machine, requester, numberOf(machine, space))),
  detach: (machine, { space, ...requester }) => plan(detachFrom(machine, requester, space)),
  isolate: (machine, { over, ...requester }) => plan(...ownSpace(machine, requester, over).calls),
  nest: (machine, { over, table, ...requester }) => {
    const { fd, made, calls } = ownSpace(machine, requester, over)
    return plan(...calls, { fd, command: BIND, fields: { ioasid: made, addr: table } })
  },
  bind: (machine, { space: uid, table }) => {
    const space = machine.space(uid)
    return plan(onSpace(machine, space, BIND, { ioasid: BigInt(space.id), addr: table }))
  },
  release: (machine, { space: uid, ...requester }) => {
    const space = machine.space(uid)
    const freed = onSpace(machine, space, 'IOASID_FREE', { ioasid: BigInt(space.id) })
    return plan(detachFrom(machine, requester, uid), freed)
  },
  map: (machine, { space: uid, iova, target, size, perm }) => {
    const space = machine.space(uid)
    const bytes = { iova, vaddr: target, size }
    return plan(
      onSpace(machine, space, 'IOASID_MAP_DMA', { ioasid: BigInt(space.id), ...bytes, flags: BigInt(perm) }),
    )
  },
  unmap: (machine, { space: uid, iova, size }) => {
    const space = machine.space(uid)
    return plan(onSpace(machine, space, 'IOASID_UNMAP_DMA', { ioasid: BigInt(space.id), iova, size }))
  },
  invalidate: (machine, { space: uid, range }) => {
    const space = machine.space(uid)
    const which = range === null ? {} : { iova: range.iova, size: range.size }
    return plan(onSpace(machine, space, 'IOASID_INVALIDATE_CACHE', { ioasid: BigInt(space.id), ...which }))
  },
  respond,
}

/** Under fault-target=cookie the answer names the device and its PASID, as the report did. */
function respond(machine: Machine, { fault, code }: IntentKinds['respond']): VmmPlan {
  const space = machine.space(fault.space)
  const value = RESPONSE_CODES.find(row => row.code === code)?.value ?? 0n
  const fields = { ioasid: BigInt(space.id), addr: fault.address, code: value }
  const { cookie } = machine.device(fault.device)
  const which = {
    ...(cookie === null ? {} : { cookie }),
    ...(fault.pasid === null ? {} : { user_pasid: BigInt(fault.pasid) }),
  }
  const named = namesDevice(machine) ? { ...fields, ...which } : fields
  return plan(onSpace(machine, space, 'IOASID_PAGE_RESPONSE', named))
}
