/**
 * Page requests of devices, as the kernel handles them: it finds whose table was walked, tells the user
 * through a ring, and hands the answer back to the IOMMU.
 *
 * Source: rfc 6, R38. Only a table that the user writes can be mended by the user: a request that ends in
 * any other space is answered invalid at once. Not modelled: the shape of the ring in memory, the eventfd
 * (told as a message), faults of the process's own memory.
 */
import { hex } from '../bits'
import type { HwFault, PageRequest, PageResponse } from '../hw'
import { cookieOf } from './bindings'
import { answerGroup, giveUp, isGroup } from './fault-answers'
import { isOnObjects, queueRequest } from './iommu/fault-queue'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { wireOwner } from './pasids'
import type { DeviceAttachment, DeviceRecord, PendingFault, SpaceRecord } from './state'
import { tracked } from './tracked'

export type ResponseCode = PageResponse['code']

/** Reports that a user has not read; one more is answered failure (R38). */
export const RING_SIZE = 16

export interface PageAsk {
  readonly device: DeviceRecord
  readonly pasid: number | null
  readonly wire: number | null
  readonly fault: HwFault
}

/** A device asks for the page it missed. The group that waits for an answer, or null where none will come. */
export function askForPage(machine: Machine, ask: PageAsk): number | null {
  const { platform } = machine
  if (platform.pageRequests === null) return null
  const { address, access } = ask.fault
  const request = { device: ask.device.hw, pasid: ask.wire, address, access }
  const { state, outcome } = platform.pageRequests.request(machine.hw(), machine.root.hw, request)
  machine.update({ hw: state })
  if (outcome.kind !== 'queued') return null
  takeRequests(machine)
  const { group } = outcome.request
  const waits = machine.root.faults.some(one => isGroup(one, ask.device.name, ask.wire, group))
  return waits ? group : null
}

/** The interrupt: everything in the queue goes to whom it concerns. */
function takeRequests(machine: Machine): void {
  const { platform } = machine
  if (platform.pageRequests === null) return
  const { state, requests } = platform.pageRequests.read(machine.hw(), machine.root.hw)
  machine.update({ hw: state })
  machine.emit({
    kind: 'message',
    actor: 'iommu',
    to: 'kernel',
    what: 'page requests in the queue',
    ref: null,
  })
  for (const request of requests) report(machine, request)
}

function report(machine: Machine, request: PageRequest): void {
  const { rid, pasid: wire, group, address, access } = request
  // Any PASID may come from a device whose PASID table is the user's.
  const device = wireOwner(machine, rid, wire) ?? wireOwner(machine, rid, null)
  if (device !== null && isOnObjects(machine, device)) {
    if (!queueRequest(machine, device, request))
      answerGroup(machine, { rid, pasid: wire, group, code: 'invalid' })
    return
  }
  const at = device === null ? null : attachmentOf(machine, device, wire)
  const space = at === null ? undefined : machine.root.spaces.get(at.space)
  const unread = machine.root.faults.filter(one => !one.read && one.context === space?.context).length
  if (device === null || at === null || space === undefined || access === null || !isUsers(space, wire)) {
    answerGroup(machine, { rid, pasid: wire, group, code: 'invalid' })
    return
  }
  if (unread >= RING_SIZE) {
    answerGroup(machine, { rid, pasid: wire, group, code: 'failure' })
    return
  }
  const { context, uid } = space
  const named = { device: device.name, pasid: at.pasid, wire, group, address, access, read: false }
  machine.update({ faults: [...machine.root.faults, { context, space: uid, ...named }] })
  const what = `fault at ${hex(address)} of ioasid ${space.id} in the ring, eventfd raised`
  machine.emit({ kind: 'message', actor: 'kernel', to: 'vmm', what, ref: space.name })
}

/** Whether the user can mend it: requests without PASID stay out of his PASID table (R1). */
const isUsers = ({ userTable, pasidTable }: SpaceRecord, wire: number | null): boolean =>
  userTable !== null || (pasidTable !== null && wire !== null)

/** Whose table missed: what is attached with the number on the wire, else the PASID table of the user. */
function attachmentOf(
  machine: Machine,
  device: DeviceRecord,
  wire: number | null,
): Pick<DeviceAttachment, 'space' | 'pasid'> | null {
  const at = device.attachments.findLast(one => one.wire === wire)
  const table = tracked(machine, device, wire)
  return at ?? (table === null ? null : { space: table.uid, pasid: wire })
}

/** The oldest report that a context's user has not read (R38: none is -EAGAIN). */
export function readFault(machine: Machine, context: number): Outcome<PendingFault> {
  const found = machine.root.faults.find(one => one.context === context && !one.read)
  if (found === undefined) return refuse('fault.none')
  const faults = machine.root.faults.map(one => (one === found ? { ...one, read: true } : one))
  machine.update({ faults })
  return answer(found)
}

export interface FaultKey {
  readonly space: SpaceRecord
  readonly address: bigint
  /** Narrows the answer to one device or PASID where the user says which (fault-target=cookie). */
  readonly cookie: bigint | null
  readonly pasid: bigint | null
}

/** The oldest unanswered fault that a user's response means. */
export function faultFor(machine: Machine, key: FaultKey): Outcome<PendingFault> {
  const page = key.address & ~0xfffn
  const found = machine.root.faults.find(
    one =>
      one.space === key.space.uid &&
      one.address === page &&
      (key.cookie === null || cookieOf(machine.device(one.device), one.context) === key.cookie) &&
      (key.pasid === null || BigInt(one.pasid ?? 0) === key.pasid),
  )
  return found === undefined
    ? refuse('fault.not-pending', { ioasid: key.space.id, addr: key.address })
    : answer(found)
}

/**
 * A device leaves a space: what waits on the route that goes is answered invalid, and its transfers fault (R8, R38).
 * With a PASID table of the user every PASID goes that missed in it.
 */
export function cancelFaults(
  machine: Machine,
  device: DeviceRecord,
  { space, wire }: { readonly space: SpaceRecord; readonly wire: number | null },
): void {
  const isLost = (one: PendingFault): boolean =>
    one.device === device.name &&
    (one.wire === wire || (space.pasidTable !== null && one.space === space.uid))
  giveUp(machine, machine.root.faults.filter(isLost))
}
