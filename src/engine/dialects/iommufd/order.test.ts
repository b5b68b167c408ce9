/** Which of two refusals is the answer, and what a whole call judges before it does anything. */
import { expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { toBytes } from '../../kernel/dma'
import { GIB } from '../fixture'
import { Io, MOCK, PAGE } from './fixture'
import { GROUPED, PASID, TAGGED } from './scenes.fixture'

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
