/**
 * pasid.first-stage: PASIDs of the kernel on the platforms where stage 2 is the whole device's. What the structures
 * hold is read by field from memory; what devices reach is told from what was mapped.
 */
import { describe, expect, it } from 'vitest'
import { generator } from '../generator.fixture'
import { GIB, V1, type V1Options } from './fixture'

const KIB4 = 0x1000n
const SVA = 3

const options = (platform: string, change: V1Options = {}): V1Options => ({
  platform,
  devices: [
    { name: 'dev1', pasidBits: 16, ats: true },
    { name: 'dev2', rid: '0000:00:04.0', pasidBits: 16 },
  ],
  ...change,
})

/** dev1's configuration structures, by name. */
function structures(v1: V1, device = 'dev1') {
  const { machine } = v1
  const rows = machine.platform.describe(machine.hw(), machine.root.hw, machine.device(device).hw)
  return rows.map(({ struct, fields }) => ({ struct, ...fields }))
}

describe.each(['smmuv3', 'amd-vi'])('pasid.first-stage on %s', platform => {
  it('a PASID alone reaches a root; the RID stays blocked', () => {
    const v1 = new V1(options(platform))
    const root = v1.alloc()
    expect(v1.attachPasid(v1.fd1, root, 5).errno).toBeNull()
    v1.map(root, 0x7000n, GIB, KIB4)
    expect(v1.write('dev1', 0x7000n, 'five', 5).ok).toBe(true)
    expect(v1.read('dev1', 0x7000n, 4, 5)).toBe('five')
    expect(v1.read('dev1', 0x7000n, 4, 6)).toMatch(/^fault/)
    expect(v1.read('dev1', 0x7000n, 4)).toMatch(/^fault/)
    v1.detachPasid(v1.fd1, root, 5)
    expect(v1.read('dev1', 0x7000n, 4, 5)).toMatch(/^fault/)
  })

  it('beside the RID: each its own space, a child merged with its parent, and the process', () => {
    const v1 = new V1(options(platform))
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    v1.attach(v1.fd2, gpa)
    v1.map(gpa, 0n, GIB, 0x10_0000n)
    const child = v1.nest(gpa)
    const sva = v1.must(v1.ctx, 'IOASID_ALLOC', { type: SVA })
    expect(v1.attachPasid(v1.fd1, child, 5).errno).toBeNull()
    expect(v1.attachPasid(v1.fd1, sva, 9).errno).toBeNull()
    v1.map(child, 0x7000n, 0x1000n, KIB4)
    v1.write('dev1', 0x7000n, 'child', 5)
    expect(v1.read('dev1', 0x1000n, 5)).toBe('child')
    expect(v1.read('dev2', 0x1000n, 5)).toBe('child')
    expect(v1.read('dev1', GIB + 0x1000n, 5, 9)).toBe('child')
    expect(v1.read('dev1', 0x1000n, 5, 5)).toMatch(/^fault/)
  })

  it('unmaps reach what every PASID was taught, of devices with a TLB of their own too', () => {
    const v1 = new V1(options(platform))
    const [one, two] = [v1.alloc(), v1.alloc()]
    v1.attachPasid(v1.fd1, one, 5)
    v1.attachPasid(v1.fd1, two, 6)
    for (const root of [one, two]) v1.map(root, 0x7000n, GIB, KIB4)
    for (const pasid of [5, 6]) expect(v1.read('dev1', 0x7000n, 1, pasid)).not.toMatch(/^fault/)
    v1.unmap(two, 0x7000n, KIB4)
    expect(v1.read('dev1', 0x7000n, 1, 6)).toMatch(/^fault/)
    expect(v1.read('dev1', 0x7000n, 1, 5)).not.toMatch(/^fault/)
    v1.unmap(one, 0x7000n, KIB4)
    expect(v1.read('dev1', 0x7000n, 1, 5)).toMatch(/^fault/)
  })

  it('the requester id changes over with its first PASID and back with its last; a mate does not', () => {
    const v1 = new V1(options(platform))
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    v1.attach(v1.fd2, gpa)
    v1.map(gpa, 0n, GIB, KIB4)
    v1.write('dev1', 0n, 'gpa')
    const before = structures(v1)
    const mate = structures(v1, 'dev2')
    const root = v1.alloc()
    v1.attachPasid(v1.fd1, root, 5)
    v1.attachPasid(v1.fd1, root, 6)
    expect(v1.read('dev1', 0n, 3)).toBe('gpa')
    expect(v1.read('dev2', 0n, 3)).toBe('gpa')
    expect(structures(v1, 'dev2')).toEqual(mate)
    const [own] = structures(v1).filter(row => row.struct === 'STE' || row.struct === 'DTE')
    // Stage 1 alone, requests without substream by CD 0; or guest tables alone, those without PASID by table 0.
    const expected =
      platform === 'smmuv3'
        ? { V: 1, Config: 5, S1DSS: 2, S1CDMax: 16, S1Fmt: 2 }
        : { V: 1, TV: 1, Mode: 0, GV: 1, GIOV: 1, GLX: 1, IR: 1, IW: 1 }
    expect(own).toMatchObject(expected)
    v1.detachPasid(v1.fd1, root, 5)
    expect(structures(v1)).not.toEqual(before)
    v1.detachPasid(v1.fd1, root, 6)
    expect(structures(v1)).toEqual(before)
    expect(v1.read('dev1', 0n, 3)).toBe('gpa')
    v1.closeAll()
    // COST_NAMES: tablesLive, tableBytes
    expect(v1.machine.costs.values.slice(4, 6)).toEqual(new Float64Array([0, 0]))
  })

  it('a first stage has no right to write alone', () => {
    const v1 = new V1(options(platform))
    const root = v1.alloc()
    v1.attachPasid(v1.fd1, root, 5)
    v1.map(root, 0n, GIB, KIB4, 2n)
    v1.map(root, KIB4, GIB, KIB4, 1n)
    expect(v1.write('dev1', 0n, 'x', 5).ok).toBe(true)
    expect(v1.read('dev1', 0n, 1, 5)).toBe('x')
    expect(v1.write('dev1', KIB4, 'y', 5).ok).toBe(false)
    expect(v1.read('dev1', KIB4, 1, 5)).toBe('x')
  })

  it.each([3, 6, 8])('mediated devices of type %i share a requester id by PASIDs that it can carry', type => {
    const device = (name: string) =>
      ({ name, kind: 'mdev', rid: null, parent: '0000:00:05.0', type, pasidBits: 20 }) as const
    const v1 = new V1(options(platform, { devices: [device('dev1'), device('dev2')] }))
    const [one, two] = [v1.alloc(), v1.alloc()]
    expect(v1.attach(v1.fd1, one).errno).toBeNull()
    expect(v1.attach(v1.fd2, two).errno).toBeNull()
    v1.map(one, 0n, GIB, KIB4)
    v1.map(two, 0n, GIB + KIB4, KIB4)
    v1.write('dev1', 0n, 'one')
    v1.write('dev2', 0n, 'two')
    expect([v1.read('dev1', 0n, 3), v1.read('dev2', 0n, 3)]).toEqual(['one', 'two'])
    const wires = ['dev1', 'dev2'].map(name => v1.machine.device(name).defaultPasid ?? 0)
    expect(wires).toEqual([0xffff, 0xfffe])
    const table = v1.nest(one)
    v1.attach(v1.fd1, table)
    const bind = v1.ioctl(v1.ctx, 'IOASID_BIND_PASID_TABLE', { ioasid: table, addr: 0x3ff0_0000n })
    expect(bind.rule).toBe('pasid.whole-device')
  })

  it('a group with one table: each mate reaches it through its own stage, bound before or after', () => {
    const mates = options(platform, {
      policy: { group: 'same-table' },
      devices: [
        { name: 'dev1', group: 3, pasidBits: 16 },
        { name: 'dev2', rid: '0000:00:04.0', group: 3, pasidBits: 16 },
        { name: 'dev3', rid: '0000:00:05.0', group: 3, pasidBits: 16 },
      ],
    })
    const v1 = new V1(mates)
    const gpa = v1.alloc()
    const root = v1.alloc()
    expect(v1.attachPasid(v1.fd1, root, 5).errno).toBeNull()
    expect(v1.attach(v1.fd1, gpa).errno).toBeNull()
    v1.map(gpa, 0n, GIB, KIB4)
    v1.write('dev1', 0n, 'gpa')
    expect(v1.read('dev2', 0n, 3)).toBe('gpa')
    const fd3 = v1.open('/dev/vfio/devices/dev3')
    v1.must(fd3, 'VFIO_BIND_IOASID_FD', { fd: v1.ctx })
    expect(v1.read('dev3', 0n, 3)).toBe('gpa')
    expect(v1.attachPasid(fd3, root, 6).errno).toBeNull()
    expect(v1.read('dev3', 0n, 3)).toBe('gpa')
    v1.detachPasid(v1.fd1, root, 5)
    for (const name of ['dev1', 'dev2', 'dev3']) expect(v1.read(name, 0n, 3)).toBe('gpa')
    v1.unmap(gpa, 0n, KIB4)
    for (const name of ['dev1', 'dev2', 'dev3']) expect(v1.read(name, 0n, 3)).toMatch(/^fault/)
  })

  it('reaches what the maps say and nothing else, whoever comes and goes', () => {
    const random = generator(77)
    const v1 = new V1(options(platform))
    const roots = [v1.alloc(), v1.alloc(), v1.alloc()]
    /** What we asked for: root to page to the page of memory behind it. */
    const maps = new Map(roots.map(root => [root, new Map<number, number>()]))
    /** `device pasid` (0: by RID) to root. */
    const ways = new Map<string, number>()
    const fds: Record<string, number> = { dev1: v1.fd1, dev2: v1.fd2 }
    // Marks in memory by which a page is known.
    const mark = v1.must(v1.ctx, 'IOASID_ALLOC', { type: SVA })
    v1.attachPasid(v1.fd2, mark, 99)
    for (let page = 0; page < 64; page++)
      v1.write('dev2', GIB + BigInt(page) * KIB4, String.fromCharCode(32 + page), 99)
    for (let call = 0; call < 400; call++) {
      const root = roots[random(3)] ?? 0
      const device = random(2) === 0 ? 'dev1' : 'dev2'
      const pasid = random(3)
      const [page, target] = [random(16), random(64)]
      const own = maps.get(root)
      const fd = fds[device] ?? -1
      switch (random(6)) {
        case 0:
        case 1: {
          const done = pasid === 0 ? v1.attach(fd, root) : v1.attachPasid(fd, root, pasid)
          if (done.errno === null) ways.set(`${device} ${pasid}`, root)
          break
        }
        case 2: {
          const done = pasid === 0 ? v1.detach(fd, root) : v1.detachPasid(fd, root, pasid)
          if (done.errno !== null) break
          // A detach that names no PASID takes the RID's attachment, else the only one there is (R5).
          const left = [0, 1, 2].map(number => `${device} ${number}`).filter(way => ways.get(way) === root)
          ways.delete(pasid === 0 ? (left[0] ?? '') : `${device} ${pasid}`)
          // Without a device a space of the first proposal is emptied (R6).
          if (![...ways.values()].includes(root)) own?.clear()
          break
        }
        case 3:
        case 4: {
          const done = v1.map(root, BigInt(page) * KIB4, GIB + BigInt(target) * KIB4, KIB4)
          if (done.errno === null) own?.set(page, target)
          break
        }
        default:
          if (v1.unmap(root, BigInt(page) * KIB4, KIB4).errno === null) own?.delete(page)
      }
      for (const name of ['dev1', 'dev2'])
        for (const number of [0, 1, 2]) {
          const at = random(16)
          const way = ways.get(`${name} ${number}`)
          const behind = way === undefined ? undefined : maps.get(way)?.get(at)
          const got = v1.read(name, BigInt(at) * KIB4, 1, number === 0 ? null : number)
          if (behind === undefined) expect(got).toMatch(/^fault/)
          else expect(got).toBe(String.fromCharCode(32 + behind))
        }
    }
    expect(ways.size).toBeGreaterThan(0)
  })
})

describe('pasid.first-stage: what guest tables of AMD-Vi cannot', () => {
  it('attach.stranded-area, map.outside-ranges: beyond the lower half of 48 bits', () => {
    const v1 = new V1(options('amd-vi'))
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    v1.map(gpa, 1n << 50n, GIB, KIB4)
    const root = v1.alloc()
    expect(v1.attachPasid(v1.fd1, root, 5)).toMatchObject({ errno: 'EINVAL', rule: 'attach.stranded-area' })
    expect(v1.read('dev1', 1n << 50n, 1)).not.toMatch(/^fault/)
    expect(v1.attachPasid(v1.fd2, root, 5).errno).toBeNull()
    expect(v1.map(root, 1n << 47n, GIB, KIB4).rule).toBe('map.outside-ranges')
    expect(v1.map(root, (1n << 47n) - KIB4, GIB, KIB4).errno).toBeNull()
  })
})
