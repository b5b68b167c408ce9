/** The calls on page tables. Source: iommufd facts 2.11 to 2.15; the order of checks is theirs. */
import type { UserData } from '../../hw/domain-driver'
import {
  createNested,
  createPaging,
  type DeviceObject,
  driverOf,
  findObject,
  type IoasObject,
  type IoObject,
  invalidate as invalidateCaches,
  joinIoas,
  objectAt,
  type PagingObject,
  readDirty,
  setFault,
  trackDirty,
  type ViommuObject,
} from '../../kernel/iommu'
import { answer, type Outcome, refuse, writing } from '../../kernel/outcome'
import type { CallResult } from '../contract'
import { checkFlags, checkReserved, finish, type Handler, hexOf, type Read, returns } from './argument'
import {
  DIRTY_NO_CLEAR,
  DIRTY_TRACKING_ENABLE,
  HW_INFO_INPUT_TYPE,
  HWPT_DIRTY_TRACKING,
  HWPT_FAULT_ID_VALID,
  HWPT_NEST_PARENT,
  HWPT_PASID,
} from './constants.data'

const PAGING_FLAGS = HWPT_NEST_PARENT | HWPT_DIRTY_TRACKING | HWPT_FAULT_ID_VALID | HWPT_PASID
const NESTED_FLAGS = HWPT_FAULT_ID_VALID | HWPT_PASID

export const hwptAlloc: Handler = read => {
  const known = checkReserved(read, '__reserved')
  if (!known.ok) return known
  const data = userData(read)
  if (!data.ok) return data
  const device = findObject(read.machine, read.context, 'DEVICE', read.value('dev_id'))
  if (!device.ok) return device
  const over = objectAt(read.machine, read.context, read.value('pt_id'))
  const made = overObject(read, device.value, over, data.value)
  if (!made.ok) return made
  const fault = withFault(read, made.value)
  return fault.ok ? returns({ out_hwpt_id: made.value }) : fault
}

/** The data of a user: its type says whether there must be some. */
function userData(read: Read): Outcome<UserData | null> {
  const [type, length] = [read.number('data_type'), read.lengthOf('data_len', 'data_uptr')]
  if ((type === 0) !== (length === 0)) return refuse('hwpt.data', { type, length })
  return answer(length === 0 ? null : { type, length, bytes: dataAt(read, length) })
}

/** No struct of a driver is longer than this: what lies behind is not read. */
const LONGEST_DATA = 4096

const dataAt = (read: Read, length: number): Uint8Array | null =>
  read.bytesAt('data_uptr', Math.min(length, LONGEST_DATA))

function overObject(
  read: Read,
  device: DeviceObject,
  over: IoObject | null,
  data: UserData | null,
): Outcome<number> {
  switch (over?.type) {
    case 'IOAS':
      return overIoas(read, device, over, data)
    case 'HWPT_PAGING':
      return overTable(read, device, over, data)
    case 'VIOMMU':
      return overViommu(read, device, over, data)
    default:
      return refuse('hwpt.parent', { pt: read.value('pt_id') })
  }
}

function overIoas(
  read: Read,
  device: DeviceObject,
  ioas: IoasObject,
  data: UserData | null,
): Outcome<number> {
  const { machine, context } = read
  const flags = read.value('flags')
  const has = (flag: bigint): boolean => (flags & flag) !== 0n
  if (flags & ~PAGING_FLAGS) return refuse('hwpt.flags', { flags, over: 'IOAS' })
  const dirty = has(HWPT_DIRTY_TRACKING)
  if (dirty && !traits(read, device).dirtyTracking) return refuse('hwpt.dirty', { device: device.device })
  if (has(HWPT_FAULT_ID_VALID) && has(HWPT_NEST_PARENT)) return refuse('hwpt.flags', { flags, over: 'IOAS' })
  const made = createPaging(machine, {
    context,
    device,
    ioas,
    auto: false,
    nestParent: has(HWPT_NEST_PARENT),
    dirty,
    pasid: has(HWPT_PASID),
    data,
  })
  if (!made.ok) return made
  const joined = joinIoas(machine, context, made.value)
  return joined.ok ? answer(made.value.id) : joined
}

function overTable(
  read: Read,
  device: DeviceObject,
  parent: PagingObject,
  data: UserData | null,
): Outcome<number> {
  const driver = driverNamed(read, device)
  const flags = read.value('flags')
  if (flags & ~NESTED_FLAGS || data === null) return refuse('hwpt.flags', { flags, over: 'page table' })
  if (driver.nested === undefined)
    return refuse('driver.unsupported', { driver: driver.name, why: 'it does not nest' })
  if (parent.auto || !parent.nestParent || parent.driver !== driver.name)
    return refuse('hwpt.no-parent', { hwpt: parent.id })
  return nested(read, device, parent, data)
}

function overViommu(
  read: Read,
  device: DeviceObject,
  viommu: ViommuObject,
  data: UserData | null,
): Outcome<number> {
  const flags = read.value('flags')
  if (viommu.driver !== driverNamed(read, device).name)
    return refuse('viommu.other-iommu', { device: device.device, viommu: viommu.id })
  if (flags & ~NESTED_FLAGS || data === null) return refuse('hwpt.flags', { flags, over: 'vIOMMU' })
  return nested(read, device, viommu, data)
}

function nested(
  { machine, context, value }: Read,
  device: DeviceObject,
  parent: PagingObject | ViommuObject,
  data: UserData,
): Outcome<number> {
  const pasid = (value('flags') & HWPT_PASID) !== 0n
  const made = createNested(machine, { context, device, parent, pasid, data })
  return made.ok ? answer(made.value.id) : made
}

function withFault(read: Read, id: number): Outcome<null> {
  if ((read.value('flags') & HWPT_FAULT_ID_VALID) === 0n) return answer(null)
  const { machine, context } = read
  const fault = findObject(machine, context, 'FAULT', read.value('fault_id'))
  if (!fault.ok) return fault
  const hwpt = objectAt(machine, context, BigInt(id))
  if (hwpt?.type === 'HWPT_PAGING' || hwpt?.type === 'HWPT_NESTED')
    setFault(machine, context, hwpt, fault.value.id)
  return answer(null)
}

function driverNamed({ machine }: Read, device: DeviceObject) {
  const driver = driverOf(machine, machine.device(device.device).hw)
  if (driver === null) throw new Error(`${device.device} has no driver`)
  return driver
}

const traits = (read: Read, device: DeviceObject) =>
  driverNamed(read, device).device(read.machine.hwConfig, read.machine.device(device.device).hw)

const INFO_NONE = 0

/** Capabilities that the kernel adds to what the driver tells. */
const CAPABILITY = { dirtyTracking: 1, pasidExecute: 2, pasidPrivileged: 4, atsNotSupported: 8 } as const

export const hwInfo: Handler = read => {
  const known = checkFlags(read, HW_INFO_INPUT_TYPE, '__reserved', '__reserved1', '__reserved2')
  if (!known.ok) return known
  const device = findObject(read.machine, read.context, 'DEVICE', read.value('dev_id'))
  if (!device.ok) return device
  const told = traits(read, device.value)
  const wanted = read.value('flags') & HW_INFO_INPUT_TYPE ? read.number('in_data_type') : INFO_NONE
  if (told.info !== null && wanted !== INFO_NONE && wanted !== told.info.type)
    return refuse('hwpt.info-type', { driver: driverNamed(read, device.value).name, type: wanted })
  const length = read.number('data_len')
  if (!read.writableAt('data_uptr', length))
    return refuse('ioas.pointer', { field: 'data_uptr', address: read.value('data_uptr') })
  const data = new Uint8Array(Math.min(length, LONGEST_DATA))
  data.set(told.info?.bytes.subarray(0, length) ?? [])
  return returns({
    data_len: told.info?.bytes.length ?? 0,
    out_data_type: told.info?.type ?? INFO_NONE,
    out_max_pasid_log2: told.pasidLg2,
    out_capabilities:
      (told.dirtyTracking ? CAPABILITY.dirtyTracking : 0) | (told.ats ? 0 : CAPABILITY.atsNotSupported),
    data: hexOf(data),
  })
}

export const setDirty: Handler = read => {
  const known = checkFlags(read, DIRTY_TRACKING_ENABLE)
  if (!known.ok) return known
  const { machine, context } = read
  const hwpt = findObject(machine, context, 'HWPT_PAGING', read.value('hwpt_id'))
  if (!hwpt.ok) return hwpt
  const on = (read.value('flags') & DIRTY_TRACKING_ENABLE) !== 0n
  return finish(trackDirty(machine, context, hwpt.value, on))
}

export const getDirty: Handler = read => {
  const known = checkFlags(read, DIRTY_NO_CLEAR, '__reserved')
  if (!known.ok) return known
  const { machine, context } = read
  const hwpt = findObject(machine, context, 'HWPT_PAGING', read.value('hwpt_id'))
  if (!hwpt.ok) return hwpt
  const bitmap = readDirty(machine, context, hwpt.value, {
    iova: read.value('iova'),
    length: read.value('length'),
    pageSize: read.value('page_size'),
    clear: (read.value('flags') & DIRTY_NO_CLEAR) === 0n,
  })
  if (!bitmap.ok) return bitmap
  return returns(read.writableAt('data', bitmap.value.length) ? { bitmap: hexOf(bitmap.value) } : null)
}

/** More entries than this are not read: nobody has as many. Bytes. */
const LONGEST_LIST = 1 << 20

export const invalidate: Handler = read => {
  const known = checkReserved(read, '__reserved')
  const entries = read.number('entry_num')
  if (!known.ok) return counted(known, 0, entries)
  const entryBytes = read.lengthOf('entry_len', 'data_uptr')
  const address = read.value('data_uptr')
  if (entries > 0 && (address === 0n || entryBytes === 0))
    return counted(refuse('invalidate.entries', { entries, bytes: entryBytes, address }), 0, entries)
  const object = objectAt(read.machine, read.context, read.value('hwpt_id'))
  if (object === null) return counted(refuse('object.none', { id: read.value('hwpt_id') }), 0, entries)
  if (object.type !== 'HWPT_NESTED' && object.type !== 'VIOMMU')
    return counted(refuse('invalidate.object', { id: object.id, type: object.type }), 0, entries)
  const bytes = read.bytesAt('data_uptr', Math.min(entries * entryBytes, LONGEST_LIST))
  const list = { type: read.number('data_type'), entryBytes, entries, bytes }
  const { done, outcome } = invalidateCaches(read.machine, read.context, object, list)
  return counted(outcome, done, entries)
}

/** The number of entries done goes back to the caller also where the call fails. */
function counted(outcome: Outcome<null>, done: number, given: number): Outcome<CallResult> {
  if (outcome.ok) return returns({ entry_num: done })
  return done === given ? outcome : writing(outcome, { entry_num: done })
}
