/**
 * A guest's stream table entry on SMMUv3, through a vIOMMU. Expected values: iommufd facts 2.11, 2.12, 2.15, 3.3 and the
 * hardware facts, iommufd Arm data; bit positions are those of the STE, the CD and the commands there.
 */
import { describe, expect, it } from 'vitest'
import { guestPasidSet } from '../../kernel/guest-pasid-tables'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import type { CallAnswer } from '../dispatch'
import { GIB } from '../fixture'
import { Io, PAGE, words } from './fixture'
import { FAULT_ID, NEST_PARENT } from './scenes.fixture'

const SIZE = 8n << 20n
/** Guest addresses of its CD table and of one of its page tables. */
const CDS = 0x10_0000n
const TABLE = 0x40_0000n
const VSID = 0x20n
const RID = 0x18n

/** V, Config, S1Fmt linear, S1ContextPtr, S1CDMax; S1DSS. */
const ste = (config: number, { bits = 0n, dss = 0n, v = 1n, low = 0n, high = 0n } = {}) =>
  [v | (BigInt(config) << 1n) | CDS | (bits << 59n) | low, dss | high] as const

const bytesOf = (values: readonly bigint[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 8)
  for (const [at, value] of values.entries()) new DataView(bytes.buffer).setBigUint64(at * 8, value, true)
  return bytes
}

function stage({ vdevice = true, params = {} as Record<string, string> } = {}) {
  const io = new Io({
    platform: 'smmuv3',
    params,
    devices: [{ name: 'dev1', pasidBits: 16 }],
    memory: [{ hva: GIB, size: SIZE, pages: '4K' }],
    guestRam: [{ first: 0, last: Number(SIZE >> 12n) - 1, hva: Number(GIB >> 12n) }],
  })
  const { fd, id } = io.device('dev1')
  const ioas = io.ioas()
  io.map(ioas, 0n, GIB, SIZE)
  const parent = Number(io.hwpt(id, ioas, NEST_PARENT).out?.out_hwpt_id)
  const made = io.done('IOMMU_VIOMMU_ALLOC', { type: 1, dev_id: id, hwpt_id: parent })
  const viommu = Number(made.out_viommu_id)
  if (vdevice) io.done('IOMMU_VDEVICE_ALLOC', { viommu_id: viommu, dev_id: id, virt_id: VSID })
  const alloc = (entry: readonly bigint[], more: Readonly<Record<string, number>> = {}): CallAnswer => {
    const fields = { dev_id: id, pt_id: viommu, data_type: 2, data_len: 16, ...more }
    return io.call('IOMMU_HWPT_ALLOC', { ...fields, data_uptr: GIB }, { data_uptr: bytesOf(entry) })
  }
  const onto = (entry: readonly bigint[], more: Readonly<Record<string, number>> = {}): number => {
    const hwpt = Number(alloc(entry, more).out?.out_hwpt_id)
    const attached = io.attach(fd, hwpt)
    if (attached.errno !== null) throw new Error(`attach: ${attached.message}`)
    return hwpt
  }
  const must = (done: { readonly ok: boolean }): void => expect(done.ok).toBe(true)
  const lead = (pasid: bigint): void => must(guestPasidSet(io.machine, { table: CDS, pasid, root: TABLE }))
  const run = (iova: bigint) => ({ root: TABLE, page: Number(iova >> 12n), pages: 1 })
  const map = (iova: bigint, target: bigint): void =>
    must(guestMap(io.machine, { ...run(iova), target: Number(target >> 12n), perm: 3 }))
  const unmap = (iova: bigint): void => must(guestUnmap(io.machine, run(iova)))
  const invalidate = (commands: readonly bigint[], data_type = 1, entry_len = 16): CallAnswer =>
    io.call(
      'IOMMU_HWPT_INVALIDATE',
      { hwpt_id: viommu, data_type, entry_len, entry_num: commands.length / 2, data_uptr: GIB },
      { data_uptr: bytesOf(commands) },
    )
  const entry = () =>
    io.machine.platform
      .describe(io.machine.hw(), io.machine.root.hw, io.machine.device('dev1').hw)
      .find(row => row.struct === 'STE')
  return { io, fd, id, ioas, parent, viommu, alloc, onto, lead, map, unmap, invalidate, entry }
}

describe('arm.driver', () => {
  it('GET_HW_INFO has the ID registers', () => {
    const { io, id } = stage({ params: { stall: 'on' } })
    const { out } = io.call('IOMMU_GET_HW_INFO', { dev_id: id, data_len: 40, data_uptr: GIB })
    expect(out).toMatchObject({ out_data_type: 2, out_max_pasid_log2: 16, data_len: 40 })
    const text = String(out?.data)
    const at = (word: number): number =>
      Number.parseInt(
        text
          .slice(word * 8, word * 8 + 8)
          .match(/../g)
          ?.reverse()
          .join('') ?? '',
        16,
      )
    const bits = (value: number, high: number, low: number): number =>
      Math.floor(value / 2 ** low) % 2 ** (high - low + 1)
    const idr = (n: number): number => at(2 + n)
    // S2P, S1P, AArch64 tables, COHACC, ATS, PRI, two-level CD and stream tables, both stall and terminate.
    expect([0, 1, 4, 10, 16, 19].map(bit => bits(idr(0), bit, bit))).toEqual([1, 1, 1, 1, 1, 1])
    expect([bits(idr(0), 3, 2), bits(idr(0), 25, 24), bits(idr(0), 28, 27)]).toEqual([2, 0, 1])
    expect([bits(idr(1), 5, 0), bits(idr(1), 10, 6), bits(idr(3), 10, 10)]).toEqual([16, 16, 1])
    expect([bits(idr(5), 2, 0), bits(idr(5), 4, 4)]).toEqual([5, 1])
  })

  it('the window of software MSIs is kept free, and an area in it refuses the attach', () => {
    const { io, fd, ioas, parent } = stage()
    io.attach(fd, parent)
    const ranges = [
      [0n, 0x7ff_ffffn],
      [0x810_0000n, 2n ** 48n - 1n],
    ]
    expect(io.ranges(ioas).out?.ranges).toEqual(ranges)
    const other = io.ioas()
    io.map(other, 0x808_0000n)
    expect(io.attach(fd, other).errno).toBe('EADDRINUSE')
  })

  it('nests through a vIOMMU alone, for a device that the vIOMMU knows', () => {
    const at = stage({ vdevice: false })
    expect(at.alloc(ste(5), { pt_id: at.parent }).errno).toBe('EOPNOTSUPP')
    expect(at.io.attach(at.fd, Number(at.alloc(ste(5)).out?.out_hwpt_id)).errno).toBe('ENOENT')
    const plain = Number(at.io.hwpt(at.id, at.ioas).out?.out_hwpt_id)
    expect(at.io.call('IOMMU_VIOMMU_ALLOC', { type: 1, dev_id: at.id, hwpt_id: plain }).errno).toBe('EINVAL')
    expect(at.io.call('IOMMU_VIOMMU_ALLOC', { type: 2, dev_id: at.id, hwpt_id: at.parent }).errno).toBe(
      'EOPNOTSUPP',
    )
  })
})

describe('arm.entry', () => {
  const REFUSED: readonly (readonly [string, readonly bigint[], Readonly<Record<string, number>>, string])[] =
    [
      ['Config 6', ste(6), {}, 'EIO'],
      ['Config 7', ste(7), {}, 'EIO'],
      ['Config 1', ste(1), {}, 'EIO'],
      ['EATS 2', ste(5, { high: 2n << 28n }), {}, 'EIO'],
      ['SHCFG', ste(5, { high: 1n << 44n }), {}, 'EIO'],
      ['bit 56', ste(5, { low: 1n << 56n }), {}, 'EIO'],
      ['another type', ste(5), { data_type: 1 }, 'EINVAL'],
      ['8 bytes', ste(5), { data_len: 8 }, 'EINVAL'],
    ]
  it.each(REFUSED)('%s is refused (driver.io for what is illegal)', (_, entry, more, errno) => {
    const answer = stage().alloc(entry, more)
    expect(answer.errno).toBe(errno)
    if (errno === 'EIO') expect(answer.rule).toBe('driver.io')
  })

  it("Config 5 becomes 7, with the host's stage 2 and VMID, and the guest's table and switches", () => {
    const { io, fd, parent, onto, entry } = stage()
    io.attach(fd, parent)
    const before = entry()?.words ?? []
    onto(ste(5, { bits: 4n, dss: 2n, high: 1n << 27n }))
    const [low = 0n, high = 0n, ...stage2] = entry()?.words ?? []
    expect(low).toBe(1n | (7n << 1n) | CDS | (4n << 59n))
    expect([high & 3n, (high >> 27n) & 1n, (high >> 19n) & 1n]).toEqual([2n, 1n, 1n])
    expect(stage2).toEqual(before.slice(2))
  })

  it("V = 0 and Config 0 abort; Config 4 leaves the parent's addresses", () => {
    const { io, onto } = stage()
    onto(ste(5, { v: 0n }))
    expect(io.read('dev1', 0x1000n)).toMatch(/^fault/)
    onto(ste(4))
    io.write('dev1', 0x1000n, 'guest physical')
    expect(io.read('dev1', 0x1000n, 14)).toBe('guest physical')
    onto(ste(0))
    expect(io.read('dev1', 0x1000n)).toMatch(/^fault/)
  })

  it('a single CD translates requests without PASID, a table of CDs each PASID', () => {
    const { io, onto, lead, map } = stage()
    const single = onto(ste(5))
    lead(0n)
    map(0x7000n, 0x1000n)
    io.write('dev1', 0x7000n, 'through both')
    onto(ste(4))
    expect(io.call('IOMMU_DESTROY', { id: single }).errno).toBeNull()
    expect(io.read('dev1', 0x1000n, 12)).toBe('through both')
    onto(ste(5, { bits: 4n, dss: 1n }))
    lead(5n)
    expect(io.read('dev1', 0x7000n, 12, 5)).toBe('through both')
    expect(io.read('dev1', 0x1000n, 12)).toBe('through both')
    expect(io.read('dev1', 0x7000n, 1, 6)).toMatch(/^fault/)
  })

  it("what goes from the parent is not reached through a guest's table", () => {
    const { io, ioas, onto, lead, map } = stage()
    io.unmap(ioas, 0n, 2n ** 64n - 1n)
    io.map(ioas, 0n, GIB, PAGE)
    io.map(ioas, PAGE, GIB + PAGE, SIZE - PAGE)
    onto(ste(5))
    lead(0n)
    map(0x7000n, 0n)
    io.write('dev1', 0x7000n, 'x')
    io.unmap(ioas, 0n)
    expect(io.read('dev1', 0x7000n)).toMatch(/^fault/)
  })
})

describe('arm.commands', () => {
  const NH_VA = 0x12n
  const NH_ALL = 0x10n
  const NSNH_ALL = 0x30n
  const CFGI_CD = 0x05n
  const SYNC = 0x46n
  const OTHER_VMID = 0x77n << 32n

  /** A page that the TLB knows and the guest has unmapped. */
  function stale() {
    const at = stage()
    at.onto(ste(5))
    at.lead(0n)
    at.map(0x7000n, 0x1000n)
    at.io.write('dev1', 0x7000n, 'x')
    at.unmap(0x7000n)
    expect(at.io.read('dev1', 0x7000n)).toBe('x')
    return at
  }

  it.each([
    ['TLBI_NH_VA, whatever VMID it names', [NH_VA | OTHER_VMID, 0x7000n]],
    ['TLBI_NH_ALL', [NH_ALL | OTHER_VMID, 0n]],
    ["TLBI_NSNH_ALL, which is the guest's alone", [NSNH_ALL, 0n]],
  ])("%s drops what the guest's table taught", (_, commands) => {
    const { io, invalidate } = stale()
    expect(invalidate(commands)).toMatchObject({ errno: null, out: { entry_num: 1 } })
    expect(io.read('dev1', 0x7000n)).toMatch(/^fault/)
  })

  it('another address drops nothing of it', () => {
    const { io, invalidate } = stale()
    invalidate([NH_VA, 0x9000n])
    expect(io.read('dev1', 0x7000n)).toBe('x')
  })

  it('CFGI_CD names the device by its virtual StreamID', () => {
    const { io, lead, map, invalidate } = stale()
    map(0x7000n, 0x1000n)
    guestPasidSet(io.machine, { table: CDS, pasid: 0n, root: 0n })
    invalidate([NH_ALL, 0n])
    expect(io.read('dev1', 0x7000n)).toBe('x')
    expect(invalidate([CFGI_CD | (VSID << 32n), 1n]).errno).toBeNull()
    expect(io.read('dev1', 0x7000n)).toMatch(/^fault/)
    lead(0n)
    expect(invalidate([CFGI_CD | (RID << 32n), 1n]).errno).toBe('EIO')
  })

  it('a command that is not for guests ends the array: those before are done, and counted', () => {
    const { io, invalidate } = stale()
    expect(invalidate([NH_VA, 0x7000n, SYNC, 0n, NH_ALL, 0n])).toMatchObject({
      ...{ errno: 'EIO', rule: 'driver.io', out: { entry_num: 1 } },
    })
    expect(io.read('dev1', 0x7000n)).toMatch(/^fault/)
    expect(invalidate([NH_ALL, 0n], 0)).toMatchObject({ errno: 'EINVAL', out: { entry_num: 0 } })
    expect(invalidate([], 1).errno).toBeNull()
    expect(invalidate([], 0).errno).toBe('EINVAL')
  })
})

describe('arm.stall', () => {
  it.each([null, 5])(
    "a stalled request with PASID %s waits in the queue of the entry's table, and is resumed",
    pasid => {
      const { io, id, onto, lead, map } = stage({ params: { stall: 'on' } })
      const queue = io.done('IOMMU_FAULT_QUEUE_ALLOC')
      const [fault_id, file] = [Number(queue.out_fault_id), Number(queue.out_fault_fd)]
      onto(pasid === null ? ste(5) : ste(5, { bits: 4n }), { flags: FAULT_ID, fault_id })
      lead(BigInt(pasid ?? 0))
      expect(io.write('dev1', 0x7000n, 'late', pasid)).toMatchObject({ pending: true })
      expect(io.readFile(file, 40).out).toMatchObject({
        ...{
          flags: pasid === null ? 2 : 3,
          dev_id: id,
          pasid: pasid ?? 0,
          addr: 0x7000n,
          perm: 2,
          cookie: 1,
        },
      })
      map(0x7000n, 0x1000n)
      expect(io.writeFile(file, words(1, 0)).ret).toBe(8)
      expect(io.machine.root.dmaResults.get('dev1')).toMatchObject({ ok: true })
      expect(io.read('dev1', 0x9000n, 1, pasid)).toBe('pending')
      io.readFile(file, 40)
      io.writeFile(file, words(1, 1))
      expect(io.machine.root.dmaResults.get('dev1')).toMatchObject({ ok: false, pending: false })
    },
  )
})
