/** PASID tables of the guest in v2 (1.4 type 4, 4.5): one space stands for all of them, or each table is told. */
import { describe, expect, it } from 'vitest'
import { guestPasidSet } from '../../kernel/guest-pasid-tables'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { attached, GIB, type V2, type V2Options } from './fixture'

const KIB4 = 0x1000n
const PTABLE = 0x3ff0_0000n
const TABLE = 0x3fff_f000n
const VA = 0x1234n * KIB4

const ARM: V2Options = {
  platform: 'smmuv3',
  devices: [
    { name: 'dev1', pasidBits: 16 },
    { name: 'dev2', rid: '0000:00:04.0', pasidBits: 16 },
  ],
}

/** gpa maps 1 GiB for both; dev1 sits in a space with the guest's PASID table, in which PASID 5 leads to page 7. */
function delegated(policy: Readonly<Record<string, string>> = {}) {
  const { v2, gpa } = attached({ ...ARM, policy })
  v2.map(gpa, 0n, GIB, GIB)
  const table = v2.alloc({ user_pasid_table: 1, parent: gpa, addr: PTABLE })
  expect(v2.attach(v2.fd1, table).errno).toBeNull()
  guestPasidSet(v2.machine, { table: PTABLE, pasid: 5n, root: TABLE })
  guestMap(v2.machine, { root: TABLE, page: 0x1234, pages: 1, target: 7, perm: 3 })
  v2.write('dev2', 7n * KIB4, 'seven')
  return { v2, gpa, table }
}

const invalidate = (v2: V2, ioasid: number, fields: Readonly<Record<string, bigint | number>>) =>
  v2.ioctl(v2.ctx, 'IOMMU_INVALIDATE_CACHE', { ioasid, ...fields })

describe('delegated', () => {
  it("the device says so, and the guest's table decides about PASIDs, the parent about the rest", () => {
    const { v2 } = delegated()
    expect(v2.ioctl(v2.fd1, 'VFIO_DEVICE_GET_INFO').out).toMatchObject({ caps: [5], PASID_DELEGATED: 1 })
    expect(v2.read('dev1', VA, 5, 5)).toBe('seven')
    expect(v2.read('dev1', 7n * KIB4, 5)).toBe('seven')
  })

  it("attach.pasid-table: not of a mediated device, whose table is its parent's", () => {
    const device = { name: 'dev1', kind: 'mdev', rid: null, parent: '0000:00:05.0', pasidBits: 16 } as const
    const { v2, gpa } = attached({ ...ARM, devices: [{ ...device, type: 6 }] })
    const table = v2.alloc({ user_pasid_table: 1, parent: gpa, addr: PTABLE })
    expect(v2.attach(v2.fd1, table)).toMatchObject({ rule: 'attach.pasid-table', errno: 'EINVAL' })
  })

  it('pasid.delegated: no PASID is attached one by one', () => {
    const { v2, gpa } = delegated()
    const child = v2.alloc({ parent: gpa })
    expect(v2.attach(v2.fd1, child, { flag: 1, user_pasid: 5 })).toMatchObject({
      rule: 'pasid.delegated',
      errno: 'EINVAL',
    })
  })

  it('translations of one PASID go through the space that stands for all, entries by default (R23, v2 4.5)', () => {
    const { v2, table } = delegated()
    expect(v2.read('dev1', VA, 5, 5)).toBe('seven')
    guestUnmap(v2.machine, { root: TABLE, page: 0x1234, pages: 1 })
    expect(invalidate(v2, table, {}).errno).toBeNull()
    expect(v2.read('dev1', VA, 5, 5)).toBe('seven')
    expect(invalidate(v2, table, { user_pasid: 5, cache: 1, iova: VA, size: KIB4 }).errno).toBeNull()
    expect(v2.read('dev1', VA, 5, 5)).toMatch(/^fault/)
  })

  it('info tells the formats, EXT_USER_PASID_TABLE is there', () => {
    const { v2 } = delegated()
    expect(v2.ioctl(v2.ctx, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x11 }).out?.pasid_formats).not.toEqual([])
    expect(v2.ioctl(v2.ctx, 'IOMMU_CHECK_EXTENSION', { extension: 5 }).ret).toBe(1)
  })
})

describe('tracked', () => {
  it('each table is told too, beneath the PASID table, and writes nothing', () => {
    const { v2, gpa } = delegated({ 'pasid-table': 'tracked' })
    const gva = v2.alloc({ user_pgtable: 1, parent: gpa, addr: TABLE })
    expect(v2.attach(v2.fd1, gva, { flag: 1, user_pasid: 5 }).errno).toBeNull()
    expect(v2.read('dev1', VA, 5, 5)).toBe('seven')
  })

  it('a table alone has no room on this platform, with or without a PASID', () => {
    const { v2, gpa } = attached({ ...ARM, policy: { 'pasid-table': 'tracked' } })
    const alone = { user_pgtable: 1, parent: gpa, addr: TABLE }
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC', alone)).toMatchObject({
      rule: 'bind-pgtable.pasid-table',
      errno: 'EOPNOTSUPP',
    })
    const { v2: other, gpa: parent } = delegated({ 'pasid-table': 'tracked' })
    const space = other.alloc({ ...alone, parent })
    expect(other.attach(other.fd2, space).rule).toBe('bind-pgtable.pasid-table')
  })
})
