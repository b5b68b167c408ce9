/** What single policies come to in detail; that each value of each knob changes a run is told by the scenarios. */
import { describe, expect, it } from 'vitest'
import { guestMap, guestUnmap } from '../kernel/guest-tables'
import { attached as attachedV1 } from './rfc-v1/fixture'
import { attached, GIB, V2, type V2Options } from './rfc-v2/fixture'

const KIB4 = 0x1000n
const TABLE = 0x3fff_f000n
const X86_64 = 1
const refused = (rule: string, errno: string) => ({ rule, errno })

describe('shadow.on-invalidate', () => {
  const SHADOW = { 'shadow-user-tables': 'shadow-on-invalidate' }

  /** dev2 in a child whose table the guest writes; page 2 of it leads to guest page 1. */
  function shadowed(options: V2Options = {}, fields: Readonly<Record<string, bigint | number>> = {}) {
    const { v2, gpa } = attached({ ...options, policy: SHADOW })
    v2.map(gpa, 0n, GIB, GIB)
    v2.write('dev1', KIB4, 'one')
    v2.write('dev1', 2n * KIB4, 'two')
    const child = v2.alloc({ user_pgtable: 1, parent: gpa, addr: TABLE, ...fields })
    v2.attach(v2.fd2, child)
    const map = (page: number, target: number) =>
      guestMap(v2.machine, { root: TABLE, page, pages: 1, target, perm: 3 })
    const invalidate = (more: Readonly<Record<string, bigint | number>> = {}) =>
      v2.ioctl(v2.ctx, 'IOMMU_INVALIDATE_CACHE', { ioasid: child, ...more })
    return { v2, gpa, child, map, invalidate }
  }

  it('sees what the guest wrote at an invalidation of that range, and not before', () => {
    const { v2, map, invalidate } = shadowed()
    map(2, 1)
    map(5, 2)
    expect(v2.read('dev2', 2n * KIB4)).toMatch(/^fault/)
    expect(invalidate({ iova: 2n * KIB4, size: KIB4 }).errno).toBeNull()
    expect(v2.read('dev2', 2n * KIB4, 3)).toBe('one')
    expect(v2.read('dev2', 5n * KIB4)).toMatch(/^fault/)
    invalidate()
    expect(v2.read('dev2', 5n * KIB4, 3)).toBe('two')
  })

  it('cuts what it read before where a range of it is read again', () => {
    const { v2, map, invalidate } = shadowed()
    for (let page = 0; page < 4; page++) map(page, page)
    invalidate()
    for (let page = 0; page < 4; page++) guestUnmap(v2.machine, { root: TABLE, page, pages: 1 })
    invalidate({ iova: KIB4, size: KIB4 })
    const reads = [0n, 1n, 2n, 3n].map(page => !v2.read('dev2', page * KIB4).startsWith('fault'))
    expect(reads).toEqual([true, false, true, true])
  })

  it('follows the parent: what it maps no more is gone, and back when it maps again', () => {
    const { v2, gpa, map, invalidate } = shadowed()
    map(2, 1)
    invalidate()
    v2.unmap(gpa, 0n, GIB)
    expect(v2.read('dev2', 2n * KIB4)).toMatch(/^fault/)
    v2.map(gpa, 0n, GIB, GIB)
    expect(v2.read('dev2', 2n * KIB4, 3)).toBe('one')
  })

  it('a guest page that the parent does not map faults, and is no error of the bind', () => {
    const { v2, map, invalidate } = shadowed()
    map(2, 0x80000)
    expect(invalidate().errno).toBeNull()
    expect(v2.read('dev2', 2n * KIB4)).toMatch(/^fault/)
  })

  it.each([
    ['legacy VT-d', { params: { mode: 'legacy' } }, {}],
    ['PAPR, in a format that is given', { platform: 'papr' }, { format: X86_64 }],
  ])('needs no nesting of the hardware: %s', (_, options, fields) => {
    const { v2, map, invalidate } = shadowed(options, fields)
    map(2, 1)
    invalidate()
    expect(v2.read('dev2', 2n * KIB4, 3)).toBe('one')
  })

  it('reads the table at the bind, and lets it be read again after the last detach', () => {
    const { v2, child, map } = shadowed()
    map(2, 1)
    v2.detach(v2.fd2, child)
    v2.attach(v2.fd2, child)
    expect(v2.read('dev2', 2n * KIB4, 3)).toBe('one')
    expect(v2.map(child, 0n, 0n, KIB4)).toMatchObject(refused('op.table-type', 'EOPNOTSUPP'))
  })
})

describe('attach.format', () => {
  it('holds for tables of the kernel, too: a format and a width that the device reports, or no attach', () => {
    for (const [platform, good, bad] of [
      ['vtd', { format: 1, addr_width: 48 }, { format: 3 }],
      ['smmuv3', { format: 2, addr_width: 48 }, { addr_width: 49 }],
      ['amd-vi', { format: 3, addr_width: 64 }, { format: 1 }],
      ['papr', {}, { format: 1 }],
    ] as const) {
      const { v2, gpa } = attached({ platform })
      v2.detach(v2.fd1, gpa)
      const unfit = v2.alloc(bad)
      expect(v2.attach(v2.fd1, unfit)).toMatchObject(refused('attach.format', 'EINVAL'))
      expect(v2.attach(v2.fd1, v2.alloc(good)).errno).toBeNull()
    }
    const { v2 } = attached()
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC', { format: 77 })).toMatchObject(
      refused('bind-pgtable.format', 'EINVAL'),
    )
  })

  it('a format that another IOMMU has is taken by the allocation and refused at the attach', () => {
    const { v2, gpa } = attached()
    const arm = v2.alloc({ user_pgtable: 1, parent: gpa, addr: TABLE, format: 2 })
    expect(v2.attach(v2.fd1, arm)).toMatchObject(refused('attach.format', 'EINVAL'))
    expect(v2.map(arm, 0n, 0n, KIB4)).toMatchObject(refused('op.table-type', 'EOPNOTSUPP'))
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_FREE', { ioasid: arm }).errno).toBeNull()
  })

  it('so is a width that no first stage has; a format that nobody has is refused at once', () => {
    const { v2, gpa } = attached()
    const wide = v2.alloc({ user_pgtable: 1, parent: gpa, addr: TABLE, addr_width: 33 })
    expect(v2.attach(v2.fd1, wide)).toMatchObject(refused('attach.format', 'EINVAL'))
    const unknown = { user_pgtable: 1, parent: gpa, addr: TABLE, format: 77 }
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC', unknown)).toMatchObject(
      refused('bind-pgtable.format', 'EINVAL'),
    )
  })
})

describe('attach.by-child', () => {
  const BY_CHILD = { 'pasid-routing': 'by-child' }
  const devices = [{ name: 'dev1', pasidBits: 20 }]

  it('a root by the RID, a child by the PASID that is given, no flag asked for', () => {
    const { v2, gpa } = attached({ policy: BY_CHILD, devices })
    v2.map(gpa, 0n, GIB, KIB4)
    const child = v2.alloc({ parent: gpa })
    v2.map(child, 0x8000n, 0n, KIB4)
    v2.write('dev1', 0n, 'page')
    expect(v2.attach(v2.fd1, child)).toMatchObject(refused('attach.by-child', 'EINVAL'))
    expect(v2.attach(v2.fd1, child, { user_pasid: 5 }).errno).toBeNull()
    expect(v2.read('dev1', 0x8000n, 4, 5)).toBe('page')
    expect(v2.read('dev1', 0n, 4)).toBe('page')
    expect(v2.detach(v2.fd1, child, { user_pasid: 5 }).errno).toBeNull()
    expect(v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 6 })).toMatchObject(
      refused('attach.by-child', 'EINVAL'),
    )
  })

  it('holds in v1 as well', () => {
    const { v1, gpa } = attachedV1({ policy: BY_CHILD, devices })
    expect(v1.attach(v1.fd1, v1.nest(gpa))).toMatchObject(refused('attach.by-child', 'EINVAL'))
  })
})

describe('prereg.beside-dummy', () => {
  it('one dummy counts for all, two roots without one count twice', () => {
    const policy = { prereg: 'dummy-root' }
    const v2 = new V2({ policy })
    const [one, two] = [v2.alloc(), v2.alloc()]
    for (const [fd, space] of [
      [v2.fd1, one],
      [v2.fd2, two],
    ] as const) {
      v2.attach(fd, space)
      v2.map(space, 0n, GIB, KIB4)
    }
    expect(v2.machine.root.accountedPages).toBe(2)
    const other = v2.open('/dev/iommu')
    const dummy = v2.must(other, 'IOMMU_IOASID_ALLOC', { type: 2 })
    expect(v2.ioctl(other, 'IOMMU_IOASID_ALLOC')).toMatchObject(refused('prereg.beside-dummy', 'EINVAL'))
    expect(v2.ioctl(other, 'IOMMU_IOASID_ALLOC', { parent: dummy }).errno).toBeNull()
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC').errno).toBeNull()
  })
})
