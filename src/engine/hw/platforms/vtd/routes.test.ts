/** One device, many PASIDs, each routed in its own way: entries bit by bit, what DMA makes of them, how they end. */
import { describe, expect, it } from 'vitest'
import { createTable, type TableRef } from '../../../pt'
import vectors from '../../../vectors/hardware.json'
import type { RouteTarget } from '../../contract'
import { answerOf, Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

const DEVICE = testDevice({ pasidBits: 20 })
const ENTRIES = vectors['VTD-CFG-2'].pasid_entries

const second = (root: number): TableRef => ({ id: 1, format: 'vtd-ss', cfg: { levels: 4 }, root })
const first = (root: number, cfg: TableRef['cfg'] = { levels: 4 }): TableRef => ({
  id: 2,
  format: 'vtd-fs',
  cfg,
  root,
})

function routed(pasid: number | null, to: RouteTarget, params: Record<string, string> = {}): Rig {
  const rig = new Rig(vtd, params)
  route(rig, pasid, to)
  return rig
}

function route(rig: Rig, pasid: number | null, to: RouteTarget): void {
  rig.state = rig.platform.route(rig.ctx, rig.state, { device: DEVICE, pasid, to })
}

const entriesOf = (rig: Rig) =>
  rig.platform.describe(rig.ctx, rig.state, DEVICE).filter(row => row.struct === 'PASID entry')

/** A process's table with one page, in kernel memory. */
function processTable(rig: Rig, page: number, target: number): TableRef {
  const spec = rig.platform.processTable(rig.config)
  if (spec === null) throw new Error('no process tables')
  const table = createTable(rig.bulk, { id: 7, format: spec.format, cfg: spec.cfg }, rig.ctx)
  if (table === null) throw new Error('no frames')
  rig.map(table, { page, target, pages: 1, perm: 3 })
  return table
}

describe('the PASID entry of a route (vector VTD-CFG-2)', () => {
  it.each<[keyof typeof ENTRIES, RouteTarget]>([
    ['SS-only (PGTT=2) AW=2 SSPTPTR=0x100000 DID=5 PWSNP', { tables: [second(0x100000)], domain: 5 }],
    [
      'FS-only (PGTT=1) AW=2 FSPTPTR=0x200000 4-level DID=1 PWSNP',
      { kind: 'first', table: first(0x200000), domain: 1 },
    ],
    [
      'Nested (PGTT=3) FSPTPTR=GPA 0x10000 SSPTPTR=0x100000 DID=6 PWSNP+PGSNP',
      { kind: 'nested', tables: [second(0x100000)], guest: first(0x10000), domain: 6 },
    ],
    ['Pass-through (PGTT=4) AW=2 DID=1 PWSNP', { kind: 'passthrough', domain: 1 }],
  ])('%s', (name, to) => {
    const rig = routed(0x123, to)
    expect(entriesOf(rig).at(-1)?.words).toEqual(ENTRIES[name].map(BigInt))
  })

  it('SSADE, five levels, EA and XD are bits of it', () => {
    const dirty = routed(null, { tables: [second(0x100000)], domain: 5 }, { ad: 'on' })
    expect(entriesOf(dirty)[0]?.words).toEqual(ENTRIES['SS-only + SSADE (dirty tracking)'].map(BigInt))
    const five = first(0x200000, { levels: 5, eafe: true, nxe: true })
    const [, , word] = entriesOf(routed(9, { kind: 'first', table: five, domain: 1 })).at(-1)?.words ?? []
    expect(word).toBe(0x200000n | 4n | 0x20n | 0x80n)
  })
})

describe('many PASIDs of one device', () => {
  it('each go their own way; tables of 64 entries are made as they are needed', () => {
    const rig = new Rig(vtd)
    const [kernel] = rig.tables(DEVICE)
    if (kernel === undefined) throw new Error('no table')
    rig.map(kernel, { page: 2, target: 0x100, pages: 1, perm: 3 })
    route(rig, null, { tables: [kernel], domain: 2 })
    route(rig, 5, { kind: 'first', table: processTable(rig, 2, 0x200), domain: 1 })
    route(rig, 6, { kind: 'first', table: processTable(rig, 2, 0x300), domain: 1 })
    route(rig, 0xfffff, { tables: [kernel], domain: 2 })
    route(rig, 7, { kind: 'passthrough', domain: 3 })
    const directories = rig
      .eventsOf('config-written')
      .filter(event => event.struct === 'PASID directory entry')
    expect(directories.length).toBe(2)
    const ask = (pasid: number | null) => answerOf(rig.dma(DEVICE, 0x2000n, 'read', pasid))
    const outputs = [null, 5, 6, 7, 0xfffff, 8, 0x40].map(ask)
    expect(outputs).toEqual([0x100000, 0x200000, 0x300000, 0x2000, 0x100000, '0x59', '0x51'])
    expect([null, 5, 6, 7, 0xfffff].map(ask)).toEqual([0x100000, 0x200000, 0x300000, 0x2000, 0x100000])
    expect(entriesOf(rig).map(row => row.fields.PGTT)).toEqual([2, 1, 1, 4, 2])
  })

  it('end one by one, the others untouched', () => {
    const rig = new Rig(vtd)
    for (const pasid of [5, 6])
      route(rig, pasid, { kind: 'first', table: processTable(rig, 2, 0x200 + pasid), domain: 1 })
    const ask = (pasid: number) => rig.dma(DEVICE, 0x2000n, 'write', pasid)
    expect([ask(5).ok, ask(6).ok]).toEqual([true, true])
    route(rig, 5, 'blocked')
    expect(answerOf(ask(5))).toBe('0x59')
    expect(ask(6)).toMatchObject({ ok: true, output: 0x206000, cache: 'hit' })
  })
})

describe('the flushes of an entry torn down', () => {
  it.each<[string, RouteTarget, bigint]>([
    ['first stage: its PASID', { kind: 'first', table: first(0x200000), domain: 1 }, 0x0000012300010026n],
    ['pass-through: its PASID', { kind: 'passthrough', domain: 1 }, 0x0000012300010026n],
    ['second stage: its domain', { tables: [second(0x100000)], domain: 1 }, 0x100e2n],
    [
      'nested: its domain',
      { kind: 'nested', tables: [second(0x100000)], guest: first(0x10000), domain: 1 },
      0x100e2n,
    ],
  ])('%s', (_, to, flush) => {
    const rig = routed(0x123, to)
    route(rig, 0x123, 'blocked')
    expect(rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([0x0000012300010017n, flush])
  })
})

describe('scopes of a first stage', () => {
  const bound = () => {
    const rig = new Rig(vtd)
    const table = processTable(rig, 2, 0x200)
    route(rig, 5, { kind: 'first', table, domain: 1 })
    rig.dma(DEVICE, 0x2000n, 'read', 5)
    const leaf = rig.ask(DEVICE, 0x2000n, { pasid: 5 }).references.at(-1)?.address ?? 0
    rig.bulk.memory.write64(leaf, 0x300067, 0)
    return rig
  }
  const seenAfter = (scope: Parameters<Rig['invalidate']>[0]) => {
    const rig = bound()
    rig.invalidate(scope)
    return answerOf(rig.dma(DEVICE, 0x2000n, 'read', 5))
  }

  it('reach it by PASID, and not by the pages of a second stage', () => {
    const pages = { domain: 1, firstPage: 2, lastPage: 2 }
    expect(seenAfter({ kind: 'pasid', domain: 1, pasid: 5 })).toBe(0x300000)
    expect(seenAfter({ kind: 'pasid-range', pasid: 5, ...pages })).toBe(0x300000)
    expect(seenAfter({ kind: 'domain', domain: 1 })).toBe(0x300000)
    expect(seenAfter({ kind: 'pasid', domain: 1, pasid: null })).toBe(0x200000)
    expect(seenAfter({ kind: 'pasid-range', pasid: 6, ...pages })).toBe(0x200000)
    expect(seenAfter({ kind: 'pasid-range', pasid: 5, ...pages, firstPage: 3, lastPage: 3 })).toBe(0x200000)
    expect(seenAfter({ kind: 'range', ...pages })).toBe(0x200000)
  })

  it('of more pages than a mask holds become the whole PASID', () => {
    const rig = bound()
    rig.invalidate({ kind: 'pasid-range', domain: 1, pasid: 5, firstPage: 0, lastPage: 2 ** 20 })
    expect(rig.eventsOf('invalidated').at(-1)?.raw[0]).toBe(0x0000000500010026n)
  })
})

describe('a user table', () => {
  it('is the first stage, 48 or 57 bits wide, or a problem that says why', () => {
    const { platform, config } = new Rig(vtd)
    const table = (format: string | null, addressBits: number | null) =>
      platform.userTable(config, { format, addressBits })
    expect(table(null, null)).toMatchObject({ format: 'vtd-fs', cfg: { levels: 4 } })
    expect(table('vtd-fs', 57)).toMatchObject({ cfg: { levels: 5 } })
    for (const bad of [table('vtd-ss', 48), table(null, 39)]) expect(bad).toHaveProperty('problem')
    const legacy = new Rig(vtd, { mode: 'legacy' })
    expect(legacy.platform.userTable(legacy.config, { format: null, addressBits: 48 })).toHaveProperty(
      'problem',
    )
    expect(legacy.platform.processTable(legacy.config)).toBeNull()
  })
})
