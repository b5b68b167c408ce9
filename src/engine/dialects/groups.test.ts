/**
 * Devices that cannot be isolated from each other, by every rule there is and under both proposals. What is
 * expected: v1 2 and R27 (a list that waits), v2 1.3 and R28 (block-DMA, viability), facts 5.12 (one table).
 */
import { describe, expect, it } from 'vitest'
import { USER_DRIVER } from '../kernel/isolation.data'
import type { Dialect } from './contract'
import { Bench, GIB } from './fixture'
import { rfcV1 } from './rfc-v1'
import { rfcV2 } from './rfc-v2'

interface Words {
  readonly dialect: Dialect
  readonly file: string
  readonly bind: string
  readonly alloc: string
  readonly nest: (parent: number) => readonly [string, Readonly<Record<string, number>>]
  readonly map: string
}

const V1: Words = {
  dialect: rfcV1,
  file: '/dev/ioasid',
  bind: 'VFIO_BIND_IOASID_FD',
  alloc: 'IOASID_ALLOC',
  nest: ioasid => ['IOASID_CREATE_NESTING', { ioasid }],
  map: 'IOASID_MAP_DMA',
}
const V2: Words = {
  dialect: rfcV2,
  file: '/dev/iommu',
  bind: 'VFIO_BIND_IOMMU_FD',
  alloc: 'IOMMU_IOASID_ALLOC',
  nest: parent => ['IOMMU_IOASID_ALLOC', { parent }],
  map: 'IOMMU_MAP_DMA',
}

/** Two functions of group 12, and dev3 alone; nothing is bound yet. */
class Grouped extends Bench {
  readonly words: Words
  readonly ctx: number
  readonly fds: Readonly<Record<string, number>>

  constructor(words: Words, group: string | null, driver = USER_DRIVER) {
    super({
      dialect: words.dialect,
      policy: group === null ? {} : { group },
      devices: [
        { name: 'dev1', group: 12 },
        { name: 'dev2', rid: '0000:00:03.1', group: 12 },
        { name: 'mate', rid: '0000:00:03.2', group: driver === USER_DRIVER ? 13 : 12, driver },
      ],
    })
    this.words = words
    this.ctx = this.open(words.file)
    this.fds = { dev1: this.open('/dev/vfio/devices/dev1'), dev2: this.open('/dev/vfio/devices/dev2') }
  }

  fd(name: string): number {
    return this.fds[name] ?? -1
  }

  bind(name: string) {
    return this.ioctl(this.fd(name), this.words.bind, { fd: this.ctx })
  }

  alloc(): number {
    return this.must(this.ctx, this.words.alloc)
  }

  nest(parent: number): number {
    return this.must(this.ctx, ...this.words.nest(parent))
  }

  attach(name: string, ioasid: number) {
    return this.ioctl(this.fd(name), 'VFIO_ATTACH_IOASID', { fd: this.ctx, ioasid })
  }

  map(ioasid: number, iova = 0n, vaddr = GIB) {
    return this.ioctl(this.ctx, this.words.map, { ioasid, iova, vaddr, size: 0x2000n })
  }

  reads(name: string, address = 0n): boolean {
    return !this.read(name, address).startsWith('fault')
  }
}

const started = (words: Words, group: string | null): Grouped => {
  const bench = new Grouped(words, group)
  for (const name of ['dev1', 'dev2']) bench.bind(name)
  return bench
}

describe.each([
  ['v1', V1],
  ['v2', V2],
])('half a group attached, %s', (_, words) => {
  it('partial-list: the space refuses, and nobody reaches memory, until the group is complete', () => {
    const bench = started(words, 'partial-list')
    const gpa = bench.alloc()
    bench.attach('dev1', gpa)
    expect(bench.map(gpa)).toMatchObject({ rule: 'group.partial', errno: 'EBUSY' })
    bench.attach('dev2', gpa)
    expect(bench.map(gpa).errno).toBeNull()
    expect([bench.reads('dev1'), bench.reads('dev2')]).toEqual([true, true])
  })

  it('group.block-dma: who is attached reaches memory, who is not is blocked', () => {
    const bench = started(words, 'block-dma')
    const gpa = bench.alloc()
    bench.attach('dev1', gpa)
    expect(bench.map(gpa).errno).toBeNull()
    expect([bench.reads('dev1'), bench.reads('dev2')]).toEqual([true, false])
    bench.attach('dev2', gpa)
    expect(bench.reads('dev2')).toBe(true)
  })

  it('group.same-table: the bound mate follows, as one table serves the group', () => {
    const bench = started(words, 'same-table')
    const gpa = bench.alloc()
    bench.attach('dev1', gpa)
    expect(bench.map(gpa).errno).toBeNull()
    expect([bench.reads('dev1'), bench.reads('dev2')]).toEqual([true, true])
    bench.ioctl(bench.fd('dev1'), 'VFIO_DETACH_IOASID', { fd: bench.ctx, ioasid: gpa })
    expect([bench.reads('dev1'), bench.reads('dev2')]).toEqual([false, false])
  })

  it('block-dma: on the way down a line of spaces the group is blocked, and routed again at its end', () => {
    const bench = started(words, 'block-dma')
    const gpa = bench.alloc()
    for (const name of ['dev1', 'dev2']) bench.attach(name, gpa)
    bench.map(gpa)
    const child = bench.nest(gpa)
    expect(bench.attach('dev1', child).errno).toBeNull()
    expect(bench.map(child, 0x8000n, 0n).errno).toBeNull()
    expect([bench.reads('dev1', 0x8000n), bench.reads('dev2')]).toEqual([false, false])
    bench.attach('dev2', child)
    expect([bench.reads('dev1', 0x8000n), bench.reads('dev2', 0x8000n)]).toEqual([true, true])
  })

  it('same-table: the whole group is moved down with the first that goes', () => {
    const bench = started(words, 'same-table')
    const gpa = bench.alloc()
    for (const name of ['dev1', 'dev2']) bench.attach(name, gpa)
    bench.map(gpa)
    const child = bench.nest(gpa)
    bench.attach('dev1', child)
    bench.map(child, 0x8000n, 0n)
    expect([bench.reads('dev1', 0x8000n), bench.reads('dev2', 0x8000n)]).toEqual([true, true])
    expect(bench.reads('dev2', 0n)).toBe(false)
  })

  it.each(['partial-list', 'block-dma', 'same-table'])('%s: a mate in another space is refused', group => {
    const bench = started(words, group)
    const [gpa, other] = [bench.alloc(), bench.alloc()]
    bench.attach('dev1', gpa)
    expect(bench.attach('dev2', other)).toMatchObject({ rule: 'group.split', errno: 'EINVAL' })
  })
})

describe('viability (R28)', () => {
  it('group.not-viable: a driver of the host that may do DMA keeps the group from its first bind', () => {
    const bench = new Grouped(V2, null, 'e1000e')
    expect(bench.bind('dev1')).toMatchObject({ rule: 'group.not-viable', errno: 'EPERM' })
    expect(bench.machine.device('dev1').bindings).toEqual([])
  })

  it.each(['none', 'pci-stub', 'pcieport'])('%s does no DMA: the group is viable', driver => {
    expect(new Grouped(V2, null, driver).bind('dev1').errno).toBeNull()
  })

  it('is not asked for where a list of partial devices takes its place', () => {
    const bench = new Grouped(V2, 'partial-list', 'e1000e')
    expect(bench.bind('dev1').errno).toBeNull()
  })

  it('open.host-driver: VFIO has no file of a device that the host drives', () => {
    const bench = new Grouped(V2, null, 'e1000e')
    expect(bench.tryOpen('/dev/vfio/devices/mate')).toMatchObject({
      rule: 'open.host-driver',
      errno: 'ENOENT',
    })
  })
})
