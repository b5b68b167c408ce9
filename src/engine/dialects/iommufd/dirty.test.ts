/**
 * What devices wrote, told from the bits that hardware set in the tables. Expected values: facts 2.13, 2.14 and 6
 * (get_dirty_bitmap), the PASID entries of the hardware vectors, and the recording mock_dirty.
 */
import { describe, expect, it } from 'vitest'
import { guestMap } from '../../kernel/guest-tables'
import { GIB } from '../fixture'
import { FIXED, Io, type IoOptions, MAP_RW, MOCK, PAGE, SELFTEST, words } from './fixture'
import { DIRTY, NEST_PARENT } from './scenes.fixture'

const ENABLE = 1
const NO_CLEAR = 1
const MIB = 1n << 20n

interface Asked {
  readonly iova: bigint
  readonly length: bigint
  readonly page?: bigint
  readonly flags?: number
}

/** The bits of a bitmap that are set. */
function bits(io: Io, hwpt: number, { iova, length, page = PAGE, flags = 0 }: Asked): number[] {
  const fields = { hwpt_id: hwpt, flags, iova, length, page_size: page, data: GIB }
  const hex = String(io.done('IOMMU_HWPT_GET_DIRTY_BITMAP', fields).bitmap)
  const bytes = (hex.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16))
  return bytes.flatMap((byte, at) =>
    Array.from({ length: 8 }, (_, bit) => at * 8 + bit).filter(bit => (byte >> (bit % 8)) & 1),
  )
}

const track = (io: Io, hwpt_id: number, on = true) =>
  io.done('IOMMU_HWPT_SET_DIRTY_TRACKING', { hwpt_id, flags: on ? ENABLE : 0 })

/** A device on a table that is made for tracking, with memory at address 0. */
function tracked(options: IoOptions, { length = 16n * PAGE, flags = DIRTY } = {}) {
  const io = new Io(options)
  const { fd, id } = io.device('dev1')
  const ioas = io.ioas()
  io.map(ioas, 0n, GIB, length)
  const hwpt = Number(io.hwpt(id, ioas, flags).out?.out_hwpt_id)
  io.attach(fd, hwpt)
  return { io, fd, id, ioas, hwpt }
}

const SCATTERED = { hva: GIB, size: 16n * MIB, pages: '4K' } as const
const TRACKS: readonly IoOptions[] = [
  { platform: 'vtd', params: { ad: 'on' }, memory: [SCATTERED] },
  { platform: 'amd-vi', params: { had: 'on' }, memory: [{ ...SCATTERED, pages: 'scattered' }] },
]

describe.each(TRACKS)('dirty.bits on $platform', options => {
  const all = { iova: 0n, length: 16n * PAGE }

  it('a write through the table sets a bit once tracking is on; asking clears it, and the next write sets it again', () => {
    const { io, hwpt } = tracked(options)
    io.write('dev1', 0x1000n, 'before')
    expect(bits(io, hwpt, all)).toEqual([])
    track(io, hwpt)
    io.write('dev1', 0x1000n, 'x')
    io.write('dev1', 0x3000n, 'x')
    io.read('dev1', 0x2000n)
    expect(bits(io, hwpt, { ...all, flags: NO_CLEAR })).toEqual([1, 3])
    expect(bits(io, hwpt, { ...all, page: 4n * PAGE, flags: NO_CLEAR })).toEqual([0])
    expect(bits(io, hwpt, { iova: 0x3000n, length: 2n * PAGE, flags: NO_CLEAR })).toEqual([0])
    expect(bits(io, hwpt, all)).toEqual([1, 3])
    expect(bits(io, hwpt, all)).toEqual([])
    io.write('dev1', 0x1000n, 'again')
    expect(bits(io, hwpt, all)).toEqual([1])
  })

  it('switched on again everything is clean; switched off nothing is noted', () => {
    const { io, hwpt } = tracked(options)
    track(io, hwpt)
    io.write('dev1', 0x1000n, 'x')
    track(io, hwpt)
    expect(bits(io, hwpt, all)).toEqual([])
    io.write('dev1', 0x2000n, 'x')
    track(io, hwpt, false)
    io.write('dev1', 0x4000n, 'x')
    expect(bits(io, hwpt, all)).toEqual([2])
  })

  it('an IOTLB entry that says written sets no bit where only the bit was taken', () => {
    const { io, hwpt } = tracked(options)
    track(io, hwpt)
    io.write('dev1', 0x1000n, 'x')
    const { memory } = io.machine.bulk
    const leaf = io.machine.platform
      .translate(io.machine.hw(), io.machine.root.hw, {
        ...{ device: io.machine.device('dev1').hw, pasid: null, address: 0x1000n, access: 'read' },
        ...{ commit: false, cached: false },
      })
      .references.at(-1)
    const bit = options.platform === 'vtd' ? 1n << 9n : 1n << 6n
    const [hpa, value] = [leaf?.address ?? 0, leaf?.value ?? 0n]
    expect(value & bit).toBe(bit)
    memory.write64(hpa, Number(BigInt.asIntN(32, value & ~bit)), Number(BigInt.asIntN(32, value >> 32n)))
    io.write('dev1', 0x1000n, 'stale')
    expect(bits(io, hwpt, all)).toEqual([])
  })

  it('a hole ends what is told, without an error', () => {
    const { io, ioas, hwpt } = tracked(options)
    track(io, hwpt)
    io.map(ioas, 0x20000n, GIB + 0x10000n)
    io.write('dev1', 0x1000n, 'x')
    io.write('dev1', 0x20000n, 'x')
    expect(bits(io, hwpt, { iova: 0n, length: 0x30000n })).toEqual([1])
    expect(bits(io, hwpt, { iova: 0x20000n, length: PAGE })).toEqual([0])
  })

  it('what is mapped anew is clean', () => {
    const { io, ioas, hwpt } = tracked(options)
    track(io, hwpt)
    io.write('dev1', 0x1000n, 'x')
    io.unmap(ioas, 0n, 16n * PAGE)
    io.map(ioas, 0n, GIB, 16n * PAGE)
    expect(bits(io, hwpt, all)).toEqual([])
  })

  it('a device that comes later is tracked as well', () => {
    const { io, hwpt } = tracked(options)
    track(io, hwpt)
    io.attach(io.device('dev2').fd, hwpt)
    io.write('dev2', 0x5000n, 'x')
    expect(bits(io, hwpt, all)).toEqual([5])
  })
})

describe('dirty.switch', () => {
  const entry = (io: Io) =>
    io.machine.platform.describe(io.machine.hw(), io.machine.root.hw, io.machine.device('dev1').hw)

  it('VT-d: SSADE of the PASID entry is set in place (VTD-CFG-2), and cleared again', () => {
    const { io, hwpt } = tracked(TRACKS[0] ?? {})
    const low = (): bigint => (entry(io).at(-1)?.words[0] ?? 0n) & 0xfffn
    expect(low()).toBe(0x089n)
    track(io, hwpt)
    expect(low()).toBe(0x289n)
    track(io, hwpt, false)
    expect(low()).toBe(0x089n)
  })

  it('AMD-Vi: HAD of the DTE', () => {
    const { io, hwpt } = tracked(TRACKS[1] ?? {})
    const had = (): bigint => ((entry(io).at(-1)?.words[0] ?? 0n) >> 7n) & 3n
    expect(had()).toBe(0n)
    track(io, hwpt)
    expect(had()).toBe(3n)
  })
})

describe('dirty.whole-entry', () => {
  it('a large page is told of as far as it was asked for, and is clean as a whole', () => {
    const memory = [{ hva: GIB, size: 64n * MIB, pages: '2M' }] as const
    const { io, hwpt } = tracked({ params: { ad: 'on' }, memory }, { length: 4n * MIB })
    track(io, hwpt)
    io.write('dev1', 0x5000n, 'x')
    expect(bits(io, hwpt, { iova: 0n, length: 4n * MIB, page: MIB, flags: NO_CLEAR })).toEqual([0, 1])
    expect(bits(io, hwpt, { iova: 0x8000n, length: 2n * PAGE })).toEqual([0, 1])
    expect(bits(io, hwpt, { iova: 0n, length: 4n * MIB, page: MIB })).toEqual([])
  })

  it('the last of several equal items is not told of (mock_dirty 15): 8 KiB in units of 2 KiB are bits 8, 9 and 10', () => {
    const io = new Io()
    const ioas = io.ioas()
    const { dev } = io.mock(ioas)
    io.map(ioas, MOCK + 0x4000n, GIB + 0x4000n, 2n * PAGE)
    const hwpt = Number(io.hwpt(dev, ioas, DIRTY).out?.out_hwpt_id)
    track(io, hwpt)
    const marked = { hwpt_id: hwpt, iova: MOCK + 0x4000n, length: 2n * PAGE, page_size: PAGE }
    io.done('TEST_DIRTY', marked, { bitmap: Uint8Array.of(2) })
    const from = { iova: MOCK + 0x4000n, length: 2n * PAGE }
    expect(bits(io, hwpt, { ...from, page: 0x800n, flags: NO_CLEAR }).map(bit => bit + 8)).toEqual([8, 9, 10])
    expect(bits(io, hwpt, { ...from, length: PAGE })).toEqual([0])
    expect(bits(io, hwpt, from)).toEqual([])
  })
})

describe('dirty.test-driver', () => {
  const SIZES = [8n << 10n, 16n << 10n, 64n << 10n, 128n << 10n, 320n << 10n]
  const CASES = [
    ...SIZES.map(length => ({ length, huge: false, n: 1 })),
    ...[64n * MIB, 128n * MIB].map(length => ({ length, huge: true, n: 512 })),
  ]

  it.each(CASES)('get_dirty_bitmap of $length bytes, large pages $huge', ({ length, huge, n }) => {
    const io = new Io()
    const ioas = io.ioas()
    if (!huge) io.done('IOMMU_OPTION', { option_id: 1, op: 0, object_id: ioas, val64: 0 })
    const { dev } = io.mock(ioas)
    const fields = { dev_id: dev, pt_id: ioas, flags: DIRTY, data_type: SELFTEST.data, data_len: 8 }
    const made = io.done(
      'IOMMU_HWPT_ALLOC',
      { ...fields, data_uptr: GIB },
      { data_uptr: words(0, huge ? 1 : 0) },
    )
    const hwpt = Number(made.out_hwpt_id)
    io.call('IOMMU_IOAS_MAP', { ioas_id: ioas, iova: MOCK, user_va: GIB, length, flags: FIXED | MAP_RW })
    track(io, hwpt)
    const count = Number(length / 0x800n)
    const bitmap = new Uint8Array(Math.ceil(count / 8))
    for (let bit = 0; bit < count; bit += 2 * n) bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7))
    const asked = { iova: MOCK, length, page: 0x800n }
    const { out_nr_dirty } = io.done(
      'TEST_DIRTY',
      { hwpt_id: hwpt, iova: MOCK, length, page_size: 0x800n },
      { bitmap },
    )
    expect(out_nr_dirty).toBe(count / (2 * n))
    const expected = Array.from({ length: count }, (_, bit) => bit).filter(bit => bit % (2 * n) < n)
    expect(bits(io, hwpt, { ...asked, flags: NO_CLEAR })).toEqual(expected)
    expect(bits(io, hwpt, asked)).toEqual(expected)
    expect(bits(io, hwpt, asked)).toEqual([])
  })

  it("a device of the test driver writes through them where its IOMMU is the machine's", () => {
    const io = new Io({ platform: 'mock', memory: [{ ...SCATTERED, pages: 'scattered' }] })
    const ioas = io.ioas()
    const { stdev, dev } = io.mock(ioas)
    io.map(ioas, MOCK, GIB, 4n * PAGE)
    const hwpt = Number(io.hwpt(dev, ioas, DIRTY).out?.out_hwpt_id)
    io.done('TEST_MOCK_DOMAIN_REPLACE', { stdev_id: stdev, pt_id: hwpt })
    io.write('testdev0', MOCK, 'x')
    track(io, hwpt)
    io.write('testdev0', MOCK + 0x2000n, 'x')
    expect(bits(io, hwpt, { iova: MOCK, length: 4n * PAGE })).toEqual([2])
  })
})

describe('io.nested-flush', () => {
  const GUEST = 0x80_0000n

  function nested() {
    const options = { params: { ad: 'on' }, memory: [{ ...SCATTERED, guest: true }] }
    const guestRam = [{ first: 0, last: Number(SCATTERED.size >> 12n) - 1, hva: Number(GIB >> 12n) }]
    const at = tracked({ ...options, guestRam }, { length: PAGE, flags: DIRTY | NEST_PARENT })
    const { io, ioas, id, fd, hwpt } = at
    io.map(ioas, PAGE, GIB + PAGE, SCATTERED.size - PAGE)
    const s1 = new Uint8Array(24)
    new DataView(s1.buffer).setBigUint64(8, GUEST, true)
    new DataView(s1.buffer).setUint32(16, 48, true)
    const fields = { dev_id: id, pt_id: hwpt, data_type: 1, data_len: 24, data_uptr: GIB }
    const over = Number(io.done('IOMMU_HWPT_ALLOC', fields, { data_uptr: s1 }).out_hwpt_id)
    io.attach(fd, over)
    const mapped = guestMap(io.machine, { root: GUEST, page: 7, pages: 1, target: 0, perm: 3 })
    if (!mapped.ok) throw new Error('the guest cannot map')
    return at
  }

  it("writes through a guest's table are noted in its parent, round after round", () => {
    const { io, hwpt } = nested()
    io.write('dev1', 0x7000n, 'before')
    track(io, hwpt)
    expect(bits(io, hwpt, { iova: 0n, length: PAGE })).toEqual([])
    for (const text of ['one', 'two']) {
      io.write('dev1', 0x7000n, text)
      expect(bits(io, hwpt, { iova: 0n, length: PAGE })).toEqual([0])
    }
  })

  it("what is unmapped in the parent is not reached through what a guest's table taught", () => {
    const { io, ioas } = nested()
    io.write('dev1', 0x7000n, 'there')
    expect(io.read('dev1', 0x7000n, 5)).toBe('there')
    io.unmap(ioas, 0n)
    expect(io.read('dev1', 0x7000n, 5)).toMatch(/^fault/)
  })
})
