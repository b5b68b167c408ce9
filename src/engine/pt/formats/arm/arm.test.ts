/** Arm stage 1 and stage 2 against the hand-worked entries ARM-S1-1, ARM-S1-2, ARM-S2-1 and ARM-S2-2, with their variants. */
import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk } from '../../../mem'
import vectors from '../../../vectors/hardware.json'
import { createTable, formatOf, mapRun, type PtConfig, type TableRef, walkAddress } from '../..'
import { keepingSink } from '../../sink.fixture'

interface Vector {
  readonly name: 'ARM-S1-1' | 'ARM-S1-2' | 'ARM-S2-1'
  readonly format: string
  readonly cfg: PtConfig
  readonly tables: readonly number[]
  readonly iova: bigint
  readonly hpa: number
  readonly pages: number
}

const VECTORS: readonly Vector[] = [
  {
    name: 'ARM-S1-1',
    format: 'arm-s1',
    cfg: { inputBits: 48 },
    tables: [0x400000, 0x401000, 0x402000, 0x403000],
    iova: 0x2000n,
    hpa: 0x40001000,
    pages: 1,
  },
  {
    name: 'ARM-S1-2',
    format: 'arm-s1',
    cfg: { inputBits: 48 },
    tables: [0x400000, 0x401000, 0x404000],
    iova: 0x40200000n,
    hpa: 0x100600000,
    pages: 512,
  },
  {
    name: 'ARM-S2-1',
    format: 'arm-s2',
    cfg: { inputBits: 39, startLevel: 1, outputBits: 44 },
    tables: [0x500000, 0x501000, 0x502000],
    iova: 0x2000n,
    hpa: 0x40001000,
    pages: 1,
  },
]

/** A machine whose frames are given out at the vector's addresses. */
function stage({ format, cfg, tables, iova, hpa, pages }: Vector): { bulk: Bulk; ref: TableRef } {
  const addresses = [...tables]
  const frames = { alloc: () => addresses.shift() ?? -1, free: () => {}, freeCount: () => addresses.length }
  const bulk = createBulk({ frames })
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format, cfg }, sink)
  if (ref === null) throw new Error('no table')
  expect(mapRun(bulk, ref, { page: Number(iova >> 12n), pages, target: hpa / 4096, perm: 3 }, sink)).toBe(
    true,
  )
  return { bulk, ref }
}

const put = (bulk: Bulk, hpa: number, value: bigint): void =>
  bulk.memory.write64(hpa, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))

describe.each(VECTORS)('$name', vector => {
  const { entries } = vectors[vector.name]

  it('has the entries of the vector in memory, and reads exactly those, in order', () => {
    const { bulk, ref } = stage(vector)
    for (const { addr, value } of entries)
      expect([addr, bulk.memory.read64(Number(addr))]).toEqual([addr, BigInt(value)])
    const log: unknown[] = []
    const answer = walkAddress(bulk, ref, vector.iova + 0xabcn, {
      access: 3,
      log: (level, hpa, value) => log.push([3 - level, hpa, value]),
    })
    expect(log).toEqual(entries.map(({ level, addr, value }) => [level, Number(addr), BigInt(value)]))
    expect(answer).toMatchObject({ ok: true, output: vector.hpa + 0xabc, perm: 3 })
  })
})

/** What a leaf of the first or last vector, replaced by another value, makes of reads and writes. */
function leaf(name: Vector['name'], value: bigint, cfg: PtConfig = {}) {
  const vector = VECTORS.find(one => one.name === name)
  if (vector === undefined) throw new Error(name)
  const { bulk, ref } = stage(vector)
  put(bulk, Number(vectors[name].entries.at(-1)?.addr), value)
  const as = { ...ref, cfg: { ...ref.cfg, ...cfg } }
  return [1, 2].map(access => {
    const found = walkAddress(bulk, as, vector.iova, { access })
    return found.ok ? 'ok' : found.reason
  })
}

describe('leaves of stage 1', () => {
  it.each([
    ['read-only: AP[2]', 0x40001fc7n, ['ok', 'permission']],
    ['AF = 0, ahead of a missing right', 0x40001b47n, ['reserved', 'reserved']],
    ['AF = 0 and read-only', 0x40001bc7n, ['reserved', 'reserved']],
    ['invalid', 0n, ['not-present', 'not-present']],
    ['type 0b01 at level 3', 0x40001f45n, ['reserved', 'reserved']],
    ['no unprivileged access: AP[1] = 0', 0x40001f07n, ['permission', 'permission']],
    [
      'an output beyond 48 bits is not expressible: bits 50:48 are ignored',
      0x0007_0000_4000_1f47n,
      ['ok', 'ok'],
    ],
  ])('%s', (_, value, expected) => {
    expect(leaf('ARM-S1-1', value)).toEqual(expected)
  })

  it('is not asked for AF under AFFD', () => {
    expect(leaf('ARM-S1-1', 0x40001b47n, { affd: true })).toEqual(['ok', 'ok'])
  })

  it('is beyond a smaller output width', () => {
    expect(leaf('ARM-S1-1', 0x1000_4000_1f47n, { outputBits: 44 })).toEqual(['reserved', 'reserved'])
    expect(leaf('ARM-S1-1', 0x1000_4000_1f47n)).toEqual(['ok', 'ok'])
  })
})

describe('APTable', () => {
  it.each([
    ['bit 62 takes writes away below', 1n << 62n, ['ok', 'permission']],
    ['bit 61 takes everything from unprivileged requests', 1n << 61n, ['permission', 'permission']],
  ])('%s, unless HAD is set', (_, bits, expected) => {
    const [vector] = VECTORS
    if (vector === undefined) throw new Error('no vector')
    const { bulk, ref } = stage(vector)
    put(bulk, 0x401000, 0x402003n | bits)
    const ask = (cfg: PtConfig) =>
      [1, 2].map(access => {
        const found = walkAddress(bulk, { ...ref, cfg }, 0x2000n, { access })
        return found.ok ? 'ok' : found.reason
      })
    expect(ask(ref.cfg)).toEqual(expected)
    expect(ask({ ...ref.cfg, had: true })).toEqual(['ok', 'ok'])
  })
})

describe('leaves of stage 2', () => {
  it.each([
    ['read-only', 0x4000177fn, ['ok', 'permission']],
    ['device nGnRE', 0x400017c7n, ['ok', 'ok']],
    ['S2AP = 0', 0x4000173fn, ['permission', 'permission']],
    ['write-only', 0x400017bfn, ['permission', 'ok']],
  ])('%s', (_, value, expected) => {
    expect(leaf('ARM-S2-1', value)).toEqual(expected)
  })
})

describe('smmu.stages: concatenated start tables (ARM-S2-2)', () => {
  it('takes two level-1 tables for 40 bits, and the second one for what lies above 39', () => {
    const addresses = [0x510000, 0x520000, 0x521000]
    const asked: unknown[] = []
    const alloc = (count: number, align?: number) => {
      asked.push([count, align])
      return addresses.shift() ?? -1
    }
    const bulk = createBulk({ frames: { alloc, free: () => {}, freeCount: () => 0 } })
    const sink = keepingSink()
    const ref = createTable(bulk, { id: 1, format: 'arm-s2', cfg: { inputBits: 40 } }, sink)
    if (ref === null) throw new Error('no table')
    expect(asked[0]).toEqual([2, 2])
    const page = 0x80_0000_2000 / 4096
    mapRun(bulk, ref, { page, pages: 1, target: 0x40001, perm: 3 }, sink)
    const log: unknown[] = []
    walkAddress(bulk, ref, 0x80_0000_2000n, { access: 1, log: (level, hpa) => log.push([3 - level, hpa]) })
    expect(log).toEqual([
      [1, 0x511000],
      [2, 0x520000],
      [3, 0x521010],
    ])
  })

  it.each([
    [48, 0, 1],
    [44, 0, 1],
    [43, 1, 16],
    [40, 1, 2],
    [39, 1, 1],
    [34, 2, 16],
  ])('%i bits start at level %i with %i tables', (inputBits, startLevel, tables) => {
    const format = formatOf('arm-s2')
    expect(format.levelNames({ inputBits }).at(-1)).toBe(`L${startLevel}`)
    const asked: number[] = []
    const alloc = (count: number) => {
      asked.push(count)
      return 0x600000
    }
    const bulk = createBulk({ frames: { alloc, free: () => {}, freeCount: () => 0 } })
    createTable(bulk, { id: 1, format: 'arm-s2', cfg: { inputBits } }, keepingSink())
    expect(asked).toEqual([tables])
  })

  it('refuses more than 16', () => {
    expect(formatOf('arm-s2').problem({ inputBits: 44, startLevel: 1 })).toContain('16 tables')
  })
})
