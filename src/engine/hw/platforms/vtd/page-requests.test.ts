import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import vectors from '../../../vectors/hardware.json'
import type { HwDevice, PageRequestAsk, PageResponse } from '../../contract'
import { Rig, testDevice } from '../../test-rig'
import { vtd } from '.'
import { decodeRequest, encodeRequest, RING_CAPACITY } from './page-queue'
import type { VtdState } from './state'

const DEVICE = testDevice({ pasidBits: 20, ats: true, pri: true })
const ADDRESS = 0x7f1234567000n

/** A device with a process's table for one PASID, nothing mapped. */
class Faulting {
  readonly rig: Rig
  private readonly device: HwDevice

  constructor(params: Record<string, string> = {}, device = DEVICE) {
    this.rig = new Rig(vtd, params)
    this.device = device
    const [parent] = this.rig.tables(device)
    if (parent === undefined) throw new Error('no table')
    const guest = { id: 9, format: 'vtd-fs', cfg: { levels: 4 }, root: 0x20_0000 }
    const to = { kind: 'first', table: guest, domain: 6 } as const
    if (params.mode === 'legacy') this.rig.route(device, [parent])
    else this.rig.state = vtd.route(this.rig.ctx, this.state, { device, pasid: 0x123, to })
    this.rig.events.length = 0
  }

  get state(): VtdState {
    return this.rig.state as VtdState
  }

  ask(change: Partial<PageRequestAsk> = {}) {
    const wanted = {
      device: this.device,
      pasid: 0x123,
      address: ADDRESS,
      access: 'write',
      ...change,
    } as const
    const { state, outcome } = unit.request(this.rig.ctx, this.state, wanted)
    this.rig.state = state
    return outcome
  }

  read() {
    const { state, ...taken } = unit.read(this.rig.ctx, this.state)
    this.rig.state = state
    return taken
  }

  respond(change: Partial<PageResponse> = {}): boolean {
    const response = { rid: 0x18, pasid: 0x123, group: 0, code: 'success', ...change } as const
    const { state, delivered } = unit.respond(this.rig.ctx, this.state, response)
    this.rig.state = state
    return delivered
  }

  waiting() {
    return unit.pending(this.state).map(group => group.map(request => request.address))
  }
}

const unit = vtd.pageRequests ?? never()
function never(): never {
  throw new Error('no page requests')
}

describe('descriptors', () => {
  const vector = [...vectors['VTD-PRQ'].map(BigInt), 0n, 0n]
  const request = {
    rid: 0x18,
    pasid: 0x123,
    address: ADDRESS,
    access: 'write',
    group: 5,
    last: true,
  } as const

  it('are the words of the vector VTD-PRQ, both ways', () => {
    expect(encodeRequest(request)).toEqual(vector)
    expect(decodeRequest(vector)).toEqual(request)
  })

  it('a stop marker asks for nothing', () => {
    const marker = { ...request, address: 0n, access: null, group: 0 }
    expect(encodeRequest(marker)).toEqual([0x0000012300180101n, 4n, 0n, 0n])
    expect(decodeRequest([0x0000012300180101n, 4n, 0n, 0n])).toEqual(marker)
  })
})

describe('vtd.page-request: a page request', () => {
  it('follows a recoverable fault, and is read back from the queue', () => {
    const at = new Faulting()
    const fault = at.rig.dma(DEVICE, ADDRESS + 0x10n, 'write', 0x123)
    expect(fault).toMatchObject({ ok: false, fault: { code: '0x71', recoverable: true } })
    expect(at.ask({ address: ADDRESS + 0x10n })).toMatchObject({
      kind: 'queued',
      request: { address: ADDRESS },
    })
    const [told] = at.rig.eventsOf('page-request')
    expect(told?.raw?.slice(0, 2)).toEqual([0x0000012300180101n, 0x00007f1234567006n])
    const expected = { rid: 0x18, pasid: 0x123, address: ADDRESS, access: 'write', group: 0, last: true }
    expect(at.read()).toEqual({ requests: [expected], overflow: false })
    expect(at.read().requests).toEqual([])
    expect(at.waiting()).toEqual([[ADDRESS]])
  })

  it('takes the lowest free group of its device', () => {
    const at = new Faulting()
    const groups = [at.ask(), at.ask(), at.ask()].map(
      outcome => 'request' in outcome && outcome.request.group,
    )
    expect(groups).toEqual([0, 1, 2])
    at.respond({ group: 1 })
    expect(at.ask()).toMatchObject({ request: { group: 1 } })
  })

  it('is held back when all 512 groups wait', () => {
    const at = new Faulting()
    for (let k = 0; k < 512; k++) {
      at.ask()
      at.read()
    }
    expect(at.ask()).toMatchObject({ kind: 'held-back' })
  })

  it.each([
    ['0x32', { mode: 'legacy' }, DEVICE, null],
    ['0x47', {}, testDevice({ pasidBits: 20, ats: true }), 0x123],
    ['0x46', {}, testDevice({ pasidBits: 13, ats: true, pri: true }), 0x2000],
  ] as const)(
    'is refused with %s where the configuration does not allow it',
    (code, params, device, pasid) => {
      const at = new Faulting(params, device)
      expect(at.ask({ pasid })).toMatchObject({ kind: 'refused', fault: { code } })
      expect(at.rig.eventsOf('fault').length).toBe(1)
      expect(at.read().requests).toEqual([])
    },
  )
})

describe('a response', () => {
  it('reaches the group it names, once', () => {
    const at = new Faulting()
    at.ask()
    for (const wrong of [{ group: 1 }, { pasid: 0x124 }, { pasid: null }, { rid: 0x19 }])
      expect(at.respond(wrong)).toBe(false)
    expect(at.respond()).toBe(true)
    expect(at.respond()).toBe(false)
    const [told] = at.rig.eventsOf('page-response')
    expect(told).toMatchObject({
      group: 0,
      code: 'success',
      by: 'device 00:03.0',
      raw: [0x0000012300180019n, 4n],
    })
  })

  it('waits for the last request of a group', () => {
    const at = new Faulting()
    at.ask({ last: false })
    expect(at.respond()).toBe(false)
    at.ask({ group: 0, address: ADDRESS + 0x1000n })
    expect(at.waiting()).toEqual([[ADDRESS, ADDRESS + 0x1000n]])
    expect(at.respond()).toBe(true)
    expect(at.waiting()).toEqual([])
  })

  it('vtd.page-failure: of failure silences the device', () => {
    const at = new Faulting()
    at.ask()
    at.ask()
    expect(at.respond({ code: 'failure' })).toBe(true)
    expect(at.waiting()).toEqual([])
    expect(at.ask()).toMatchObject({ kind: 'held-back' })
  })

  it('lets the retry through once the table has the page', () => {
    const at = new Faulting()
    at.rig.dma(DEVICE, ADDRESS, 'write', 0x123)
    at.ask()
    const leaf = [
      [0x2007f0, 0x201027n],
      [0x201240, 0x202027n],
      [0x202d10, 0x203027n],
      [0x203b38, 0x56789a067n],
    ] as const
    for (const [hpa, value] of leaf) at.rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
    at.respond()
    expect(at.rig.dma(DEVICE, ADDRESS, 'write', 0x123)).toMatchObject({ ok: true, output: 0x56789a000 })
  })
})

describe('vtd.page-overflow: a full queue', () => {
  it('drops requests until it is read, answers the last ones itself, and tells software', () => {
    const at = new Faulting()
    for (let k = 0; k < RING_CAPACITY; k++) expect(at.ask().kind).toBe('queued')
    expect(at.ask()).toMatchObject({ kind: 'overflow' })
    expect(at.rig.eventsOf('page-response')).toMatchObject([{ actor: 'iommu', code: 'success' }])
    expect(at.waiting().length).toBe(RING_CAPACITY)
    const taken = at.read()
    expect([taken.requests.length, taken.overflow]).toEqual([RING_CAPACITY, true])
    expect(at.ask().kind).toBe('queued')
    expect(at.read()).toMatchObject({ overflow: false, requests: [{ address: ADDRESS }] })
  })

  it('drops a request that would fit, as long as nobody read', () => {
    const at = new Faulting()
    for (let k = 0; k <= RING_CAPACITY; k++) at.ask()
    at.respond({ group: 3 })
    expect(at.ask().kind).toBe('overflow')
  })
})

describe('a drain', () => {
  it('forgets the groups of one PASID, flushes it, and hands the queue back', () => {
    const at = new Faulting()
    at.ask()
    at.ask({ pasid: null })
    at.rig.events.length = 0
    const { state, requests } = unit.drain(at.rig.ctx, at.state, { device: DEVICE, pasid: 0x123 })
    expect(requests.map(request => request.pasid)).toEqual([0x123, null])
    expect(unit.pending(state).flat()).toMatchObject([{ pasid: null }])
    expect(at.rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([
      0x0000012300060026n,
      0x0010012300188008n,
      0x00000000000000c5n,
    ])
  })
})

describe('the state', () => {
  it('is told by the lines that are hashed', () => {
    const at = new Faulting()
    const lines = () => vtd.cacheLines(at.rig.ctx, at.state)
    const before = lines()
    at.ask()
    const asked = lines()
    at.read()
    const taken = lines()
    at.respond()
    expect(new Set([before, asked, taken].map(String)).size).toBe(3)
    expect(lines()).toEqual(before)
  })
})
