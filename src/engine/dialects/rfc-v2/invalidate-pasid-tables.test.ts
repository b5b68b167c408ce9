/**
 * IOMMU_INVALIDATE_CACHE where the guest owns the PASID table (v2 2.1, 4.5; R23): by vPASID, range and cache what is
 * named goes, as finely as the unit's commands can say it (IHI 0070 4.4, AMD IOMMU 2.4).
 */
import { describe, expect, it } from 'vitest'
import { guestPasidSet } from '../../kernel/guest-pasid-tables'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { attached, GIB, type V2 } from './fixture'

const KIB4 = 0x1000n
const PAGE = 2
const [IOTLB, DEVICE_TLB, PASID_CACHE] = [1, 2, 4]
const TRANSLATIONS = IOTLB | DEVICE_TLB
const PTABLES = [0x3ff0_0000n, 0x3fe0_0000n] as const
const ROOTS = [0x3f00_0000n, 0x3f10_0000n] as const

/** Device, PASID, the guest's PASID table and its table. No two share an ASID. */
const ROUTES = [
  { device: 'dev1', pasid: 5, table: PTABLES[0], root: ROOTS[0] },
  { device: 'dev1', pasid: 6, table: PTABLES[0], root: ROOTS[1] },
  { device: 'dev2', pasid: 7, table: PTABLES[1], root: ROOTS[0] },
  { device: 'dev2', pasid: 8, table: PTABLES[1], root: ROOTS[1] },
] as const

type Fields = Readonly<Record<string, bigint | number>>

const run = (root: bigint, page: number) => ({ root, page, pages: 1 })
const reaches = (v2: V2, device: string, page: number, pasid: number) =>
  !/^fault|^pending/.test(v2.read(device, BigInt(page) * KIB4, 1, pasid))

/** Which of the routes still reach a page that the guest has taken away. */
const still = (v2: V2) =>
  ROUTES.filter(({ device, pasid }) => reaches(v2, device, PAGE, pasid)).map(({ pasid }) => pasid)

/** Two devices, each with a PASID table of the guest in a space of its own; every route has learnt its pages. */
function learnt(platform: string, ats: boolean) {
  const { v2, gpa } = attached({
    platform,
    devices: [
      { name: 'dev1', pasidBits: 16, ats },
      { name: 'dev2', rid: '0000:00:04.0', pasidBits: 16, ats },
    ],
  })
  v2.map(gpa, 0n, GIB, GIB)
  const spaces = PTABLES.map(addr => v2.alloc({ user_pasid_table: 1, parent: gpa, addr }))
  spaces.forEach((space, k) => {
    expect(v2.attach(k === 0 ? v2.fd1 : v2.fd2, space).errno).toBeNull()
  })
  for (const { table, pasid, root } of ROUTES)
    guestPasidSet(v2.machine, { table, pasid: BigInt(pasid), root })
  for (const root of ROOTS)
    for (let page = 0; page < 4; page++)
      guestMap(v2.machine, { ...run(root, page), target: 16 + page, perm: 3 })
  for (const { device, pasid } of ROUTES)
    for (let page = 0; page < 4; page++) expect(reaches(v2, device, page, pasid)).toBe(true)
  for (const root of ROOTS) for (let page = 0; page < 4; page++) guestUnmap(v2.machine, run(root, page))
  return { v2, space: spaces[0] ?? 0 }
}

const invalidate = (v2: V2, ioasid: number, fields: Fields) =>
  v2.ioctl(v2.ctx, 'IOMMU_INVALIDATE_CACHE', { ioasid, ...fields })

function invalidated(platform: string, calls: readonly Fields[], ats = false): readonly number[] {
  const { v2, space } = learnt(platform, ats)
  for (const fields of calls) expect(invalidate(v2, space, fields).errno).toBeNull()
  return still(v2)
}

const ALL = [5, 6, 7, 8]

describe.each(['smmuv3', 'amd-vi'])('nested.reach on %s', platform => {
  it.each([
    ['one PASID', { user_pasid: 5 }, [6, 7, 8]],
    ['the other PASID', { user_pasid: 6 }, [5, 7, 8]],
    ['one PASID of the one device', { user_pasid: 5, cookie: 0x11 }, [6, 7, 8]],
    ['a range of one PASID with the page', { user_pasid: 5, iova: 2n * KIB4, size: KIB4 }, [6, 7, 8]],
    ['a range of one PASID without it', { user_pasid: 5, iova: 0n, size: 2n * KIB4 }, ALL],
    ['a PASID that leads nowhere near', { user_pasid: 0x105, iova: 0n, size: 2n * KIB4 }, ALL],
  ])('%s', (_, fields, expected) => {
    expect(invalidated(platform, [{ cache: TRANSLATIONS, ...fields }])).toEqual(expected)
    expect(invalidated(platform, [{ cache: TRANSLATIONS, ...fields }], true)).toEqual(expected)
  })

  it('by cache: where the device has a TLB of its own both must go, in whichever call', () => {
    const of = (cache: number) => ({ user_pasid: 5, cache })
    expect(invalidated(platform, [of(IOTLB)], true)).toEqual(ALL)
    // The device asks again, and is answered out of the IOTLB.
    expect(invalidated(platform, [of(DEVICE_TLB)], true)).toEqual(ALL)
    expect(invalidated(platform, [of(IOTLB), of(DEVICE_TLB)], true)).toEqual([6, 7, 8])
    expect(invalidated(platform, [of(DEVICE_TLB)])).toEqual(ALL)
    expect(invalidated(platform, [of(IOTLB)])).toEqual([6, 7, 8])
  })

  it('another device or PASID than the space has is refused, and drops nothing', () => {
    const { v2, space } = learnt(platform, false)
    const other = { cache: TRANSLATIONS, cookie: 0x22 }
    expect(invalidate(v2, space, other)).toMatchObject({ rule: 'invalidate.not-attached', errno: 'ENOENT' })
    expect(still(v2)).toEqual(ALL)
  })

  it('a PASID whose entry the guest has cleared goes all the same', () => {
    const { v2, space } = learnt(platform, false)
    guestPasidSet(v2.machine, { table: PTABLES[0], pasid: 5n, root: 0n })
    expect(invalidate(v2, space, { cache: TRANSLATIONS | PASID_CACHE, user_pasid: 5 }).errno).toBeNull()
    guestPasidSet(v2.machine, { table: PTABLES[0], pasid: 5n, root: ROOTS[0] })
    expect(still(v2)).not.toContain(5)
  })
})

describe('smmu.reach without a vPASID', () => {
  it("amd-vi: the space's own domain", () => {
    expect(invalidated('amd-vi', [{ cache: TRANSLATIONS }])).toEqual([7, 8])
  })

  it('smmuv3: all that stage 1 taught under the VMID, which spaces over one parent share', () => {
    expect(invalidated('smmuv3', [{ cache: TRANSLATIONS }])).toEqual([])
  })

  it('smmuv3: a PASID without a valid CD may have had any ASID', () => {
    expect(invalidated('smmuv3', [{ cache: TRANSLATIONS, user_pasid: 0x105 }])).toEqual([])
  })

  it('smmuv3: the TLB of the other device is left, as a command for it names the stream', () => {
    expect(invalidated('smmuv3', [{ cache: TRANSLATIONS }], true)).toEqual([7, 8])
  })
})

describe('smmu.reach of context descriptors', () => {
  it('CFGI_CD reaches the CD of that PASID and no translation', () => {
    const { v2, space } = learnt('smmuv3', false)
    const other = 0x3f20_0000n
    guestMap(v2.machine, { ...run(other, 9), target: 16, perm: 3 })
    for (const pasid of [5n, 6n]) guestPasidSet(v2.machine, { table: PTABLES[0], pasid, root: other })
    const changed = () => [5, 6].map(pasid => reaches(v2, 'dev1', 9, pasid))
    expect(changed()).toEqual([false, false])
    invalidate(v2, space, { cache: PASID_CACHE, user_pasid: 5 })
    expect(changed()).toEqual([true, false])
    expect(still(v2)).toEqual(ALL)
    invalidate(v2, space, { cache: PASID_CACHE })
    expect(changed()).toEqual([true, true])
  })
})
