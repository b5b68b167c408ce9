/** Structures, commands and events against the worked vectors ARM-STE, ARM-CD, ARM-CMD and ARM-EVT, bit for bit. */
import { describe, expect, it } from 'vitest'
import vectors from '../../../vectors/hardware.json'
import type { Command } from '../../flushing'
import { encodeStruct } from '../../struct'
import { testDevice } from '../../test-rig'
import * as smmu from './commands'
import { eventRecord } from './faults'
import { cdTableConfig } from './pasid-table-format'
import { contextFields } from './pasid-tables'
import { steFields } from './route'
import { firstConfig, secondConfig } from './stages'
import type { SmmuState } from './state'
import { CD, S1DSS, S1FMT, STE } from './structures.data'
import { viewCd, viewSte } from './target'

const words = (texts: readonly string[]) => texts.map(BigInt)

const SECOND = secondConfig({ inputBits: 39, startLevel: 1, outputBits: 44, affd: false })
const S2 = { id: 1, format: 'arm-s2', cfg: SECOND, root: 0x500000 }
const DEVICE = testDevice()
const CONFIG = { ipaBits: 39, streamTable: 'linear', ssidBits: 16, stall: true, msiWindow: false } as const

/** The STE that the kernel writes where these routes are all of a stream. */
function ste(to: SmmuState['routes'][number]['to'] | null): readonly bigint[] {
  const routes = to === null ? [] : [{ rid: DEVICE.rid, pasid: null, to, ats: false }]
  const state = { config: CONFIG, routes, cdTables: [] } as unknown as SmmuState
  return encodeStruct(STE, steFields(state, DEVICE.rid, DEVICE))
}

const NAMED = vectors['ARM-STE']
const FETCH = { S1CIR: 1, S1COR: 1, S1CSH: 3 }

describe('stream table entries (ARM-STE)', () => {
  it('abort, bypass and stage 2 are what the kernel writes', () => {
    expect(ste(null)).toEqual(words(NAMED['abort (CFG=0)']))
    expect(ste({ kind: 'passthrough', domain: 1 })).toEqual(words(NAMED['bypass (CFG=4)']))
    expect(ste({ tables: [S2], domain: 1 })).toEqual(words(NAMED['S2 only (CFG=6) VMID 1 S2TTB 0x500000']))
  })

  it("nested: the guest's CD table over the stage 2 of its parent", () => {
    const table = {
      format: 'arm-cd',
      cfg: cdTableConfig({ format: S1FMT.linear, bits: 4 }),
      root: 0x20000,
    }
    const to = { kind: 'pasid-table', tables: [S2], table, domain: 9, parentDomain: 1 } as const
    const vector = words(
      NAMED['nested (CFG=7) guest CD table at IPA 0x20000, S1CDMAX=4 linear, S1DSS=2, VMID 1'],
    )
    // Requests without substream stay in the parent here (R1): S1DSS is 1, where the vector has 2.
    expect(ste(to)).toEqual(vector.with(1, (vector[1] ?? 0n) - 1n))
  })

  it('stage 1 alone, with one CD and with a table of two levels', () => {
    const one = { V: 1, Config: 5, S1ContextPtr: 0x600000n, ...FETCH }
    expect(encodeStruct(STE, one)).toEqual(words(NAMED['S1 only (CFG=5) linear CD table 0x600000, 1 CD']))
    const two = { V: 1, Config: 5, S1Fmt: 2, S1ContextPtr: 0x610000n, S1CDMax: 16, ...FETCH }
    expect(encodeStruct(STE, { ...two, S1DSS: S1DSS.cd0, EATS: 1 })).toEqual(
      words(NAMED['S1 only, 2-level 64K CD table 0x610000, S1CDMAX=16, S1DSS=2 (SSID0), EATS=1']),
    )
  })

  it.each(Object.entries(NAMED))('%s is read as valid', (_, texts) => {
    expect(viewSte(CONFIG, words(texts))).not.toBeNull()
  })
})

describe('stream table entries that are none (C_BAD_STE)', () => {
  const good = words(NAMED['S2 only (CFG=6) VMID 1 S2TTB 0x500000'])
  const set = (word: number, mask: bigint, value: bigint) =>
    good.with(word, ((good[word] ?? 0n) & ~mask) | value)
  it.each([
    ['V = 0', set(0, 1n, 0n)],
    ['S2TG is 64K', set(2, 3n << 46n, 1n << 46n)],
    ['S2TG is reserved', set(2, 3n << 46n, 3n << 46n)],
    ['SL0 = 3', set(2, 3n << 38n, 3n << 38n)],
    ['S2TTB above PS', set(3, 0n, 1n << 45n)],
    ['S2T0SZ above 39', set(2, 0x3fn << 32n, 40n << 32n)],
    ['S2T0SZ below 64 - PS', set(2, 0x3fn << 32n, 19n << 32n)],
    ['more than 16 tables side by side', set(2, 0x3fn << 32n, 20n << 32n)],
    ['S2AA64 = 0', set(2, 1n << 51n, 0n)],
    ['S2ENDI', set(2, 0n, 1n << 52n)],
    ['S2HA without HTTU', set(2, 0n, 1n << 56n)],
  ])('%s', (_, bad) => {
    expect(viewSte(CONFIG, bad)).toBeNull()
    expect(viewSte(CONFIG, good)).not.toBeNull()
  })
})

describe('context descriptors (ARM-CD)', () => {
  const table = {
    id: 2,
    format: 'arm-s1',
    cfg: firstConfig(48, 48, { affd: false, had: false }),
    root: 0x400000,
  }
  const good = words(vectors['ARM-CD'])

  it('terminate model, and the stall model which has S on top', () => {
    expect(encodeStruct(CD, contextFields(table, 7))).toEqual(good)
    const [stall] = encodeStruct(CD, { ...contextFields(table, 7), S: 1 })
    expect(stall).toBe(0x0007f205c0003510n)
  })

  const set = (word: number, mask: bigint, value: bigint) =>
    good.with(word, ((good[word] ?? 0n) & ~mask) | value)
  it.each([
    ['V = 0', set(0, 1n << 31n, 0n)],
    ['AA64 = 0', set(0, 1n << 41n, 0n)],
    ['T0SZ = 15', set(0, 0x3fn, 15n)],
    ['T0SZ = 40', set(0, 0x3fn, 40n)],
    ['TG0 is reserved', set(0, 3n << 6n, 3n << 6n)],
    ['TTB0 above IPS', set(1, 0n, 1n << 48n)],
    ['HA without HTTU', set(0, 0n, 1n << 43n)],
    ['A = 0', set(0, 1n << 46n, 0n)],
  ])('C_BAD_CD: %s', (_, bad) => {
    expect(viewCd(CONFIG, bad)).toBeNull()
    expect(viewCd(CONFIG, good)).not.toBeNull()
  })

  it('C_BAD_CD: S where the unit cannot stall', () => {
    const stalling = set(0, 0n, 1n << 44n)
    expect(viewCd(CONFIG, stalling)).not.toBeNull()
    expect(viewCd({ ...CONFIG, stall: false }, stalling)).toBeNull()
  })
})

const COMMANDS: Record<keyof (typeof vectors)['ARM-CMD'], Command> = {
  'CFGI_STE SID 0x18 leaf': smmu.cfgiSte(0x18),
  'CFGI_ALL (STE_RANGE, range 31)': smmu.cfgiAll(),
  'CFGI_CD SID 0x18 SSID 5 leaf': smmu.cfgiCd(0x18, 5),
  'CFGI_CD_ALL SID 0x18': smmu.cfgiCdAll(0x18),
  'TLBI_NH_ALL VMID 1': smmu.tlbiNhAll(1),
  'TLBI_NH_ASID VMID 1 ASID 7': smmu.tlbiNhAsid(1, 7),
  'TLBI_NH_VA VMID 1 ASID 7 VA 0x2000 leaf': smmu.tlbiNhVa(1, 7, { address: 0x2000n, leafOnly: true }),
  'TLBI_NH_VA range: 16 pages at 0x10000 (TG=4K, SCALE=4, NUM=0, TTL=3)': smmu.tlbiNhVa(1, 7, {
    address: 0x10000n,
    leafOnly: true,
    range: { scale: 4, num: 0, ttl: 3 },
  }),
  'TLBI_S12_VMALL VMID 1': smmu.tlbiS12VmAll(1),
  'TLBI_S2_IPA VMID 1 IPA 0x2000 leaf': smmu.tlbiS2Ipa(1, { address: 0x2000n, leafOnly: true }),
  TLBI_NSNH_ALL: smmu.tlbiNsnhAll(),
  'ATC_INV SID 0x18 SSID 5, 16 KiB at 0x4000': smmu.atcInv(0x18, 5, { address: 0x4000n, pagesLg2: 2 }),
  'ATC_INV SID 0x18 all': smmu.atcInv(0x18, null, 'all'),
  'PRI_RESP SID 0x18 SSID 5 PRGI 9 success': smmu.priResp(0x18, 5, { group: 9, code: 'success' }),
  'RESUME SID 0x18 STAG 0x42 retry': smmu.resume(0x18, 0x42, 'retry'),
  'RESUME ... abort': smmu.resume(0x18, 0x42, 'abort'),
  'SYNC (no signal)': smmu.sync(),
}

describe('commands (ARM-CMD)', () => {
  it.each(Object.entries(vectors['ARM-CMD']))('%s', (name, texts) => {
    expect(Object.entries(COMMANDS).find(([key]) => key === name)?.[1].words).toEqual(words(texts))
  })

  it.each([
    [0x10, 16, [[0x10, 4, 0]]],
    [3, 1, [[3, 0, 0]]],
    [0, 0x40000, [[0, 18, 0]]],
    [
      5,
      0x23,
      [
        [5, 0, 2],
        [8, 5, 0],
      ],
    ],
  ])('a range from page %i of %i pages is exactly these', (first, pages, expected) => {
    const parts = smmu.rangesOf(first, pages)
    const told = parts.map(({ address, range }) => [Number(address >> 12n), range?.scale, range?.num])
    expect(told).toEqual(expected)
  })
})

const EVENTS: Record<keyof (typeof vectors)['ARM-EVT'], readonly bigint[]> = {
  'F_TRANSLATION read VA 0x9000 SID 0x18 no SSID, S1, CLASS=IN': eventRecord({
    id: 0x10,
    sid: 0x18,
    ssid: null,
    input: { address: 0x9000n, access: 'read', class: 'IN' },
  }),
  'F_TRANSLATION stalled write VA 0x7f1234567000 SID 0x18 SSID 5 STAG 0x42': eventRecord({
    id: 0x10,
    sid: 0x18,
    ssid: 5,
    input: { address: 0x7f1234567000n, access: 'write', class: 'IN', stag: 0x42 },
  }),
  'F_PERMISSION write VA 0x2010, S2 fault on IPA 0x3000, CLASS=IN': eventRecord({
    id: 0x13,
    sid: 0x18,
    ssid: null,
    input: { address: 0x2010n, access: 'write', class: 'IN', ipa: 0x3010n },
  }),
  'F_TRANSLATION S2 fault while fetching S1 descriptor, VA 0x2010 IPA 0x12000, CLASS=TT': eventRecord({
    id: 0x10,
    sid: 0x18,
    ssid: null,
    input: { address: 0x2010n, access: 'read', class: 'TT', ipa: 0x12000n },
  }),
  'C_BAD_STE SID 0x18': eventRecord({ id: 0x04, sid: 0x18, ssid: null }),
  'C_BAD_SUBSTREAMID SID 0x18 SSID 0x99': eventRecord({ id: 0x08, sid: 0x18, ssid: 0x99 }),
}

describe('event records (ARM-EVT)', () => {
  it.each(Object.entries(vectors['ARM-EVT']))('%s', (name, texts) => {
    expect(Object.entries(EVENTS).find(([key]) => key === name)?.[1]).toEqual(words(texts))
  })
})
