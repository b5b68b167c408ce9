/** Both stages (ARM-NEST-1): references, faults with their place, rights and sizes, CDs in guest memory, stalls. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../flushing'
import { testDevice } from '../../test-rig'
import * as command from './commands'
import { submit } from './invalidate'
import { ASID, CONTEXTS, DEVICE, FIRST, HOST, Nest, SECOND, told, VA } from './nested.fixture'
import type { SmmuState } from './state'

const send = (nest: Nest, issued: Command): void =>
  submit(nest.rig.ctx, nest.rig.state as SmmuState, issued, 'test')

describe('smmu.references: ARM-NEST-1', () => {
  it('makes 19 descriptor reads, and cold one STE and one CD whose address stage 2 translates first', () => {
    const nest = new Nest()
    const found = nest.ask()
    expect(found).toMatchObject({ ok: true, output: HOST + 0x3010, perm: 3, pageLg2: 12, domain: 1 })
    const kinds = found.references.map(({ stage, what }) => (stage === 'config' ? what : stage))
    const walk = ['second', 'second', 'second']
    const cold = ['L1 stream table descriptor', 'STE', ...walk, 'CD']
    const nested = [...Array.from({ length: 4 }, () => [...walk, 'first']).flat(), ...walk]
    expect(kinds).toEqual([...cold, ...nested])
    expect(nested).toHaveLength(19)
  })

  it('reads exactly these descriptors, in this order', () => {
    const stage1 = [3, 2, 1, 0].map(level => HOST + (FIRST[level] ?? 0) + (level === 0 ? 0x10 : 0))
    const leafOf = (ipa: number) => (SECOND[0] ?? 0) + (ipa >> 12) * 8
    const s2 = (ipa: number) => [SECOND[2], SECOND[1], leafOf(ipa)]
    const expected = [
      ...s2(CONTEXTS),
      HOST + CONTEXTS + 5 * 64,
      ...[0, 1, 2, 3].flatMap(k => [...s2(FIRST[3 - k] ?? 0), stage1[k]]),
      ...s2(0x3000),
    ]
    expect(
      new Nest()
        .ask()
        .references.slice(2)
        .map(({ address }) => address),
    ).toEqual(expected)
  })

  it('with warm structures makes those 19 alone, and none of them from the TLB', () => {
    const nest = new Nest()
    nest.dma()
    send(nest, command.tlbiNhAll(1))
    expect(nest.dma().references).toHaveLength(19)
    expect(nest.dma().references).toHaveLength(0)
  })
})

describe('smmu.nested: faults and their place', () => {
  it.each<[string, (nest: Nest) => void, unknown]>([
    ['no stage 1 leaf', nest => nest.first(0, 0n), ['0x10', 'first', 0, null]],
    ['no stage 1 table', nest => nest.first(2, 0n), ['0x10', 'first', 2, null]],
    ['a leaf without AF', nest => nest.first(0, 0x3b47n), ['0x12', 'first', 0, null]],
    ['nothing, where IPS is 32 bits and the leaf below', nest => nest.context(5, { IPS: 0 }), HOST + 0x3010],
    [
      'an IPA beyond stage 2',
      nest => nest.first(0, 0x100_0000_3f47n),
      ['0x10', 'second', null, 0x100_0000_3010],
    ],
    ['no stage 2 page behind the output', nest => nest.second(3, 0n), ['0x10', 'second', 0, 0x3010]],
    ['no stage 2 page behind a stage 1 table', nest => nest.second(0x12, 0n), ['0x10', 'second', 0, 0x12000]],
    [
      'no stage 2 page behind the CD',
      nest => nest.second(0x14, 0n),
      ['0x10', 'second', 0, CONTEXTS + 5 * 64],
    ],
    ['a stage 2 leaf without AF', nest => nest.second(3, 0x8000_33ffn), ['0x12', 'second', 0, 0x3010]],
    [
      'a stage 2 table beyond PS',
      nest => nest.poke(SECOND[1] ?? 0, (1n << 45n) | 3n),
      ['0x11', 'second', 1, CONTEXTS + 5 * 64],
    ],
    ['a CD that is not valid', nest => nest.context(5, { V: 0 }), ['0x0a', 'config', null, null]],
    ['a CD for AArch32', nest => nest.context(5, { AA64: 0 }), ['0x0a', 'config', null, null]],
  ])('%s', (_, spoil, expected) => {
    const nest = new Nest()
    spoil(nest)
    expect(told(nest.ask())).toEqual(expected)
  })

  it('a stage 1 output beyond IPS is F_ADDR_SIZE of stage 1', () => {
    const nest = new Nest()
    nest.context(5, { IPS: 0 })
    nest.first(0, 0x1_0000_3f47n)
    expect(told(nest.ask())).toEqual(['0x11', 'first', 0, null])
  })

  it('rights are the AND of both stages; a write that stage 2 lacks is F_PERMISSION there', () => {
    const nest = new Nest()
    nest.second(3, 0x8000_377fn)
    expect(nest.ask()).toMatchObject({ ok: true, perm: 1 })
    expect(told(nest.ask({ access: 'write' }))).toEqual(['0x13', 'second', 0, 0x3010])
    nest.first(0, 0x3fc7n)
    expect(told(nest.ask({ access: 'write' }))).toEqual(['0x13', 'first', 0, null])
  })

  it('an address that neither table takes, and one of TTB1 which is off, are F_TRANSLATION', () => {
    const nest = new Nest()
    for (const address of [1n << 48n, 0xffff_0000_0000_0000n, 0x00ff_0000_0000_2010n])
      expect(told(nest.ask({ address }))).toEqual(['0x10', 'first', null, null])
    nest.context(5, { TBI0: 1 })
    expect(told(nest.ask({ address: 0xab00_0000_0000_2010n }))).toBe(HOST + 0x3010)
  })

  it('TTB1 takes the addresses at the top', () => {
    const nest = new Nest()
    nest.context(5, { EPD1: 0, T1SZ: 16, TG1: 2, TTB1: FIRST[3] ?? 0 })
    expect(told(nest.ask({ address: 0xffff_0000_0000_2010n }))).toBe(HOST + 0x3010)
  })
})

describe('smmu.config: which requests find a CD', () => {
  it('one without SubstreamID stays in stage 2 (S1DSS = 1)', () => {
    const nest = new Nest()
    expect(told(nest.ask({ pasid: null, address: 0x3010n }))).toBe(HOST + 0x3010)
    expect(told(nest.ask({ pasid: null, address: 0x20_000n }))).toEqual(['0x10', 'second', 0, 0x20_000])
  })

  it('one beyond S1CDMax is C_BAD_SUBSTREAMID, one whose CD is empty C_BAD_CD', () => {
    const nest = new Nest()
    expect(told(nest.ask({ pasid: 16 }))).toEqual(['0x08', 'config', null, null])
    expect(told(nest.ask({ pasid: 6 }))).toEqual(['0x0a', 'config', null, null])
  })

  it.each([
    [0, null, '0x06'],
    [2, null, 'ok'],
    [2, 0, '0x06'],
    [1, 0, 'ok'],
  ])('S1DSS = %i and SubstreamID %s: %s', (dss, pasid, expected) => {
    const nest = new Nest()
    nest.context(0)
    const ste = Number(nest.rig.platform.describe(nest.rig.ctx, nest.rig.state, DEVICE).at(-1)?.hpa)
    nest.poke(ste + 8, (nest.peek(ste + 8) & ~3n) | BigInt(dss))
    const found = nest.ask({ pasid })
    expect(found.ok ? 'ok' : found.fault.code).toBe(expected)
  })
})

describe('smmu.events: what is recorded', () => {
  it.each([
    ['stage 1 with CD.R = 0', (nest: Nest) => nest.context(5, { R: 0 }), true],
    ['stage 1 with CD.R = 1', () => undefined, false],
  ])('%s', (_, change, suppressed) => {
    const nest = new Nest()
    change(nest)
    nest.first(0, 0n)
    expect(nest.ask()).toMatchObject({ ok: false, fault: { suppressed } })
  })

  it('configuration events always are; Config = 0 never', () => {
    const nest = new Nest()
    expect(nest.ask({ pasid: 6 })).toMatchObject({ fault: { suppressed: false } })
    nest.rig.block(DEVICE)
    expect(nest.ask()).toMatchObject({ ok: false, fault: { code: 'abort', suppressed: true } })
  })
})

describe('smmu.tags, smmu.stale, smmu.commands: what answers until which command', () => {
  const HIT = HOST + 0x3010
  /** A warm translation whose page the guest then takes away. */
  function stale(): Nest {
    const nest = new Nest()
    nest.dma()
    nest.first(0, 0n)
    return nest
  }

  it.each<[string, Command, boolean]>([
    ['TLBI_NH_VA', command.tlbiNhVa(1, ASID, { address: 0x2000n }), true],
    ['TLBI_NH_VA of another ASID', command.tlbiNhVa(1, 8, { address: 0x2000n }), false],
    ['TLBI_NH_VA of another page', command.tlbiNhVa(1, ASID, { address: 0x3000n }), false],
    ['TLBI_NH_VAA', command.tlbiNhVaa(1, { address: 0x2000n }), true],
    ['TLBI_NH_VAA of a range', command.tlbiNhVaa(1, { address: 0n, range: { scale: 1, num: 0 } }), false],
    [
      'TLBI_NH_VAA of a range that reaches it',
      command.tlbiNhVaa(1, { address: 0n, range: { scale: 0, num: 2 } }),
      true,
    ],
    ['TLBI_NH_ASID', command.tlbiNhAsid(1, ASID), true],
    ['TLBI_NH_ASID of another', command.tlbiNhAsid(1, 8), false],
    ['TLBI_NH_ALL', command.tlbiNhAll(1), true],
    ['TLBI_NH_ALL of another VMID', command.tlbiNhAll(2), false],
    ['TLBI_S12_VMALL', command.tlbiS12VmAll(1), true],
    ['TLBI_S2_IPA: stage 2 alone', command.tlbiS2Ipa(1, { address: 0x2000n }), false],
    ['TLBI_NSNH_ALL', command.tlbiNsnhAll(), true],
    ['CFGI_CD', command.cfgiCd(0x18, 5), false],
    ['CFGI_ALL', command.cfgiAll(), false],
    ['SYNC', command.sync(), false],
  ])('%s', (_, issued, drops) => {
    const nest = stale()
    expect(nest.dma()).toMatchObject({ ok: true, output: HIT, cache: 'stale-hit' })
    send(nest, issued)
    expect(nest.dma().ok).toBe(!drops)
  })

  it('a global leaf answers any ASID, and goes by address but not by ASID', () => {
    const nest = new Nest()
    nest.first(0, 0x3747n)
    nest.context(6, { ASID: 8 })
    nest.dma()
    expect(nest.dma({ pasid: 6 })).toMatchObject({ cache: 'hit' })
    send(nest, command.tlbiNhAsid(1, ASID))
    expect(nest.dma()).toMatchObject({ cache: 'hit' })
    send(nest, command.tlbiNhVa(1, 8, { address: 0x2000n }))
    expect(nest.dma()).toMatchObject({ cache: 'miss' })
  })

  it.each<[string, Command, boolean]>([
    ['CFGI_CD', command.cfgiCd(0x18, 5), true],
    ['CFGI_CD of another SubstreamID', command.cfgiCd(0x18, 4), false],
    ['CFGI_CD_ALL', command.cfgiCdAll(0x18), true],
    ['CFGI_CD_ALL of another stream', command.cfgiCdAll(0x19), false],
    ['CFGI_STE', command.cfgiSte(0x18), true],
    ['CFGI_ALL', command.cfgiAll(), true],
    ['TLBI_NSNH_ALL', command.tlbiNsnhAll(), false],
  ])('a CD that changed is not seen until %s', (_, issued, seen) => {
    const nest = new Nest()
    nest.dma()
    nest.context(5, { V: 0 })
    expect(nest.dma().ok).toBe(true)
    send(nest, issued)
    expect(nest.dma().ok).toBe(!seen)
  })

  it("an ATC_INV reaches the device's own translations, by SubstreamID or all", () => {
    const device = testDevice({ pasidBits: 16, ats: true })
    for (const [issued, drops] of [
      [command.atcInv(0x18, 5, { address: 0x2000n, pagesLg2: 0 }), true],
      [command.atcInv(0x18, 4, 'all'), false],
      [command.atcInv(0x18, null, { address: 0n, pagesLg2: 2 }), true],
      [command.atcInv(0x18, null, { address: 0x4000n, pagesLg2: 2 }), false],
      [command.atcInv(0x19, null, 'all'), false],
      [command.atcInv(0x18, null, 'all'), true],
    ] as const) {
      const nest = new Nest({}, device)
      nest.dma()
      nest.first(0, 0n)
      send(nest, command.tlbiNsnhAll())
      expect(nest.dma()).toMatchObject({ ok: true, cache: 'stale-hit' })
      send(nest, issued)
      expect(nest.dma().ok).toBe(!drops)
    }
  })
})

describe('smmu.stall: a request held until RESUME', () => {
  it('is one where CD.S is set, has an event with its tag in memory, and goes on when it is named', () => {
    const nest = new Nest({ stall: 'on' })
    nest.first(0, 0n)
    const missed = nest.dma({ access: 'write' })
    expect(missed).toMatchObject({ ok: false, fault: { recoverable: true, suppressed: false } })
    const unit = nest.rig.platform.pageRequests
    if (unit === null) throw new Error('no requests')
    const asked = unit.request(nest.rig.ctx, nest.rig.state, {
      device: DEVICE,
      pasid: 5,
      address: VA,
      access: 'write',
    })
    expect(asked.outcome.kind).toBe('queued')
    const [event] = nest.rig.eventsOf('page-request')
    expect(event?.raw).toEqual([0x0000_0018_0000_5810n, 0x0000_0200_8000_0000n, VA, 0n])
    const taken = unit.read(nest.rig.ctx, asked.state)
    expect(taken.requests).toMatchObject([
      { rid: 0x18, pasid: 5, address: 0x2000n, access: 'write', group: 0 },
    ])
    const wrong = unit.respond(nest.rig.ctx, taken.state, { rid: 0x18, pasid: 5, group: 1, code: 'success' })
    expect(wrong.delivered).toBe(false)
    const done = unit.respond(nest.rig.ctx, taken.state, { rid: 0x18, pasid: 5, group: 0, code: 'success' })
    expect(done.delivered).toBe(true)
    expect(nest.rig.eventsOf('page-response')[0]?.raw).toEqual(command.resume(0x18, 0, 'retry').words)
    expect(unit.pending(done.state)).toEqual([])
  })

  it.each([
    ['success', 1n],
    ['invalid', 0n],
    ['failure', 2n],
  ] as const)('is resumed by what the answer %s means: retry, terminate or abort', (code, resp) => {
    const nest = new Nest({ stall: 'on' })
    const unit = nest.rig.platform.pageRequests
    if (unit === null) throw new Error('no requests')
    const request = { device: DEVICE, pasid: 5, address: VA, access: 'write' } as const
    const taken = unit.read(nest.rig.ctx, unit.request(nest.rig.ctx, nest.rig.state, request).state)
    unit.respond(nest.rig.ctx, taken.state, { rid: 0x18, pasid: 5, group: 0, code })
    const [word = 0n] = nest.rig.eventsOf('page-response')[0]?.raw ?? []
    // CMD_RESUME, 0x44; RESP is bits 13:12.
    expect([word & 0xffn, (word >> 12n) & 3n]).toEqual([0x44n, resp])
  })

  it('is none where the unit cannot stall, S1STALLD is set, or stage 2 faulted', () => {
    const plain = new Nest()
    plain.first(0, 0n)
    expect(plain.dma()).toMatchObject({ ok: false, fault: { recoverable: false } })
    const second = new Nest({ stall: 'on' })
    second.second(3, 0n)
    expect(second.dma()).toMatchObject({ ok: false, fault: { recoverable: false } })
    const off = new Nest({ stall: 'on' })
    const ste = Number(off.rig.platform.describe(off.rig.ctx, off.rig.state, DEVICE).at(-1)?.hpa)
    off.poke(ste + 8, off.peek(ste + 8) | (1n << 27n))
    off.first(0, 0n)
    expect(off.dma()).toMatchObject({ ok: false, fault: { recoverable: false } })
  })

  it('a device with ATS and PRI asks by a page request, answered by PRI_RESP', () => {
    const device = testDevice({ pasidBits: 16, ats: true, pri: true })
    const nest = new Nest({}, device)
    nest.first(0, 0n)
    expect(nest.dma()).toMatchObject({ ok: false, fault: { recoverable: true } })
    const unit = nest.rig.platform.pageRequests
    if (unit === null) throw new Error('no requests')
    const ask = { device, pasid: 5, address: VA, access: 'read' as const }
    const first = unit.request(nest.rig.ctx, nest.rig.state, { ...ask, last: false })
    const more = unit.request(nest.rig.ctx, first.state, { ...ask, group: 0 })
    const taken = unit.read(nest.rig.ctx, more.state)
    expect(taken.requests.map(({ group, last }) => [group, last])).toEqual([
      [0, false],
      [0, true],
    ])
    const done = unit.respond(nest.rig.ctx, taken.state, { rid: 0x18, pasid: 5, group: 0, code: 'success' })
    expect(done.delivered).toBe(true)
    const response = command.priResp(0x18, 5, { group: 0, code: 'success' })
    expect(nest.rig.eventsOf('page-response')[0]?.raw).toEqual(response.words)
  })
})

describe('ATS is what EATS allows', () => {
  it('F_BAD_ATS_TREQ for a request for a translation, F_TRANSL_FORBIDDEN for a translated one', () => {
    const device = testDevice({ pasidBits: 16, ats: true })
    const nest = new Nest({}, device)
    const ste = Number(nest.rig.platform.describe(nest.rig.ctx, nest.rig.state, device).at(-1)?.hpa)
    nest.dma()
    const off = () => {
      nest.poke(ste + 8, nest.peek(ste + 8) & ~(3n << 28n))
      send(nest, command.cfgiAll())
    }
    off()
    expect(told(nest.dma())).toEqual(['0x07', 'config', null, null])
    send(nest, command.atcInv(0x18, null, 'all'))
    expect(told(nest.dma())).toEqual(['0x05', 'config', null, null])
  })
})
