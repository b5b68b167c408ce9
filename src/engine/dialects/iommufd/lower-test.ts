/**
 * The commands of the kernel's test hook, as far as they act on what is modelled: devices of the test driver, reserved
 * ranges, accesses, faults and events to order, and looks at what the driver keeps.
 *
 * Source: iommufd facts 5.3. Not modelled: dma-buf. Looks at what the driver keeps are in test-checks.ts.
 */
import { findFile, openOther } from '../../kernel/files'
import {
  type AccessObject,
  attach,
  createAccess,
  createTestDevice,
  detach,
  findIoas,
  findObject,
  isTable,
  markWritten,
  moveAccess,
  moveBytes,
  NO_PASID,
  objectAt,
  objectsOf,
  pagetableOf,
  pinRange,
  publishTestDevice,
  replace,
  reportEvent,
  reportFault,
  reserve,
  type SelftestObject,
  setPagetable,
  tableOf,
  U64_MAX,
  unpinRange,
} from '../../kernel/iommu'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { copyFromUser, copyToUser, memoryThere } from '../../kernel/user-memory'
import type { Call, Lowering } from '../contract'
import { finish, hexOf, returns } from './argument'
import { check } from './test-checks'

const contextOf = ({ file }: Call): number => file.context ?? 0

const number = ({ args }: Call, field: string): number => Number(args.value(field))

export const addReserved: Lowering = call => {
  const { machine, args } = call
  const ioas = findIoas(machine, contextOf(call), args.value('ioas_id'))
  if (!ioas.ok) return ioas
  const [start, length] = [args.value('start'), args.value('length')]
  if (length === 0n) return refuse('ioas.length', { length })
  const last = start + length - 1n
  if (last > U64_MAX) return refuse('ioas.wrap', { field: 'start', value: start, length })
  const reserved = reserve(pagetableOf(machine, ioas.value), { first: start, last, owner: null })
  if (!reserved.ok) return reserved
  setPagetable(machine, ioas.value, reserved.value)
  return returns()
}

const DEVICE_FLAGS = 1 | 4

export const mockDomain: Lowering = call => {
  const { machine, args } = call
  const context = contextOf(call)
  const flags = number(call, 'dev_flags')
  if (flags & ~DEVICE_FLAGS) return refuse('test.flags', { flags })
  const made = createTestDevice(machine, context, flags)
  if (!made.ok) return made
  const { id, device } = made.value
  const hwpt = attach(machine, { context, device: device.id, pasid: NO_PASID, pt: args.value('pt_id') })
  if (!hwpt.ok) return hwpt
  publishTestDevice(machine, context, id, device)
  return returns({ out_stdev_id: id, out_hwpt_id: hwpt.value, out_idev_id: device.id })
}

function selftestOf(call: Call): Outcome<SelftestObject> {
  return findObject(call.machine, contextOf(call), 'SELFTEST', call.args.value('stdev_id'))
}

/** Attach or replace of a test device, with a PASID or without. */
const change =
  (act: typeof attach, pasidOf: (call: Call) => number, told: boolean): Lowering =>
  call => {
    const selftest = selftestOf(call)
    if (!selftest.ok) return selftest
    const at = { context: contextOf(call), device: selftest.value.device, pasid: pasidOf(call) }
    const changed = act(call.machine, { ...at, pt: call.args.value('pt_id') })
    return changed.ok ? returns(told ? { pt_id: changed.value } : null) : changed
  }

const pasidOf = (call: Call): number => number(call, 'pasid')

export const mockReplace = change(replace, () => NO_PASID, true)
export const pasidAttach = change(attach, pasidOf, false)
export const pasidReplace = change(replace, pasidOf, false)

export const pasidDetach: Lowering = call => {
  const selftest = selftestOf(call)
  if (!selftest.ok) return selftest
  detach(call.machine, contextOf(call), selftest.value.device, pasidOf(call))
  return returns()
}

export const pasidCheck: Lowering = call => {
  const { machine } = call
  const context = contextOf(call)
  const selftest = selftestOf(call)
  if (!selftest.ok) return selftest
  const device = findObject(machine, context, 'DEVICE', BigInt(selftest.value.device))
  if (!device.ok) return device
  const found = tableOf(machine, context, device.value, pasidOf(call))?.id ?? 0
  const wanted = call.args.value('hwpt_id')
  const object = wanted === 0n ? null : objectAt(machine, context, wanted)
  if (wanted !== 0n && object === null) return refuse('attach.no-table', { pt: wanted })
  if (object !== null && !isTable(object))
    return refuse('attach.table-type', { pt: wanted, type: object.type })
  return check('the table', found, Number(wanted))
}

const ACCESS_FILE = 'anon_inode:[iommufd_test_staccess]'
const NEEDS_PINS = 1

export const createAccessCall: Lowering = call => {
  const { machine, args } = call
  const context = contextOf(call)
  const flags = number(call, 'flags')
  if (flags & ~NEEDS_PINS) return refuse('struct.flags', { command: call.command, flags })
  const ioas = findIoas(machine, context, args.value('ioas_id'))
  if (!ioas.ok) return ioas
  const access = createAccess(machine, {
    context,
    ioas: ioas.value,
    pins: flags === NEEDS_PINS,
    hidden: false,
  })
  if (!access.ok) return access
  const file = { path: ACCESS_FILE, name: ACCESS_FILE, context, object: access.value.id }
  const fd = openOther(machine, { kind: 'object', ...file })
  return fd.ok ? returns({ out_access_fd: fd.value }) : fd
}

function accessOf(call: Call): Outcome<AccessObject> {
  const fd = call.args.value('access_fd')
  const file = findFile(call.machine, fd)
  if (!file.ok || file.value.kind !== 'object') return refuse('access.file', { fd })
  const object = objectsOf(call.machine, contextOf(call), 'ACCESS').find(one => one.id === file.value.object)
  return object === undefined ? refuse('access.file', { fd }) : answer(object)
}

const rangeOf = ({ args }: Call) => ({
  iova: args.value('iova'),
  length: args.value('length'),
  write: args.value('write') !== 0n,
})

export const accessPages: Lowering = call => {
  const access = accessOf(call)
  if (!access.ok) return access
  if (!access.value.pins) return refuse('access.kind', { id: access.value.id })
  const item = pinRange(call.machine, contextOf(call), access.value.id, { ...rangeOf(call), locked: false })
  return item.ok ? returns({ out_access_pages_id: item.value }) : item
}

export const destroyAccessPages: Lowering = call => {
  const access = accessOf(call)
  if (!access.ok) return access
  return finish(unpinRange(call.machine, contextOf(call), access.value.id, number(call, 'access_pages_id')))
}

const RW_WRITE = 1n
/** No test moves more. */
const MOST_MOVED = 1n << 24n

/** `uptr`: an address of the program, or the bytes themselves; without it nothing is moved. */
export const accessRw: Lowering = call => {
  const { machine, args } = call
  const access = accessOf(call)
  if (!access.ok) return access
  const { iova, length, write: asked } = rangeOf(call)
  const write = asked || (args.value('flags') & RW_WRITE) !== 0n
  const from = args.given('uptr')
  const own = args.bytes('uptr')
  const moves = from !== null && length <= MOST_MOVED
  const bytes = Number(length)
  const there = (): boolean => !moves || own !== null || memoryThere(machine, from, bytes, !write)
  const refused = refuse('ioas.pointer', { field: 'uptr', address: from ?? 0n })
  if (write && !there()) return refused
  const data = moves ? new Uint8Array(bytes) : null
  if (write) data?.set(own?.subarray(0, bytes) ?? copyFromUser(machine, from ?? 0n, bytes))
  const moved = moveBytes(machine, contextOf(call), access.value.id, { iova, length, write, data })
  if (!moved.ok || write || data === null) return finish(moved)
  if (!there()) return refused
  if (own === null) copyToUser(machine, from ?? 0n, data)
  return returns({ data: hexOf(data) })
}

export const accessReplace: Lowering = call => {
  const access = accessOf(call)
  if (!access.ok) return access
  return finish(moveAccess(call.machine, contextOf(call), access.value.id, call.args.value('ioas_id')))
}

export const dirty: Lowering = call => {
  const { machine, args } = call
  const context = contextOf(call)
  const hwpt = findObject(machine, context, 'HWPT_PAGING', args.value('hwpt_id'))
  if (!hwpt.ok) return hwpt
  const [iova, length, pageSize] = [args.value('iova'), args.value('length'), args.value('page_size')]
  if (pageSize === 0n || length === 0n || length % pageSize !== 0n || iova % pageSize !== 0n)
    return refuse('dirty.align', { iova, length, align: pageSize })
  if (!hwpt.value.tracking) return refuse('test.check', { what: 'tracking', found: 'off', wanted: 'on' })
  const bitmap = args.bytes('bitmap') ?? new Uint8Array()
  const marked: bigint[] = []
  for (let bit = 0; bit < Number(length / pageSize); bit++)
    if (((bitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) marked.push(iova + BigInt(bit) * pageSize)
  return returns({ out_nr_dirty: markWritten(machine, hwpt.value, marked) })
}

export const triggerFault: Lowering = call => {
  const { machine, args } = call
  const device = findObject(machine, contextOf(call), 'DEVICE', args.value('dev_id'))
  if (!device.ok) return device
  const pasid = number(call, 'pasid')
  reportFault(machine, contextOf(call), device.value, {
    pasid,
    withPasid: pasid !== 0,
    group: number(call, 'grpid'),
    perm: number(call, 'perm'),
    address: args.value('addr'),
    asked: null,
  })
  return returns()
}

const SELFTEST_EVENTS = 0xbeefbeef

export const triggerEvent: Lowering = call => {
  const { machine, args } = call
  const context = contextOf(call)
  const device = findObject(machine, context, 'DEVICE', args.value('dev_id'))
  if (!device.ok) return device
  const hwpt = tableOf(machine, context, device.value, NO_PASID)
  const viommu = hwpt?.type === 'HWPT_NESTED' ? hwpt.parent : 0
  const vdevice = objectsOf(machine, context, 'VDEVICE').find(
    one => one.device === device.value.id && one.viommu === viommu,
  )
  if (vdevice === undefined) return refuse('test.not-attached', { device: device.value.device })
  const queue = objectsOf(machine, context, 'VEVENTQ').find(
    one => one.viommu === viommu && one.queueType === SELFTEST_EVENTS,
  )
  if (queue === undefined) return refuse('test.no-events', { viommu })
  const payload = new Uint8Array(4)
  new DataView(payload.buffer).setUint32(0, Number(vdevice.virtId & 0xffff_ffffn), true)
  reportEvent(machine, context, queue, payload)
  return returns()
}
