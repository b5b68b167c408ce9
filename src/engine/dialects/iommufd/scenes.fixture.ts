/** For tests of rules: small machines to break one on. */
import { openOther } from '../../kernel/files'
import type { CallAnswer } from '../dispatch'
import { FIXED, type Io, type IoOptions, MAP_RW, MOCK, PAGE, SELFTEST } from './fixture'

export type Broken = readonly [rule: string, errno: string, call: (io: Io) => CallAnswer, options?: IoOptions]

export const U64_MAX = 2n ** 64n - 1n
export const NEST_PARENT = 1
export const DIRTY = 2
export const FAULT_ID = 4
export const PASID = 8

/** An IOAS with one page at 0x10000. */
export function mapped(io: Io): number {
  const ioas = io.ioas()
  io.map(ioas, 0x10000n)
  return ioas
}

/** A test device on an IOAS, with a page at the start of its aperture. */
export function mocked(io: Io, flags = 0) {
  const ioas = io.ioas()
  const mock = io.mock(ioas, flags)
  io.map(ioas, MOCK)
  return { ioas, ...mock }
}

/** A test device, a nesting parent and a vIOMMU over it. */
export function virtual(io: Io) {
  const at = mocked(io)
  const parent = Number(io.hwpt(at.dev, at.ioas, NEST_PARENT).out?.out_hwpt_id)
  const viommu = io.call('IOMMU_VIOMMU_ALLOC', { type: SELFTEST.type, dev_id: at.dev, hwpt_id: parent })
  return { ...at, parent, viommu: Number(viommu.out?.out_viommu_id) }
}

export function nestedOn(io: Io, pt: number, dev: number): number {
  return Number(io.nested(dev, pt).out?.out_hwpt_id)
}

/** A test device on a user's table with a fault queue. */
export function faulting(io: Io) {
  const at = virtual(io)
  const queue = io.done('IOMMU_FAULT_QUEUE_ALLOC')
  const fault = Number(queue.out_fault_id)
  const hwpt = Number(io.nested(at.dev, at.parent, FAULT_ID, { fault_id: fault }).out?.out_hwpt_id)
  io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: at.stdev, pt_id: hwpt })
  return { ...at, fault, nested: hwpt, file: Number(queue.out_fault_fd) }
}

export function access(io: Io, ioas: number, flags = 1): number {
  return Number(io.done('TEST_CREATE_ACCESS', { ioas_id: ioas, flags }).out_access_fd)
}

export const hwQueue = (io: Io, viommu: number, more: Readonly<Record<string, number | bigint>> = {}) =>
  io.call('IOMMU_HW_QUEUE_ALLOC', {
    ...{ viommu_id: viommu, type: SELFTEST.type, index: 0, nesting_parent_iova: MOCK, length: PAGE },
    ...more,
  })

export const mapFile = (io: Io, fd: number, start = 0n, iova = MOCK) => {
  const ioas = io.ioas()
  io.mock(ioas)
  return io.call('IOMMU_IOAS_MAP_FILE', {
    ioas_id: ioas,
    fd,
    start,
    length: PAGE,
    iova,
    flags: FIXED | MAP_RW,
  })
}

/** A device's file that came out of its group's. */
export function ofGroup(io: Io): number {
  const file = { path: 'dev1', name: 'dev1', device: 'dev1', ofGroup: true }
  const fd = openOther(io.machine, { kind: 'device', ...file })
  return fd.ok ? fd.value : -1
}

export const GROUPED: IoOptions = {
  devices: [
    { name: 'dev1', group: 12 },
    { name: 'dev2', rid: '0000:00:03.1', group: 12 },
  ],
}

export const TAGGED: IoOptions = { devices: [{ name: 'dev1', pasidBits: 20 }] }
