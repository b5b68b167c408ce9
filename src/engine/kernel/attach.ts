/**
 * Attaching a device to an address space, by its RID or with a PASID, and detaching it: tables, pins and
 * routes follow.
 *
 * Source: v1 2 (VFIO_ATTACH_IOASID), R1 to R3, R5, R6, R24, R27, R29, R31.
 */
import { assert } from '../bits'
import { dropAllAreas, pinAreas, unpinAreas } from './areas'
import { ridChain } from './chain'
import { deviceType } from './device-types.data'
import { groupMates } from './isolation'
import { ancestors, attachableParent, registersMemory } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { cancelFaults } from './page-faults'
import { mayRoutePasid, mayRouteRid, pasidTableTakes } from './pasid-routing'
import { pasidReportOf, wireOwner, wirePasid } from './pasids'
import { windowAllows } from './permitted'
import { dropProcessTable, holdProcessTable } from './process-table'
import { isTranslated, rerouteGroup, waitingFor } from './routing'
import { rereadTable } from './shadowed-tables'
import { snoopAllows } from './snoop'
import { reaches, settleStage, shedTables, specsOf } from './space-tables'
import type { DeviceAttachment, DeviceRecord, SpaceRecord } from './state'
import { hasKernelPasids } from './table-stage'
import { hasOwnTables, joinTables } from './tables'
import { pasidTableOf } from './tracked'

/** What an attachment joins. `pasid` is the guest's number; null routes by the RID. */
export interface AttachRequest {
  readonly device: DeviceRecord
  readonly space: SpaceRecord
  readonly pasid: bigint | null
}

/** Attaches. The caller has checked that the device is bound to the space's context. */
export function attachDevice(machine: Machine, request: AttachRequest): Outcome<null> {
  const allowed = mayAttach(machine, request)
  if (!allowed.ok) return allowed
  const { device, space } = request
  if (space.attachments.length === 0 && machine.policy.ready === 'any-time') {
    const pinned = pinAreas(machine, space)
    if (!pinned.ok) return pinned
  }
  if (space.attachments.length === 0 && space.userTable?.shadowed === true) {
    const read = rereadTable(machine, space)
    if (!read.ok) return read
  }
  const had = hasKernelPasids(machine, device.hw.rid)
  link(machine, request)
  if (space.kind === 'sva') {
    const table = holdProcessTable(machine)
    if (!table.ok) return table
  }
  if (isTranslated(device)) {
    const settled = settleStage(machine, device.hw.rid, had)
    if (!settled.ok) return settled
    const now = machine.space(space.uid)
    const joined = joinTables(machine, space.uid, hasOwnTables(now) ? specsOf(machine, now) : [])
    if (!joined.ok) return joined
  }
  rerouteGroup(machine, device.hw.group)
  return answer(null)
}

type Check = (machine: Machine, request: AttachRequest) => Outcome<null>

function mayAttach(machine: Machine, request: AttachRequest): Outcome<null> {
  const { device, space, pasid } = request
  if (registersMemory(space)) return refuse('attach.prereg', { ioasid: space.id })
  if (device.kind === 'mdev' && pasidBitsOf(machine, device) === null)
    return refuse('pasid.none', { device: device.name })
  if (space.unfit !== undefined) return refuse('attach.format', { device: device.name, problem: space.unfit })
  if (space.enabled) return refuse('enable.late-attach', { ioasid: space.id })
  if (space.kind === 'sva' && machine.platform.processTable(machine.hwConfig) === null)
    return refuse('sva.unsupported', { platform: machine.platform.title })
  if (space.kind === 'sva' && pasid === null) return refuse('attach.sva-rid', { ioasid: space.id })
  const checks: readonly Check[] =
    pasid === null
      ? [notAttachedYet, ridIsFree, parentFirst, groupAllows, pasidTableTakes, mayRouteRid, platformAllows]
      : [
          pasidIsValid,
          pasidIsKernels,
          notAttachedYet,
          pasidIsFree,
          oneCpuPolicy,
          parentFirst,
          notPartial,
          pasidTableTakes,
          mayRoutePasid,
          platformAllows,
        ]
  for (const check of checks) {
    const allowed = check(machine, request)
    if (!allowed.ok) return allowed
  }
  return answer(null)
}

const isAt =
  ({ space, pasid }: AttachRequest) =>
  (at: DeviceAttachment): boolean =>
    at.space === space.uid && at.pasid === pasidNumber(pasid)

const pasidNumber = (pasid: bigint | null): number | null => (pasid === null ? null : Number(pasid))

function notAttachedYet(_: Machine, request: AttachRequest): Outcome<null> {
  const { device, space } = request
  return device.attachments.some(isAt(request))
    ? refuse('attach.already', { device: device.name, ioasid: space.id })
    : answer(null)
}

/** A second RID attachment goes below the first, never beside it (R2). */
function ridIsFree(machine: Machine, { device, space }: AttachRequest): Outcome<null> {
  const deepest = ridChain(device).at(-1)
  if (deepest === undefined || ancestors(machine, space).includes(deepest)) return answer(null)
  return refuse('attach.rid-taken', { device: device.name, taken: machine.space(deepest).id })
}

const pasidBitsOf = (machine: Machine, device: DeviceRecord): number | null =>
  machine.platform.caps(machine.hwConfig, device.hw).pasidBits

/** R24: a number the wire can carry; 0 stands for requests without PASID. */
function pasidIsValid(machine: Machine, { device, pasid }: AttachRequest): Outcome<null> {
  const bits = deviceType(device.type).userPasids ? pasidBitsOf(machine, device) : null
  if (bits === null) return refuse('pasid.none', { device: device.name })
  if (pasid !== null && pasid > 0n && pasid < 1n << BigInt(bits)) return answer(null)
  return refuse('pasid.range', { pasid: pasid ?? 0n, device: device.name, bits })
}

/** Where the PASID table is the user's, no PASID is attached (R24); under pasid-table=tracked each is told. */
function pasidIsKernels(machine: Machine, { device }: AttachRequest): Outcome<null> {
  const delegated =
    pasidReportOf(machine, device)?.delegated === true || pasidTableOf(machine, device) !== null
  const refused = delegated && machine.policy['pasid-table'] === 'delegated'
  return refused ? refuse('pasid.delegated', { device: device.name }) : answer(null)
}

/**
 * The processor either translates the PASIDs of a virtual machine or does not: devices that take its stores in
 * both ways do not go together (v2 1.4.3). A VM is known by the context of its spaces.
 */
function oneCpuPolicy(machine: Machine, { device, space }: AttachRequest): Outcome<null> {
  const own = pasidReportOf(machine, device)
  if (own === null || !own.cpu) return answer(null)
  const other = [...machine.root.devices.values()].find(one => {
    const report = pasidReportOf(machine, one)
    if (report === null || !report.cpu || report.cpuVirt === own.cpuVirt) return false
    return one.attachments.some(at => at.pasid !== null && machine.space(at.space).context === space.context)
  })
  if (other === undefined) return answer(null)
  const types = { type: device.type, other: other.name, otherType: other.type }
  return refuse('pasid.type-mix', { device: device.name, ...types })
}

function pasidIsFree(machine: Machine, { device, pasid }: AttachRequest): Outcome<null> {
  const number = pasidNumber(pasid) ?? 0
  const taken = device.attachments.find(at => at.pasid === number)
  const guests = deviceType(device.type).source === 'guest'
  const owner = guests ? wireOwner(machine, device.hw.rid, number) : null
  if (taken === undefined && owner !== null)
    return refuse('pasid.wire-taken', { pasid: number, device: owner.name })
  if (taken === undefined) return answer(null)
  return refuse('pasid.taken', {
    pasid: pasid ?? 0n,
    device: device.name,
    ioasid: machine.space(taken.space).id,
  })
}

/** The nearest ancestor that takes devices has this one, by RID or any PASID (R3). */
function parentFirst(machine: Machine, { device, space }: AttachRequest): Outcome<null> {
  const parent = attachableParent(machine, space)
  if (parent === null || device.attachments.some(at => at.space === parent)) return answer(null)
  return refuse('attach.parent-first', { device: device.name, parent: machine.space(parent).id })
}

function notPartial(machine: Machine, { space }: AttachRequest): Outcome<null> {
  const [partial] = space.partialGroups
  return partial === undefined ? answer(null) : refusePartial(machine, space, partial)
}

/** Mates must sit along the same line of parents and children; one elsewhere splits the group (R27). */
function groupAllows(machine: Machine, { device, space }: AttachRequest): Outcome<null> {
  const { group } = device.hw
  const line = new Set([space.uid, ...ancestors(machine, space)])
  for (const mate of groupMates(machine, group)) {
    const other = ridChain(mate).find(
      uid => !line.has(uid) && !ancestors(machine, machine.space(uid)).includes(space.uid),
    )
    if (other !== undefined)
      return refuse('group.split', { mate: mate.name, group, other: machine.space(other).id })
  }
  const elsewhere = space.partialGroups.find(waiting => waiting !== group)
  if (elsewhere !== undefined) return refusePartial(machine, space, elsewhere)
  return answer(null)
}

/** `group.partial`, naming whom the space waits for. */
export function refusePartial(machine: Machine, space: SpaceRecord, group: number): Outcome<never> {
  const waiting = waitingFor(machine, space.uid, group).map(mate => mate.name)
  return refuse('group.partial', { ioasid: space.id, waiting: waiting.join(', '), group })
}

function platformAllows(machine: Machine, { device, space, pasid }: AttachRequest): Outcome<null> {
  const able = reaches(machine, device, space, pasidNumber(pasid))
  if (!able.ok) return able
  const coherent = snoopAllows(machine, device, space, pasidNumber(pasid))
  return coherent.ok ? windowAllows(machine, device, space) : coherent
}

function link(machine: Machine, { device, space, pasid }: AttachRequest): void {
  const number = pasidNumber(pasid)
  const attachments = [...space.attachments, { device: device.name, pasid: number }]
  machine.setSpace({ ...space, attachments })
  const attachment = {
    space: space.uid,
    pasid: number,
    wire: wirePasid(machine, device, { vpasid: number, context: space.context }),
  }
  machine.setDevice({ ...device, attachments: [...device.attachments, attachment] })
}

/** Detaches; the next space up the RID chain routes again, a PASID is blocked (R1, R5, R6). */
export function detachDevice(machine: Machine, request: AttachRequest): Outcome<null> {
  const { device, space } = request
  if (!device.attachments.some(isAt(request)))
    return refuse('detach.not-attached', { device: device.name, ioasid: space.id })
  const child = reliesOn(machine, request)
  if (child !== null)
    return refuse('detach.child-first', { device: device.name, child: machine.space(child).id })
  const wire = device.attachments.find(isAt(request))?.wire ?? null
  cancelFaults(machine, device, { space, wire })
  const had = hasKernelPasids(machine, device.hw.rid)
  unlink(machine, request)
  rerouteGroup(machine, device.hw.group)
  const settled = settleStage(machine, device.hw.rid, had)
  if (!settled.ok) return settled
  shed(machine, space.uid)
  return answer(null)
}

/** The uid of a space that would lose its parent on this device, or null. */
function reliesOn(machine: Machine, request: AttachRequest): number | null {
  const { device, space } = request
  const rest = device.attachments.filter(at => !isAt(request)(at))
  if (rest.some(at => at.space === space.uid)) return null
  const beside = rest.filter(at => machine.space(at.space).context === space.context)
  if (space.pasidTable !== null) return beside.find(at => at.pasid !== null)?.space ?? null
  return rest.find(at => attachableParent(machine, machine.space(at.space)) === space.uid)?.space ?? null
}

function unlink(machine: Machine, request: AttachRequest): void {
  const { device, space, pasid } = request
  const number = pasidNumber(pasid)
  const attachments = space.attachments.filter(at => at.device !== device.name || at.pasid !== number)
  machine.setSpace({ ...space, attachments })
  machine.setDevice({ ...device, attachments: device.attachments.filter(at => !isAt(request)(at)) })
}

/**
 * Which attachment a detach without a flag means (R5): the one by RID, else the only one with a PASID;
 * refuses where there are several.
 */
export function unflagged(device: DeviceRecord, space: SpaceRecord): Outcome<bigint | null> {
  const pasids = device.attachments.flatMap(at => (at.space === space.uid ? [at.pasid] : []))
  const [first] = pasids
  if (first === undefined || pasids.includes(null)) return answer(null)
  if (first !== null && pasids.length === 1) return answer(BigInt(first))
  return refuse('detach.which', { device: device.name, ioasid: space.id, count: pasids.length })
}

/** Drops what no device needs any more: tables, and with the last device areas or their pins (R6). */
function shed(machine: Machine, uid: number): void {
  const space = machine.space(uid)
  shedTables(machine, uid)
  if (space.kind === 'sva') dropProcessTable(machine)
  if (space.attachments.length > 0) return
  if (machine.policy.ready === 'any-time') {
    unpinAreas(machine, machine.space(uid))
    return
  }
  dropAllAreas(machine, uid, 'last detach')
  machine.setSpace({ ...machine.space(uid), tracksDirty: false })
}

/**
 * Detaches a device from every space of a context: its fd closes. Children go before what they rely on, which is not
 * always the order in which they came: a space may have been entered again by another PASID.
 */
export function detachAll(machine: Machine, name: string, context: number): void {
  const inside = () =>
    machine.device(name).attachments.filter(at => machine.space(at.space).context === context)
  for (let left = inside(); left.length > 0; left = inside()) {
    const gone = left.toReversed().some(at => {
      const pasid = at.pasid === null ? null : BigInt(at.pasid)
      return detachDevice(machine, { device: machine.device(name), space: machine.space(at.space), pasid }).ok
    })
    assert(gone, 'of the spaces of a device one is relied on by no other')
  }
}
