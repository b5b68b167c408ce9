import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import vectors from '../../../vectors/hardware.json'
import type { ConfigRow } from '../../contract'
import { answerOf, Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

const DEVICE = testDevice()
const LEGACY = { mode: 'legacy' }

function attached(params: Record<string, string> = {}, device = DEVICE) {
  const rig = new Rig(vtd, params)
  const [table] = rig.tables(device)
  if (table === undefined) throw new Error('no table')
  rig.route(device, [table])
  return { rig, table }
}

function rowsOf(rig: Rig, device = DEVICE): Record<string, ConfigRow | undefined> {
  return Object.fromEntries(rig.platform.describe(rig.ctx, rig.state, device).map(row => [row.struct, row]))
}

function poke(rig: Rig, hpa: number, value: bigint): void {
  rig.bulk.memory.write64(hpa, lo32(value), hi32(value))
}

/** Changes one 64-bit word of a structure. */
function pokeRow(
  rig: Rig,
  row: ConfigRow | undefined,
  word: number,
  change: (value: bigint) => bigint,
): void {
  if (row === undefined || row.hpa === null) throw new Error('not in memory')
  poke(rig, row.hpa + word * 8, change(row.words[word] ?? 0n))
}

describe('configuration in memory', () => {
  it('legacy: root and context entry of 00:03.0 (vector VTD-CFG-1)', () => {
    const { rig, table } = attached(LEGACY)
    const rows = rowsOf(rig)
    const root = rows['root entry']
    expect(root?.hpa).toBe(0x80000)
    const contextTable = (root?.words[0] ?? 0n) - 1n
    expect(rows['context entry']?.hpa).toBe(Number(contextTable) + 0x180)
    const [low, high] = vectors['VTD-CFG-1'].ctx.map(BigInt)
    expect(rows['context entry']?.words).toEqual([(low ?? 0n) - 0x100000n + BigInt(table.root), high])
  })

  it('scalable: the PASID entry is the SS-only vector (VTD-CFG-2)', () => {
    const { rig, table } = attached()
    const expected = vectors['VTD-CFG-2'].pasid_entries['SS-only (PGTT=2) AW=2 SSPTPTR=0x100000 DID=5 PWSNP']
    const [low, ...rest] = expected.map(BigInt)
    const words = rowsOf(rig)['PASID entry']?.words
    expect(words).toEqual([(low ?? 0n) - 0x100000n + BigInt(table.root), ...rest])
  })

  it('scalable: devfn 0x18 lies in the lower context table, 0x98 in the upper', () => {
    const upper = testDevice({ name: 'dev2', rid: 0x98 })
    const { rig } = attached()
    rig.route(upper, rig.tables(upper), 6)
    const [root] = rig.platform.describe(rig.ctx, rig.state, DEVICE)
    expect((rowsOf(rig)['context entry']?.hpa ?? 0) - Number((root?.words[0] ?? 0n) - 1n)).toBe(0x300)
    expect((rowsOf(rig, upper)['context entry']?.hpa ?? 0) - Number((root?.words[1] ?? 0n) - 1n)).toBe(0x300)
  })

  it('scalable: the context entry says what the device can do', () => {
    const able = testDevice({ pasidBits: 13, ats: true, pri: true })
    const { rig } = attached({}, able)
    const [low] = rowsOf(rig, able)['context entry']?.words ?? []
    expect((low ?? 0n) & 0xfffn).toBe(0x01dn)
  })

  it('the present bit is written last, and cleared first', () => {
    const { rig } = attached()
    const writes = rig.eventsOf('config-written')
    expect(writes.map(event => event.struct)).toEqual([
      'root entry',
      'context entry',
      'PASID directory entry',
      'PASID entry',
    ])
    rig.events.length = 0
    rig.block(DEVICE)
    expect(rig.events.map(event => event.kind)).toEqual(['config-written', 'invalidated', 'invalidated'])
    expect(rig.eventsOf('config-written')[0]?.after).toEqual(new Array(8).fill(0n))
  })
})

describe('flushes that a route needs', () => {
  it('none for an entry that was not present', () => {
    expect(attached().rig.eventsOf('invalidated')).toEqual([])
  })

  it('scalable, torn down: PASID cache, then IOTLB by domain', () => {
    const { rig } = attached()
    rig.block(DEVICE)
    expect(rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([0x50017n, 0x500e2n])
    expect(rig.cost('flushDomain')).toBe(1)
  })

  it('legacy, torn down: context cache by device, then IOTLB by domain', () => {
    const { rig } = attached(LEGACY)
    rig.block(DEVICE)
    expect(rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([0x1800050031n, 0x500e2n])
  })

  it('with ATS the device TLB as well', () => {
    const device = testDevice({ ats: true })
    const { rig } = attached({}, device)
    rig.block(device)
    expect(rig.eventsOf('invalidated').at(-1)?.raw).toEqual([0x0010001800008003n, 0x7ffffffffffff001n])
  })

  it('caching mode: a new entry is flushed for too', () => {
    const { rig } = attached({ cm: '1' })
    expect(rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([0x50017n, 0x500e2n])
  })

  it('none when the route stays as it is', () => {
    const { rig, table } = attached()
    const before = rig.bulk.journal.position
    rig.route(DEVICE, [table])
    expect(rig.bulk.journal.position).toBe(before)
  })

  it('from one table to another: the old entry goes first', () => {
    const { rig } = attached()
    const [other] = rig.tables(DEVICE)
    if (other === undefined) throw new Error('no table')
    rig.events.length = 0
    rig.route(DEVICE, [other], 6)
    const present = rig.eventsOf('config-written').map(event => (event.after[0] ?? 0n) & 1n)
    expect(present).toEqual([0n, 1n])
    expect(rig.eventsOf('invalidated').map(event => event.raw[0])).toEqual([0x50017n, 0x500e2n])
  })
})

describe('references', () => {
  it('scalable: root, context, directory, PASID entry, then four levels', () => {
    const { rig, table } = attached()
    rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
    const found = rig.ask(DEVICE, 0x2abcn)
    expect(answerOf(found)).toBe(0x40001abc)
    expect(found.references.map(reference => reference.what)).toEqual([
      'root entry',
      'context entry',
      'PASID directory entry',
      'PASID entry',
      'PML4[0]',
      'PDPT[0]',
      'PD[0]',
      'PT[2]',
    ])
    const leaf = found.references.at(-1)
    expect(leaf).toMatchObject({ stage: 'second', level: 0, value: 0x40001003n })
    expect(leaf?.fields).toMatchObject({ R: 1, W: 1, PS: 0 })
  })

  it('legacy: root and context entry, then three levels at 39 bits', () => {
    const { rig, table } = attached({ ...LEGACY, width: '39' })
    rig.map(table, { page: 0x7ffffff, target: 2, pages: 1, perm: 3 })
    const found = rig.ask(DEVICE, 0x7ffffff000n)
    expect(answerOf(found)).toBe(0x2000)
    expect(found.references.map(reference => reference.level)).toEqual([null, null, 2, 1, 0])
  })

  it.each([
    [21, 0x40200, 0x100600, 512, 0x40234567n, 0x100634567, 3],
    [30, 0x80000, 0x1c0000, 512 * 512, 0xbfffffffn, 0x1ffffffff, 2],
  ])('a page of 2^%i bytes ends the walk early', (pageLg2, page, target, pages, address, output, reads) => {
    const { rig, table } = attached()
    rig.map(table, { page, target, pages, perm: 3 })
    const found = rig.ask(DEVICE, address)
    expect(found).toMatchObject({ ok: true, output, pageLg2 })
    expect(found.references.filter(reference => reference.level !== null).length).toBe(reads)
  })
})

describe('faults: legacy codes in legacy mode, scalable codes in scalable mode', () => {
  const both = [LEGACY, {}]

  const codes = (
    make: (rig: Rig, table: { root: number }) => void,
    ask: { address: bigint; access: 'read' | 'write' },
  ) =>
    both.map(params => {
      const { rig, table } = attached(params)
      rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
      make(rig, table)
      return answerOf(rig.ask(DEVICE, ask.address, { access: ask.access }))
    })
  const read = { address: 0x2000n, access: 'read' } as const
  const write = { address: 0x2000n, access: 'write' } as const
  const nothing = () => {}
  const entry = (rows: Record<string, ConfigRow | undefined>) => rows['PASID entry'] ?? rows['context entry']
  const leaf = (rig: Rig): number => rig.ask(DEVICE, 0x2000n).references.at(-1)?.address ?? 0

  it('root entry not present', () => {
    const make = (rig: Rig) => pokeRow(rig, rowsOf(rig)['root entry'], 0, () => 0n)
    expect(codes(make, read)).toEqual(['0x01', '0x39'])
  })

  it('reserved bit in the root entry', () => {
    const make = (rig: Rig) => pokeRow(rig, rowsOf(rig)['root entry'], 0, word => word | 2n)
    expect(codes(make, read)).toEqual(['0x0a', '0x3a'])
  })

  it('context entry not present', () => {
    const make = (rig: Rig) => pokeRow(rig, rowsOf(rig)['context entry'], 0, () => 0n)
    expect(codes(make, read)).toEqual(['0x02', '0x41'])
  })

  it('reserved bit in the context entry', () => {
    const make = (rig: Rig) => pokeRow(rig, rowsOf(rig)['context entry'], 0, word => word | 0x20n)
    expect(codes(make, read)).toEqual(['0x0b', '0x42'])
  })

  it('width code that the unit does not have', () => {
    const { rig } = attached(LEGACY)
    pokeRow(rig, rowsOf(rig)['context entry'], 1, word => (word & ~7n) | 3n)
    expect(answerOf(rig.ask(DEVICE, 0x2000n))).toBe('0x03')
    const scalable = attached().rig
    pokeRow(scalable, rowsOf(scalable)['PASID entry'], 0, word => (word & ~0x1cn) | 0xcn)
    expect(answerOf(scalable.ask(DEVICE, 0x2000n))).toBe('0x5b')
  })

  it('address beyond the width', () => {
    expect(codes(nothing, { ...read, address: 1n << 48n })).toEqual(['0x04', '0x83'])
  })

  it('nothing mapped, by access in legacy mode', () => {
    expect(codes(nothing, { ...read, address: 0x3000n })).toEqual(['0x06', '0x79'])
    expect(codes(nothing, { ...write, address: 0x3000n })).toEqual(['0x05', '0x79'])
  })

  it('no right', () => {
    expect(codes(rig => poke(rig, leaf(rig), 0x40001001n), write)).toEqual(['0x05', '0x85'])
    expect(codes(rig => poke(rig, leaf(rig), 0x40001002n), read)).toEqual(['0x06', '0x86'])
  })

  it('reserved bit in a second-stage entry: bit 12 of a 2 MiB leaf (vector VTD-SS-2)', () => {
    const make = (rig: Rig, table: { root: number }) => {
      rig.map(
        { id: 1, format: 'vtd-ss', cfg: { levels: 4 }, ...table },
        { page: 0x40200, target: 0x100600, pages: 512, perm: 3 },
      )
      const pde = rig.ask(DEVICE, 0x40200000n).references.at(-1)
      expect(pde?.value).toBe(0x100600083n)
      poke(rig, pde?.address ?? 0, 0x100601083n)
    }
    expect(codes(make, { ...read, address: 0x40200000n })).toEqual(['0x0c', '0x7a'])
  })

  it('output in the interrupt range', () => {
    expect(codes(rig => poke(rig, leaf(rig), 0xfee01003n), read)).toEqual(['0x0e', '0x87'])
  })

  it('requests with PASID: legacy mode, PASIDE off, beyond the directory, not present', () => {
    const ask = (params: Record<string, string>, pasidBits: number | null, pasid: number) => {
      const device = testDevice({ pasidBits })
      return answerOf(attached(params, device).rig.ask(device, 0x2000n, { pasid }))
    }
    expect(ask(LEGACY, 20, 5)).toBe('0x31')
    expect(ask({}, null, 5)).toBe('0x45')
    expect(ask({}, 13, 0x2000)).toBe('0x46')
    expect(ask({}, 13, 0x123)).toBe('0x51')
    expect(ask({}, 13, 5)).toBe('0x59')
  })

  it('PASID entry: not present, reserved, no such type, no such paging mode; directory entry reserved', () => {
    const withEntry = (change: (word: bigint) => bigint, struct = 'PASID entry') => {
      const { rig } = attached()
      pokeRow(rig, rowsOf(rig)[struct], 0, change)
      return answerOf(rig.ask(DEVICE, 0x2000n))
    }
    expect(withEntry(word => word & ~1n)).toBe('0x59')
    expect(withEntry(word => word | 0x400n)).toBe('0x5a')
    expect(withEntry(word => word | (1n << 50n))).toBe('0x5a')
    for (const type of [0n, 5n, 6n, 7n])
      expect(withEntry(word => (word & ~0x1c0n) | (type << 6n))).toBe('0x5b')
    expect(withEntry(word => word | 4n, 'PASID directory entry')).toBe('0x52')
    expect(withEntry(word => word & ~1n, 'PASID directory entry')).toBe('0x51')
  })

  it('RID_PASID beyond the directory', () => {
    const { rig } = attached()
    pokeRow(rig, rowsOf(rig)['context entry'], 1, () => 0x2000n)
    expect(answerOf(rig.ask(DEVICE, 0x2000n))).toBe('0x48')
  })

  it('never routed on its bus, and blocked', () => {
    for (const [params, fresh, blocked] of [
      [LEGACY, '0x01', '0x02'],
      [{}, '0x39', '0x59'],
    ] as const) {
      const rig = new Rig(vtd, params)
      expect(answerOf(rig.ask(DEVICE, 0n))).toBe(fresh)
      rig.block(DEVICE)
      expect(answerOf(rig.ask(DEVICE, 0n))).toBe(blocked)
    }
  })

  it('FPD suppresses the record of a qualified fault, not of another', () => {
    for (const params of both) {
      const { rig } = attached(params)
      const suppressed = () => {
        const found = rig.ask(DEVICE, 0x9000n)
        return found.ok ? null : found.fault.suppressed
      }
      expect(suppressed()).toBe(false)
      pokeRow(rig, entry(rowsOf(rig)), 0, word => word | 2n)
      expect(suppressed()).toBe(true)
      pokeRow(rig, entry(rowsOf(rig)), 0, word => word & ~1n)
      expect(suppressed()).toBe(true)
      pokeRow(rig, rowsOf(rig)['root entry'], 0, word => word & ~1n)
      expect(suppressed()).toBe(false)
    }
  })

  it('FPD does not suppress a fault that is always reported', () => {
    const { rig } = attached(LEGACY)
    pokeRow(rig, rowsOf(rig)['context entry'], 0, word => word | 0x22n)
    expect(rig.ask(DEVICE, 0x2000n)).toMatchObject({ fault: { code: '0x0b', suppressed: false } })
  })

  it('the interrupt range is never translated', () => {
    const { rig, table } = attached()
    rig.map(table, { page: 0xfedff, target: 0x1000, pages: 0x102, perm: 3 })
    expect(answerOf(rig.dma(DEVICE, 0xfedfffffn, 'write'))).toBe(0x1000fff)
    expect(rig.dma(DEVICE, 0xfee00000n, 'write')).toMatchObject({
      ok: false,
      fault: { code: 'interrupt', stage: 'config' },
    })
    expect(answerOf(rig.dma(DEVICE, 0xfeefffffn))).toBe('interrupt')
    expect(answerOf(rig.dma(DEVICE, 0xfef00000n))).toBe(0x1101000)
  })
})

describe('pass-through entries', () => {
  it('translate to the same address, within the width', () => {
    const { rig } = attached()
    pokeRow(rig, rowsOf(rig)['PASID entry'], 0, () => 0x109n)
    expect(rig.ask(DEVICE, 0x1234_5678n)).toMatchObject({ ok: true, output: 0x12345678, perm: 3 })
    expect(answerOf(rig.ask(DEVICE, 1n << 48n))).toBe('0x83')
    const legacy = attached(LEGACY).rig
    const entry = rowsOf(legacy)['context entry']
    pokeRow(legacy, entry, 0, () => 0x9n)
    expect(legacy.ask(DEVICE, 0x1234_5678n)).toMatchObject({ ok: true, output: 0x12345678 })
    pokeRow(legacy, entry, 1, word => (word & ~7n) | 1n)
    expect(answerOf(legacy.ask(DEVICE, 0n))).toBe('0x03')
  })
})

describe('PASIDs', () => {
  it('route on their own, beside requests without PASID', () => {
    const device = testDevice({ pasidBits: 20 })
    const { rig, table } = attached({}, device)
    const [tagged] = rig.tables(device)
    if (tagged === undefined) throw new Error('no table')
    rig.map(table, { page: 2, target: 0x100, pages: 1, perm: 3 })
    rig.map(tagged, { page: 2, target: 0x200, pages: 1, perm: 3 })
    rig.route(device, [tagged], 6, 0xfffff)
    expect(answerOf(rig.dma(device, 0x2000n))).toBe(0x100000)
    expect(answerOf(rig.dma(device, 0x2000n, 'read', 0xfffff))).toBe(0x200000)
    rig.block(device, 0xfffff)
    expect(answerOf(rig.dma(device, 0x2000n, 'read', 0xfffff))).toBe('0x59')
    expect(answerOf(rig.dma(device, 0x2000n))).toBe(0x100000)
  })
})

describe('accessed and dirty bits', () => {
  it('are set by DMA only, D by a write only (vector VTD-SS-1)', () => {
    const { rig, table } = attached({ ad: 'on' })
    rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
    const at = rig.ask(DEVICE, 0x2000n).references.filter(reference => reference.level !== null)
    const bits = () => at.map(reference => rig.bulk.memory.read64(reference.address) & 0xfffn)
    expect(bits()).toEqual([3n, 3n, 3n, 3n])
    rig.dma(DEVICE, 0x2000n, 'read')
    expect(bits()).toEqual([0x103n, 0x103n, 0x103n, 0x103n])
    rig.dma(DEVICE, 0x2000n, 'write')
    expect(bits()).toEqual([0x103n, 0x103n, 0x103n, 0x303n])
    expect(rig.bulk.memory.read64(at.at(-1)?.address ?? 0)).toBe(0x40001303n)
    expect(rig.eventsOf('ad-updated').length).toBe(5)
  })

  it('the write after a read walks again, the one after that hits', () => {
    const { rig, table } = attached({ ad: 'on' })
    rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
    const outcomes = (['read', 'read', 'write', 'write'] as const).map(access =>
      rig.dma(DEVICE, 0x2000n, access),
    )
    expect(outcomes.map(found => found.ok && found.cache)).toEqual(['miss', 'hit', 'miss', 'hit'])
  })

  it('stay clear when SSADE is off', () => {
    const { rig, table } = attached()
    rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
    rig.dma(DEVICE, 0x2000n, 'write')
    expect(rig.ask(DEVICE, 0x2000n).references.at(-1)?.value).toBe(0x40001003n)
  })
})
