/** Accesses of the kernel itself, area by area. Source: iommufd facts 4, 5.3. */
import { expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { GIB } from '../fixture'
import { Io, PAGE } from './fixture'
import { access, mapped } from './scenes.fixture'

const READABLE = 4
const use = (io: Io, command: string, access_fd: number, iova: bigint, length: bigint, write = 0) =>
  io.call(command, { access_fd, iova, length, write })

it('access.rights: what lies behind a hole is not looked at (ioas.hole)', () => {
  const io = new Io()
  const ioas = mapped(io)
  io.map(ioas, 0x12000n, GIB, PAGE, READABLE)
  const file = access(io, ioas)
  for (const command of ['TEST_ACCESS_PAGES', 'TEST_ACCESS_RW']) {
    expect(use(io, command, file, 0x10000n, 3n * PAGE, 1).errno).toBe('ENOENT')
    expect(use(io, command, file, 0xf000n, 4n * PAGE, 1).errno).toBe('ENOENT')
    expect(use(io, command, file, 0x12000n, 2n * PAGE, 1).errno).toBe('EPERM')
  }
})

it('access.rights: comes after the pages before it are found missing (map.not-memory)', () => {
  const io = new Io()
  const ioas = io.ioas()
  io.map(ioas, 0x10000n, 0x1000n)
  io.map(ioas, 0x11000n, GIB, PAGE, READABLE)
  const file = access(io, ioas)
  expect(use(io, 'TEST_ACCESS_PAGES', file, 0x10000n, 2n * PAGE, 1).errno).toBe('EFAULT')
  expect(use(io, 'TEST_ACCESS_PAGES', file, 0x11000n, PAGE, 1).errno).toBe('EPERM')
})

it('access.file: a file that is not open is no file of an access either', () => {
  const io = new Io()
  expect(io.call('TEST_ACCESS_RW', { access_fd: 99 }).errno).toBe('EBADFD')
})

it('io.access: moved to where it is it keeps its pins; moved elsewhere, or not at all, as it says', () => {
  const io = new Io()
  const [from, to, odd] = [mapped(io), io.ioas(), io.ioas()]
  io.map(odd, 0x10001n, GIB + 1n, 16n)
  const file = access(io, from)
  const move = (ioas: number) => io.call('TEST_ACCESS_REPLACE_IOAS', { access_fd: file, ioas_id: ioas }).errno
  const pin = () => use(io, 'TEST_ACCESS_PAGES', file, 0x10000n, PAGE).out?.out_access_pages_id
  const unpin = (access_pages_id: number) =>
    io.call('TEST_DESTROY_ACCESS_PAGES', { access_fd: file, access_pages_id }).errno
  expect(pin()).toBe(0)
  expect(move(from)).toBeNull()
  expect(move(odd)).toBe('EADDRINUSE')
  expect(pinnedPages(io.machine)).toBe(1)
  expect(unpin(0)).toBeNull()
  expect(pin()).toBe(1)
  expect(move(to)).toBeNull()
  expect([pinnedPages(io.machine), unpin(1)]).toEqual([0, 'ENOENT'])
})

it('attach.no-table, attach.table-type: the table a PASID should be on is one, or none', () => {
  const io = new Io()
  const ioas = io.ioas()
  const { stdev, hwpt, dev } = io.mock(ioas, 4)
  const check = (hwpt_id: number, pasid = 0) =>
    io.call('TEST_PASID_CHECK_HWPT', { stdev_id: stdev, pasid, hwpt_id }).errno
  expect([check(hwpt), check(0, 1)]).toEqual([null, null])
  expect([check(0), check(hwpt, 1)]).toEqual(['EINVAL', 'EINVAL'])
  expect([check(ioas), check(dev), check(99)]).toEqual(['EINVAL', 'EINVAL', 'ENOENT'])
})
