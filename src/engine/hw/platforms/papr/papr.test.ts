import { describe, expect, it } from 'vitest'
import { clearRun, mapRun, walkAddress } from '../../../pt'
import type { WindowParams } from '../../contract'
import type { GuestPort, HypercallResult } from '../../hypercall'
import { answerOf, Rig, testDevice } from '../../test-rig'
import { H_PARAMETER, H_RESOURCE, H_SUCCESS, HYPERCALLS, type PaprState, papr } from '.'
import { keyOf } from './windows'

const DEVICE = testDevice()
const LIOBN = 0x80000000n

const WIDE: WindowParams = {
  liobn: 0x80000001,
  start: 0x0800000000000000n,
  size: 1n << 32n,
  pageSize: 0x10000n,
  levels: 1,
  devices: [],
}

interface Guest {
  readonly rig: Rig
  /** `H_PUT_TCE` and its arguments. */
  readonly call: (name: string, ...args: readonly bigint[]) => HypercallResult
}

const FOUR_GIB = 1n << 32n

/** A hypervisor whose calls write the tables at once; guest memory is 4 GiB of host memory at the same addresses. */
function portOf(rig: Rig): GuestPort {
  const bound = () => (rig.state as PaprState).routes.flatMap(route => route.windows)
  const tableOf = (key: string) => bound().find(each => keyOf(each.window) === key)?.table
  const existing = (key: string) => {
    const table = tableOf(key)
    if (table === undefined) throw new Error(`no table ${key}`)
    return table
  }
  return {
    devices: [DEVICE],
    isMemory: (gpa, size) => gpa + size <= FOUR_GIB,
    read64be: gpa => (gpa < FOUR_GIB ? rig.bulk.memory.read64be(Number(gpa)) : null),
    hasTable: key => tableOf(key) !== undefined,
    entry: (key, page) => {
      const found = walkAddress(rig.bulk, existing(key), BigInt(page) << 12n, { access: 1 })
      return found.ok ? { gpa: BigInt(found.output), perm: found.perm } : null
    },
    clear: (key, run) => {
      clearRun(rig.bulk, existing(key), run, rig.ctx)
      return 'done'
    },
    map: (key, { page, pages, gpa, perm }) => {
      clearRun(rig.bulk, existing(key), { page, pages }, rig.ctx)
      const run = { page, pages, target: Number(gpa >> 12n), perm }
      return mapRun(rig.bulk, existing(key), run, rig.ctx) ? 'done' : { kind: 'no-room', why: 'no frames' }
    },
  }
}

function guestWith(windows: readonly WindowParams[] = []): Guest {
  const rig = new Rig(papr, {}, windows)
  rig.route(DEVICE, rig.tables(DEVICE))
  return { rig, call: callsOn(rig, portOf(rig)) }
}

function callsOn(rig: Rig, port: GuestPort): Guest['call'] {
  return (name, ...args) => {
    const found = HYPERCALLS.calls.find(each => each.name === name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found.run(rig.state as PaprState, port, args)
  }
}

describe('hypercalls on the default window (vector TCE-1)', () => {
  const put = ({ call }: Guest, ioba: bigint, tce: bigint, liobn = LIOBN) =>
    call('H_PUT_TCE', liobn, ioba, tce).status

  it('the flat table of 1 GiB has 262,144 TCEs in 2 MiB', () => {
    const { rig } = guestWith()
    expect(rig.eventsOf('table-allocated').map(event => event.bytes)).toEqual([2097152])
  })

  it('H_PUT_TCE writes big-endian bytes and the device reaches the page', () => {
    const guest = guestWith()
    const { rig } = guest
    expect(put(guest, 0x2000n, 0x40001003n)).toBe(H_SUCCESS)
    const [route] = (rig.state as PaprState).routes
    const bytes = rig.bulk.memory.readBytes((route?.windows[0]?.table.root ?? 0) + 16, 8)
    expect([...bytes]).toEqual([0, 0, 0, 0, 0x40, 0, 0x10, 0x03])
    expect(rig.dma(DEVICE, 0x2abcn, 'write')).toMatchObject({ ok: true, output: 0x40001abc, perm: 3 })
    expect(guest.call('H_GET_TCE', LIOBN, 0x2000n)).toEqual({ status: 0, value: 0x40001003n, why: null })
  })

  it('a read-only TCE refuses a write', () => {
    const guest = guestWith()
    const { rig } = guest
    expect(put(guest, 0x3000n, 0x40002001n)).toBe(H_SUCCESS)
    expect(answerOf(rig.dma(DEVICE, 0x3000n, 'read'))).toBe(0x40002000)
    expect(rig.dma(DEVICE, 0x3000n, 'write')).toMatchObject({
      ok: false,
      fault: { code: 'no-write', level: 0 },
    })
  })

  it('a write-only TCE reads as well: the hardware grants read with write', () => {
    const guest = guestWith()
    const { rig } = guest
    put(guest, 0x3000n, 0x40002002n)
    expect(rig.dma(DEVICE, 0x3000n, 'read')).toMatchObject({ ok: true, perm: 3 })
  })

  it('H_PARAMETER: index beyond the table, unknown LIOBN, not guest memory', () => {
    const guest = guestWith()
    expect(put(guest, 0x3fffffffn, 0x40001003n)).toBe(H_SUCCESS)
    expect(put(guest, 0x40000000n, 0x40001003n)).toBe(H_PARAMETER)
    expect(put(guest, 0x2000n, 0x40001003n, 0x80000099n)).toBe(H_PARAMETER)
    expect(put(guest, 0x2000n, 0x100000003n)).toBe(H_PARAMETER)
    expect(put(guest, 0x2000n, 0x40001003n, LIOBN | (1n << 32n))).toBe(H_PARAMETER)
    expect(guest.call('H_GET_TCE', LIOBN, 0x40000000n).status).toBe(H_PARAMETER)
  })

  it('H_PUT_TCE replaces what stood there', () => {
    const guest = guestWith()
    const { rig } = guest
    put(guest, 0x2000n, 0x40001003n)
    put(guest, 0x2fffn, 0x40009001n)
    expect(rig.dma(DEVICE, 0x2000n)).toMatchObject({ ok: true, output: 0x40009000, perm: 1 })
    put(guest, 0x2000n, 0n)
    expect(answerOf(rig.dma(DEVICE, 0x2000n))).toBe('no-tce')
  })

  it('H_PUT_TCE_INDIRECT: list not aligned, more than 512, beyond the table', () => {
    const guest = guestWith()
    const list = (list: bigint, count: bigint, ioba = 0x2000n) =>
      guest.call('H_PUT_TCE_INDIRECT', LIOBN, ioba, list, count).status
    expect(list(0x5008n, 4n)).toBe(H_PARAMETER)
    expect(list(0x5000n, 513n)).toBe(H_PARAMETER)
    expect(list(0x5000n, 512n)).toBe(H_SUCCESS)
    expect(list(0x5000n, 2n, 0x3ffff000n)).toBe(H_PARAMETER)
    expect(list(1n << 32n, 1n)).toBe(H_PARAMETER)
  })

  it('H_PUT_TCE_INDIRECT stops at the first failure and keeps the earlier ones', () => {
    const guest = guestWith()
    const { rig } = guest
    for (const [k, tce] of [0x40001003n, 0x40002001n, 0x100000003n, 0x40003003n].entries())
      rig.bulk.memory.write64be(0x5000 + k * 8, Number(tce & 0xffffffffn), Number(tce >> 32n))
    const put = guest.call('H_PUT_TCE_INDIRECT', LIOBN, 0x2000n, 0x5000n, 4n)
    expect(put).toMatchObject({
      status: H_PARAMETER,
      why: 'TCE 2 of the list: 0x100000000 is not guest memory',
    })
    const answers = [0x2000n, 0x3000n, 0x4000n, 0x5000n].map(address => answerOf(rig.ask(DEVICE, address)))
    expect(answers).toEqual([0x40001000, 0x40002000, 'no-tce', 'no-tce'])
  })

  it('H_RESOURCE where the hypervisor has no room', () => {
    const { rig } = guestWith()
    const full: GuestPort = { ...portOf(rig), map: () => ({ kind: 'no-room', why: 'full' }) }
    const put = callsOn(rig, full)('H_PUT_TCE', LIOBN, 0x2000n, 0x40001003n)
    expect(put).toEqual({ status: H_RESOURCE, value: null, why: 'full' })
  })

  it('a LIOBN that no device is routed through has no table yet', () => {
    const fresh = new Rig(papr)
    const put = callsOn(fresh, portOf(fresh))('H_PUT_TCE', LIOBN, 0x2000n, 0x40001003n)
    expect(put).toMatchObject({ status: H_PARAMETER })
    expect(put.why).toContain('no device is attached')
  })

  it('have the numbers and the results that guests know', () => {
    const numbers = HYPERCALLS.calls.map(({ name, number }) => [name, number])
    expect(Object.fromEntries(numbers)).toEqual({
      H_GET_TCE: 0x1c,
      H_PUT_TCE: 0x20,
      H_STUFF_TCE: 0x138,
      H_PUT_TCE_INDIRECT: 0x13c,
    })
    const statuses = HYPERCALLS.statuses.map(({ name, value }) => [name, value])
    expect(Object.fromEntries(statuses)).toEqual({ H_SUCCESS: 0n, H_PARAMETER: -4n, H_RESOURCE: -16n })
  })

  it('H_STUFF_TCE clears, and refuses a value with permission bits', () => {
    const guest = guestWith()
    const { rig } = guest
    for (const ioba of [0x2000n, 0x3000n, 0x4000n]) put(guest, ioba, 0x40001003n)
    const stuff = (value: bigint, count: bigint) =>
      guest.call('H_STUFF_TCE', LIOBN, 0x2000n, value, count).status
    expect(stuff(3n, 2n)).toBe(H_PARAMETER)
    expect(stuff(0n, 0x40000n)).toBe(H_PARAMETER)
    expect(stuff(0n, 2n)).toBe(H_SUCCESS)
    const answers = [0x2000n, 0x3000n, 0x4000n].map(address => answerOf(rig.ask(DEVICE, address)))
    expect(answers).toEqual(['no-tce', 'no-tce', 0x40001000])
  })
})

describe('windows', () => {
  it('default and 64-bit window translate side by side (vector TCE-2)', () => {
    const { rig, call } = guestWith([WIDE])
    call('H_PUT_TCE', LIOBN, 0x2000n, 0x40001003n)
    call('H_PUT_TCE', BigInt(WIDE.liobn), WIDE.start + 0x30000n, 0x50010003n)
    expect(answerOf(rig.dma(DEVICE, 0x2abcn))).toBe(0x40001abc)
    const found = rig.dma(DEVICE, 0x0800000000030042n)
    expect(found).toMatchObject({ ok: true, output: 0x50010042, pageLg2: 16 })
    expect(found.references.map(reference => [reference.what, reference.stage])).toEqual([
      ['TCE table[3]', 'second'],
    ])
  })

  it('two levels of 64 KiB pages over 2^40: indexes 0x123 and 0x456 (vector TCE-2)', () => {
    const { rig, call } = guestWith([{ ...WIDE, size: 1n << 40n, levels: 2 }])
    const ioba = WIDE.start + (0x123456n << 16n)
    expect(call('H_PUT_TCE', BigInt(WIDE.liobn), ioba, 0x50010003n).status).toBe(H_SUCCESS)
    const found = rig.dma(DEVICE, ioba + 0x42n)
    expect(answerOf(found)).toBe(0x50010042)
    const indexes = found.references.map(reference => reference.what.replace(/.*\[(\d+)\]/, '$1'))
    expect(indexes.map(Number)).toEqual([0x123, 0x456])
    const far = ioba + (1n << 28n)
    expect(call('H_GET_TCE', BigInt(WIDE.liobn), ioba).value).toBe(0x50010003n)
    expect(call('H_GET_TCE', BigInt(WIDE.liobn), far).value).toBe(0n)
    expect(answerOf(rig.ask(DEVICE, far))).toBe('no-tce')
  })

  const liobns = (windows: readonly WindowParams[], device = DEVICE) =>
    new Rig(papr, {}, windows).specs(device).map(spec => spec.key)

  it('each PE has a default window of its own', () => {
    expect(liobns([])).toEqual(['liobn 0x80000000'])
    expect(liobns([], testDevice({ pe: 1 }))).toEqual(['liobn 0x80000100'])
  })

  it('a #window replaces the default by LIOBN or by overlap, else it is added', () => {
    expect(liobns([{ ...WIDE, liobn: Number(LIOBN) }])).toEqual(['liobn 0x80000000'])
    expect(liobns([{ ...WIDE, start: 0n }])).toEqual(['liobn 0x80000001'])
    expect(liobns([WIDE])).toEqual(['liobn 0x80000000', 'liobn 0x80000001'])
    const next = { ...WIDE, start: 1n << 30n, size: 1n << 30n }
    expect(liobns([next])).toEqual(['liobn 0x80000000', 'liobn 0x80000001'])
  })

  it('a #window for one device leaves others theirs, and never shares a LIOBN by accident', () => {
    const only = [{ ...WIDE, liobn: Number(LIOBN), start: 0n, devices: ['dev2'] }]
    expect(liobns(only)).toEqual(['liobn 0x80000001'])
    expect(liobns(only, testDevice({ name: 'dev2', pe: 1 }))).toEqual(['liobn 0x80000000'])
  })

  it('permitted ranges are the windows', () => {
    const rig = new Rig(papr, {}, [WIDE])
    expect(papr.caps(rig.config as Parameters<typeof papr.caps>[0], DEVICE)).toMatchObject({
      permitted: [
        { start: 0n, last: 0x3fffffffn, pageLg2: 12 },
        { start: WIDE.start, last: WIDE.start + 0xffffffffn, pageLg2: 16 },
      ],
      pageSizes: 0x11000n,
      smallestPageLg2: 12,
      passthroughAtStart: false,
    })
  })

  it.each<[string, Partial<WindowParams>[], string]>([
    ['size', [{ size: 3n << 30n }], 'power of two'],
    ['page size', [{ pageSize: 0x2000n }], '4K, 64K or 16M'],
    ['smaller than a page', [{ size: 0x1000n }], 'smaller than a page'],
    ['levels', [{ levels: 6 }], '1 to 5'],
    ['start', [{ start: 0x1000n }], 'start'],
    ['LIOBN', [{ liobn: 2 ** 32 }], '32 bits'],
    ['twice', [{}, { start: 0n }], 'twice'],
    ['too many', [{}, { liobn: 5, start: 1n << 60n }], 'at most 2'],
    ['overlap', [{ start: 0n }, { liobn: 5, start: 0n }], 'overlaps'],
  ])('%s is a problem', (_, changes, text) => {
    const read = papr.configure(
      {},
      changes.map(change => ({ ...WIDE, ...change })),
    )
    expect('problem' in read ? read.problem : '').toContain(text)
  })
})

describe('faults', () => {
  it('unattached, outside every window, without TCE, with PASID', () => {
    const fresh = new Rig(papr)
    expect(answerOf(fresh.dma(DEVICE, 0x2000n))).toBe('no-window')
    const { rig } = guestWith()
    expect(rig.dma(DEVICE, 0x40000000n)).toMatchObject({
      ok: false,
      fault: { code: 'no-window', stage: 'config' },
    })
    expect(rig.dma(DEVICE, 0x2000n)).toMatchObject({
      ok: false,
      fault: { code: 'no-tce', stage: 'second', level: 0 },
    })
    expect(answerOf(rig.dma(DEVICE, 0x2000n, 'read', 1))).toBe('no-pasid')
  })
})

describe('a space with devices of two PEs', () => {
  it('keeps a table for each', () => {
    const second = testDevice({ name: 'dev2', rid: 0x20, group: 2, pe: 1 })
    const { rig } = guestWith()
    const [table] = rig.tables(second)
    if (table === undefined) throw new Error('no table')
    rig.route(second, [table])
    rig.map(table, { page: 2, pages: 1, target: 0x40001, perm: 3 })
    expect(answerOf(rig.dma(second, 0x2abcn))).toBe(0x40001abc)
    expect(answerOf(rig.dma(DEVICE, 0x2abcn))).toBe('no-tce')
  })
})
