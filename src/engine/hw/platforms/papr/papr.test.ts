import { describe, expect, it } from 'vitest'
import type { WindowParams } from '../../contract'
import { answerOf, Rig, testDevice } from '../../test-rig'
import {
  boundWindows,
  H_PARAMETER,
  H_SUCCESS,
  type HcallMachine,
  hGetTce,
  hPutTce,
  hPutTceIndirect,
  hStuffTce,
  type PaprState,
  papr,
} from '.'

const DEVICE = testDevice()
const LIOBN = 0x80000000

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
  readonly guest: HcallMachine
}

/** A guest whose memory is 4 GiB of host memory at the same addresses. */
function guestWith(windows: readonly WindowParams[] = []): Guest {
  const rig = new Rig(papr, {}, windows)
  rig.route(DEVICE, rig.tables(DEVICE))
  const hostOf = (gpa: bigint) => (gpa < 1n << 32n ? gpa : null)
  return { rig, guest: { ctx: rig.ctx, windows: boundWindows(rig.state as PaprState), hostOf } }
}

describe('hypercalls on the default window (vector TCE-1)', () => {
  const put = (guest: HcallMachine, ioba: bigint, tce: bigint, liobn = LIOBN) =>
    hPutTce(guest, { liobn, ioba, tce }).status

  it('the flat table of 1 GiB has 262,144 TCEs in 2 MiB', () => {
    const { rig } = guestWith()
    expect(rig.eventsOf('table-allocated').map(event => event.bytes)).toEqual([2097152])
  })

  it('H_PUT_TCE writes big-endian bytes and the device reaches the page', () => {
    const { rig, guest } = guestWith()
    expect(put(guest, 0x2000n, 0x40001003n)).toBe(H_SUCCESS)
    const [bound] = guest.windows
    const bytes = rig.bulk.memory.readBytes((bound?.table.root ?? 0) + 16, 8)
    expect([...bytes]).toEqual([0, 0, 0, 0, 0x40, 0, 0x10, 0x03])
    expect(rig.dma(DEVICE, 0x2abcn, 'write')).toMatchObject({ ok: true, output: 0x40001abc, perm: 3 })
    expect(hGetTce(guest, { liobn: LIOBN, ioba: 0x2000n })).toEqual({ status: 0, tce: 0x40001003n })
  })

  it('a read-only TCE refuses a write', () => {
    const { rig, guest } = guestWith()
    expect(put(guest, 0x3000n, 0x40002001n)).toBe(H_SUCCESS)
    expect(answerOf(rig.dma(DEVICE, 0x3000n, 'read'))).toBe(0x40002000)
    expect(rig.dma(DEVICE, 0x3000n, 'write')).toMatchObject({
      ok: false,
      fault: { code: 'no-write', level: 0 },
    })
  })

  it('a write-only TCE reads as well: the hardware grants read with write', () => {
    const { rig, guest } = guestWith()
    put(guest, 0x3000n, 0x40002002n)
    expect(rig.dma(DEVICE, 0x3000n, 'read')).toMatchObject({ ok: true, perm: 3 })
  })

  it('H_PARAMETER: index beyond the table, unknown LIOBN, not guest memory', () => {
    const { guest } = guestWith()
    expect(put(guest, 0x3fffffffn, 0x40001003n)).toBe(H_SUCCESS)
    expect(put(guest, 0x40000000n, 0x40001003n)).toBe(H_PARAMETER)
    expect(put(guest, 0x2000n, 0x40001003n, 0x80000099)).toBe(H_PARAMETER)
    expect(put(guest, 0x2000n, 0x100000003n)).toBe(H_PARAMETER)
    expect(hGetTce(guest, { liobn: LIOBN, ioba: 0x40000000n }).status).toBe(H_PARAMETER)
  })

  it('H_PUT_TCE replaces what stood there', () => {
    const { rig, guest } = guestWith()
    put(guest, 0x2000n, 0x40001003n)
    put(guest, 0x2fffn, 0x40009001n)
    expect(rig.dma(DEVICE, 0x2000n)).toMatchObject({ ok: true, output: 0x40009000, perm: 1 })
    put(guest, 0x2000n, 0n)
    expect(answerOf(rig.dma(DEVICE, 0x2000n))).toBe('no-tce')
  })

  it('H_PUT_TCE_INDIRECT: list not aligned, more than 512, beyond the table', () => {
    const { guest } = guestWith()
    const list = (list: bigint, count: bigint, ioba = 0x2000n) =>
      hPutTceIndirect(guest, { liobn: LIOBN, ioba, list, count }).status
    expect(list(0x5008n, 4n)).toBe(H_PARAMETER)
    expect(list(0x5000n, 513n)).toBe(H_PARAMETER)
    expect(list(0x5000n, 512n)).toBe(H_SUCCESS)
    expect(list(0x5000n, 2n, 0x3ffff000n)).toBe(H_PARAMETER)
    expect(list(1n << 32n, 1n)).toBe(H_PARAMETER)
  })

  it('H_PUT_TCE_INDIRECT stops at the first failure and keeps the earlier ones', () => {
    const { rig, guest } = guestWith()
    for (const [k, tce] of [0x40001003n, 0x40002001n, 0x100000003n, 0x40003003n].entries())
      rig.bulk.memory.write64be(0x5000 + k * 8, Number(tce & 0xffffffffn), Number(tce >> 32n))
    const at = { liobn: LIOBN, ioba: 0x2000n, list: 0x5000n, count: 4n }
    expect(hPutTceIndirect(guest, at).status).toBe(H_PARAMETER)
    const answers = [0x2000n, 0x3000n, 0x4000n, 0x5000n].map(address => answerOf(rig.ask(DEVICE, address)))
    expect(answers).toEqual([0x40001000, 0x40002000, 'no-tce', 'no-tce'])
  })

  it('H_STUFF_TCE clears, and refuses a value with permission bits', () => {
    const { rig, guest } = guestWith()
    for (const ioba of [0x2000n, 0x3000n, 0x4000n]) put(guest, ioba, 0x40001003n)
    const stuff = (value: bigint, count: bigint) =>
      hStuffTce(guest, { liobn: LIOBN, ioba: 0x2000n, value, count }).status
    expect(stuff(3n, 2n)).toBe(H_PARAMETER)
    expect(stuff(0n, 0x40000n)).toBe(H_PARAMETER)
    expect(stuff(0n, 2n)).toBe(H_SUCCESS)
    const answers = [0x2000n, 0x3000n, 0x4000n].map(address => answerOf(rig.ask(DEVICE, address)))
    expect(answers).toEqual(['no-tce', 'no-tce', 0x40001000])
  })
})

describe('windows', () => {
  it('default and 64-bit window translate side by side (vector TCE-2)', () => {
    const { rig, guest } = guestWith([WIDE])
    expect(guest.windows.map(bound => bound.window.liobn)).toEqual([LIOBN, WIDE.liobn])
    hPutTce(guest, { liobn: LIOBN, ioba: 0x2000n, tce: 0x40001003n })
    hPutTce(guest, { liobn: WIDE.liobn, ioba: WIDE.start + 0x30000n, tce: 0x50010003n })
    expect(answerOf(rig.dma(DEVICE, 0x2abcn))).toBe(0x40001abc)
    const found = rig.dma(DEVICE, 0x0800000000030042n)
    expect(found).toMatchObject({ ok: true, output: 0x50010042, pageLg2: 16 })
    expect(found.references.map(reference => [reference.what, reference.stage])).toEqual([
      ['TCE table[3]', 'second'],
    ])
  })

  it('two levels of 64 KiB pages over 2^40: indexes 0x123 and 0x456 (vector TCE-2)', () => {
    const { rig, guest } = guestWith([{ ...WIDE, size: 1n << 40n, levels: 2 }])
    const ioba = WIDE.start + (0x123456n << 16n)
    expect(hPutTce(guest, { liobn: WIDE.liobn, ioba, tce: 0x50010003n }).status).toBe(H_SUCCESS)
    const found = rig.dma(DEVICE, ioba + 0x42n)
    expect(answerOf(found)).toBe(0x50010042)
    const indexes = found.references.map(reference => reference.what.replace(/.*\[(\d+)\]/, '$1'))
    expect(indexes.map(Number)).toEqual([0x123, 0x456])
    const far = ioba + (1n << 28n)
    expect(hGetTce(guest, { liobn: WIDE.liobn, ioba }).tce).toBe(0x50010003n)
    expect(hGetTce(guest, { liobn: WIDE.liobn, ioba: far }).tce).toBe(0n)
    expect(answerOf(rig.ask(DEVICE, far))).toBe('no-tce')
  })

  const liobns = (windows: readonly WindowParams[], device = DEVICE) =>
    new Rig(papr, {}, windows).specs(device).map(spec => spec.key)

  it('each PE has a default window of its own', () => {
    expect(liobns([])).toEqual(['liobn 0x80000000'])
    expect(liobns([], testDevice({ pe: 1 }))).toEqual(['liobn 0x80000100'])
  })

  it('a #window replaces the default by LIOBN or by overlap, else it is added', () => {
    expect(liobns([{ ...WIDE, liobn: LIOBN }])).toEqual(['liobn 0x80000000'])
    expect(liobns([{ ...WIDE, start: 0n }])).toEqual(['liobn 0x80000001'])
    expect(liobns([WIDE])).toEqual(['liobn 0x80000000', 'liobn 0x80000001'])
    const next = { ...WIDE, start: 1n << 30n, size: 1n << 30n }
    expect(liobns([next])).toEqual(['liobn 0x80000000', 'liobn 0x80000001'])
  })

  it('a #window for one device leaves others theirs, and never shares a LIOBN by accident', () => {
    const only = [{ ...WIDE, liobn: LIOBN, start: 0n, devices: ['dev2'] }]
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
