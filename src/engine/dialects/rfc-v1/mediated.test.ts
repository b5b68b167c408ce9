/** Mediated devices, the PASIDs they put on the wire, and the processor's translation of them (v2 1.4, R26, R40). */
import { describe, expect, it } from 'vitest'
import { GIB, V1, type V1Options } from './fixture'

const KIB4 = 0x1000n

/** Mediated devices of one parent, by their types; dev1 and dev2 are bound. */
function mediated(first: number, second = first): V1Options {
  const device = (name: string, type: number) =>
    ({ name, kind: 'mdev', rid: null, parent: '0000:00:05.0', type, pasidBits: 20 }) as const
  return { devices: [device('dev1', first), device('dev2', second)] }
}

const wiresOf = (v1: V1, device: string) => v1.machine.device(device).attachments.map(at => at.wire)

function rooted(options: V1Options) {
  const v1 = new V1(options)
  const gpa = v1.alloc()
  v1.attach(v1.fd1, gpa)
  v1.attach(v1.fd2, gpa)
  v1.map(gpa, 0n, GIB, 4n * KIB4)
  return { v1, gpa }
}

describe('pasid.wire: what a device of each type puts on the wire', () => {
  it('sets mediated devices of one requester id apart without any PASID of the user', () => {
    const v1 = new V1(mediated(3))
    const [one, two] = [v1.alloc(), v1.alloc()]
    v1.attach(v1.fd1, one)
    v1.attach(v1.fd2, two)
    v1.map(one, 0n, GIB, KIB4)
    v1.map(two, 0n, GIB + KIB4, KIB4)
    v1.write('dev1', 0n, 'one')
    v1.write('dev2', 0n, 'two')
    expect(v1.read('dev1', 0n, 3)).toBe('one')
    expect(v1.read('dev2', 0n, 3)).toBe('two')
    expect(new Set([...wiresOf(v1, 'dev1'), ...wiresOf(v1, 'dev2')]).size).toBe(2)
  })

  it('refuses the user of type 3 a PASID', () => {
    const { v1, gpa } = rooted(mediated(3))
    expect(v1.attachPasid(v1.fd1, gpa, 5).rule).toBe('pasid.none')
  })

  it('type 6: the lowest free number of the parent, whatever the user calls it', () => {
    const { v1, gpa } = rooted(mediated(6))
    const child = v1.nest(gpa)
    v1.attachPasid(v1.fd1, child, 700)
    v1.attachPasid(v1.fd2, child, 700)
    expect(wiresOf(v1, 'dev1').at(-1)).toBe(1)
    expect(wiresOf(v1, 'dev2').at(-1)).toBe(2)
    v1.map(child, 0n, 2n * KIB4, KIB4)
    v1.write('dev1', 2n * KIB4, 'page')
    expect(v1.read('dev1', 0n, 4, 700)).toBe('page')
    expect(v1.read('dev2', 0n, 4, 700)).toBe('page')
    expect(v1.read('dev1', 0n, 4, 701)).toBe('fault pasid-not-attached')
    v1.detachPasid(v1.fd1, child, 700)
    v1.attachPasid(v1.fd1, child, 9)
    expect(wiresOf(v1, 'dev1').at(-1)).toBe(1)
  })

  it('type 8: one number for a vPASID of a VM, on every such device', () => {
    const { v1, gpa } = rooted(mediated(8))
    const child = v1.nest(gpa)
    v1.attachPasid(v1.fd1, child, 700)
    v1.attachPasid(v1.fd1, child, 701)
    v1.attachPasid(v1.fd2, child, 700)
    expect(wiresOf(v1, 'dev1').slice(1)).toEqual([1, 2])
    expect(wiresOf(v1, 'dev2').slice(1)).toEqual([1])
  })

  it('pasid.wire-taken: a physical function does not take what a part of it has on the wire', () => {
    const v1 = new V1({
      devices: [
        { name: 'dev1', rid: '0000:00:05.0', pasidBits: 20 },
        { name: 'dev2', kind: 'mdev', rid: null, parent: 'dev1', type: 6, pasidBits: 20 },
      ],
    })
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    v1.attach(v1.fd2, gpa)
    v1.attachPasid(v1.fd2, gpa, 30)
    const refused = v1.attachPasid(v1.fd1, gpa, 1)
    expect([refused.errno, refused.rule]).toEqual(['EBUSY', 'pasid.wire-taken'])
    expect(v1.attachPasid(v1.fd1, gpa, 30).errno).toBeNull()
  })

  it('needs an IOMMU with PASIDs for any mediated device that DMA translates', () => {
    const v1 = new V1({ ...mediated(3), params: { mode: 'legacy' } })
    expect(v1.attach(v1.fd1, v1.alloc()).rule).toBe('pasid.none')
  })
})

describe('swmdev.areas: a device mediated in software alone', () => {
  it('moves bytes by the areas, with their rights, and makes no table', () => {
    const v1 = new V1({ devices: [{ name: 'dev1', kind: 'swmdev', rid: null }] })
    const gpa = v1.alloc()
    expect(v1.read('dev1', 0n)).toBe('fault not-attached')
    v1.attach(v1.fd1, gpa)
    v1.map(gpa, 0n, GIB, KIB4)
    v1.map(gpa, KIB4, GIB + KIB4, KIB4, 1n)
    expect(v1.write('dev1', 8n, 'soft').ok).toBe(true)
    expect(v1.read('dev1', 8n, 4)).toBe('soft')
    expect(v1.write('dev1', KIB4, 'x').ok).toBe(false)
    expect(v1.read('dev1', 2n * KIB4)).toBe('fault no-area')
    expect([...v1.machine.root.spaces.values()].flatMap(space => space.tables)).toEqual([])
  })
})

describe('KVM_MAP_PASID (R40)', () => {
  const kvmCall = (v1: V1, kvm: number, ioasid: number, pasid: number, command = 'KVM_MAP_PASID') =>
    v1.ioctl(kvm, command, { ioasid_fd: v1.ctx, ioasid, user_pasid: pasid })

  it('takes a PASID that a device is attached with, once', () => {
    const { v1, gpa } = rooted(mediated(8))
    const kvm = v1.open('/dev/kvm')
    expect(kvmCall(v1, kvm, gpa, 5)).toMatchObject({ errno: 'ENOENT', rule: 'kvm.not-attached' })
    v1.attachPasid(v1.fd1, gpa, 5)
    expect(kvmCall(v1, kvm, gpa, 5).errno).toBeNull()
    expect(kvmCall(v1, kvm, gpa, 5)).toMatchObject({ errno: 'EEXIST', rule: 'kvm.mapped' })
    expect(kvmCall(v1, kvm, gpa, 5, 'KVM_UNMAP_PASID').errno).toBeNull()
    expect(kvmCall(v1, kvm, gpa, 5, 'KVM_UNMAP_PASID')).toMatchObject({
      errno: 'ENOENT',
      rule: 'kvm.not-mapped',
    })
  })

  it('keeps virtual machines apart and forgets one with its file', () => {
    const { v1, gpa } = rooted(mediated(8))
    v1.attachPasid(v1.fd1, gpa, 5)
    const [one, two] = [v1.open('/dev/kvm'), v1.open('/dev/kvm')]
    expect(kvmCall(v1, one, gpa, 5).errno).toBeNull()
    expect(kvmCall(v1, two, gpa, 5).errno).toBeNull()
    v1.close(one)
    expect(v1.machine.root.cpuPasids.length).toBe(1)
  })

  it('kvm.no-translation: not where processors know no PASIDs', () => {
    const v1 = new V1({ platform: 'papr' })
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    expect(kvmCall(v1, v1.open('/dev/kvm'), gpa, 5)).toMatchObject({
      errno: 'EOPNOTSUPP',
      rule: 'kvm.no-translation',
    })
  })
})
