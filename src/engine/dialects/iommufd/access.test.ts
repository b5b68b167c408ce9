/** Bytes through an access, and the looks of the test hook: facts 4, 5.3 and 6 (access_rw, check_map, check_refs). */
import { describe, expect, it } from 'vitest'
import { copyFromUser, copyToUser } from '../../kernel/user-memory'
import { GIB } from '../fixture'
import { Io, MOCK, PAGE } from './fixture'
import { access, mocked } from './scenes.fixture'

const WRITE = 1
const SLOW = 4

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const bytesOf = (letters: string): Uint8Array => Uint8Array.from(letters, letter => letter.charCodeAt(0))

/** Memory whose pages are no neighbours; buffers of the program lie in its second half. */
const SPREAD = { memory: [{ hva: GIB, size: 0x40000n, pages: 'scattered' }] } as const
const BUFFER = GIB + 0x20000n

function stage(options: ConstructorParameters<typeof Io>[0] = SPREAD) {
  const io = new Io(options)
  const ioas = io.ioas()
  io.map(ioas, MOCK, GIB, 4n * PAGE)
  const fd = access(io, ioas, 0)
  const rw = (iova: bigint, length: number, flags: number, uptr = BUFFER) =>
    io.call('TEST_ACCESS_RW', { access_fd: fd, iova, length, uptr, flags })
  return { io, ioas, fd, rw }
}

describe.each([0, SLOW])('access.bytes, flags %i', path => {
  it('1 to 63 bytes around the edge of a page, both ways', () => {
    const { io, rw } = stage()
    for (let length = 1; length < 64; length++) {
      const at = MOCK + PAGE - BigInt(length >> 1)
      const letters = Array.from({ length }, (_, k) => String.fromCharCode(33 + ((length + k) % 90))).join('')
      copyToUser(io.machine, BUFFER, bytesOf(letters))
      expect(rw(at, length, WRITE | path).errno).toBeNull()
      expect(text(copyFromUser(io.machine, GIB + PAGE - BigInt(length >> 1), length))).toBe(letters)
      copyToUser(io.machine, BUFFER, new Uint8Array(length))
      expect(rw(at, length, path).errno).toBeNull()
      expect(text(copyFromUser(io.machine, BUFFER, length))).toBe(letters)
    }
  })

  it('unaligned areas, over the border between two', () => {
    const { io, ioas, fd } = stage()
    io.map(ioas, MOCK + 0x10000n, GIB + 0x10800n, 0x800n)
    io.map(ioas, MOCK + 0x10800n, GIB + 0x14000n, 0x1800n)
    const fields = { access_fd: fd, iova: MOCK + 0x107fen, length: 6, flags: WRITE | path }
    expect(io.call('TEST_ACCESS_RW', { ...fields, uptr: GIB }, { uptr: bytesOf('border') }).errno).toBeNull()
    expect(text(copyFromUser(io.machine, GIB + 0x10ffen, 2))).toBe('bo')
    expect(text(copyFromUser(io.machine, GIB + 0x14000n, 4))).toBe('rder')
  })
})

it('access.bytes: a device reads what an access wrote, and the other way round', () => {
  const { io, ioas, rw } = stage({ ...SPREAD, devices: [{ name: 'dev1' }] })
  io.attach(io.device('dev1').fd, ioas)
  copyToUser(io.machine, BUFFER, bytesOf('to the device'))
  rw(MOCK + 0xffan, 13, WRITE)
  expect(io.read('dev1', MOCK + 0xffan, 13)).toBe('to the device')
  io.write('dev1', MOCK + 0x1ffcn, 'from the device')
  expect(rw(MOCK + 0x1ffcn, 15, 0).out?.data).toBe(Buffer.from('from the device').toString('hex'))
  expect(text(copyFromUser(io.machine, BUFFER, 15))).toBe('from the device')
})

it('access.bytes: a pointer that leads nowhere, and one that may not be written', () => {
  const io = new Io({ memory: [{ ...SPREAD.memory[0] }, { hva: 2n * GIB, size: PAGE, readOnly: true }] })
  const ioas = io.ioas()
  io.map(ioas, MOCK)
  const access_fd = access(io, ioas, 0)
  const call = (uptr: bigint, flags: number, iova = MOCK) =>
    io.call('TEST_ACCESS_RW', { access_fd, iova, length: 4, uptr, flags })
  expect(call(0x1000n, WRITE)).toMatchObject({ errno: 'EFAULT', rule: 'ioas.pointer' })
  expect(call(0x1000n, 0)).toMatchObject({ errno: 'EFAULT' })
  expect(call(2n * GIB, 0)).toMatchObject({ errno: 'EFAULT' })
  expect(call(2n * GIB, WRITE).errno).toBeNull()
  // What is written is fetched first; what is read is given back last.
  expect([call(0x1000n, WRITE, 0n).errno, call(0x1000n, 0, 0n).errno]).toEqual(['EFAULT', 'ENOENT'])
})

describe('test.looks', () => {
  it('MD_CHECK_MAP: the page of the program behind each of 2 KiB, and no other', () => {
    const { io, ioas } = stage()
    const { hwpt } = io.mock(ioas)
    const look = (iova: bigint, uptr: bigint, length = PAGE) =>
      io.call('TEST_MD_CHECK_MAP', { hwpt_id: hwpt, iova, length, uptr }).errno
    expect(look(MOCK, GIB, 4n * PAGE)).toBeNull()
    expect(look(MOCK + 0x1800n, GIB + 0x1800n, 0x800n)).toBeNull()
    expect(look(MOCK, GIB + PAGE)).toBe('EINVAL')
    expect(look(MOCK + 4n * PAGE, GIB + 4n * PAGE)).toBe('EINVAL')
    expect(look(MOCK + 0x400n, GIB + 0x400n)).toBe('EINVAL')
    expect(look(MOCK, 0x1000n)).toBe('EFAULT')
    expect(io.call('TEST_MD_CHECK_MAP', { hwpt_id: ioas, length: PAGE }).errno).toBe('ENOENT')
  })

  it('MD_CHECK_REFS: once for a map with its copies and pins, twice for two maps', () => {
    const io = new Io()
    const at = mocked(io)
    const refs = (count: number) =>
      io.call('TEST_MD_CHECK_REFS', { uptr: GIB, length: PAGE, refs: count }).errno
    expect([refs(1), refs(0)]).toEqual([null, 'EIO'])
    io.copy(at.ioas, at.ioas, MOCK, MOCK + 0x10000n)
    const fd = access(io, at.ioas)
    io.call('TEST_ACCESS_PAGES', { access_fd: fd, iova: MOCK, length: PAGE })
    expect(refs(1)).toBeNull()
    io.map(at.ioas, MOCK + 0x20000n)
    expect(refs(2)).toBeNull()
    io.unmap(at.ioas, 0n, 2n ** 64n - 1n)
    expect(refs(0)).toBeNull()
    expect(io.call('TEST_MD_CHECK_REFS', { uptr: GIB + 1n, length: PAGE }).errno).toBe('EINVAL')
  })

  it('SET_TEMP_MEMORY_LIMIT changes no answer', () => {
    const { io, ioas } = stage()
    expect(io.call('TEST_SET_TEMP_MEMORY_LIMIT', { limit: 12 }).errno).toBeNull()
    expect(io.mock(ioas).hwpt).toBeGreaterThan(0)
  })
})
