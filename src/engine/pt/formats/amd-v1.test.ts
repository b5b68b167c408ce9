/** AMD-Vi v1 tables against the hand-worked entries AMD-V1-1 to 3, and what sizes in addresses and skipped levels do. */
import { describe, expect, it } from 'vitest'
import { type Bulk, createBulk } from '../../mem'
import vectors from '../../vectors/hardware.json'
import { clearRun, createTable, formatOf, growTable, mapRun, type TableRef, walkAddress } from '..'
import { keepingSink } from '../sink.fixture'

const put = (bulk: Bulk, hpa: number, value: bigint): void =>
  bulk.memory.write64(hpa, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))

/** A table whose frames are given out at these addresses, with one run mapped. */
function stage(tables: readonly number[], run: { iova: bigint; hpa: number; pages: number; perm?: number }) {
  const addresses = [...tables]
  const frames = { alloc: () => addresses.shift() ?? -1, free: () => {}, freeCount: () => addresses.length }
  const bulk = createBulk({ frames })
  const sink = keepingSink()
  const ref = createTable(bulk, { id: 1, format: 'amd-v1', cfg: { levels: 3 } }, sink)
  if (ref === null) throw new Error('no table')
  const { iova, hpa, pages, perm = 3 } = run
  expect(mapRun(bulk, ref, { page: Number(iova >> 12n), pages, target: hpa / 4096, perm }, sink)).toBe(true)
  return { bulk, ref, sink }
}

const ask = (bulk: Bulk, ref: TableRef, address: bigint, access = 1) => {
  const found = walkAddress(bulk, ref, address, { access })
  return found.ok ? found.output : found.reason
}

describe.each([
  ['AMD-V1-1', [0x800000, 0x801000, 0x802000], { iova: 0x2000n, hpa: 0x40001000, pages: 1 }],
  ['AMD-V1-2', [0x800000, 0x803000], { iova: 0x40200000n, hpa: 0x100600000, pages: 512 }],
] as const)('%s', (name, tables, run) => {
  it('has the entries of the vector in memory, and reads exactly those, in order', () => {
    const { bulk, ref } = stage(tables, run)
    const { entries } = vectors[name]
    for (const { addr, value } of entries)
      expect([addr, bulk.memory.read64(Number(addr))]).toEqual([addr, BigInt(value)])
    const log: unknown[] = []
    const answer = walkAddress(bulk, ref, run.iova + 0xabcn, {
      access: 3,
      log: (level, hpa, value) => log.push([level + 1, hpa, value]),
    })
    expect(log).toEqual(entries.map(({ level, addr, value }) => [level, Number(addr), BigInt(value)]))
    expect(answer).toMatchObject({ ok: true, output: run.hpa + 0xabc, perm: 3 })
  })
})

describe('leaf variants of AMD-V1-1', () => {
  const run = { iova: 0x2000n, hpa: 0x40001000, pages: 1 }
  it.each([
    ['read-only', 0x2000000040001001n, [0x40001000, 'permission']],
    ['write-only', 0x4000000040001001n, ['permission', 0x40001000]],
    ['FC', 0x7000000040001001n, [0x40001000, 0x40001000]],
    ['dirty', 0x6000000040001041n, [0x40001000, 0x40001000]],
    ['not present', 0x6000000040001000n, ['not-present', 'not-present']],
  ])('%s', (_, value, expected) => {
    const { bulk, ref } = stage([0x800000, 0x801000, 0x802000], run)
    put(bulk, 0x802010, value)
    expect([1, 2].map(access => ask(bulk, ref, 0x2000n, access))).toEqual(expected)
  })

  it('a write sets D where HAD says so, and only there', () => {
    const { bulk, ref } = stage([0x800000, 0x801000, 0x802000], run)
    walkAddress(bulk, ref, 0x2000n, { access: 2, commit: true })
    expect(bulk.memory.read64(0x802010)).toBe(0x6000000040001001n)
    const tracking = { ...ref, cfg: { levels: 3, hd: true } }
    walkAddress(bulk, tracking, 0x2000n, { access: 2, commit: true })
    expect(bulk.memory.read64(0x802010)).toBe(0x6000000040001041n)
  })
})

describe('amd.sizes: in addresses (AMD-V1-3)', () => {
  const SPA: Record<keyof (typeof vectors)['AMD-V1-3'], number> = {
    '0x2000': 0x40002000,
    '0x4000': 0x40004000,
    '0x10000': 0x40010000,
    '0x100000': 0x40100000,
    '0x400000': 0x40400000,
    '0x10000000': 0x50000000,
    '0x100000000': 0x500000000,
  }

  it.each(Object.entries(vectors['AMD-V1-3']))('%s is one entry of equal items', (text, value) => {
    const size = Number(text)
    const hpa = Object.entries(SPA).find(([key]) => key === text)?.[1] ?? 0
    const iova = BigInt(size)
    const { bulk, ref, sink } = stage([0x800000, 0x801000, 0x802000], { iova, hpa, pages: size / 4096 })
    const leaf = sink.kept.findLast(event => event.kind === 'entries-written' && event.stride === 0n)
    expect(leaf).toMatchObject({ after: BigInt(value) })
    const level = size < 0x200000 ? 0 : size < 0x40000000 ? 1 : 2
    expect(
      sink.kept.filter(event => event.kind === 'entries-written' && event.level === level),
    ).toMatchObject([{ count: size / (0x1000 * 512 ** level), after: BigInt(value) }])
    const format = formatOf('amd-v1')
    expect(format.decode(BigInt(value), level, { levels: 3 })).toMatchObject({
      kind: 'leaf',
      address: BigInt(hpa),
      pageLg2: Math.log2(size),
    })
    for (const at of [0, 1, size / 2, size - 1])
      expect(walkAddress(bulk, ref, iova + BigInt(at), { access: 1 })).toMatchObject({
        ok: true,
        output: hpa + at,
        pageLg2: Math.log2(size),
      })
  })

  it('64 KiB at 0x20000: 0x2c123 leads to 0x4001c123', () => {
    const { bulk, ref } = stage([0x800000, 0x801000, 0x802000], {
      iova: 0x20000n,
      hpa: 0x40010000,
      pages: 16,
    })
    expect(ask(bulk, ref, 0x2c123n)).toBe(0x4001c123)
  })

  it('a hole in the middle leaves leaves of their own', () => {
    const { bulk, ref, sink } = stage([0x800000, 0x801000, 0x802000], {
      iova: 0x20000n,
      hpa: 0x40010000,
      pages: 16,
    })
    clearRun(bulk, ref, { page: 0x25, pages: 2 }, sink)
    expect(ask(bulk, ref, 0x24000n)).toBe(0x40014000)
    expect(ask(bulk, ref, 0x25000n)).toBe('not-present')
    expect(ask(bulk, ref, 0x26fffn)).toBe('not-present')
    expect(ask(bulk, ref, 0x27000n)).toBe(0x40017000)
  })
})

describe('levels', () => {
  const run = { iova: 0x2000n, hpa: 0x40001000, pages: 1 }

  it('are skipped by a pointer that leads further down, where the bits between are 0', () => {
    const { bulk, ref } = stage([0x800000, 0x801000, 0x802000], run)
    put(bulk, 0x800000, 0x6000000000802201n)
    expect(ask(bulk, ref, 0x2000n)).toBe(0x40001000)
    expect(ask(bulk, ref, 0x202000n)).toBe('not-present')
    const log: number[] = []
    walkAddress(bulk, ref, 0x2000n, { access: 1, log: level => log.push(level + 1) })
    expect(log).toEqual([3, 1])
  })

  it('a pointer that does not lead down is malformed', () => {
    const { bulk, ref } = stage([0x800000, 0x801000, 0x802000], run)
    put(bulk, 0x801000, 0x6000000000802401n)
    expect(ask(bulk, ref, 0x2000n)).toBe('reserved')
    expect(formatOf('amd-v1').decode(0x6000000000802401n, 1, { levels: 3 }).kind).toBe('malformed')
  })

  it('grow at the top: the old root becomes the first table below the new one', () => {
    const bulk = createBulk()
    const sink = keepingSink()
    const ref = createTable(bulk, { id: 1, format: 'amd-v1', cfg: { levels: 3 } }, sink)
    if (ref === null) throw new Error('no table')
    mapRun(bulk, ref, { page: 2, pages: 1, target: 0x40001, perm: 3 }, sink)
    const grown = growTable(bulk, ref, { levels: 4 }, sink)
    if (grown === null) throw new Error('no room')
    expect(bulk.memory.read64(grown.root)).toBe(0x6000000000000601n | BigInt(ref.root))
    expect(ask(bulk, grown, 0x2000n)).toBe(0x40001000)
    mapRun(bulk, grown, { page: 2 ** 30, pages: 1, target: 0x50000, perm: 1 }, sink)
    expect(ask(bulk, grown, 1n << 42n)).toBe(0x50000000)
    expect(ask(bulk, ref, 1n << 42n)).toBe('address-range')
  })
})
