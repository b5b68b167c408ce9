/** Which of two refusals is the answer, and what a whole call judges before it does anything. */
import { expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { toBytes } from '../../kernel/dma'
import { GIB } from '../fixture'
import { Io, MOCK, PAGE } from './fixture'
import { FAULT_ID, faulting, GROUPED, mocked, PASID, TAGGED, virtual } from './scenes.fixture'

const READABLE = 4

it('ioas.read-only: a copy of several areas is judged whole before one of its pages is pinned', () => {
  const io = new Io()
  const [from, to] = [io.ioas(), io.ioas()]
  io.map(from, MOCK, 0x1000n)
  io.map(from, MOCK + PAGE, GIB, PAGE, READABLE)
  io.mock(to)
  expect(io.copy(from, to, MOCK, MOCK, 2n * PAGE).errno).toBe('EPERM')
  expect(io.copy(from, to, MOCK, MOCK, 2n * PAGE, READABLE).errno).toBe('EFAULT')
  expect(io.copy(from, to, MOCK + PAGE, MOCK, PAGE, READABLE).errno).toBeNull()
})

it('ioas.align: pieces of a copy must fit the pages of a table one by one, not only together', () => {
  const io = new Io()
  const [from, plain, tabled] = [io.ioas(), io.ioas(), io.ioas()]
  io.map(from, MOCK, GIB, 0x7ffn)
  io.map(from, MOCK + 0x7ffn, GIB + PAGE, 0x801n)
  io.mock(tabled)
  expect(io.copy(from, plain, MOCK, MOCK, PAGE).errno).toBeNull()
  expect(io.copy(from, tabled, MOCK, MOCK, PAGE)).toMatchObject({ errno: 'EINVAL', rule: 'ioas.align' })
  expect(pinnedPages(io.machine)).toBe(0)
  expect(io.map(tabled, MOCK).errno).toBeNull()
})

it('ioas.reserve-area: what a device reserves is in the way before its PASIDs are (attach.no-pasid-table)', () => {
  const io = new Io(TAGGED)
  const [tagged, full] = [io.ioas(), io.ioas()]
  const { fd, id } = io.device('dev1')
  const shared = Number(io.hwpt(id, tagged, PASID).out?.out_hwpt_id)
  expect(io.attach(fd, shared, 5).errno).toBeNull()
  expect(io.attach(fd, full).errno).toBe('EINVAL')
  io.map(full, 0xfee00000n)
  expect(io.attach(fd, full).errno).toBe('EADDRINUSE')
})

it('bind.group-open: a group is open while a file of one of its devices is', () => {
  const io = new Io(GROUPED)
  const group = io.open('/dev/vfio/12')
  io.on(group, 'VFIO_GROUP_SET_CONTAINER', { container: io.fd })
  const device = io.on(group, 'VFIO_GROUP_GET_DEVICE_FD', {}, { name: toBytes('dev1') }).ret
  const own = io.open('/dev/vfio/devices/dev2')
  const bind = () => io.on(own, 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: io.fd }).errno
  expect(bind()).toBe('EBUSY')
  io.close(group)
  expect(bind()).toBe('EBUSY')
  io.close(device)
  expect(bind()).toBeNull()
})

it('io.faults: a request is answered by the kernel when the attachment goes that it came by', () => {
  const io = new Io()
  const { stdev, dev, ioas, fault, file } = faulting(io)
  const parent = Number(io.hwpt(dev, ioas, 1 | PASID).out?.out_hwpt_id)
  const shared = Number(io.nested(dev, parent, FAULT_ID | PASID, { fault_id: fault }).out?.out_hwpt_id)
  const move = (pt_id: number) => io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id }).errno
  const fail = (pasid: number) => io.done('TEST_TRIGGER_IOPF', { dev_id: dev, pasid, grpid: 1, perm: 1 })
  const waiting = () => io.readFile(file, 400).ret / 40
  expect(move(shared)).toBeNull()
  expect(io.call('TEST_PASID_ATTACH', { stdev_id: stdev, pasid: 7, pt_id: shared }).errno).toBeNull()
  fail(7)
  fail(0)
  expect(move(parent)).toBeNull()
  expect(waiting()).toBe(1)
  expect(move(shared)).toBeNull()
  fail(7)
  fail(9)
  expect(io.call('TEST_PASID_DETACH', { stdev_id: stdev, pasid: 7 }).errno).toBeNull()
  expect(waiting()).toBe(1)
})

it('attach.no-vdevice: only requests without PASID need the vIOMMU to know the device', () => {
  const io = new Io()
  const { viommu, ioas } = virtual(io)
  const { stdev, dev } = io.mock(ioas, 4)
  const table = Number(io.hwpt(dev, ioas, PASID).out?.out_hwpt_id)
  const nested = Number(io.nested(dev, viommu, PASID).out?.out_hwpt_id)
  const move = (pt_id: number) => io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id }).errno
  expect([move(nested), move(table)]).toEqual(['ENOENT', null])
  expect(io.call('TEST_PASID_ATTACH', { stdev_id: stdev, pasid: 3, pt_id: nested }).errno).toBeNull()
})

it('driver.fails: only a device with PASIDs is told of one', () => {
  const io = new Io()
  for (const [flags, second] of [
    [4, 'ENOMEM'],
    [0, null],
  ] as const) {
    const { stdev, dev, ioas } = mocked(io, flags)
    const tables = [0, 1, 2].map(() => Number(io.hwpt(dev, ioas, PASID).out?.out_hwpt_id))
    io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id: tables[0] ?? 0 })
    const at = { stdev_id: stdev, pasid: 1024 }
    expect(io.call('TEST_PASID_ATTACH', { ...at, pt_id: tables[1] ?? 0 }).errno).toBeNull()
    expect(io.call('TEST_PASID_REPLACE', { ...at, pt_id: tables[2] ?? 0 }).errno).toBe(second)
  }
})
