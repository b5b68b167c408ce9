/**
 * The eight types of device that v2 1.4 tells apart, transcribed from its table (and its text, where the two differ),
 * and what follows from a type: reports, numbers on the wire, the portal of ENQCMD.
 */
import { describe, expect, it } from 'vitest'
import { DEVICE_TYPES, pasidReport } from '../kernel/device-types.data'
import { submitWork } from '../kernel/kvm'
import { attached, GIB, V2, type V2Options } from './rfc-v2/fixture'

/** type, device, vPASID, delegated, v vs p, pPASID from, PASID_CPU, PASID_CPU_VIRT. */
const TABLE = [
  [1, 'pci', false, false, '-', '-', false, false],
  [2, 'swmdev', false, false, '-', '-', false, false],
  [3, 'mdev', false, false, '-', '-', false, false],
  [4, 'pci', true, true, 'v = p', 'per RID', false, false],
  [5, 'pci', true, false, 'v = p', 'per RID', false, false],
  [6, 'mdev', true, false, 'v != p', 'per RID', false, false],
  [7, 'pci', true, false, 'v = p', 'per RID', true, false],
  [8, 'mdev', true, false, 'v != p', 'global', true, true],
] as const

const POOLS = { none: ['-', '-'], guest: ['v = p', 'per RID'], 'rid-pool': ['v != p', 'per RID'] } as const

it('the table of types', () => {
  const rows = DEVICE_TYPES.map(row => {
    const pools = row.source === 'global-pool' ? (['v != p', 'global'] as const) : POOLS[row.source]
    const { cpu, cpuVirt } = pasidReport(row) ?? { cpu: false, cpuVirt: false }
    return [row.type, row.host, row.userPasids, row.delegated, ...pools, cpu, cpuVirt]
  })
  expect(rows).toEqual(TABLE)
})

const PARENT = '0000:00:05.0'

/** Devices of those types, dev1, dev2, ...: mediated ones on one parent. */
function ofTypes(...types: readonly number[]): V2Options {
  const hosts = new Map(TABLE.map(([type, host]) => [type, host] as const))
  return {
    devices: types.map((type, at) => {
      const kind = hosts.get(type as 1) ?? 'pci'
      const where = kind === 'pci' ? { rid: `0000:00:0${at + 6}.0` } : { rid: null, parent: PARENT }
      return { name: `dev${at + 1}`, kind, type, pasidBits: 20, ...where }
    }),
  }
}

describe('pasid.report', () => {
  it.each(TABLE.filter(([, , vpasid]) => vpasid))(
    'type %i, %s',
    (type, _, __, delegated, ___, ____, cpu, virt) => {
      const v2 = new V2(ofTypes(type))
      const { out } = v2.ioctl(v2.fd1, 'VFIO_DEVICE_GET_INFO')
      expect(out).toEqual({
        caps: [5],
        PASID_DELEGATED: Number(delegated),
        PASID_CPU: Number(cpu),
        PASID_CPU_VIRT: Number(virt),
        no_snoop: 0,
      })
    },
  )

  it.each(TABLE.filter(([, , vpasid]) => !vpasid))('type %i has none, and refuses a vPASID', type => {
    const { v2, gpa } = attached(ofTypes(type))
    expect(v2.ioctl(v2.fd1, 'VFIO_DEVICE_GET_INFO').out).toMatchObject({ caps: [], PASID_CPU: 0 })
    expect(v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 5 }).rule).toBe('pasid.none')
  })

  it('has no device to ask before the bind', () => {
    const v2 = new V2()
    const again = v2.open('/dev/vfio/devices/dev1')
    expect(v2.ioctl(again, 'VFIO_DEVICE_GET_INFO')).toMatchObject({ rule: 'bind.not-bound', errno: 'EINVAL' })
  })
})

describe('numbers on the wire', () => {
  const wire = (v2: V2, device: string) => v2.machine.device(device).attachments.at(-1)?.wire

  it.each([
    [5, 700],
    [7, 700],
    [6, 1],
    [8, 1],
  ])('type %i sends vPASID 700 as %i', (type, expected) => {
    const { v2, gpa } = attached(ofTypes(type))
    v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 700 })
    expect(wire(v2, 'dev1')).toBe(expected)
  })

  it('the global pool gives one number to a vPASID of a VM, the pool of a RID one to each device', () => {
    for (const [type, second] of [
      [8, 1],
      [6, 2],
    ] as const) {
      const { v2, gpa } = attached(ofTypes(type, type))
      for (const fd of [v2.fd1, v2.fd2]) v2.attach(fd, gpa, { flag: 1, user_pasid: 9 })
      expect([wire(v2, 'dev1'), wire(v2, 'dev2')]).toEqual([1, second])
    }
  })

  it('another file is another VM: its vPASID has a number of its own', () => {
    const { v2, gpa } = attached(ofTypes(8, 8))
    const other = v2.open('/dev/iommu')
    v2.must(v2.fd2, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 1 })
    const there = v2.must(other, 'IOMMU_IOASID_ALLOC')
    v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 9 })
    expect(v2.attach(v2.fd2, there, { fd: other, flag: 1, user_pasid: 9 }).errno).toBeNull()
    expect([wire(v2, 'dev1'), wire(v2, 'dev2')]).toEqual([1, 2])
  })

  it("pasid.delegated: where the table is the user's, no PASID is attached", () => {
    const { v2, gpa } = attached({ ...ofTypes(4), policy: { 'pasid-table': 'delegated' } })
    expect(v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 5 })).toMatchObject({
      rule: 'pasid.delegated',
      errno: 'EINVAL',
    })
  })
})

describe('types 7 and 8 in one VM (v2 1.4.3)', () => {
  it.each([
    [7, 8],
    [8, 7],
  ])('pasid.type-mix: a vPASID on type %i keeps one from type %i', (first, second) => {
    const { v2, gpa } = attached(ofTypes(first, second))
    expect(v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 5 }).errno).toBeNull()
    expect(v2.attach(v2.fd2, gpa, { flag: 1, user_pasid: 5 })).toMatchObject({
      rule: 'pasid.type-mix',
      errno: 'EOPNOTSUPP',
    })
    // Only one of the two may have vPASIDs: after the first gives his up, the other may.
    v2.detach(v2.fd1, gpa, { flag: 1, user_pasid: 5 })
    expect(v2.attach(v2.fd2, gpa, { flag: 1, user_pasid: 5 }).errno).toBeNull()
  })

  it.each([
    [7, 5],
    [8, 6],
    [5, 8],
    [7, 7],
  ])('types %i and %i go together', (first, second) => {
    const { v2, gpa } = attached(ofTypes(first, second))
    for (const fd of [v2.fd1, v2.fd2]) expect(v2.attach(fd, gpa, { flag: 1, user_pasid: 5 }).errno).toBeNull()
  })

  it('in two VMs they do not meet', () => {
    const { v2, gpa } = attached(ofTypes(7, 8))
    const other = v2.open('/dev/iommu')
    v2.must(v2.fd2, 'VFIO_BIND_IOMMU_FD', { fd: other, cookie: 1 })
    const there = v2.must(other, 'IOMMU_IOASID_ALLOC')
    v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 5 })
    expect(v2.attach(v2.fd2, there, { fd: other, flag: 1, user_pasid: 5 }).errno).toBeNull()
  })
})

describe('ENQCMD', () => {
  const submit = (v2: V2, pasid: bigint) => submitWork(v2.machine, v2.machine.device('dev1'), pasid)
  const refused = (rule: string) => ({ ok: false, rule })

  function withPasid(type: number) {
    const { v2, gpa } = attached(ofTypes(type))
    v2.map(gpa, 0n, GIB, 0x1000n)
    v2.attach(v2.fd1, gpa, { flag: 1, user_pasid: 700 })
    return { v2, gpa, kvm: v2.open('/dev/kvm') }
  }

  it('enqcmd.portal-closed: type 8 takes nothing before the processor translates', () => {
    const { v2, kvm } = withPasid(8)
    expect(submit(v2, 700n)).toMatchObject(refused('enqcmd.portal-closed'))
    expect(v2.ioctl(kvm, 'KVM_CHECK_EXTENSION', { cap: 206 }).ret).toBe(1)
    v2.must(kvm, 'KVM_ENABLE_CAP', { cap: 206 })
    expect(submit(v2, 700n)).toMatchObject(refused('enqcmd.not-mapped'))
  })

  it('the first KVM_MAP_PASID opens it, and closing the VM closes it', () => {
    const { v2, gpa, kvm } = withPasid(8)
    v2.must(kvm, 'KVM_MAP_PASID', { ioasid_fd: v2.ctx, ioasid: gpa, user_pasid: 700 })
    expect(submit(v2, 700n)).toEqual({ ok: true, value: 700 })
    v2.close(kvm)
    expect(submit(v2, 700n)).toMatchObject(refused('enqcmd.portal-closed'))
  })

  it("enqcmd.untranslated: type 7 takes the guest's own number; once translated, what KVM mapped", () => {
    const { v2, gpa, kvm } = withPasid(7)
    expect(submit(v2, 700n)).toEqual({ ok: true, value: 700 })
    v2.must(kvm, 'KVM_ENABLE_CAP', { cap: 206 })
    expect(submit(v2, 700n)).toMatchObject(refused('enqcmd.not-mapped'))
    v2.must(kvm, 'KVM_MAP_PASID', { ioasid_fd: v2.ctx, ioasid: gpa, user_pasid: 700 })
    expect(submit(v2, 700n)).toEqual({ ok: true, value: 700 })
  })

  it('kvm.capability; and no translation where the processors have none', () => {
    const { v2, kvm } = withPasid(8)
    expect(v2.ioctl(kvm, 'KVM_ENABLE_CAP', { cap: 1 })).toMatchObject({
      rule: 'kvm.capability',
      errno: 'EINVAL',
    })
    const papr = new V2({ platform: 'papr' })
    const there = papr.open('/dev/kvm')
    expect(papr.ioctl(there, 'KVM_CHECK_EXTENSION', { cap: 206 }).ret).toBe(0)
    expect(papr.ioctl(there, 'KVM_ENABLE_CAP', { cap: 206 }).rule).toBe('kvm.no-translation')
  })
})
