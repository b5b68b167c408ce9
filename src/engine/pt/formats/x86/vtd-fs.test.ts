/** VT-d first stage against the hand-worked entries VTD-FS-1 and 2, bit for bit, with their variants. */
import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import { type Bulk, createBulk } from '../../../mem'
import vectors from '../../../vectors/hardware.json'
import { createTable, formatOf, mapRun, type PtConfig, type TableRef, walkAddress } from '../..'
import { keepingSink } from '../../sink.fixture'

interface Vector {
  readonly name: 'VTD-FS-1' | 'VTD-FS-2'
  readonly tables: readonly number[]
  readonly address: bigint
  readonly hpa: number
  readonly pages: number
}

const SMALL: Vector = {
  name: 'VTD-FS-1',
  tables: [0x200000, 0x201000, 0x202000, 0x203000],
  address: 0x7f1234567000n,
  hpa: 0x56789a000,
  pages: 1,
}
const LARGE: Vector = {
  name: 'VTD-FS-2',
  tables: [0x200000, 0x201000, 0x204000],
  address: 0xffffff8000200000n,
  hpa: 0x80200000,
  pages: 512,
}
const LEAF = 0x203b38
const PRESET: PtConfig = { levels: 4 }

/** A machine whose frames are given out at the vector's addresses. */
function stage(vector: Vector, cfg: PtConfig = PRESET, perm = 3): { bulk: Bulk; ref: TableRef } {
  const addresses = [...vector.tables]
  const frames = { alloc: () => addresses.shift() ?? -1, free: () => {}, freeCount: () => addresses.length }
  const bulk = createBulk({ frames })
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format: 'vtd-fs', cfg }, sink)
  if (ref === null) throw new Error('no table')
  const page = Number(BigInt.asUintN(48, vector.address) >> 12n)
  expect(mapRun(bulk, ref, { page, pages: vector.pages, target: vector.hpa / 4096, perm }, sink)).toBe(true)
  return { bulk, ref }
}

const put = (bulk: Bulk, hpa: number, value: bigint): void =>
  bulk.memory.write64(hpa, lo32(value), hi32(value))

describe.each([SMALL, LARGE])('$name', vector => {
  const { entries } = vectors[vector.name]

  it('has the entries of the vector in memory', () => {
    const { bulk } = stage(vector)
    for (const { addr, value } of entries)
      expect([addr, bulk.memory.read64(Number(addr))]).toEqual([addr, BigInt(value)])
  })

  it('reads exactly those entries, in order', () => {
    const { bulk, ref } = stage(vector)
    const log: unknown[] = []
    const answer = walkAddress(bulk, ref, vector.address + 0xabcn, {
      access: 3,
      log: (level, hpa, value) => log.push({ level: level + 1, hpa, value }),
    })
    expect(answer).toMatchObject({ ok: true, output: vector.hpa + 0xabc, perm: 3 })
    expect(log).toEqual(
      entries.map(({ level, addr, value }) => ({ level, hpa: Number(addr), value: BigInt(value) })),
    )
  })
})

describe('vtd.first-stage: VTD-FS-1 variants', () => {
  const at = (value: bigint, access: number, cfg: PtConfig = PRESET, hpa = LEAF) => {
    const { bulk, ref } = stage(SMALL, cfg)
    put(bulk, hpa, value)
    return walkAddress(bulk, ref, SMALL.address, { access })
  }

  it('are written by the mapper from the rights asked for', () => {
    expect(stage(SMALL, PRESET, 1).bulk.memory.read64(LEAF)).toBe(0x56789a025n)
    expect(stage(SMALL, { levels: 4, preset: false }).bulk.memory.read64(LEAF)).toBe(0x56789a007n)
    expect(stage(SMALL, { levels: 4, preset: false }).bulk.memory.read64(0x2007f0)).toBe(0x201007n)
  })

  it('read-only: read, not written', () => {
    expect(at(0x56789a025n, 1)).toMatchObject({ ok: true, perm: 1 })
    expect(at(0x56789a025n, 2)).toMatchObject({ ok: false, reason: 'permission', level: 0 })
  })

  it('of the supervisor: nothing for a user, in a leaf or above', () => {
    for (const access of [1, 2]) {
      expect(at(0x56789a063n, access)).toMatchObject({ ok: false, reason: 'permission', level: 0 })
      expect(at(0x202023n, access, PRESET, 0x201240)).toMatchObject({ reason: 'permission', level: 2 })
    }
  })

  it('not present, whatever else is set', () => {
    expect(at(0x56789a066n, 1)).toMatchObject({ ok: false, reason: 'not-present', level: 0, hpa: LEAF })
    expect(at(0x203026n, 1, PRESET, 0x202d10)).toMatchObject({ reason: 'not-present', level: 1 })
  })

  it('XD is reserved unless NXE, and takes no right from data', () => {
    expect(at(0x800000056789a067n, 3)).toMatchObject({ ok: false, reason: 'reserved', level: 0 })
    expect(at(0x800000056789a067n, 3, { levels: 4, nxe: true })).toMatchObject({ ok: true, perm: 3 })
  })

  it.each([
    [0x56789a067n | (1n << 48n), LEAF, 0],
    [0x56789a067n | (1n << 51n), LEAF, 0],
    [0x2020a7n, 0x202d10, 1],
    [0x3000a7n, 0x202d10, 1],
    [0x400000a7n | (1n << 29n), 0x201240, 2],
    [0x2010a7n, 0x2007f0, 3],
  ])('reserved bits in %#x at %#x', (value, hpa, level) => {
    expect(at(value, 1, PRESET, hpa)).toMatchObject({ ok: false, reason: 'reserved', level })
  })

  it('PAT in bit 12 of a large page and the ignored bits are not reserved', () => {
    expect(at(0x2010a7n, 1, PRESET, 0x202d10)).toMatchObject({ ok: true, pageLg2: 21 })
    expect(at(0x56789a067n | 0x7ff0000000000f80n, 3)).toMatchObject({ ok: true, output: 0x56789a000 })
  })
})

describe('the input', () => {
  const walk = (address: bigint, cfg: PtConfig) => {
    const { bulk, ref } = stage({ ...SMALL, tables: [...SMALL.tables, 0x205000] }, cfg)
    return walkAddress(bulk, ref, address, { access: 1 })
  }

  it.each([
    [0x800000000000n, 4],
    [0xffff7fffffffffffn, 4],
    [1n << 63n, 4],
    [1n << 56n, 5],
    [0xfeffffffffffffffn, 5],
  ])('%#x is not canonical for %i levels', (address, levels) => {
    expect(walk(address, { levels })).toMatchObject({ ok: false, reason: 'address-range', level: null })
  })

  it.each([
    [0x7fffffffffffn, 4],
    [0xffff800000000000n, 4],
    [0x800000000000n, 5],
    [0xff00000000000000n, 5],
  ])('%#x is canonical for %i levels', (address, levels) => {
    expect(walk(address, { levels })).toMatchObject({ ok: false, reason: 'not-present' })
  })
})

describe('accessed and dirty bits', () => {
  const HPAS = [0x2007f0, 0x201240, 0x202d10, LEAF]
  const used = (cfg: PtConfig, access: number) => {
    const { bulk, ref } = stage(SMALL, { levels: 4, preset: false, ...cfg })
    const bits = () => HPAS.map(hpa => bulk.memory.read64(hpa) & 0xfffn)
    walkAddress(bulk, ref, SMALL.address, { access })
    expect(bits()).toEqual([7n, 7n, 7n, 7n])
    walkAddress(bulk, ref, SMALL.address, { access, commit: true })
    return bits()
  }

  it('A at every level on a read, D in the leaf on a write, nothing on a look', () => {
    expect(used({}, 1)).toEqual([0x27n, 0x27n, 0x27n, 0x27n])
    expect(used({}, 2)).toEqual([0x27n, 0x27n, 0x27n, 0x67n])
  })

  it('EA with A under EAFE', () => {
    expect(used({ eafe: true }, 2)).toEqual([0x427n, 0x427n, 0x427n, 0x467n])
  })
})

describe('configurations that cannot be', () => {
  it.each([{ levels: 6 }, { levels: 0 }, { maxPageLg2: 25 }, { haw: 60 }])('%j', cfg => {
    expect(formatOf('vtd-fs').problem(cfg)).not.toBeNull()
  })
})
