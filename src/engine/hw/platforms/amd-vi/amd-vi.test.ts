/** AMD-Vi: the vectors AMD-DTE, AMD-CMD and AMD-EVT bit for bit, GCR3 lookup, nesting, faults, what answers until when. */
import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import vectors from '../../../vectors/hardware.json'
import type { HwDevice, RouteTarget, Translation } from '../../contract'
import type { Command } from '../../flushing'
import { encodeStruct } from '../../struct'
import { Rig, testDevice } from '../../test-rig'
import { amdVi } from '.'
import * as amd from './commands'
import { viewDte } from './dte'
import { eventEntry } from './events'
import { glxFor, offsetAt, pasidTables } from './gcr3'
import { submit } from './invalidate'
import { dteFields } from './route'
import type { AmdState } from './state'
import { DTE, gcr3Fields } from './structures.data'
import { guestConfig, hostConfig } from './tables'

const words = (texts: readonly string[]) => texts.map(BigInt)
/** Two 64-bit words of four dwords. */
const dwords = ([a = '0', b = '0', c = '0', d = '0']: readonly string[]) => [
  BigInt(a) | (BigInt(b) << 32n),
  BigInt(c) | (BigInt(d) << 32n),
]

const DEVICE = testDevice()
const HOST = { id: 1, format: 'amd-v1', cfg: hostConfig(3, false), root: 0x800000 }

/** The DTE that the kernel writes where this route is all of a device. */
function dte(to: Exclude<RouteTarget, 'blocked'> | null): readonly bigint[] {
  const routes = to === null ? [] : [{ rid: DEVICE.rid, pasid: null, to, ats: false }]
  const state = {
    routes,
    gcr3s: [],
    config: { levels: 3, pasidBits: 16, dirty: false, pageRequests: true },
  } as unknown as AmdState
  return encodeStruct(DTE, dteFields(state, DEVICE.rid, DEVICE))
}

describe('device table entries (AMD-DTE)', () => {
  const named = vectors['AMD-DTE']

  it('host table, pass-through and blocked are what the kernel writes', () => {
    expect(dte({ tables: [HOST], domain: 5 })).toEqual(words(named.v1))
    expect(dte({ kind: 'passthrough', domain: 5 })).toEqual([0x6000000000000003n, 5n, 0n, 0n])
    expect(dte(null)).toEqual([3n, 0n, 0n, 0n])
  })

  it('guest tables alone, and over a host table', () => {
    const alone = { V: 1, TV: 1, IR: 1, IW: 1, GV: 1, GLX: 1, DomainID: 5, ...gcr3Fields(0x123456789000) }
    expect(encodeStruct(DTE, alone)).toEqual(words(named.gcr3))
    const table = { format: 'amd-gcr3', cfg: { glx: 0 }, root: 0x20000 }
    const to = { kind: 'pasid-table', tables: [HOST], table, domain: 6, parentDomain: 5 } as const
    // Requests without PASID stay in the host table here (R1): GIOV is 0, where the vector has it set.
    const vector = words(named.nested)
    expect(dte(to)).toEqual(vector.with(0, (vector[0] ?? 0n) & ~(1n << 54n)))
    expect(viewDte(vector)).toMatchObject({
      levels: 3,
      root: 0x800000,
      guest: { root: 0x20000, glx: 0, untagged: true },
    })
    expect(viewDte(words(named.gcr3))?.guest?.root).toBe(0x123456789000)
  })

  it.each([
    ['Mode 7', 7n << 9n],
    ['GLX 3', (1n << 55n) | (3n << 56n)],
    ['a reserved bit', 1n << 4n],
  ])('ILLEGAL_DEV_TABLE_ENTRY: %s', (_, bits) => {
    expect(viewDte([3n | bits, 0n, 0n, 0n])).toBeNull()
  })
})

const COMMANDS: Record<keyof (typeof vectors)['AMD-CMD'], Command> = {
  'COMPLETION_WAIT store 0x1 to 0x9000': amd.completionWait({ address: 0x9000n, data: 1n }),
  'INVALIDATE_DEVTAB_ENTRY 0x0018': amd.invalidateDevtab(0x18),
  'INVALIDATE_IOMMU_PAGES dom 5, 4 KiB at 0x2000, PDE=1': amd.invalidatePages(5, null, {
    address: 0x2000n,
    pagesLg2: 0,
  }),
  'INVALIDATE_IOMMU_PAGES dom 5, 16 KiB at 0x4000': amd.invalidatePages(
    5,
    null,
    { address: 0x4000n, pagesLg2: 2 },
    { leafOnly: true },
  ),
  'INVALIDATE_IOMMU_PAGES dom 5, all, PDE=1': amd.invalidatePages(5, null, 'all'),
  'INVALIDATE_IOMMU_PAGES dom 5 PASID 0x123 GN, all': amd.invalidatePages(5, 0x123, 'all'),
  'INVALIDATE_IOTLB_PAGES dev 0x0018 qdep 0, 4 KiB at 0x2000': amd.invalidateIotlb(0x18, null, {
    address: 0x2000n,
    pagesLg2: 0,
  }),
  'COMPLETE_PPR dev 0x0018 PASID 0x123 tag 9 success': amd.completePpr(0x18, 0x123, {
    tag: 9,
    code: 'success',
  }),
  INVALIDATE_ALL: amd.invalidateAll(),
}

describe('commands (AMD-CMD)', () => {
  it.each(Object.entries(vectors['AMD-CMD']))('%s', (name, texts) => {
    expect(Object.entries(COMMANDS).find(([key]) => key === name)?.[1].words).toEqual(dwords(texts))
  })
})

const EVENTS: Record<keyof (typeof vectors)['AMD-EVT'], readonly bigint[]> = {
  'IO_PAGE_FAULT dev 0x0018 domain 5 read 0x9000, not present (flags 0)': eventEntry({
    event: 'not-present',
    rid: 0x18,
    domain: 5,
    address: 0x9000n,
    access: 'read',
  }),
  'IO_PAGE_FAULT dev 0x0018 domain 5 write 0x2010, present but IW=0 (PR+RW)': eventEntry({
    event: 'no-permission',
    rid: 0x18,
    domain: 5,
    address: 0x2010n,
    access: 'write',
  }),
  'ILLEGAL_DEV_TABLE_ENTRY dev 0x0018 addr 0x9000': eventEntry({
    event: 'illegal-dte',
    rid: 0x18,
    address: 0x9000n,
    access: 'read',
  }),
}

describe('events (AMD-EVT)', () => {
  it.each(Object.entries(vectors['AMD-EVT']))('%s', (name, texts) => {
    expect(Object.entries(EVENTS).find(([key]) => key === name)?.[1]).toEqual(dwords(texts))
  })
})

describe('GCR3 lookup', () => {
  it.each([
    [0, 5, [0x5]],
    [1, 0x1234, [0x9, 0x34]],
    [2, 0xabcde, [0x2, 0x15e, 0xde]],
  ])('GLX %i, PASID %i: indexes %j', (glx, pasid, indexes) => {
    const levels = Array.from({ length: glx + 1 }, (_, k) => glx - k)
    expect(levels.map(level => offsetAt(pasid, level) / 8)).toEqual(indexes)
  })

  it('GLX follows the bits of a PASID; an entry for CR3 0x200000 is 0x200001', () => {
    expect([9, 10, 16, 18, 20].map(glxFor)).toEqual([0, 1, 1, 1, 2])
    const written = new Map<number, bigint>()
    const memory = {
      read64: (at: number) => written.get(at) ?? 0n,
      write64: (at: number, value: bigint) => written.set(at, value).size > 0,
      take: () => 0x5000,
    }
    const table = { format: 'amd-gcr3', cfg: { glx: 1 }, root: 0x4000 }
    const to = { id: 0, format: 'amd-v2', cfg: guestConfig(4), root: 0x200000 }
    const config = { levels: 3, pasidBits: 16, dirty: false, pageRequests: true }
    expect(pasidTables.set(config, memory, table, { pasid: 0x1234, to })).toBe('done')
    expect([...written]).toEqual([
      [0x4000 + 0x9 * 8, 0x5001n],
      [0x5000 + 0x34 * 8, 0x200001n],
    ])
    expect(pasidTables.entries(memory, table, 8)).toMatchObject([
      { pasid: 0x1234, address: 0x5000 + 0x34 * 8, root: 0x200000n },
    ])
  })
})

const PASIDS = testDevice({ pasidBits: 16 })
const VA = 0x2010n
const BASE = 0x8000_0000
const ROOT = { host: 0x800000, gcr3: 0x2_0000, guest: [0x13000, 0x12000, 0x11000, 0x10000] }

/** Host pages 0 to 0x3f onto 0x80000; GCR3[5] to a guest table that maps VA's page onto guest page 3. */
class Nest {
  readonly rig = new Rig(amdVi)
  readonly device: HwDevice

  constructor(device = PASIDS) {
    this.device = device
    this.poke(ROOT.host, 0x6000000000801401n)
    this.poke(0x801000, 0x6000000000802201n)
    for (let page = 0; page < 64; page++) this.host(page, BigInt(BASE + page * 4096) | 0x6000000000000001n)
    for (const level of [3, 2, 1])
      this.poke(BASE + (ROOT.guest[level] ?? 0), BigInt(ROOT.guest[level - 1] ?? 0) | 0x27n)
    this.leaf(0x3067n)
    this.poke(BASE + ROOT.gcr3 + 5 * 8, BigInt(ROOT.guest[3] ?? 0) | 1n)
    const table = { format: 'amd-gcr3', cfg: { glx: 0 }, root: ROOT.gcr3 }
    const to = { kind: 'pasid-table', tables: [HOST], table, domain: 6, parentDomain: 5 } as const
    this.rig.state = amdVi.route(this.rig.ctx, this.rig.state as never, { device, pasid: null, to })
  }

  poke(hpa: number, value: bigint): void {
    this.rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
  }

  host(page: number, value: bigint): void {
    this.poke(0x802000 + page * 8, value)
  }

  leaf(value: bigint): void {
    this.poke(BASE + 0x13010, value)
  }

  ask(change: object = {}): Translation {
    return this.rig.ask(this.device, VA, { pasid: 5, ...change })
  }

  dma(change: object = {}): Translation {
    return this.ask({ commit: true, cached: true, ...change })
  }
}

const told = (found: Translation): unknown =>
  found.ok ? found.output : [found.fault.code, found.fault.stage, found.fault.level]

const send = (nest: Nest, issued: Command): void =>
  submit(nest.rig.ctx, nest.rig.state as AmdState, issued, 'test')

describe('amd.nested: guest tables over a host table', () => {
  it('reads 4*(3+1)+3 entries, and for the GCR3 entry 3+1 before them', () => {
    const found = new Nest().ask()
    expect(found).toMatchObject({ ok: true, output: BASE + 0x3010, perm: 3, pageLg2: 12, domain: 6 })
    const kinds = found.references.map(({ stage, what }) => (stage === 'config' ? what : stage))
    const walk = ['second', 'second', 'second']
    expect(kinds).toEqual([
      'DTE',
      ...walk,
      'GCR3 entry',
      ...Array.from({ length: 4 }, () => [...walk, 'first']).flat(),
      ...walk,
    ])
  })

  it('requests without PASID stay in the host table (GIOV = 0), with GIOV they use guest table 0', () => {
    const nest = new Nest()
    expect(told(nest.ask({ pasid: null, address: 0x3010n }))).toBe(BASE + 0x3010)
    const at = Number(nest.rig.platform.describe(nest.rig.ctx, nest.rig.state, PASIDS)[0]?.hpa)
    nest.poke(at, nest.rig.bulk.memory.read64(at) | (1n << 54n))
    expect(told(nest.ask({ pasid: null }))).toEqual(['0x02', 'config', null])
    nest.poke(BASE + ROOT.gcr3, BigInt(ROOT.guest[3] ?? 0) | 1n)
    expect(told(nest.ask({ pasid: null }))).toBe(BASE + 0x3010)
  })

  it.each<[string, (nest: Nest) => void, unknown]>([
    ['no guest leaf', nest => nest.leaf(0n), ['0x02', 'first', 0]],
    ['no GCR3 entry', nest => nest.poke(BASE + ROOT.gcr3 + 40, 0n), ['0x02', 'config', null]],
    ['no host page behind a guest table', nest => nest.host(0x12, 0n), ['0x02', 'second', 0]],
    ['no host page behind the GCR3 table', nest => nest.host(0x20, 0n), ['0x02', 'second', 0]],
    ['no host page behind the output', nest => nest.host(3, 0n), ['0x02', 'second', 0]],
    ['a guest output beyond the levels', nest => nest.leaf(0x80_0000_3067n), ['0x02', 'second', null]],
  ])('IO_PAGE_FAULT: %s', (_, spoil, expected) => {
    const nest = new Nest()
    spoil(nest)
    expect(told(nest.ask())).toEqual(expected)
  })

  it('a PASID beyond the GCR3 table is a fault, one where GV is 0 an INVALID_DEVICE_REQUEST', () => {
    expect(told(new Nest().ask({ pasid: 512 }))).toEqual(['0x02', 'config', null])
    const rig = new Rig(amdVi)
    rig.route(PASIDS, rig.tables(PASIDS))
    expect(told(rig.ask(PASIDS, 0n, { pasid: 5 }))).toEqual(['0x08', 'config', null])
  })

  it('rights are the AND of DTE, host and guest; A and D of guest entries are set by DMA alone', () => {
    const nest = new Nest()
    nest.leaf(0x3007n)
    nest.ask({ access: 'write' })
    expect(nest.rig.bulk.memory.read64(BASE + 0x13010)).toBe(0x3007n)
    nest.dma({ access: 'write' })
    expect(nest.rig.bulk.memory.read64(BASE + 0x13010)).toBe(0x3067n)
    nest.host(3, BigInt(BASE + 0x3000) | 0x2000000000000001n)
    expect(nest.ask()).toMatchObject({ ok: true, perm: 1 })
    expect(told(nest.ask({ access: 'write' }))).toEqual(['0x02', 'second', 0])
  })

  it('an entry to be marked needs a host page that may be written', () => {
    const nest = new Nest()
    nest.leaf(0x3007n)
    nest.host(0x13, BigInt(BASE + 0x13000) | 0x2000000000000001n)
    expect(told(nest.ask())).toEqual(['0x02', 'second', 0])
    nest.leaf(0x3067n)
    expect(told(nest.ask())).toBe(BASE + 0x3010)
  })
})

describe('amd.commands: what answers until which command', () => {
  it.each<[string, Command, boolean]>([
    ['guest pages of the PASID', amd.invalidatePages(6, 5, { address: 0x2000n, pagesLg2: 0 }), true],
    ['guest pages of another PASID', amd.invalidatePages(6, 4, 'all'), false],
    ['other guest pages', amd.invalidatePages(6, 5, { address: 0x4000n, pagesLg2: 2 }), false],
    ['host pages of the domain', amd.invalidatePages(6, null, { address: 0x9000n, pagesLg2: 0 }), true],
    ['host pages of another domain', amd.invalidatePages(5, null, 'all'), false],
    ['the DTE', amd.invalidateDevtab(0x18), false],
    ['all', amd.invalidateAll(), true],
    ['a wait', amd.completionWait(), false],
  ])('%s', (_, issued, drops) => {
    const nest = new Nest()
    nest.dma()
    nest.leaf(0n)
    expect(nest.dma()).toMatchObject({ ok: true, cache: 'stale-hit' })
    send(nest, issued)
    expect(nest.dma().ok).toBe(!drops)
  })

  it('a DTE that changed is not seen until INVALIDATE_DEVTAB_ENTRY names its device', () => {
    const nest = new Nest()
    nest.dma()
    const at = Number(nest.rig.platform.describe(nest.rig.ctx, nest.rig.state, PASIDS)[0]?.hpa)
    nest.poke(at, 3n)
    expect(nest.dma().ok).toBe(true)
    send(nest, amd.invalidateDevtab(0x19))
    expect(nest.dma().ok).toBe(true)
    send(nest, amd.invalidateDevtab(0x18))
    expect(told(nest.dma())).toEqual(['0x02', 'config', null])
  })

  it('what a device with ATS keeps goes by INVALIDATE_IOTLB_PAGES', () => {
    const nest = new Nest(testDevice({ pasidBits: 16, ats: true }))
    nest.dma()
    nest.leaf(0n)
    send(nest, amd.invalidateAll())
    expect(nest.dma()).toMatchObject({ ok: true, cache: 'stale-hit' })
    send(nest, amd.invalidateIotlb(0x18, 4, 'all'))
    expect(nest.dma().ok).toBe(true)
    send(nest, amd.invalidateIotlb(0x18, 5, { address: 0x2000n, pagesLg2: 0 }))
    expect(nest.dma().ok).toBe(false)
  })

  it('a wait stores its data', () => {
    const nest = new Nest()
    send(nest, amd.completionWait({ address: 0x9000n, data: 0x1_0000_0002n }))
    expect(nest.rig.bulk.memory.read64(0x9000)).toBe(0x1_0000_0002n)
  })
})

describe('amd.ranges: addresses that are not memory', () => {
  it('interrupts are never translated, and the HyperTransport range is refused', () => {
    const rig = new Rig(amdVi)
    rig.route(DEVICE, rig.tables(DEVICE))
    expect(told(rig.ask(DEVICE, 0xfee0_1234n))).toEqual(['interrupt', 'config', null])
    expect(told(rig.ask(DEVICE, 0xfd_0000_0000n))).toEqual(['0x08', 'config', null])
    expect(told(rig.ask(DEVICE, 0xff_ffff_ffffn))).toEqual(['0x08', 'config', null])
    expect(told(rig.ask(DEVICE, 0x100_0000_0000n))).toEqual(['0x02', 'second', null])
  })
})

describe('the device table', () => {
  it('grows with the buses in use, and keeps what it held', () => {
    const rig = new Rig(amdVi)
    const tables = rig.tables(DEVICE)
    rig.route(DEVICE, tables)
    rig.map(tables[0] as never, { page: 2, pages: 1, target: 0x40001, perm: 3 })
    const far = testDevice({ name: 'dev2', rid: 0x3a10, group: 2 })
    expect(rig.ask(far, 0x2000n).ok).toBe(false)
    rig.route(far, tables)
    expect([DEVICE, far].map(device => told(rig.dma(device, 0x2000n)))).toEqual([0x40001000, 0x40001000])
    expect(told(rig.dma(testDevice({ rid: 0x3a11 }), 0x2000n))).toEqual(['0x02', 'config', null])
  })
})
