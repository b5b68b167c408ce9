/**
 * The part of a physical IOMMU that a guest is given: vIOMMUs, the devices they know, their queues of events and the
 * queues of the hardware.
 *
 * Source: iommufd facts 2.15, 2.17 to 2.20. Not modelled: regions for mmap, Tegra's queues.
 */
import {
  type DriverRefusal,
  type DroppedPages,
  type InvalidationList,
  isRefused,
  type UserData,
  type VirtualIommu,
} from '../../hw/domain-driver'
import type { Machine } from '../machine'
import { answer, keeping, type Outcome, refuse } from '../outcome'
import { createAccess, destroyAccess, pinRange } from './access'
import { driverNamed, refusedBy, requiredDriver } from './driver'
import { pasidsOf } from './flush'
import { U64_MAX } from './io-pagetable'
import type {
  DeviceObject,
  HwQueueObject,
  NestedObject,
  VdeviceObject,
  VeventqObject,
  ViommuObject,
  VirtualEvent,
} from './records'
import { addObject, dropObject, findObject, objectOf, objectsOf, putObject } from './store'

export interface ViommuWish {
  readonly context: number
  readonly type: number
  readonly device: bigint
  readonly hwpt: bigint
  readonly data: UserData | null
}

export function createViommu(machine: Machine, wish: ViommuWish): Outcome<ViommuObject> {
  const { context, type, data } = wish
  const device = findObject(machine, context, 'DEVICE', wish.device)
  if (!device.ok) return device
  const { driver } = requiredDriver(machine, device.value.device)
  const probe = driver.viommu(machine.hwConfig, type, null)
  if (probe === null) return refuse('viommu.type', { type, driver: driver.name })
  const hwpt = findObject(machine, context, 'HWPT_PAGING', wish.hwpt)
  if (!hwpt.ok) return hwpt
  if (!hwpt.value.nestParent) return refuse('viommu.parent', { hwpt: hwpt.value.id })
  const made = driver.viommu(machine.hwConfig, type, data)
  if (made !== null && isRefused(made)) return refusedBy(driver, made)
  const viommu = addObject(
    machine,
    context,
    id =>
      ({
        ...{ type: 'VIOMMU', id, hwpt: hwpt.value.id, viommuType: type },
        driver: driver.name,
      }) as const satisfies ViommuObject,
  )
  return answer(viommu)
}

/** What the driver does for a vIOMMU. */
function virtualOf(machine: Machine, viommu: ViommuObject): VirtualIommu {
  const made = driverNamed(machine, viommu.driver).viommu(machine.hwConfig, viommu.viommuType, null)
  if (made === null || isRefused(made)) throw new Error(`no vIOMMU of type ${viommu.viommuType}`)
  return made
}

export function createVdevice(
  machine: Machine,
  wish: { context: number; viommu: bigint; device: bigint; virtId: bigint },
): Outcome<VdeviceObject> {
  const { context, virtId } = wish
  const viommu = findObject(machine, context, 'VIOMMU', wish.viommu)
  if (!viommu.ok) return viommu
  const device = findObject(machine, context, 'DEVICE', wish.device)
  if (!device.ok) return device
  if (requiredDriver(machine, device.value.device).driver.name !== viommu.value.driver)
    return refuse('viommu.other-iommu', { device: device.value.device, viommu: viommu.value.id })
  const all = objectsOf(machine, context, 'VDEVICE')
  const taken = all.find(one => one.device === device.value.id)
  if (taken !== undefined) return refuse('vdevice.device', { device: device.value.device, vdevice: taken.id })
  const named = all.find(one => one.viommu === viommu.value.id && one.virtId === virtId)
  if (named !== undefined) return refuse('vdevice.virt-id', { virtId, vdevice: named.id })
  const ids = { viommu: viommu.value.id, device: device.value.id, virtId }
  return answer(
    addObject(machine, context, id => ({ type: 'VDEVICE', id, ...ids }) as const satisfies VdeviceObject),
  )
}

/** Calls of a user's table or a vIOMMU to drop what caches hold; the number done goes back also where one fails. */
export function invalidate(
  machine: Machine,
  context: number,
  object: NestedObject | ViommuObject,
  list: InvalidationList,
): { readonly done: number; readonly outcome: Outcome<null> } {
  return object.type === 'VIOMMU'
    ? invalidateViommu(machine, context, object, list)
    : invalidateNested(machine, context, object, list)
}

type InvalidationResult = ReturnType<typeof invalidate>

function invalidateNested(
  machine: Machine,
  context: number,
  nested: NestedObject,
  list: InvalidationList,
): InvalidationResult {
  const driver = driverNamed(machine, nested.driver)
  if (driver.invalidate === undefined) throw new Error(`the driver of table ${nested.id} drops nothing`)
  const { done, cache, dropped, refused } = driver.invalidate(machine.hwConfig, list, nested.cache)
  putObject(machine, context, { ...nested, cache })
  for (const pasid of pasidsOf(machine, context, nested))
    for (const pages of dropped) drop(machine, nested.tag, pasid, pages)
  return { done, outcome: refused === null ? answer(null) : keepingRefusal(refusedBy(driver, refused)) }
}

function drop(machine: Machine, domain: number, pasid: number | null, pages: DroppedPages | 'all'): void {
  const { platform } = machine
  if (pages === 'all') platform.invalidate(machine.hw(), machine.root.hw, { kind: 'pasid', domain, pasid })
  else platform.invalidate(machine.hw(), machine.root.hw, { kind: 'pasid-range', domain, pasid, ...pages })
}

const keepingRefusal = (refusal: ReturnType<typeof refusedBy>): Outcome<null> => keeping(refusal)

function invalidateViommu(
  machine: Machine,
  context: number,
  viommu: ViommuObject,
  list: InvalidationList,
): InvalidationResult {
  const known = objectsOf(machine, context, 'VDEVICE').filter(one => one.viommu === viommu.id)
  const deviceOf = (virtId: bigint): DeviceObject | null => {
    const vdevice = known.find(one => one.virtId === virtId)
    return vdevice === undefined ? null : objectOf(machine, context, 'DEVICE', vdevice.device)
  }
  const virtual = virtualOf(machine, viommu)
  const driver = driverNamed(machine, viommu.driver)
  const told = (done: number, refused: DriverRefusal | null): InvalidationResult => ({
    done,
    outcome: refused === null ? answer(null) : keepingRefusal(refusedBy(driver, refused)),
  })
  if (virtual.run !== undefined) {
    const { tag } = objectOf(machine, context, 'HWPT_PAGING', viommu.hwpt)
    const ridOf = (virtId: bigint): number | null => {
      const device = deviceOf(virtId)
      return device === null ? null : machine.device(device.device).hw.rid
    }
    const unit = { ctx: machine.hw(), state: machine.root.hw, domain: tag, ridOf }
    const ran = virtual.run(unit, list)
    return told(ran.done, ran.refused)
  }
  if (virtual.invalidate === undefined) throw new Error(`${driver.name} drops nothing for a vIOMMU`)
  const { done, changed, refused } = virtual.invalidate(list, id => deviceOf(id)?.cache ?? null)
  for (const { virtId, cache } of changed) {
    const device = deviceOf(virtId)
    if (device !== null) putObject(machine, context, { ...device, cache })
  }
  return told(done, refused)
}

/** struct iommufd_vevent_header. Bytes. */
export const EVENT_HEADER_BYTES = 8
export const LOST_EVENTS = 1
const SEQUENCE_MAX = 2 ** 31

export function createVeventq(
  machine: Machine,
  wish: { context: number; viommu: bigint; type: number; depth: number },
): Outcome<VeventqObject> {
  const { context, type, depth } = wish
  const viommu = findObject(machine, context, 'VIOMMU', wish.viommu)
  if (!viommu.ok) return viommu
  const all = objectsOf(machine, context, 'VEVENTQ')
  const taken = all.find(one => one.viommu === viommu.value.id && one.queueType === type)
  if (taken !== undefined) return refuse('veventq.type-taken', { type, veventq: taken.id })
  return answer(
    addObject(
      machine,
      context,
      id =>
        ({
          ...{ type: 'VEVENTQ', id, viommu: viommu.value.id, queueType: type, depth },
          ...{ queued: [], sequence: 0 },
        }) as const satisfies VeventqObject,
    ),
  )
}

/** Queues an event; a full queue gets the mark of lost ones at its end instead, with the number of the last. */
export function reportEvent(
  machine: Machine,
  context: number,
  queue: VeventqObject,
  payload: Uint8Array,
): void {
  const { queued, sequence, depth } = queue
  const full = queued.filter(event => event.payload !== null).length === depth
  const event: VirtualEvent = { sequence, payload: full ? null : payload }
  const before = queued.at(-1)?.payload === null ? queued.slice(0, -1) : queued
  const next = (sequence + 1) % SEQUENCE_MAX
  putObject(machine, context, { ...queue, queued: [...before, event], sequence: next })
}

/** Takes as many whole events as fit into so many bytes. */
export function readEvents(
  machine: Machine,
  context: number,
  id: number,
  bytes: number,
): Outcome<Uint8Array> {
  const queue = objectOf(machine, context, 'VEVENTQ', id)
  const parts: number[] = []
  let taken = 0
  for (const { sequence, payload } of queue.queued) {
    const part = [...words(payload === null ? LOST_EVENTS : 0, sequence), ...(payload ?? [])]
    if (parts.length + part.length > bytes) break
    parts.push(...part)
    taken++
  }
  if (taken === 0 && queue.queued.length > 0) return refuse('veventq.read-size', { bytes })
  putObject(machine, context, { ...queue, queued: queue.queued.slice(taken) })
  return answer(Uint8Array.from(parts))
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  for (const [at, value] of values.entries()) new DataView(bytes.buffer).setUint32(at * 4, value, true)
  return bytes
}

export interface HwQueueWish {
  readonly context: number
  readonly viommu: bigint
  readonly type: number
  readonly index: number
  readonly iova: bigint
  readonly length: bigint
}

/** Hands out a queue of the hardware; its memory, an address of the parent table, stays locked. */
export function createHwQueue(machine: Machine, wish: HwQueueWish): Outcome<HwQueueObject> {
  const { context, type, index, iova, length } = wish
  if (iova + length - 1n > U64_MAX)
    return refuse('ioas.wrap', { field: 'nesting_parent_iova', value: iova, length })
  const viommu = findObject(machine, context, 'VIOMMU', wish.viommu)
  if (!viommu.ok) return viommu
  const queues = virtualOf(machine, viommu.value).queues(type)
  if (queues === null) return refuse('hw-queue.type', { type, viommu: viommu.value.id })
  const parent = objectOf(machine, context, 'HWPT_PAGING', viommu.value.hwpt)
  const ioas = objectOf(machine, context, 'IOAS', parent.ioas)
  const draft = addObject(
    machine,
    context,
    id =>
      ({ type: 'HW_QUEUE', id, viommu: viommu.value.id, index, access: 0 }) as const satisfies HwQueueObject,
  )
  const access = createAccess(machine, { context, ioas, pins: true, hidden: true })
  if (!access.ok) return access
  const first = iova - (iova % 4096n)
  const last = iova + length - 1n
  const whole = { iova: first, length: last - (last % 4096n) + 4096n - first }
  const pinned = pinRange(machine, context, access.value.id, { ...whole, write: false, locked: true })
  if (!pinned.ok) return pinned
  const judged = judgeIndex(machine, context, draft, queues)
  if (!judged.ok) return judged
  const queue = { ...draft, access: access.value.id }
  putObject(machine, context, queue)
  return answer(queue)
}

function judgeIndex(
  machine: Machine,
  context: number,
  { id, viommu, index }: HwQueueObject,
  { count, chained }: { count: number; chained: boolean },
): Outcome<null> {
  const others = objectsOf(machine, context, 'HW_QUEUE').filter(one => one.viommu === viommu && one.id !== id)
  if (index >= count) return refuse('hw-queue.index', { index, count })
  const taken = others.find(one => one.index === index)
  if (taken !== undefined) return refuse('hw-queue.index-taken', { index, queue: taken.id })
  if (chained && index > 0 && !others.some(one => one.index === index - 1))
    return refuse('hw-queue.order', { index })
  return answer(null)
}

/** True where a later queue of the vIOMMU relies on this one. */
export function hasLaterQueue(machine: Machine, context: number, queue: HwQueueObject): boolean {
  return objectsOf(machine, context, 'HW_QUEUE').some(
    one => one.viommu === queue.viommu && one.index === queue.index + 1,
  )
}

export function destroyHwQueue(machine: Machine, context: number, queue: HwQueueObject): void {
  dropObject(machine, context, queue.id)
  destroyAccess(machine, context, queue.access)
}
