/** amd.page-request: the log's entries bit by bit (hardware facts 3.5), groups, answers, a log that is full. */
import { describe, expect, it } from 'vitest'
import vectors from '../../../vectors/hardware.json'
import type { HwDevice, PageRequestAsk, PageResponse } from '../../contract'
import { Rig, testDevice } from '../../test-rig'
import { amdVi } from '.'
import { encodePpr, pageRequests } from './page-requests'
import type { AmdState } from './state'

const DEVICE = testDevice({ pasidBits: 16, ats: true, pri: true })
const VA = 0x7f12_3456_7000n
const PASID = 0x123

/** A device with a guest table for one PASID in the kernel's GCR3 table, nothing mapped. */
class Faulting {
  readonly rig: Rig

  constructor(params: Record<string, string> = {}, device: HwDevice = DEVICE) {
    this.rig = new Rig(amdVi, params)
    const spec = amdVi.processTable(this.rig.config as never)
    if (spec === null) throw new Error('no guest tables')
    const table = { id: 9, format: spec.format, cfg: spec.cfg, root: 0x20_0000 }
    const to = { kind: 'first', table, domain: 6 } as const
    this.rig.state = amdVi.route(this.rig.ctx, this.state, { device, pasid: PASID, to })
    this.rig.events.length = 0
  }

  get state(): AmdState {
    return this.rig.state as AmdState
  }

  ask(change: Partial<PageRequestAsk> = {}) {
    const wanted = { device: DEVICE, pasid: PASID, address: VA, access: 'write', ...change } as const
    const { state, outcome } = pageRequests.request(this.rig.ctx, this.state, wanted)
    this.rig.state = state
    return outcome
  }

  read() {
    const { state, ...taken } = pageRequests.read(this.rig.ctx, this.state)
    this.rig.state = state
    return taken
  }

  respond(change: Partial<PageResponse> = {}): boolean {
    const response = { rid: 0x18, pasid: PASID, group: 0, code: 'success', ...change } as const
    const { state, delivered } = pageRequests.respond(this.rig.ctx, this.state, response)
    this.rig.state = state
    return delivered
  }

  waiting() {
    return pageRequests.pending(this.state).map(group => group.map(request => request.address))
  }
}

const field = (word: bigint | undefined, high: bigint, low: bigint): bigint =>
  ((word ?? 0n) >> low) & ((1n << (high - low + 1n)) - 1n)

describe('amd.page-request: an entry of the log', () => {
  const made = { rid: 0x18, pasid: 0xa_bcde, address: VA, access: 'write', group: 9, last: true } as const

  it('has DeviceID, PASID in two parts, tag, flags and type where the log has them', () => {
    const [low, high] = encodePpr(made)
    expect(field(low, 15n, 0n)).toBe(0x18n)
    expect([field(low, 31n, 16n), field(low, 45n, 42n)]).toEqual([0xbcden, 0xan])
    expect(field(low, 63n, 60n)).toBe(1n)
    // The tag has ten bits: the group, and above it whether it is the last of it.
    expect(field(low, 41n, 32n)).toBe(0x209n)
    expect(high).toBe(VA)
  })

  it('without a PASID has none, and one that is not the last says so', () => {
    const [low] = encodePpr({ ...made, pasid: null, last: false })
    expect([field(low, 31n, 16n), field(low, 45n, 42n), field(low, 41n, 32n)]).toEqual([0n, 0n, 9n])
    expect(field(low, 59n, 48n)).not.toBe(field(encodePpr(made)[0], 59n, 48n))
  })
})

describe('amd.page-request: from the miss to the answer', () => {
  it('follows a miss in a guest table, and is read back from the log', () => {
    const at = new Faulting()
    const missed = at.rig.dma(DEVICE, VA + 0x10n, 'write', PASID)
    expect(missed).toMatchObject({ ok: false, fault: { code: '0x02', recoverable: true } })
    expect(at.ask({ address: VA + 0x10n })).toMatchObject({ kind: 'queued', request: { address: VA } })
    const expected = { rid: 0x18, pasid: PASID, address: VA, access: 'write', group: 0, last: true }
    expect(at.rig.eventsOf('page-request')[0]?.raw).toEqual(encodePpr(expected as never))
    expect(at.read()).toEqual({ requests: [expected], overflow: false })
    expect(at.read().requests).toEqual([])
    expect(at.waiting()).toEqual([[VA]])
  })

  it('is answered by COMPLETE_PPR, the words of vector AMD-CMD', () => {
    const at = new Faulting()
    at.ask({ group: 9 })
    expect(at.respond({ group: 8 })).toBe(false)
    expect(at.respond({ group: 9, pasid: 5 })).toBe(false)
    expect(at.respond({ group: 9, pasid: null })).toBe(false)
    expect(at.respond({ group: 9, rid: 0x20 })).toBe(false)
    expect(at.respond({ group: 9 })).toBe(true)
    const [d0, d1, d2, d3] = vectors['AMD-CMD']['COMPLETE_PPR dev 0x0018 PASID 0x123 tag 9 success'].map(
      BigInt,
    ) as [bigint, bigint, bigint, bigint]
    const [told] = at.rig.eventsOf('page-response')
    expect(told?.raw).toEqual([d0 | (d1 << 32n), d2 | (d3 << 32n)])
    expect(at.waiting()).toEqual([])
  })

  it('is answered as a group, once the last has come', () => {
    const at = new Faulting()
    at.ask({ group: 3, last: false })
    expect(at.respond({ group: 3 })).toBe(false)
    at.ask({ group: 3, address: VA + 0x1000n })
    expect(at.waiting()).toEqual([[VA, VA + 0x1000n]])
    expect(at.respond({ group: 3, code: 'invalid' })).toBe(true)
    expect(at.ask()).toMatchObject({ kind: 'queued', request: { group: 0 } })
  })

  it('answered failure, the device asks no more', () => {
    const at = new Faulting()
    at.ask()
    at.ask()
    expect(at.respond({ group: 1, code: 'failure' })).toBe(true)
    expect(at.waiting()).toEqual([])
    expect(at.ask()).toMatchObject({ kind: 'held-back' })
  })

  it('takes the lowest group that is free, of 512', () => {
    const at = new Faulting()
    for (let group = 0; group < 512; group++) {
      expect(at.ask()).toMatchObject({ kind: 'queued', request: { group } })
      at.read()
    }
    expect(at.ask()).toMatchObject({ kind: 'held-back' })
    expect(at.respond({ group: 77 })).toBe(true)
    expect(at.ask()).toMatchObject({ request: { group: 77 } })
  })
})

describe('amd.page-request: a log that is full', () => {
  it('drops entries until software has read it, and a last one is answered by the unit', () => {
    const at = new Faulting()
    // 4 KiB of entries of 16 bytes, one of which stays free.
    for (let k = 0; k < 255; k++) expect(at.ask().kind).toBe('queued')
    expect(at.ask().kind).toBe('overflow')
    expect(at.rig.eventsOf('page-response')).toMatchObject([{ actor: 'iommu', code: 'success', group: 255 }])
    expect(at.ask({ last: false }).kind).toBe('overflow')
    expect(at.rig.eventsOf('page-response')).toHaveLength(1)
    const { requests, overflow } = at.read()
    expect([requests.length, overflow]).toEqual([255, true])
    expect(at.ask().kind).toBe('queued')
    expect(at.read().overflow).toBe(false)
  })
})

describe('amd.page-request: who may ask', () => {
  it.each([
    ['ppr=off', { ppr: 'off' }, DEVICE],
    ['a device without PRI', {}, testDevice({ pasidBits: 16, ats: true })],
    ['a device without ATS', {}, testDevice({ pasidBits: 16, pri: true })],
  ] as const)('%s: a miss is a fault, and a request INVALID_PPR_REQUEST', (_, params, device) => {
    const at = new Faulting(params, device)
    const caps = amdVi.caps(at.rig.config as never, device)
    expect(caps.recoverableFaults).toBe(false)
    expect(at.rig.dma(device, VA, 'write', PASID)).toMatchObject({ fault: { recoverable: false } })
    const refused = at.ask({ device })
    expect(refused).toMatchObject({ kind: 'refused', fault: { code: '0x09' } })
    expect(at.rig.eventsOf('fault').at(-1)).toMatchObject({ code: '0x09' })
  })

  it('no CR3 for the PASID is no page that a device could ask for', () => {
    const at = new Faulting()
    expect(at.rig.dma(DEVICE, VA, 'read', 7)).toMatchObject({ fault: { code: '0x02', recoverable: false } })
  })

  it('drained, a PASID has no groups left, and what was in the log is handed back', () => {
    const at = new Faulting()
    at.ask()
    at.ask({ pasid: null })
    const { state, requests } = pageRequests.drain(at.rig.ctx, at.state, { device: DEVICE, pasid: PASID })
    expect(requests).toHaveLength(2)
    expect(pageRequests.pending(state).map(([first]) => first?.pasid)).toEqual([null])
    expect(at.rig.eventsOf('invalidated').map(event => event.command)).toEqual([
      'INVALIDATE_IOTLB_PAGES',
      'COMPLETION_WAIT',
    ])
  })
})
