/** What happens when nothing is refused. Expected values are the worked vectors and traces of the facts, section 12. */
import { describe, expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import { unmapMemory } from '../../kernel/tasks'
import { GIB } from '../fixture'
import { Io, MOCK, PAGE, SELFTEST, words } from './fixture'

/** The vectors' V: memory at an address that is aligned to anything. */
const V = 0x7f0000000000n
const MEMORY = { memory: [{ hva: V, size: 1n << 31n }] }
const P = PAGE
const MIB = 1n << 20n

type Step = readonly [userVa: bigint, length: bigint, iova: bigint | string]

const VECTORS: readonly (readonly [string, (io: Io, ioas: number) => void, readonly Step[]])[] = [
  [
    'an empty IOAS',
    () => {},
    [
      [V, P, 0x1000n],
      [V, 3n * P, 0x4000n],
      [V, P, 0x2000n],
      [V, 2n * MIB, 0x200000n],
      [V, 4n * MIB, 0x400000n],
      [V, P, 0x3000n],
    ],
  ],
  [
    'odd addresses',
    () => {},
    [
      [V + 0x1234n, P, 0x1234n],
      [V + 0x1235n, 1n, 0x2235n],
      [V + 0x1000n, P, 0x3000n],
      [V + 0x800n, 0x800n, 0x2800n],
    ],
  ],
  [
    'address 0',
    () => {},
    [
      [0n, 5n * P, 0x8000n],
      [0n, P, 0x1000n],
    ],
  ],
  [
    'a test device',
    (io, ioas) => io.mock(ioas),
    [
      [V, P, 0x1000000n],
      [V, P, 0x1001000n],
      [V, 3n * P, 0x1004000n],
      [V, 0x800n, 0x1002000n],
      [V + 0x800n, P, 0x1002800n],
      [V + 0x400n, P, 'EINVAL'],
      [V, 16n * P, 0x1010000n],
      [V, 2n * MIB, 0x1200000n],
    ],
  ],
  [
    'the whole aperture',
    (io, ioas) => io.mock(ioas),
    [
      [V, 0x7f000000n, 0x1000000n],
      [V, P, 'ENOSPC'],
    ],
  ],
  [
    'an allowed range',
    (io, ioas) => io.allow(ioas, [0xc8000n, 0x257fffn]),
    [
      0xc8000n,
      0xca000n,
      0xcc000n,
      0xd0000n,
      0xd8000n,
      0xe0000n,
      0xe8000n,
      0xf0000n,
      0x100000n,
      0x110000n,
    ].map((iova, at): Step => [V, BigInt(at + 1) * P, iova]),
  ],
  [
    'a reserved range',
    (io, ioas) => io.reserve(ioas, 0x4000n, 0x64000n),
    [0x1000n, 0x2000n, 0x68000n, 0x6c000n, 0x70000n, 0x78000n, 0x80000n, 0x88000n, 0x90000n, 0xa0000n].map(
      (iova, at): Step => [V, BigInt(at + 1) * P, iova],
    ),
  ],
  [
    'a full allowed range',
    (io, ioas) => io.allow(ioas, [0x5000n, 0x5fffn]),
    [
      [V, P, 0x5000n],
      [V, P, 'ENOSPC'],
    ],
  ],
]

describe('io.auto-iova', () => {
  it.each(VECTORS)('with %s', (_, prepare, steps) => {
    const io = new Io(MEMORY)
    const ioas = io.ioas()
    prepare(io, ioas)
    expect(steps.map(([userVa, length]) => io.auto(ioas, userVa, length))).toEqual(steps.map(step => step[2]))
  })
})

describe('io.unmap-stops', () => {
  const REQUESTS: readonly (readonly [bigint, bigint, bigint | string, boolean])[] = [
    [0x10000n, 0x1000n, 'ENOENT', true],
    [0x11000n, 0x1000n, 'ENOENT', true],
    [0x10000n, 0x14000n, 0x8000n, false],
    [0xf000n, 0x12000n, 'ENOENT', false],
    [0x11000n, 0x20000n, 'ENOENT', true],
    [0x15000n, 0x1000n, 'ENOENT', true],
    [0n, 2n ** 64n - 1n, 0x8000n, false],
  ]

  it.each(REQUESTS)('%x + %x', (iova, length, expected, firstStays) => {
    const io = new Io()
    const ioas = io.ioas()
    for (const at of [0x10000n, 0x20000n]) io.map(ioas, at, GIB, 0x4000n)
    const { errno, out } = io.unmap(ioas, iova, length)
    expect(errno ?? out?.length).toBe(expected)
    expect(io.map(ioas, 0x10000n, GIB, 0x4000n).errno).toBe(firstStays ? 'EEXIST' : null)
  })
})

it('io.lazy: bad memory is noticed by the attach', () => {
  const io = new Io()
  const ioas = io.ioas()
  expect(io.map(ioas, MOCK, 0x1000n).errno).toBeNull()
  expect(pinnedPages(io.machine)).toBe(0)
  expect(io.call('TEST_MOCK_DOMAIN', { pt_id: ioas }).errno).toBe('EFAULT')
  expect(io.unmap(ioas, MOCK).errno).toBeNull()
  io.map(ioas, MOCK, GIB, 4n * PAGE)
  io.mock(ioas)
  expect(pinnedPages(io.machine)).toBe(4)
})

it('io.copy-shares: one pin and one charge for all copies, which outlive their source', () => {
  const io = new Io()
  const [cache, space] = [io.ioas(), io.ioas()]
  io.map(cache, MOCK, GIB, 8n * PAGE)
  const { stdev } = io.mock(cache)
  io.mock(space)
  expect(io.copy(cache, space, MOCK + PAGE, MOCK + 0x10000n, 2n * PAGE).errno).toBeNull()
  expect(pinnedPages(io.machine)).toBe(8)
  expect(io.machine.root.accountedPages).toBe(8)
  io.call('IOMMU_DESTROY', { id: stdev })
  expect(io.call('IOMMU_DESTROY', { id: cache }).errno).toBeNull()
  expect(pinnedPages(io.machine)).toBe(2)
  expect(io.unmap(space, MOCK + 0x10000n, 2n * PAGE).errno).toBeNull()
  expect([pinnedPages(io.machine), io.machine.root.accountedPages]).toEqual([0, 0])
})

it('io.ids, io.auto-table: the attach and replace trace of the facts', () => {
  const io = new Io()
  const replace = (stdev_id: number, pt_id: number) => {
    const { errno, out } = io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id, pt_id })
    return errno ?? out?.pt_id
  }
  const destroy = (id: number) => io.call('IOMMU_DESTROY', { id }).errno
  expect(io.ioas()).toBe(1)
  expect(io.mock(1)).toEqual({ stdev: 2, dev: 3, hwpt: 4 })
  expect(io.mock(1)).toEqual({ stdev: 5, dev: 6, hwpt: 4 })
  expect(io.hwpt(3, 1, 1).out?.out_hwpt_id).toBe(7)
  expect(destroy(1)).toBe('EBUSY')
  expect(replace(2, 7)).toBe(7)
  expect(io.nested(3, 7).out?.out_hwpt_id).toBe(8)
  expect(replace(2, 8)).toBe(8)
  expect(destroy(7)).toBe('EBUSY')
  expect(io.ioas()).toBe(9)
  expect(replace(2, 9)).toBe(10)
  expect([destroy(8), destroy(7), destroy(5)]).toEqual([null, null, null])
  expect(replace(2, 4)).toBe('ENOENT')
  expect(destroy(1)).toBeNull()
  expect(io.ioas()).toBe(1)
})

it('io.ids: the number of a vDEVICE whose device is gone stays taken', () => {
  const io = new Io()
  const ioas = io.ioas()
  const { stdev, dev } = io.mock(ioas)
  const parent = Number(io.hwpt(dev, ioas, 1).out?.out_hwpt_id)
  const wish = { type: SELFTEST.type, dev_id: dev, hwpt_id: parent }
  const viommu = Number(io.done('IOMMU_VIOMMU_ALLOC', wish).out_viommu_id)
  const vdevice = io.done('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: dev }).out_vdevice_id
  io.call('IOMMU_DESTROY', { id: stdev })
  expect(io.call('IOMMU_DESTROY', { id: Number(vdevice) }).errno).toBe('ENOENT')
  const made = Array.from({ length: 6 }, () => io.ioas())
  expect(made).not.toContain(vdevice)
})

it('io.group: a replace of one member moves all', () => {
  const io = new Io({
    devices: [
      { name: 'dev1', group: 12 },
      { name: 'dev2', rid: '0000:00:03.1', group: 12 },
    ],
  })
  const [a, b] = [io.ioas(), io.ioas()]
  io.map(a, 0x10000n, GIB)
  io.map(b, 0x10000n, GIB + PAGE)
  const [one, two] = [io.device('dev1'), io.device('dev2')]
  const first = io.attach(one.fd, a).out?.pt_id
  expect(io.attach(two.fd, a).out?.pt_id).toBe(first)
  io.attach(two.fd, b)
  io.write('dev1', 0x10000n, 'hello')
  expect(io.read('dev2', 0x10000n, 5)).toBe('hello')
  expect(io.machine.root.devices.get('dev1')?.attachments[0]?.space).toBe(
    io.machine.root.devices.get('dev2')?.attachments[0]?.space,
  )
})

it('io.bits: DMA walks what was mapped, and faults where it was not', () => {
  const io = new Io()
  const ioas = io.ioas()
  const { fd } = io.device('dev1')
  expect(io.read('dev1', 0x10000n)).toMatch(/^fault/)
  io.attach(fd, ioas)
  io.map(ioas, 0x10000n, GIB, 2n * PAGE)
  expect(io.write('dev1', 0x10ffcn, 'across a page')).toMatchObject({ ok: true, length: 13 })
  io.copy(ioas, ioas, 0x10000n, 0x40000n, 2n * PAGE, 4)
  expect(io.read('dev1', 0x40ffcn, 13)).toBe('across a page')
  expect(io.write('dev1', 0x40000n, 'x').ok).toBe(false)
  unmapMemory(io.machine, Number(GIB >> 12n), Number(GIB >> 12n) + 1)
  expect(io.read('dev1', 0x10ffcn, 13)).toBe('across a page')
  io.unmap(ioas, 0x10000n, 2n * PAGE)
  expect(io.read('dev1', 0x10000n)).toMatch(/^fault/)
  io.on(fd, 'VFIO_DEVICE_DETACH_IOMMUFD_PT')
  expect(io.read('dev1', 0x40000n)).toMatch(/^fault/)
})

it('io.faults: the fault trace of the facts', () => {
  const io = new Io()
  const ioas = io.ioas()
  const { stdev, dev } = io.mock(ioas)
  const parent = Number(io.hwpt(dev, ioas, 1).out?.out_hwpt_id)
  const queue = io.done('IOMMU_FAULT_QUEUE_ALLOC')
  const [fault_id, file] = [Number(queue.out_fault_id), Number(queue.out_fault_fd)]
  const nested = Number(io.nested(dev, parent, 4, { fault_id }).out?.out_hwpt_id)
  io.call('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id: nested })
  expect(io.pollFile(file, 1).out?.revents).toBe(0)
  io.call('TEST_TRIGGER_IOPF', { dev_id: dev, pasid: 0xffffffff, grpid: 2, perm: 3, addr: 0xdeadbeaf })
  expect(io.pollFile(file, 1).out?.revents).toBe(1)
  const report = { flags: 3, dev_id: dev, grpid: 2, perm: 3, addr: 0xdeadbeafn, cookie: 1 }
  expect(io.readFile(file, 40)).toMatchObject({ ret: 40, out: { faults: [report] } })
  expect(io.writeFile(file, words(1, 0)).ret).toBe(8)
  expect(io.writeFile(file, words(1, 0)).errno).toBe('EINVAL')
  expect(io.call('IOMMU_DESTROY', { id: fault_id }).errno).toBe('EBUSY')
})

it('io.granule: the test IOMMU maps by 2 KiB, in entries that count so, and a device crosses between them', () => {
  const io = new Io({ platform: 'mock', memory: [{ hva: GIB, size: 0x10000n, pages: 'scattered' }] })
  const ioas = io.ioas()
  const { fd } = io.device('dev1')
  io.attach(fd, ioas)
  expect(io.map(ioas, MOCK, GIB + 0x2800n, 0x800n).errno).toBeNull()
  expect(io.map(ioas, MOCK + 0x800n, GIB + 0x5000n, 0x1800n).errno).toBeNull()
  expect(io.map(ioas, MOCK + 0x2400n, GIB, 0x800n).errno).toBe('EINVAL')
  expect(io.write('dev1', MOCK + 0x7fcn, 'across').ok).toBe(true)
  io.copy(ioas, ioas, MOCK + 0x800n, MOCK + 0x8000n, 0x800n)
  expect(io.read('dev1', MOCK + 0x8000n, 2)).toBe('ss')
  expect(io.read('dev1', MOCK + 0x7fcn, 6)).toBe('across')
  io.unmap(ioas, MOCK + 0x800n, 0x1800n)
  expect(io.read('dev1', MOCK + 0x800n)).toBe('fault not-present')
  expect(io.read('dev1', MOCK + 0x7fcn, 4)).toBe('acro')
  expect(io.ranges(ioas).out).toMatchObject({ out_iova_alignment: 0x800n, ranges: [[MOCK, 0x7fffffffn]] })
})

it('io.granule: a device that the test commands make walks the same tables there', () => {
  const io = new Io({ platform: 'mock' })
  const ioas = io.ioas()
  io.mock(ioas)
  io.map(ioas, MOCK, GIB)
  io.write('testdev0', MOCK, 'x')
  expect(io.read('testdev0', MOCK)).toBe('x')
})
