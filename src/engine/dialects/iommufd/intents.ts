/**
 * What a VMM wants, as calls of /dev/iommu. A root is an IOAS, a guest's table a nested page table over a parent that
 * the kernel keeps of an IOAS. An attach replaces what was there. A device that has PASIDs sits on a table that was
 * allocated for them, and the kernel merges no mappings: a space over another one is for the VMM to shadow.
 *
 * Source: iommufd facts 2.16, 3.1 to 3.5, 8. Not modelled: tables of a guest on other platforms than those whose driver
 * says what it wants of one.
 */
import { driverOf } from '../../kernel/iommu/driver'
import { answerPlace, FAULT_BYTES } from '../../kernel/iommu/fault-queue'
import type { PagingObject } from '../../kernel/iommu/records'
import { ioOf, objectsOf } from '../../kernel/iommu/store'
import type { Machine } from '../../kernel/machine'
import type { IntentKinds, Intents, Requester, VmmCall, VmmPlan, VmmValue } from '../contract'
import { deviceFile } from '../device-file'
import { CONSTANTS } from './constants.data'

const { IOMMU_HWPT_ALLOC_NEST_PARENT: NEST_PARENT = 0n, IOMMU_HWPT_ALLOC_PASID: FOR_PASIDS = 0n } = CONSTANTS
const { VFIO_DEVICE_ATTACH_PASID: WITH_PASID = 0n } = CONSTANTS
const FIXED_IOVA = 1n
/** Rights of an intent, bit 0 read and bit 1 write, as flags of a map. */
const RIGHTS: readonly bigint[] = [0n, 4n, 2n, 6n]
/** Where the bytes of a flow lie is not the flow's to say. */
const SOMEWHERE = 0x1000n

const plan = (...calls: readonly VmmCall[]): VmmPlan => ({ calls })

const contextFile = (machine: Machine, context: number): number =>
  machine.root.contexts.get(context)?.fd ?? -1

function onContext(machine: Machine, context: number, command: string, fields: VmmCall['fields']): VmmCall {
  return { fd: contextFile(machine, context), command, fields }
}

/** What the number of a space is in its file: of an IOAS, or of a guest's table. */
const numberOf = (machine: Machine, uid: number): bigint => BigInt(machine.space(uid).id)

const isNested = (machine: Machine, uid: number): boolean => machine.space(uid).userTable !== null

/** A table that an attach can name: one there is, or one that the plan's first call makes. */
interface Table {
  readonly before: readonly VmmCall[]
  readonly id: VmmValue
}

function deviceNumber(machine: Machine, device: string, context: number): bigint {
  return BigInt(objectsOf(machine, context, 'DEVICE').find(one => one.device === device)?.id ?? 0)
}

function flagsFor(machine: Machine, device: string): bigint {
  const { hw } = machine.device(device)
  const driver = driverOf(machine, hw)
  return driver !== null && driver.device(machine.hwConfig, hw).pasidLg2 > 0 ? FOR_PASIDS : 0n
}

/** The kernel's table of an IOAS that was asked for with these flags, or the call that asks for it. */
function parentTable(machine: Machine, device: string, ioas: number, flags: bigint): Table {
  const { context, id } = machine.space(ioas)
  const fits = (hwpt: PagingObject): boolean =>
    hwpt.ioas === id && !hwpt.auto && hwpt.nestParent && (flags === 0n || hwpt.pasid)
  const there = objectsOf(machine, context, 'HWPT_PAGING').find(fits)
  if (there !== undefined) return { before: [], id: BigInt(there.id) }
  const fields = {
    flags: NEST_PARENT | flags,
    dev_id: deviceNumber(machine, device, context),
    pt_id: BigInt(id),
  }
  return {
    before: [onContext(machine, context, 'IOMMU_HWPT_ALLOC', fields)],
    id: { call: 0, field: 'out_hwpt_id' },
  }
}

const pasidFields = (pasid: number | null): VmmCall['fields'] =>
  pasid === null ? {} : { flags: WITH_PASID, pasid: BigInt(pasid) }

function routing(machine: Machine, { device, pasid }: Requester, to: VmmValue | null): VmmCall {
  const [command, fields] =
    to === null
      ? (['VFIO_DEVICE_DETACH_IOMMUFD_PT', {}] as const)
      : (['VFIO_DEVICE_ATTACH_IOMMUFD_PT', { pt_id: to }] as const)
  return { fd: deviceFile(machine, device), command, fields: { ...pasidFields(pasid), ...fields } }
}

/** Without PASIDs an attach names the IOAS, and the kernel finds or makes the table. */
function attach(machine: Machine, { space, ...requester }: IntentKinds['attach']): VmmPlan {
  const flags = flagsFor(machine, requester.device)
  if (isNested(machine, space) || flags === 0n)
    return plan(routing(machine, requester, numberOf(machine, space)))
  const { before, id } = parentTable(machine, requester.device, space, flags)
  return plan(...before, routing(machine, requester, id))
}

function nest(machine: Machine, { over, table, of, ...requester }: IntentKinds['nest']): VmmPlan {
  if (of === 'pasid-table') return { noEquivalent: NO_PASID_TABLE }
  const { context } = machine.space(over)
  const { device } = requester
  const data = driverOf(machine, machine.device(device).hw)?.guestTableData?.(machine.hwConfig, table)
  if (data === undefined) return { noEquivalent: NO_GUEST_TABLE }
  const flags = flagsFor(machine, device)
  const parent = parentTable(machine, device, over, flags)
  const making: VmmCall = {
    ...onContext(machine, context, 'IOMMU_HWPT_ALLOC', {
      ...(flags === 0n ? {} : { flags }),
      dev_id: deviceNumber(machine, device, context),
      pt_id: parent.id,
      data_type: BigInt(data.type),
      data_len: BigInt(data.bytes.length),
      data_uptr: SOMEWHERE,
    }),
    bytes: { data_uptr: data.bytes },
  }
  const made = { call: parent.before.length, field: 'out_hwpt_id' }
  return plan(...parent.before, making, routing(machine, requester, made))
}

const NO_PASID_TABLE = 'no driver that is modelled takes a PASID table of a guest'
const NO_PROCESS = 'the address space of a process is no page table of a file'
const NO_GUEST_TABLE = "the platform's driver takes no table of a guest by its address"
const NO_MERGING = 'the kernel merges no mappings of one space with those of another'

function own(machine: Machine, { device, context }: IntentKinds['own']): VmmPlan {
  const fields = { iommufd: BigInt(contextFile(machine, context)) }
  return plan({ fd: deviceFile(machine, device), command: 'VFIO_DEVICE_BIND_IOMMUFD', fields })
}

/** Tables that a VMM asked for go before their IOAS; those of an attach go by themselves. */
function free(machine: Machine, { space }: IntentKinds['free']): VmmPlan {
  const { context, id } = machine.space(space)
  const tables = [...ioOf(machine, context).objects.values()].filter(
    object => object.type === 'HWPT_PAGING' && !object.auto && object.ioas === id,
  )
  const doomed = isNested(machine, space) ? [] : tables.map(table => table.id)
  return plan(
    ...[...doomed, id].map(one => onContext(machine, context, 'IOMMU_DESTROY', { id: BigInt(one) })),
  )
}

function invalidate(machine: Machine, { device, space, range }: IntentKinds['invalidate']): VmmPlan {
  const data = driverOf(machine, machine.device(device).hw)?.invalidationData?.(range)
  if (data === undefined || !isNested(machine, space)) return { noEquivalent: NO_GUEST_TABLE }
  const fields = {
    hwpt_id: numberOf(machine, space),
    data_type: BigInt(data.type),
    entry_len: BigInt(data.bytes.length),
    entry_num: 1n,
    data_uptr: SOMEWHERE,
  }
  const call = onContext(machine, machine.space(space).context, 'IOMMU_HWPT_INVALIDATE', fields)
  return plan({ ...call, bytes: { data_uptr: data.bytes } })
}

/** A read of the queue's file as far as the request, where it has no cookie yet; then the answer. */
function respond(machine: Machine, { fault, code }: IntentKinds['respond']): VmmPlan {
  const at = answerPlace(machine, fault)
  if (at === null) return { noEquivalent: 'the file of the queue is not open' }
  const reading: VmmCall = {
    ...{ fd: at.fd, file: 'read', command: 'read' },
    fields: { len: BigInt(at.unread * FAULT_BYTES) },
  }
  const data = new Uint8Array(8)
  const view = new DataView(data.buffer)
  view.setUint32(0, at.cookie, true)
  view.setUint32(4, code === 'success' ? 0 : 1, true)
  const writing: VmmCall = { fd: at.fd, file: 'write', command: 'write', fields: {}, bytes: { data } }
  return plan(...(at.unread > 0 ? [reading] : []), writing)
}

export const INTENTS: Intents = {
  own,
  space(machine, { context, over, type }) {
    if (over !== null) return { noEquivalent: NO_MERGING }
    if (type === 'sva') return { noEquivalent: NO_PROCESS }
    return plan(onContext(machine, context, 'IOMMU_IOAS_ALLOC', {}))
  },
  free,
  attach,
  detach: (machine, { space: _, ...requester }) => plan(routing(machine, requester, null)),
  isolate(machine, { over, device, pasid }) {
    const [binding] = machine.device(device).bindings
    if (over !== null || binding === undefined) return { noEquivalent: NO_MERGING }
    const made = { call: 0, field: 'out_ioas_id' }
    const making = onContext(machine, binding.context, 'IOMMU_IOAS_ALLOC', {})
    return plan(making, routing(machine, { device, pasid }, made))
  },
  nest,
  bind: () => ({
    noEquivalent: 'a table comes with the allocation of its page table object, and never later',
  }),
  release: (machine, { space, ...requester }) => {
    const freed = free(machine, { space })
    return 'calls' in freed ? plan(routing(machine, requester, null), ...freed.calls) : freed
  },
  map(machine, { space, iova, size, target, perm }) {
    const fields = { flags: FIXED_IOVA | (RIGHTS[perm] ?? 0n), ioas_id: numberOf(machine, space) }
    const { context } = machine.space(space)
    return plan(
      onContext(machine, context, 'IOMMU_IOAS_MAP', { ...fields, user_va: target, length: size, iova }),
    )
  },
  unmap(machine, { space, iova, size }) {
    const fields = { ioas_id: numberOf(machine, space), iova, length: size }
    return plan(onContext(machine, machine.space(space).context, 'IOMMU_IOAS_UNMAP', fields))
  },
  invalidate,
  respond,
}
