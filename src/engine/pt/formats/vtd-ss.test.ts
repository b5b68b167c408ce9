/** VT-d second stage against the hand-worked entries VTD-SS-1 to 5, bit for bit, with their variants. */
import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk } from '../../mem'
import vectors from '../../vectors/hardware.json'
import { createTable, formatOf, mapRun, type PtConfig, type TableRef, walkAddress } from '..'
import { keepingSink } from '../sink.fixture'

interface Vector {
  readonly name: 'VTD-SS-1' | 'VTD-SS-2' | 'VTD-SS-3' | 'VTD-SS-4' | 'VTD-SS-5'
  readonly cfg: PtConfig
  /** Where the vector has its tables, top first. */
  readonly tables: readonly number[]
  readonly iova: bigint
  readonly hpa: number
  readonly pages: number
  readonly perm: number
}

const VECTORS: readonly Vector[] = [
  {
    name: 'VTD-SS-1',
    cfg: { levels: 4, ad: true },
    tables: [0x100000, 0x101000, 0x102000, 0x103000],
    iova: 0x2000n,
    hpa: 0x40001000,
    pages: 1,
    perm: 3,
  },
  {
    name: 'VTD-SS-2',
    cfg: { levels: 4 },
    tables: [0x100000, 0x101000, 0x104000],
    iova: 0x40200000n,
    hpa: 0x100600000,
    pages: 512,
    perm: 3,
  },
  {
    name: 'VTD-SS-3',
    cfg: { levels: 4 },
    tables: [0x100000, 0x101000],
    iova: 0x80000000n,
    hpa: 0x1c0000000,
    pages: 512 * 512,
    perm: 1,
  },
  {
    name: 'VTD-SS-4',
    cfg: { levels: 3 },
    tables: [0x110000, 0x111000, 0x112000],
    iova: 0x7ffffff000n,
    hpa: 0x2000,
    pages: 1,
    perm: 3,
  },
  {
    name: 'VTD-SS-5',
    cfg: { levels: 5 },
    tables: [0x120000, 0x121000, 0x122000, 0x123000, 0x124000],
    iova: 0x123456789ab000n,
    hpa: 0xfedcba987000,
    pages: 1,
    perm: 3,
  },
]

/** A machine whose frames are given out at the vector's addresses. */
function stage(vector: Vector): { bulk: Bulk; ref: TableRef } {
  const addresses = [...vector.tables]
  const frames = { alloc: () => addresses.shift() ?? -1, free: () => {}, freeCount: () => addresses.length }
  const bulk = createBulk({ frames })
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format: 'vtd-ss', cfg: vector.cfg }, sink)
  if (ref === null) throw new Error('no table')
  const run = {
    page: Number(vector.iova >> 12n),
    pages: vector.pages,
    target: vector.hpa / 4096,
    perm: vector.perm,
  }
  expect(mapRun(bulk, ref, run, sink)).toBe(true)
  expect(addresses).toEqual([])
  return { bulk, ref }
}

function vectorNamed(name: Vector['name']): Vector {
  const vector = VECTORS.find(one => one.name === name)
  if (vector === undefined) throw new Error(name)
  return vector
}

const put = (bulk: Bulk, hpa: number, value: bigint): void =>
  bulk.memory.write64(hpa, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))

describe.each(VECTORS)('$name', vector => {
  const { entries } = vectors[vector.name]

  it('has the entries of the vector in memory', () => {
    const { bulk } = stage(vector)
    for (const { addr, value } of entries)
      expect([addr, bulk.memory.read64(Number(addr))]).toEqual([addr, BigInt(value)])
  })

  it('reads exactly those entries, in order', () => {
    const { bulk, ref } = stage(vector)
    const log: unknown[] = []
    const answer = walkAddress(bulk, ref, vector.iova + 0xabcn, {
      access: 1,
      log: (level, hpa, value) => log.push({ level: level + 1, hpa, value }),
    })
    expect(answer).toMatchObject({ ok: true, output: vector.hpa + 0xabc, perm: vector.perm })
    expect(log).toEqual(
      entries.map(({ level, addr, value }) => ({ level, hpa: Number(addr), value: BigInt(value) })),
    )
  })
})

describe('VTD-SS-1 variants', () => {
  const vector = vectorNamed('VTD-SS-1')
  const LEAF = 0x103010
  const walk = (bulk: Bulk, ref: TableRef, access: number) => walkAddress(bulk, ref, 0x2abcn, { access })

  it('grant what their R and W bits say', () => {
    const { bulk, ref } = stage(vector)
    for (const [value, perm] of [
      [0x40001001n, 1],
      [0x40001002n, 2],
      [0x40001803n, 3],
    ] as const) {
      put(bulk, LEAF, value)
      for (const access of [1, 2, 3]) {
        const granted = (perm & access) === access
        expect(walk(bulk, ref, access)).toMatchObject(
          granted
            ? { ok: true, output: 0x40001abc, perm }
            : { ok: false, reason: 'permission', level: 0, hpa: LEAF },
        )
      }
    }
  })

  it('are written by the mapper from the rights asked for', () => {
    for (const [perm, snoop, value] of [
      [1, false, 0x40001001n],
      [2, false, 0x40001002n],
      [3, true, 0x40001803n],
    ] as const) {
      const { bulk } = stage({ ...vector, perm, cfg: { levels: 4, snoop } })
      expect(bulk.memory.read64(LEAF)).toBe(value)
    }
  })

  it('show A at every level and D in the leaf after a DMA write with SSADE, and nothing after a look', () => {
    const { bulk, ref } = stage(vector)
    const values = (): bigint[] => [0x100000, 0x101000, 0x102000, LEAF].map(hpa => bulk.memory.read64(hpa))
    const before = values()
    walkAddress(bulk, ref, 0x2000n, { access: 2 })
    expect(values()).toEqual(before)
    const answer = walkAddress(bulk, ref, 0x2000n, { access: 2, commit: true })
    expect(values()).toEqual([0x101103n, 0x102103n, 0x103103n, 0x40001303n])
    expect(answer).toMatchObject({
      updated: [
        { level: 3, hpa: 0x100000, before: 0x101003n, after: 0x101103n },
        { level: 2, hpa: 0x101000 },
        { level: 1, hpa: 0x102000 },
        { level: 0, hpa: LEAF, before: 0x40001003n, after: 0x40001303n },
      ],
    })
    expect(walkAddress(bulk, ref, 0x2000n, { access: 2, commit: true })).toMatchObject({ updated: [] })
  })

  it('set A alone on a read, and neither without SSADE', () => {
    const reading = stage(vector)
    walkAddress(reading.bulk, reading.ref, 0x2000n, { access: 1, commit: true })
    expect(reading.bulk.memory.read64(LEAF)).toBe(0x40001103n)
    const plain = stage({ ...vector, cfg: { levels: 4 } })
    walkAddress(plain.bulk, plain.ref, 0x2000n, { access: 2, commit: true })
    expect(plain.bulk.memory.read64(LEAF)).toBe(0x40001003n)
  })
})

describe('rights along the path', () => {
  it('are the AND of all levels, and the level that lacks one is named', () => {
    const { bulk, ref } = stage(vectorNamed('VTD-SS-1'))
    put(bulk, 0x101000, 0x102001n)
    expect(walkAddress(bulk, ref, 0x2000n, { access: 1 })).toMatchObject({ ok: true, perm: 1 })
    expect(walkAddress(bulk, ref, 0x2000n, { access: 2 })).toEqual({
      ok: false,
      reason: 'permission',
      level: 2,
      hpa: 0x101000,
    })
  })

  it('end the walk where R and W are both 0, whatever else is set', () => {
    const { bulk, ref } = stage(vectorNamed('VTD-SS-1'))
    put(bulk, 0x102000, 0x103ffcn)
    expect(walkAddress(bulk, ref, 0x2000n, { access: 1 })).toEqual({
      ok: false,
      reason: 'not-present',
      level: 1,
      hpa: 0x102000,
    })
  })
})

describe('reserved bits', () => {
  const at = (hpa: number, value: bigint, cfg: PtConfig = { levels: 4 }): unknown => {
    const { bulk, ref } = stage({ ...vectorNamed('VTD-SS-1'), cfg })
    put(bulk, hpa, value)
    return walkAddress(bulk, ref, 0x2000n, { access: 1 })
  }

  it('fault in a 2 MiB leaf with bit 12 set, as VTD-SS-2 says', () => {
    const { bulk, ref } = stage(vectorNamed('VTD-SS-2'))
    put(bulk, 0x104008, 0x100601083n)
    expect(walkAddress(bulk, ref, 0x40234567n, { access: 1 })).toEqual({
      ok: false,
      reason: 'reserved',
      level: 1,
      hpa: 0x104008,
    })
  })

  it.each([12, 20])('fault at bit %i of a 2 MiB leaf, and not at the bits around', bit => {
    expect(at(0x102000, 0x40000083n | (1n << BigInt(bit)))).toMatchObject({ reason: 'reserved', level: 1 })
    expect(at(0x102000, 0x40200083n)).toMatchObject({ ok: true })
  })

  it.each([12, 29])('fault at bit %i of a 1 GiB leaf', bit => {
    expect(at(0x101000, 0x40000083n | (1n << BigInt(bit)))).toMatchObject({ reason: 'reserved', level: 2 })
    expect(at(0x101000, 0x40000083n)).toMatchObject({ ok: true, pageLg2: 30 })
  })

  it('fault for PS in the PML4, and where large pages are not supported', () => {
    expect(at(0x100000, 0x101083n)).toMatchObject({ reason: 'reserved', level: 3 })
    expect(at(0x101000, 0x40000083n, { levels: 4, maxPageLg2: 21 })).toMatchObject({
      reason: 'reserved',
      level: 2,
    })
    expect(at(0x102000, 0x40000083n, { levels: 4, maxPageLg2: 12 })).toMatchObject({
      reason: 'reserved',
      level: 1,
    })
  })

  it('fault for SNP in a pointer, and in a leaf without snoop control', () => {
    expect(at(0x102000, 0x103803n)).toMatchObject({ reason: 'reserved', level: 1 })
    expect(at(0x103010, 0x40001803n)).toMatchObject({ ok: true })
    expect(at(0x103010, 0x40001803n, { levels: 4, snoopControl: false })).toMatchObject({
      reason: 'reserved',
    })
  })

  it('fault above the host address width and for TM, not for the ignored bits', () => {
    expect(at(0x103010, 0x1000040001003n)).toMatchObject({ reason: 'reserved', level: 0 })
    expect(at(0x103010, 0x1000040001003n, { levels: 4, haw: 52 })).toMatchObject({
      ok: true,
      output: 0x1000040001000,
    })
    expect(at(0x103010, 0x4000000040001003n)).toMatchObject({ reason: 'reserved' })
    expect(at(0x103010, 0xbff000004000147fn | 3n)).toMatchObject({ ok: true, output: 0x40001000 })
    expect(at(0x103010, 0x40001083n)).toMatchObject({ ok: true, output: 0x40001000 })
  })

  it('decode as malformed, with the bits named', () => {
    const decoded = formatOf('vtd-ss').decode(0x100601083n, 1, { levels: 4 })
    expect(decoded).toMatchObject({ kind: 'malformed', reserved: 0x1000n, fields: { PS: 1n, RSVD: 1n } })
  })
})

describe('the width of the input', () => {
  it('ends 39 bits at 0x8000000000 for 3 levels, as VTD-SS-4 says', () => {
    const { bulk, ref } = stage(vectorNamed('VTD-SS-4'))
    expect(walkAddress(bulk, ref, 0x7fffffffffn, { access: 3 })).toMatchObject({ ok: true, output: 0x2fff })
    expect(walkAddress(bulk, ref, 0x8000000000n, { access: 1 })).toMatchObject({ reason: 'address-range' })
  })

  it('reads a 1 GiB page to its last byte, and refuses the write of VTD-SS-3', () => {
    const { bulk, ref } = stage(vectorNamed('VTD-SS-3'))
    expect(walkAddress(bulk, ref, 0xbfffffffn, { access: 1 })).toMatchObject({
      ok: true,
      output: 0x1ffffffff,
    })
    expect(walkAddress(bulk, ref, 0xbfffffffn, { access: 2 })).toMatchObject({ reason: 'permission' })
  })
})

describe('configurations that cannot be', () => {
  it.each([
    { levels: 6 },
    { levels: 2 },
    { maxPageLg2: 25 },
    { haw: 60 },
    { snoop: true, snoopControl: false },
  ])('%j', cfg => {
    expect(formatOf('vtd-ss').problem(cfg)).not.toBeNull()
  })
})
