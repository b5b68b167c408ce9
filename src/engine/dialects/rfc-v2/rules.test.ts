/** Refusals that only /dev/iommu has, and the order in which they come. Numbers: rfc 3 and R6, R10, R12, R21. */
import { describe, expect, it } from 'vitest'
import { attached, GIB, V2 } from './fixture'

const KIB4 = 0x1000n
const refused = (rule: string, errno: string) => ({ rule, errno, ret: -1 })

describe('binding', () => {
  it('bind.several, bind.taken: once to each file, and to as many files as one likes', () => {
    const v2 = new V2()
    const other = v2.open('/dev/iommu')
    expect(v2.ioctl(v2.fd1, 'VFIO_BIND_IOMMU_FD', { fd: v2.ctx, cookie: 9 })).toMatchObject(
      refused('bind.taken', 'EBUSY'),
    )
    v2.must(v2.fd1, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 0x11 })
    expect(v2.machine.device('dev1').bindings.map(one => one.cookie)).toEqual([0x11n, 0x11n])
  })

  it('bind.cookie-taken: a number stands for one device in a file', () => {
    const v2 = new V2()
    const other = v2.open('/dev/iommu')
    v2.must(v2.fd1, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 7 })
    expect(v2.ioctl(v2.fd2, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 7 })).toMatchObject(
      refused('bind.cookie-taken', 'EEXIST'),
    )
    v2.must(v2.fd2, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 8 })
  })

  it('binds without a number, any count of devices', () => {
    const v2 = new V2({ devices: [{ name: 'a' }, { name: 'b', rid: '0000:00:04.0' }] })
    const other = v2.open('/dev/iommu')
    const bound = [v2.fd1, v2.fd2].map(fd => v2.ioctl(fd, 'VFIO_BIND_IOMMU_FD', { fd: other }).errno)
    expect(bound).toEqual([null, null])
  })

  it('bind.which: with several files an attach says which; with one it need not', () => {
    const v2 = new V2()
    const gpa = v2.alloc()
    expect(v2.ioctl(v2.fd1, 'VFIO_ATTACH_IOASID', { ioasid: gpa }).errno).toBeNull()
    const other = v2.open('/dev/iommu')
    v2.must(v2.fd2, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 1 })
    expect(v2.ioctl(v2.fd2, 'VFIO_ATTACH_IOASID', { ioasid: gpa })).toMatchObject(
      refused('bind.which', 'EINVAL'),
    )
    expect(v2.attach(v2.fd2, gpa).errno).toBeNull()
  })

  it('ioasids are those of the file that the attach names; nothing nests across files', () => {
    const v2 = new V2()
    const other = v2.open('/dev/iommu')
    v2.must(v2.fd1, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 1 })
    const [first, second] = [v2.alloc(), v2.alloc()]
    expect(v2.attach(v2.fd1, second, { fd: other })).toMatchObject(refused('id.unknown', 'ENOENT'))
    expect(v2.ioctl(other, 'IOMMU_IOASID_ALLOC', { parent: first })).toMatchObject(
      refused('id.unknown', 'ENOENT'),
    )
    const there = v2.must(other, 'IOMMU_IOASID_ALLOC')
    expect(v2.attach(v2.fd1, first).errno).toBeNull()
    expect(v2.attach(v2.fd1, there, { fd: other })).toMatchObject(refused('attach.rid-taken', 'EBUSY'))
  })

  it('closing the device fd takes back every bind made through it, and no other', () => {
    const v2 = new V2()
    const other = v2.open('/dev/iommu')
    const second = v2.open('/dev/vfio/devices/dev1')
    v2.must(second, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 5 })
    const there = v2.must(other, 'IOMMU_IOASID_ALLOC')
    expect(v2.attach(v2.fd1, there, { fd: other })).toMatchObject(refused('bind.other-context', 'EINVAL'))
    expect(v2.attach(second, there, { fd: other }).errno).toBeNull()
    v2.close(v2.fd1)
    expect(v2.machine.device('dev1').bindings.map(one => one.fd)).toEqual([second])
    expect(v2.machine.device('dev1').attachments).toHaveLength(1)
    v2.close(second)
    expect(v2.machine.device('dev1')).toMatchObject({ bindings: [], attachments: [], routed: null })
  })
})

describe('device info', () => {
  it('cookie.unknown: asks by the number of the bind, in the file of the bind', () => {
    const v2 = new V2()
    const other = v2.open('/dev/iommu')
    const unknown = refused('cookie.unknown', 'ENOENT')
    expect(v2.ioctl(v2.ctx, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x33 })).toMatchObject(unknown)
    expect(v2.ioctl(other, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x11 })).toMatchObject(unknown)
  })

  it('is there before any allocation, with ranges as the knob says', () => {
    const v2 = new V2()
    const { out } = v2.ioctl(v2.ctx, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x11 })
    // VT-d: 48 bits, the interrupt range cut out (hardware facts 1).
    expect(out).toMatchObject({ nesting: 'hardware', addr_width: 48, enforce_snoop: 1, flags: 7n })
    expect(out?.ranges).toEqual([
      { start: 0n, last: 0xfedf_ffffn },
      { start: 0xfef0_0000n, last: (1n << 48n) - 1n },
    ])
    const reserved = new V2({ policy: { 'iova-report': 'reserved' } })
    expect(reserved.ioctl(reserved.ctx, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x11 }).out?.ranges).toEqual([
      { start: 0xfee0_0000n, last: 0xfeef_ffffn },
    ])
  })
})

describe('allocation', () => {
  const tried = (v2: V2, attributes: Readonly<Record<string, bigint | number>>) =>
    v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC', attributes)

  it('alloc.flags, alloc.type and alloc.attributes', () => {
    const v2 = new V2()
    const gpa = v2.alloc()
    expect(tried(v2, { flags: 2 })).toMatchObject(refused('alloc.flags', 'EINVAL'))
    expect(tried(v2, { type: 99 })).toMatchObject(refused('alloc.type', 'EINVAL'))
    const both = { user_pgtable: 1, user_pasid_table: 1, parent: gpa }
    expect(tried(v2, both)).toMatchObject(refused('alloc.attributes', 'EINVAL'))
    expect(tried(v2, { user_pgtable: 1, parent: gpa, type: 3 })).toMatchObject(
      refused('alloc.attributes', 'EINVAL'),
    )
  })

  it('a refused one leaves no space and gives out no number', () => {
    const v2 = new V2()
    const gpa = v2.alloc()
    expect(tried(v2, { user_pgtable: 1, parent: gpa, addr: 0x1001 })).toMatchObject(
      refused('bind-pgtable.address', 'EINVAL'),
    )
    expect(v2.alloc()).toBe(gpa + 1)
  })

  it("bind-pgtable.root: a root is the kernel's; a parent must exist and be of a kind that may be one", () => {
    const v2 = new V2()
    const gpa = v2.alloc()
    const user = v2.alloc({ user_pgtable: 1, parent: gpa, addr: 0x3fff_f000 })
    expect(tried(v2, { user_pgtable: 1 })).toMatchObject(refused('bind-pgtable.root', 'EINVAL'))
    expect(tried(v2, { parent: 9 })).toMatchObject(refused('id.unknown', 'ENOENT'))
    expect(tried(v2, { parent: user })).toMatchObject(refused('nest.parent-type', 'EOPNOTSUPP'))
  })

  it('refuses what the platform cannot do, with that reason', () => {
    const vtd = new V2()
    expect(tried(vtd, { user_pasid_table: 1, parent: vtd.alloc() })).toMatchObject(
      refused('bind-pasid-table.platform', 'EOPNOTSUPP'),
    )
    const papr = new V2({ platform: 'papr' })
    expect(tried(papr, { user_pgtable: 1, parent: papr.alloc() })).toMatchObject(
      refused('bind-pgtable.no-nesting', 'EOPNOTSUPP'),
    )
  })
})

describe('readiness', () => {
  it('space.any-time: maps before any attach, pins at the first and no longer than the last', () => {
    const v2 = new V2()
    const gpa = v2.alloc()
    expect(v2.map(gpa, 0n, GIB, 4n * KIB4).errno).toBeNull()
    expect(v2.machine.root.accountedPages).toBe(0)
    v2.attach(v2.fd1, gpa)
    v2.attach(v2.fd2, gpa)
    expect(v2.machine.root.accountedPages).toBe(4)
    v2.detach(v2.fd1, gpa)
    expect(v2.machine.root.accountedPages).toBe(4)
    v2.detach(v2.fd2, gpa)
    expect(v2.machine.root.accountedPages).toBe(0)
    v2.attach(v2.fd2, gpa)
    expect(v2.machine.root.accountedPages).toBe(4)
    expect(v2.read('dev2', 0n).startsWith('fault')).toBe(false)
  })

  it('what cannot be pinned then undoes the attach (R6)', () => {
    const limited = new V2({ memlockPages: 3 })
    const gpa = limited.alloc()
    limited.map(gpa, 0n, GIB, 4n * KIB4)
    expect(limited.attach(limited.fd1, gpa)).toMatchObject(refused('map.memlock', 'ENOMEM'))
    expect(limited.machine.device('dev1').attachments).toEqual([])
    const absent = new V2()
    const hole = absent.alloc()
    expect(absent.map(hole, 0n, 8n * GIB, KIB4).errno).toBeNull()
    expect(absent.attach(absent.fd1, hole)).toMatchObject(refused('map.fault', 'EFAULT'))
  })

  it('two roots count a page twice (4.2: 262,145)', () => {
    const { v2, gpa } = attached()
    v2.map(gpa, 0n, GIB, GIB)
    v2.detach(v2.fd2, gpa)
    const giova = v2.alloc()
    v2.attach(v2.fd2, giova)
    v2.map(giova, 0x2000n, GIB + 0x1000n, KIB4)
    expect(v2.machine.root.accountedPages).toBe(262_145)
    v2.write('dev1', 0x1000n, 'page')
    expect(v2.read('dev2', 0x2000n, 4)).toBe('page')
  })
})
