/** What each cache makes DMA see: warm counts, stale answers, and the commands that end them. */
import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import type { TableRef } from '../../../pt'
import type { HwDevice } from '../../contract'
import type { Command } from '../../flushing'
import { answerOf, Rig, testDevice } from '../../test-rig'
import { vtd } from '.'
import * as command from './commands'
import { execute } from './execute'
import { DEVICE as GUEST_DEVICE, GVA, HOST, Nest } from './nested.fixture'
import type { VtdState } from './state'

const DEVICE = testDevice()
const DOMAIN = 5
/** Without ATS: nothing but the unit keeps translations. */
const PLAIN = testDevice({ pasidBits: 20 })

/** Pages 2 and 3 mapped, and 0x400000 far from them. */
function mapped(params: Record<string, string> = {}, device: HwDevice = DEVICE) {
  const rig = new Rig(vtd, params)
  const [table] = rig.tables(device)
  if (table === undefined) throw new Error('no table')
  rig.route(device, [table], DOMAIN)
  rig.map(table, { page: 2, target: 0x40001, pages: 2, perm: 3 })
  rig.map(table, { page: 0x40_0000, target: 0x50000, pages: 1, perm: 3 })
  return { rig, table }
}

const run = (rig: Rig, issued: Command) => execute(rig.ctx, rig.state as VtdState, issued)
const cacheOf = (found: ReturnType<Rig['ask']>) => found.ok && found.cache
const levelsRead = (found: ReturnType<Rig['ask']>) => found.references.map(reference => reference.level)

/** Every word of an entry replaced behind the unit's back. */
function overwrite(rig: Rig, struct: string, words: readonly bigint[], device: HwDevice = DEVICE): void {
  const row = rig.platform.describe(rig.ctx, rig.state, device).find(found => found.struct === struct)
  if (row === undefined || row.hpa === null) throw new Error(struct)
  for (const [k, word] of words.entries()) rig.bulk.memory.write64(row.hpa + k * 8, lo32(word), hi32(word))
}

describe('a warm DMA', () => {
  it('reads nothing: context, PASID and translation are cached', () => {
    const { rig } = mapped()
    expect(rig.dma(DEVICE, 0x2000n).references.length).toBe(8)
    const warm = rig.dma(DEVICE, 0x2008n)
    expect([cacheOf(warm), warm.references.length]).toEqual(['hit', 0])
  })

  it('to the next page reads the leaf alone, to a far one from where the path leaves', () => {
    const { rig } = mapped()
    rig.dma(DEVICE, 0x2000n)
    expect(levelsRead(rig.dma(DEVICE, 0x3000n))).toEqual([0])
    expect(levelsRead(rig.dma(DEVICE, 0x4_0000_0000n))).toEqual([2, 1, 0])
  })

  it('fills nothing when only asked', () => {
    const { rig } = mapped()
    rig.ask(DEVICE, 0x2000n, { cached: true })
    expect(rig.dma(DEVICE, 0x2000n).references.length).toBe(8)
  })

  it('vtd.cold: counts what a cold one would read beside what it read', () => {
    const { rig } = mapped()
    for (const address of [0x2000n, 0x3000n, 0x3000n]) rig.dma(DEVICE, address)
    expect([rig.cost('dmaReferencesCold'), rig.cost('dmaReferencesWarm')]).toEqual([24, 9])
  })

  it('under nesting starts at the guest leaf table, whose host page is known', () => {
    const nest = new Nest({}, null, PLAIN)
    const cold = nest.ask({ commit: true, cached: true })
    expect(cold.references.length).toBe(28)
    nest.second(4, BigInt(HOST + 0x4000) | 3n)
    nest.poke(HOST + 0x13aa8, 0x4067n)
    const next = nest.ask({ address: GVA + 0x1000n, commit: true, cached: true })
    expect(next).toMatchObject({ ok: true, output: HOST + 0x4010 })
    expect(next.references.map(({ stage, level }) => `${stage} ${level}`)).toEqual(['first 0', 'second 0'])
    expect(nest.ask({ commit: true, cached: true }).references.length).toBe(0)
  })
})

describe('vtd.stale: a stale PASID entry', () => {
  const changed = () => {
    const at = mapped()
    at.rig.dma(DEVICE, 0x2000n)
    overwrite(at.rig, 'PASID entry', new Array<bigint>(8).fill(0n))
    return at.rig
  }

  it('keeps a device on its old table until a command names it', () => {
    const rig = changed()
    expect(rig.dma(DEVICE, 0x2000n)).toMatchObject({ ok: true, output: 0x40001000, cache: 'stale-hit' })
    expect(rig.dma(DEVICE, 0x3000n)).toMatchObject({ ok: true, output: 0x40002000, cache: 'stale-hit' })
    for (const other of [
      command.pasidCacheOne(DOMAIN, 1),
      command.pasidCacheOne(6, 0),
      command.iotlbGlobal(),
    ])
      run(rig, other)
    expect(rig.dma(DEVICE, 0x2000n).ok).toBe(true)
    expect(run(rig, command.pasidCacheOne(DOMAIN, 0))).toBe(1)
    expect(answerOf(rig.dma(DEVICE, 0x2000n))).toBe('0x59')
  })

  it.each([
    ['domain', command.pasidCacheDomain(DOMAIN)],
    ['global', command.pasidCacheGlobal()],
  ])('goes with a command for the %s', (_, issued) => {
    const rig = changed()
    expect(run(rig, issued)).toBe(1)
    expect(rig.dma(DEVICE, 0x2000n).ok).toBe(false)
  })
})

describe('a stale context entry', () => {
  it.each([
    [{ mode: 'legacy' } as Record<string, string>, '0x02'],
    [{}, '0x41'],
  ])('%j: keeps a device going until a command names it', (params, code) => {
    const { rig } = mapped(params)
    rig.dma(DEVICE, 0x2000n)
    overwrite(rig, 'context entry', [0n, 0n])
    expect(cacheOf(rig.dma(DEVICE, 0x2000n))).toBe('stale-hit')
    run(rig, command.contextCacheDevice(DOMAIN, 0x19))
    if ('mode' in params) run(rig, command.contextCacheDevice(6, 0x18))
    expect(rig.dma(DEVICE, 0x2000n).ok).toBe(true)
    expect(run(rig, command.contextCacheDevice(DOMAIN, 0x18))).toBe(1)
    expect(answerOf(rig.dma(DEVICE, 0x2000n))).toBe(code)
  })
})

describe('a stale paging structure', () => {
  /** The leaf table of pages 2 and 3 exchanged for an empty one; what was translated from it dropped. */
  const changed = () => {
    const { rig } = mapped()
    rig.dma(DEVICE, 0x2000n)
    const directory = rig.ask(DEVICE, 0x2000n).references.at(-2)
    rig.bulk.memory.write64(directory?.address ?? 0, 0x70_0003, 0)
    return rig
  }

  it('leads the next page into a table that is no longer there, and is told', () => {
    const rig = changed()
    expect(rig.dma(DEVICE, 0x3000n)).toMatchObject({ ok: true, output: 0x40002000, cache: 'stale-hit' })
    const told = rig.eventsOf('cache').filter(event => event.which === 'paging-structure')
    expect(told.at(-1)?.op).toBe('stale-hit')
  })

  it.each([
    ['pages anywhere under the table', command.iotlbPages(DOMAIN, { address: 0x10_0000n, am: 0 }), false],
    ['pages elsewhere', command.iotlbPages(DOMAIN, { address: 0x4000_0000n, am: 0 }), true],
    ['leaves only', command.iotlbPages(DOMAIN, { address: 0x3000n, am: 0, leafOnly: true }), true],
    ['another domain', command.iotlbDomain(6), true],
    ['the domain', command.iotlbDomain(DOMAIN), false],
    ['everything', command.iotlbGlobal(), false],
    ['a PASID', command.pasidIotlbAll(DOMAIN, 0), true],
  ])('after a command for %s', (_, issued, survives) => {
    const rig = changed()
    run(rig, issued)
    expect(rig.dma(DEVICE, 0x3000n).ok).toBe(survives)
  })
})

describe('nested translations', () => {
  const dma = (nest: Nest) => nest.ask({ commit: true, cached: true })

  it('a guest table changed without an invalidation is not seen', () => {
    const nest = new Nest({}, null, PLAIN)
    dma(nest)
    nest.first(0, 0x5067n)
    expect(dma(nest)).toMatchObject({ ok: true, output: HOST + 0x3010, cache: 'stale-hit' })
    run(nest.rig, command.pasidIotlbPages(6, 0, { address: GVA & ~0xfffn, am: 0 }))
    expect(dma(nest)).toMatchObject({ ok: true, output: HOST + 0x5010, cache: 'miss' })
  })

  it.each<[string, Command, boolean]>([
    ['its PASID', command.pasidIotlbAll(6, 0), false],
    ['another PASID', command.pasidIotlbAll(6, 1), true],
    ['another domain', command.pasidIotlbAll(5, 0), true],
    ['another page of its PASID', command.pasidIotlbPages(6, 0, { address: 0x1000n, am: 0 }), true],
    ['its domain', command.iotlbDomain(6), false],
    [
      'a guest page of its domain, whichever',
      command.iotlbPages(6, { address: 0x9_0000_0000n, am: 0 }),
      false,
    ],
  ])('after a command for %s', (_, issued, survives) => {
    const nest = new Nest({}, null, PLAIN)
    dma(nest)
    nest.first(0, 0x5067n)
    run(nest.rig, issued)
    expect(dma(nest)).toMatchObject({ output: HOST + (survives ? 0x3010 : 0x5010) })
  })

  it('the parent changed: the guest address still goes where it went, until its domain is flushed', () => {
    const nest = new Nest({}, null, PLAIN)
    dma(nest)
    nest.second(3, BigInt(HOST + 0x9000) | 3n)
    expect(dma(nest)).toMatchObject({ output: HOST + 0x3010, cache: 'stale-hit' })
    run(nest.rig, command.iotlbPages(6, { address: 0x3000n, am: 0 }))
    expect(dma(nest)).toMatchObject({ output: HOST + 0x9010, cache: 'miss' })
  })

  it('a write to a clean page walks once more, to set the bit', () => {
    const nest = new Nest({}, null, PLAIN)
    nest.first(0, 0x3027n)
    dma(nest)
    const write = () => cacheOf(nest.ask({ access: 'write', commit: true, cached: true }))
    expect([write(), write()]).toEqual(['miss', 'hit'])
    expect(nest.peek(nest.firstAt(0))).toBe(0x3067n)
  })
})

describe('vtd.ats: a device TLB', () => {
  const ats = testDevice({ ats: true })
  const target = { sid: 0x18, pfsid: 0x18, depth: 0 }

  it('answers by itself what the unit has forgotten', () => {
    const { rig } = mapped({}, ats)
    rig.dma(ats, 0x2000n)
    rig.block(testDevice({ rid: 0x20 }))
    run(rig, command.iotlbGlobal())
    const leaf = rig.ask(ats, 0x2000n).references.at(-1)?.address ?? 0
    rig.bulk.memory.write64(leaf, 0x50001003, 0)
    expect(rig.dma(ats, 0x2abcn)).toMatchObject({ ok: true, output: 0x40001abc, cache: 'stale-hit' })
    run(rig, command.deviceTlb(target, { address: 0x4000n, bytesLg2: 13 }))
    run(rig, command.deviceTlb({ ...target, sid: 0x20 }, 'all'))
    run(rig, command.pasidDeviceTlb(target, 5, { address: 0x2000n, bytesLg2: 12 }))
    expect(cacheOf(rig.dma(ats, 0x2abcn))).toBe('stale-hit')
    expect(run(rig, command.deviceTlb(target, { address: 0x2000n, bytesLg2: 12 }))).toBe(1)
    expect(rig.dma(ats, 0x2abcn)).toMatchObject({ output: 0x50001abc })
  })

  it('is flushed by the scopes that the kernel names', () => {
    for (const scope of [
      { kind: 'range', domain: DOMAIN, firstPage: 2, lastPage: 2 },
      { kind: 'domain', domain: DOMAIN },
      { kind: 'all' },
    ] as const) {
      const { rig } = mapped({}, ats)
      rig.dma(ats, 0x2000n)
      const leaf = rig.ask(ats, 0x2000n).references.at(-1)?.address ?? 0
      rig.bulk.memory.write64(leaf, 0x50001003, 0)
      rig.invalidate(scope)
      expect(answerOf(rig.dma(ats, 0x2000n))).toBe(0x50001000)
    }
  })

  it('a device with ATS needs it allowed: DTE, or TT = 1', () => {
    for (const [params, code] of [
      [{}, '0x44'],
      [{ mode: 'legacy' }, '0x0d'],
    ] as const) {
      const { rig } = mapped(params, DEVICE)
      expect(answerOf(rig.dma(ats, 0x2000n))).toBe(code)
      expect(rig.dma(DEVICE, 0x2000n).ok).toBe(true)
    }
  })

  it('does not keep a write while the dirty bit is to be set', () => {
    const { rig } = mapped({ ad: 'on' }, ats)
    const ops = (['read', 'read', 'write', 'write'] as const).map(access =>
      cacheOf(rig.dma(ats, 0x2000n, access)),
    )
    expect(ops).toEqual(['miss', 'hit', 'miss', 'hit'])
    expect((rig.ask(ats, 0x2000n).references.at(-1)?.value ?? 0n) & 0x300n).toBe(0x300n)
  })

  it('is the device that tells of it', () => {
    const { rig } = mapped({}, ats)
    rig.dma(ats, 0x2000n)
    rig.dma(ats, 0x2000n)
    const told = rig.eventsOf('cache').filter(event => event.which === 'device-tlb')
    expect(told.map(({ actor, op }) => `${actor} ${op}`)).toEqual([
      'device miss',
      'device fill',
      'device hit',
    ])
  })

  it('with a PASID keeps it apart', () => {
    const nest = new Nest({}, 0x123)
    nest.ask({ commit: true, cached: true })
    const kept = vtd.caches(nest.rig.ctx, nest.rig.state as VtdState).find(one => one.cache === 'device-tlb')
    expect(kept?.rows.map(row => row.cells[0])).toEqual([0x123])
    expect(run(nest.rig, command.deviceTlb(target, 'all'))).toBe(0)
    expect(run(nest.rig, command.pasidDeviceTlb(target, 0x123, 'all'))).toBe(1)
  })
})

describe('vtd.caching-mode: entries that were not present', () => {
  const faultThenMap = (params: Record<string, string>) => {
    const { rig, table } = mapped(params)
    expect(rig.dma(DEVICE, 0x5000n).ok).toBe(false)
    rig.map(table, { page: 5, target: 0x60000, pages: 1, perm: 3 })
    return rig
  }

  it('0: what was not there is looked for again', () => {
    expect(answerOf(faultThenMap({}).dma(DEVICE, 0x5000n))).toBe(0x60000000)
  })

  it('1: what was not there stays so until it is flushed', () => {
    const rig = faultThenMap({ cm: '1' })
    expect(answerOf(rig.dma(DEVICE, 0x5000n))).toBe('0x79')
    expect(rig.eventsOf('cache').some(event => event.op === 'stale-hit')).toBe(true)
    rig.invalidate({ kind: 'range', domain: DOMAIN, firstPage: 4, lastPage: 4 })
    expect(rig.dma(DEVICE, 0x5000n).ok).toBe(false)
    rig.invalidate({ kind: 'range', domain: DOMAIN, firstPage: 5, lastPage: 5 })
    expect(answerOf(rig.dma(DEVICE, 0x5000n))).toBe(0x60000000)
  })

  it.each([{ cm: '1' }, { cm: '1', mode: 'legacy' }])(
    '%j: a device that was blocked works once routed',
    params => {
      const rig = new Rig(vtd, params)
      rig.block(DEVICE)
      expect(rig.dma(DEVICE, 0x2000n).ok).toBe(false)
      const tables = rig.tables(DEVICE)
      const [table] = tables as [TableRef]
      rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
      rig.route(DEVICE, tables, DOMAIN)
      expect(answerOf(rig.dma(DEVICE, 0x2000n))).toBe(0x40001000)
    },
  )
})

describe('all caches', () => {
  it('come back when history goes back, and are hashed', () => {
    const { rig } = mapped({}, testDevice({ ats: true }))
    const lines = () => rig.platform.cacheLines(rig.ctx, rig.state)
    const cold = rig.bulk.journal.mark()
    const empty = lines()
    rig.dma(testDevice({ ats: true }), 0x2000n)
    const full = lines()
    expect(full.length).toBeGreaterThan(empty.length + 6)
    const warm = rig.bulk.journal.mark()
    rig.bulk.journal.undoTo(cold)
    expect(lines()).toEqual(empty)
    rig.bulk.journal.redoTo(warm)
    expect(lines()).toEqual(full)
  })

  it('are listed with columns for every cell, and what each claims', () => {
    const nest = new Nest({}, 0x123, GUEST_DEVICE)
    nest.ask({ commit: true, cached: true })
    const listings = vtd.caches(nest.rig.ctx, nest.rig.state as VtdState)
    const sizes = listings.map(({ cache, rows }) => [cache, rows.length])
    expect(sizes).toEqual([
      ['iotlb', 1],
      ['paging-structure', 6],
      ['context', 1],
      ['pasid', 1],
      ['device-tlb', 1],
    ])
    for (const { columns, rows } of listings)
      for (const { cells, claim } of rows) {
        expect(cells.length).toBe(columns.length)
        if (claim?.kind === 'words')
          expect(claim.words).toEqual(claim.words.map((_, k) => nest.peek(claim.hpa + k * 8)))
      }
  })
})
