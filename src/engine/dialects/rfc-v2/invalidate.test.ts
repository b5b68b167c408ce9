/** IOMMU_INVALIDATE_CACHE by device, PASID, range and cache (v2 2.1): what is named goes, and nothing else. */
import { describe, expect, it } from 'vitest'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { GIB, V2 } from './fixture'

const KIB4 = 0x1000n
const TABLE = 0x3fff_f000n
const PAGES = 4
const IOTLB = 1
const DEVICE_TLB = 2
const PASID_CACHE = 4
const run = (page: number) => ({ root: TABLE, page, pages: 1 })

/** dev1 and dev2, with TLBs of their own or without, in one space with a table of the guest, under vPASIDs 5 and 6. */
function shared(ats: boolean) {
  const v2 = new V2({
    devices: [
      { name: 'dev1', pasidBits: 20, ats, pri: ats },
      { name: 'dev2', rid: '0000:00:04.0', pasidBits: 20, ats, pri: ats },
    ],
  })
  const gpa = v2.alloc()
  v2.map(gpa, 0n, GIB, GIB)
  for (const fd of [v2.fd1, v2.fd2]) v2.attach(fd, gpa)
  const gva = v2.alloc({ user_pgtable: 1, parent: gpa, addr: TABLE })
  v2.attach(v2.fd1, gva, { flag: 1, user_pasid: 5 })
  v2.attach(v2.fd2, gva, { flag: 1, user_pasid: 6 })
  for (let page = 0; page < PAGES; page++) guestMap(v2.machine, { ...run(page), target: 16 + page, perm: 3 })
  for (let page = 0; page < PAGES; page++) reads(v2, page)
  for (let page = 0; page < PAGES; page++) guestUnmap(v2.machine, run(page))
  return { v2, gva }
}

/** Which of the devices still reach a page that the guest has taken away. */
function reads(v2: V2, page: number): readonly [boolean, boolean] {
  const still = (device: string, pasid: number) =>
    !/^fault|^pending/.test(v2.read(device, BigInt(page) * KIB4, 1, pasid))
  return [still('dev1', 5), still('dev2', 6)]
}

type Fields = Readonly<Record<string, bigint | number>>

function invalidated(fields: Fields, ats = false) {
  const { v2, gva } = shared(ats)
  const { rule, errno } = v2.ioctl(v2.ctx, 'IOMMU_INVALIDATE_CACHE', { ioasid: gva, ...fields })
  return { rule, errno, still: reads(v2, 2) }
}

const dropped = (...still: readonly [boolean, boolean]) => ({ rule: null, errno: null, still })
const refused = (rule: string, errno: string) => ({ rule, errno, still: [true, true] })

describe('nested.reach', () => {
  it.each([
    ['everything', {}, dropped(false, false)],
    ['a range with the page', { iova: 2n * KIB4, size: KIB4 }, dropped(false, false)],
    ['a range without it', { iova: KIB4, size: KIB4 }, dropped(true, true)],
    ['one device', { cookie: 0x11 }, dropped(false, true)],
    ['the other device', { cookie: 0x22 }, dropped(true, false)],
    ['one PASID', { user_pasid: 6 }, dropped(true, false)],
    ['a range of one device', { cookie: 0x11, iova: 2n * KIB4, size: KIB4 }, dropped(false, true)],
    ['both', { cookie: 0x22, user_pasid: 6 }, dropped(true, false)],
  ] as const)('%s', (_, fields, expected) => {
    expect(invalidated(fields)).toEqual(expected)
  })

  it('by cache: a device with a TLB of its own needs that dropped, and the IOTLB too', () => {
    expect(invalidated({ cache: IOTLB }, true)).toEqual(dropped(true, true))
    // The device asks again, and is answered out of the IOTLB.
    expect(invalidated({ cache: DEVICE_TLB }, true)).toEqual(dropped(true, true))
    expect(invalidated({ cache: IOTLB | DEVICE_TLB }, true)).toEqual(dropped(false, false))
    expect(invalidated({ cache: IOTLB }, false)).toEqual(dropped(false, false))
    expect(invalidated({ cache: DEVICE_TLB }, false)).toEqual(dropped(true, true))
  })

  it('by cache and device: the TLB of the other device is left', () => {
    expect(invalidated({ cookie: 0x11 }, true)).toEqual(dropped(false, true))
  })

  it.each([
    ['cookie.unknown', { cookie: 0x99 }, 'ENOENT'],
    ['invalidate.not-attached', { user_pasid: 9 }, 'ENOENT'],
    ['invalidate.not-attached', { cookie: 0x11, user_pasid: 6 }, 'ENOENT'],
    ['invalidate.cache', { cache: PASID_CACHE }, 'EINVAL'],
    ['invalidate.cache', { cache: 8 }, 'EINVAL'],
  ] as const)('%s refuses, and drops nothing', (rule, fields, errno) => {
    expect(invalidated(fields)).toEqual(refused(rule, errno))
  })
})
