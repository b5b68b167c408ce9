/** TCE tables against the vectors TCE-1 and TCE-2. */
import { describe, expect, it } from 'vitest'
import { createBulk } from '../../mem'
import { createTable, formatOf, mapRun, type PtConfig, type TableRef, walkAddress } from '..'
import { itemsOf, levelsOf, shiftOf, tableBytes } from '../geometry'
import { keepingSink } from '../sink.fixture'

function stage(cfg: PtConfig) {
  const bulk = createBulk()
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format: 'papr-tce', cfg }, sink)
  if (ref === null) throw new Error('no table')
  const map = (bus: number, hpa: number, perm: number): boolean =>
    mapRun(
      bulk,
      ref,
      { page: bus / 4096, pages: 2 ** (Number(cfg.pageLg2 ?? 12) - 12), target: hpa / 4096, perm },
      sink,
    )
  return { bulk, ref, sink, map }
}

/** The level indexes of a bus address, top first, told by the addresses the walk reads. */
function indexes(bulk: ReturnType<typeof createBulk>, ref: TableRef, bus: bigint): string[] {
  const read: string[] = []
  let table = ref.root
  walkAddress(bulk, ref, bus, {
    access: 1,
    log: (_, hpa, value) => {
      read.push(`0x${((hpa - table) / 8).toString(16)}`)
      table = Number(value & ~0xfffn)
    },
  })
  return read
}

describe('TCE-1: the default window, flat', () => {
  const cfg = { windowLg2: 30 }

  it('is one contiguous table of 262144 TCEs, aligned to its size', () => {
    const { ref, sink } = stage(cfg)
    const geometry = formatOf('papr-tce').geometry(cfg)
    expect([itemsOf(geometry, 0), tableBytes(geometry, 0), ref.root % 2097152]).toEqual([262144, 2097152, 0])
    expect(sink.kept).toMatchObject([{ kind: 'table-allocated', bytes: 2097152, level: 0 }])
  })

  it('holds TCE[2] big-endian and translates bus 0x2abc through it', () => {
    const { bulk, ref, map } = stage(cfg)
    map(0x2000, 0x40001000, 3)
    expect(Array.from(bulk.memory.readBytes(ref.root + 16, 8))).toEqual([0, 0, 0, 0, 0x40, 0, 0x10, 0x03])
    expect(walkAddress(bulk, ref, 0x2abcn, { access: 3 })).toMatchObject({
      ok: true,
      output: 0x40001abc,
      perm: 3,
    })
  })

  it('refuses a write through a read-only TCE, and anything through an empty one', () => {
    const { bulk, ref, map } = stage(cfg)
    map(0x3000, 0x40002000, 1)
    expect(bulk.memory.read64be(ref.root + 24)).toBe(0x40002001n)
    expect(walkAddress(bulk, ref, 0x3000n, { access: 1 })).toMatchObject({ ok: true, perm: 1 })
    expect(walkAddress(bulk, ref, 0x3000n, { access: 2 })).toMatchObject({
      ok: false,
      reason: 'permission',
      level: 0,
    })
    expect(walkAddress(bulk, ref, 0x4000n, { access: 1 })).toMatchObject({
      ok: false,
      reason: 'not-present',
      level: 0,
    })
  })

  it('ends at index 0x40000', () => {
    const { bulk, ref, map } = stage(cfg)
    map(0x3fff_f000, 0x40002000, 3)
    expect(walkAddress(bulk, ref, 0x3fff_ffffn, { access: 3 })).toMatchObject({
      ok: true,
      output: 0x40002fff,
    })
    expect(walkAddress(bulk, ref, 0x4000_0000n, { access: 1 })).toMatchObject({
      ok: false,
      reason: 'address-range',
    })
  })

  it('also grants the read where a mapping asks to write only', () => {
    const { bulk, ref, map } = stage(cfg)
    map(0, 0x40002000, 2)
    expect(bulk.memory.read64be(ref.root)).toBe(0x40002003n)
  })

  it('honours a write-only TCE that something else wrote', () => {
    const { bulk, ref } = stage(cfg)
    bulk.memory.write64be(ref.root, 0x40002002, 0)
    expect(walkAddress(bulk, ref, 0n, { access: 2 })).toMatchObject({ ok: true, perm: 2 })
    expect(walkAddress(bulk, ref, 0n, { access: 1 })).toMatchObject({ ok: false, reason: 'permission' })
  })
})

describe('TCE-2: geometry', () => {
  it('window 2^32, 64K pages, 1 level, 64K host pages', () => {
    const cfg = { windowLg2: 32, pageLg2: 16, hostPageLg2: 16 }
    expect(itemsOf(formatOf('papr-tce').geometry(cfg), 0)).toBe(65536)
    const { bulk, ref, map } = stage(cfg)
    map(0x30000, 0x5000_0000, 3)
    expect(indexes(bulk, ref, 0x30000n)).toEqual(['0x3'])
  })

  it('window 2^40, 64K pages, 2 levels: TCE 0x123456 is at 0x123, 0x456', () => {
    const cfg = { windowLg2: 40, pageLg2: 16, levels: 2 }
    const geometry = formatOf('papr-tce').geometry(cfg)
    expect([levelsOf(geometry), itemsOf(geometry, 0), itemsOf(geometry, 1), tableBytes(geometry, 0)]).toEqual(
      [2, 4096, 4096, 32768],
    )
    const { bulk, ref, map } = stage(cfg)
    map(0x123456 * 65536, 0x5000_0000, 3)
    expect(indexes(bulk, ref, 0x123456n << 16n)).toEqual(['0x123', '0x456'])
    expect(bulk.memory.read64be(ref.root + 0x123 * 8) & 0xfffn).toBe(3n)
  })

  it('window 2^31, 4K pages, 1 level: 524288 TCEs, index 2', () => {
    const cfg = { windowLg2: 31 }
    expect(itemsOf(formatOf('papr-tce').geometry(cfg), 0)).toBe(524288)
    const { bulk, ref, map } = stage(cfg)
    map(0x2000, 0x5000_0000, 3)
    expect(indexes(bulk, ref, 0x2fffn)).toEqual(['0x2'])
  })

  it('64-bit window at 1 << 59, 64K pages: bus 0x0800000000030042 is TCE 3, offset 0x42', () => {
    const cfg = { windowLg2: 36, pageLg2: 16, start: 2 ** 59 }
    const { bulk, ref, map } = stage(cfg)
    map(2 ** 59 + 0x30000, 0x5000_0000, 3)
    expect(indexes(bulk, ref, 0x0800000000030042n)).toEqual(['0x3'])
    expect(walkAddress(bulk, ref, 0x0800000000030042n, { access: 1 })).toMatchObject({
      output: 0x5000_0042,
      pageLg2: 16,
    })
    expect(walkAddress(bulk, ref, 0x30042n, { access: 1 })).toMatchObject({ reason: 'address-range' })
  })

  it('rounds the entries of a level up, and never makes a table smaller than a host page', () => {
    const geometry = formatOf('papr-tce').geometry({ windowLg2: 30, levels: 3 })
    expect([itemsOf(geometry, 0), shiftOf(geometry, 1), shiftOf(geometry, 2)]).toEqual([512, 9, 18])
  })

  it.each([
    { levels: 6 },
    { levels: 0 },
    { pageLg2: 13 },
    { windowLg2: 11 },
    { windowLg2: 62, levels: 5, hostPageLg2: 16 },
  ])('cannot be %j', cfg => {
    expect(formatOf('papr-tce').problem(cfg)).not.toBeNull()
  })
})
