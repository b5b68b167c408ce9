/** Dirty tracking (R39): what devices wrote, told from the dirty bits of real tables. */
import { describe, expect, it } from 'vitest'
import { attached, GIB, V1, type V1Options } from './fixture'

const KIB4 = 0x1000n
const MIB2 = 0x20_0000n
const TRACKING: V1Options = { params: { ad: 'on' } }
/** Pieces of 4 KiB, so that each page is a leaf of its own. */
const SMALL: V1Options = { ...TRACKING, memory: [{ hva: GIB, size: GIB, pages: '4K' }] }

function tracking(options: V1Options, size: bigint) {
  const { v1, gpa } = attached(options)
  v1.map(gpa, 0n, GIB, size)
  v1.must(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: gpa, enable: 1 })
  const ask = (iova: bigint, bytes: bigint, page = 0n) =>
    v1.ioctl(v1.ctx, 'IOASID_GET_DIRTY', { ioasid: gpa, iova, size: bytes, page_size: page })
  return { v1, gpa, ask }
}

describe('dirty.bitmap: the pages that devices wrote', () => {
  it('has a bit for each page, lowest first; reading does not dirty, and asking cleans', () => {
    const { v1, ask } = tracking(SMALL, 16n * KIB4)
    v1.write('dev1', 0n, 'a')
    v1.write('dev2', 2n * KIB4 + 0xfffn, 'bc')
    v1.write('dev1', 9n * KIB4, 'd')
    v1.read('dev1', 5n * KIB4)
    // Pages 0, 2, 3 (the write that crosses into it) and 9.
    expect(ask(0n, 16n * KIB4).out).toEqual({ bitmap: '0d02', dirty: 4 })
    expect(ask(0n, 16n * KIB4).out).toEqual({ bitmap: '0000', dirty: 0 })
  })

  it('is set again by a write after it was cleared, though the IOTLB knew the page', () => {
    const { v1, ask } = tracking(SMALL, 4n * KIB4)
    for (let round = 0; round < 3; round++) {
      for (let again = 0; again < 3; again++) v1.write('dev1', KIB4, 'x')
      expect(ask(0n, 4n * KIB4).out).toEqual({ bitmap: '02', dirty: 1 })
    }
    expect(ask(0n, 4n * KIB4).out).toEqual({ bitmap: '00', dirty: 0 })
  })

  it('tells a large leaf whole, and one that is asked for in part keeps its bit', () => {
    const { v1, ask } = tracking(TRACKING, 2n * MIB2)
    v1.write('dev1', MIB2 + 5n, 'x')
    expect(ask(MIB2, MIB2 / 2n).out).toMatchObject({ dirty: 256 })
    expect(ask(MIB2, MIB2 / 2n).out).toMatchObject({ dirty: 256 })
    expect(ask(0n, 2n * MIB2).out).toMatchObject({ dirty: 512 })
    expect(ask(0n, 2n * MIB2).out).toMatchObject({ dirty: 0 })
  })

  it('has coarser bits where they are asked for', () => {
    const { v1, ask } = tracking(SMALL, 64n * KIB4)
    v1.write('dev1', 17n * KIB4, 'x')
    v1.write('dev1', 31n * KIB4, 'x')
    v1.write('dev1', 63n * KIB4, 'x')
    expect(ask(0n, 64n * KIB4, 16n * KIB4).out).toEqual({ bitmap: '0a', dirty: 2 })
  })

  it('starts clean when it is switched on, and again when it is switched on twice', () => {
    const { v1, gpa } = attached(SMALL)
    v1.map(gpa, 0n, GIB, 4n * KIB4)
    const on = () => v1.must(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: gpa, enable: 1 })
    const ask = () => v1.ioctl(v1.ctx, 'IOASID_GET_DIRTY', { ioasid: gpa, iova: 0, size: 4n * KIB4 }).out
    v1.write('dev1', 0n, 'x')
    on()
    expect(ask()).toMatchObject({ dirty: 0 })
    v1.write('dev1', 0n, 'x')
    on()
    v1.write('dev1', 2n * KIB4, 'x')
    expect(ask()).toEqual({ bitmap: '04', dirty: 1 })
  })

  it('of the parent tells what came through a table of the user, and is set again after it', () => {
    const { v1, gpa, ask } = tracking(SMALL, 64n * KIB4)
    const child = v1.nest(gpa)
    v1.attach(v1.fd2, child)
    const memory = v1.machine.bulk.memory
    const host = (page: number) => guestFrame(v1, page)
    // One table a level, in guest pages 0x10 to 0x13; VA 0 is guest page 0x20. Present, writable, user: 7.
    for (const [from, to] of [
      [0x10, 0x11],
      [0x11, 0x12],
      [0x12, 0x13],
      [0x13, 0x20],
    ] as const)
      memory.write64(host(from) * 4096, to * 4096 + 7, 0)
    v1.must(v1.ctx, 'IOASID_BIND_PGTABLE', { ioasid: child, addr: 0x10000 })
    for (let round = 0; round < 2; round++) {
      expect(v1.write('dev2', 0n, 'x').ok).toBe(true)
      const bits = String(ask(0n, 64n * KIB4).out?.bitmap).match(/../g) ?? []
      expect(Number.parseInt(bits[4] ?? '', 16) & 1, `round ${round}`).toBe(1)
    }
  })
})

/** The host page behind a guest page of memory in pieces of 4 KiB, read off the table by a walk. */
function guestFrame(v1: V1, page: number): number {
  const device = v1.machine.device('dev1').hw
  const { platform, root } = v1.machine
  const address = BigInt(page) * KIB4
  const request = { device, pasid: null, address, access: 'read', commit: false, cached: false } as const
  const found = platform.translate(v1.machine.hw(), root.hw, request)
  if (!found.ok) throw new Error(`nothing behind guest page ${page}`)
  return found.output / 4096
}

describe('dirty tracking as it is told', () => {
  const told = (options: V1Options) => {
    const { v1, gpa } = attached(options)
    const caps = v1.ioctl(v1.ctx, 'IOASID_GET_INFO', { ioasid: gpa }).out?.caps
    return [v1.ioctl(v1.ctx, 'IOASID_CHECK_EXTENSION', { extension: 8 }).ret, caps]
  }

  it('extension.truth: only where the IOMMU sets the bits', () => {
    const tracks = expect.arrayContaining(['dirty-tracking'])
    expect(told(TRACKING)).toEqual([1, tracks])
    expect(told({})).toEqual([0, expect.not.arrayContaining(['dirty-tracking'])])
    expect(told({ platform: 'papr' })).toEqual([0, expect.not.arrayContaining(['dirty-tracking'])])
  })

  it.each([{}, { platform: 'papr' }, { params: { mode: 'legacy' } }])(
    'dirty.unsupported on %j, and switching it off is no error',
    options => {
      const { v1, gpa } = attached(options)
      const set = (enable: number) => v1.ioctl(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: gpa, enable })
      expect(set(1)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'dirty.unsupported' })
      expect(set(0).errno).toBeNull()
    },
  )

  it('is refused in the order of R13, and by what is asked for', () => {
    const { v1, gpa, ask } = tracking(SMALL, 4n * KIB4)
    expect(ask(0n, 4n * KIB4, 0x1800n).rule).toBe('dirty.page-size')
    expect(ask(0n, 4n * KIB4, 0x800n).rule).toBe('dirty.page-size')
    expect(ask(0x800n, 4n * KIB4).rule).toBe('dirty.range')
    expect(ask(0n, 0n).rule).toBe('dirty.range')
    expect(ask(0n, 4n * KIB4, 32n * KIB4).rule).toBe('dirty.range')
    expect(ask((1n << 64n) - KIB4, 2n * KIB4).rule).toBe('dirty.wrap')
    expect(ask(0n, 1n << 40n).rule).toBe('dirty.too-many')
    expect(ask(0n, 1n << 40n, 1n << 20n).out).toMatchObject({ dirty: 0 })
    v1.must(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: gpa, enable: 0 })
    expect(ask(0n, 4n * KIB4)).toMatchObject({ errno: 'EINVAL', rule: 'dirty.off' })
    expect(v1.ioctl(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: 9, enable: 1 }).rule).toBe('id.unknown')
    expect(v1.ioctl(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: v1.alloc(), enable: 1 }).rule).toBe('space.unready')
  })

  it('op.table-type: not on a space that only registers memory', () => {
    const v1 = new V1(TRACKING)
    const prereg = v1.must(v1.ctx, 'IOASID_ALLOC', { type: 1 })
    const set = v1.ioctl(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: prereg, enable: 1 })
    expect(set).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'op.table-type' })
  })

  it('goes with the table when the last device leaves (R6)', () => {
    const { v1, gpa, ask } = tracking(SMALL, 4n * KIB4)
    v1.detach(v1.fd1, gpa)
    v1.detach(v1.fd2, gpa)
    v1.attach(v1.fd1, gpa)
    expect(ask(0n, 4n * KIB4).rule).toBe('dirty.off')
  })
})

describe('dirty.bitmap on AMD-Vi, whose host pages are of any power of two', () => {
  const AMD: V1Options = { platform: 'amd-vi', params: { had: 'on' } }

  it('has a bit for each page, and asking cleans what the IOTLB knew', () => {
    const { v1, ask } = tracking({ ...SMALL, ...AMD }, 16n * KIB4)
    for (let round = 0; round < 2; round++) {
      for (let again = 0; again < 3; again++) v1.write('dev1', 9n * KIB4, 'x')
      v1.write('dev2', 2n * KIB4, 'x')
      expect(ask(0n, 16n * KIB4).out).toMatchObject({ bitmap: '0402', dirty: 2 })
    }
    expect(ask(0n, 16n * KIB4).out).toMatchObject({ dirty: 0 })
  })

  it('tells a leaf of several equal items whole', () => {
    const { v1, ask } = tracking(AMD, 8n * MIB2)
    v1.write('dev1', MIB2 + 5n, 'x')
    const { dirty } = ask(0n, 8n * MIB2).out as { dirty: number }
    expect(dirty).toBeGreaterThanOrEqual(512)
    expect(ask(0n, 8n * MIB2).out).toMatchObject({ dirty: 0 })
  })

  it('dirty.unsupported: not without HAD, and not of guest tables of the kernel', () => {
    const { v1, gpa } = attached({ platform: 'amd-vi' })
    expect(v1.ioctl(v1.ctx, 'IOASID_SET_DIRTY', { ioasid: gpa, enable: 1 }).rule).toBe('dirty.unsupported')
    const with16 = new V1({ ...AMD, devices: [{ name: 'dev1', pasidBits: 16 }] })
    const root = with16.alloc()
    with16.attachPasid(with16.fd1, root, 5)
    expect(with16.ioctl(with16.ctx, 'IOASID_SET_DIRTY', { ioasid: root, enable: 1 }).rule).toBe(
      'dirty.unsupported',
    )
  })
})
