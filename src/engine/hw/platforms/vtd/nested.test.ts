/** Nested translation against the vectors VTD-NEST-1 to 3: every reference, every count, every fault. */
import { describe, expect, it } from 'vitest'
import vectors from '../../../vectors/hardware.json'
import type { Access } from '../../contract'
import { DEVICE, GVA, HOST, Nest, SECOND, told } from './nested.fixture'

const tables = (nest: Nest) => nest.ask().references.filter(reference => reference.level !== null)

describe('vtd.nested: vector VTD-NEST-1', () => {
  it('reads exactly the 24 entries of the vector, in its order, after the four of the configuration', () => {
    const found = new Nest().ask()
    expect(found).toMatchObject({ ok: true, output: 0x80003010, perm: 3, pageLg2: 12 })
    const config = found.references.slice(0, 4).map(reference => reference.what)
    expect(config).toEqual(['root entry', 'context entry', 'PASID directory entry', 'PASID entry'])
    expect(
      found.references.slice(4).map(({ stage, level, address, value }) => ({
        stage: stage === 'first' ? 'FS' : 'SS',
        level: (level ?? 0) + 1,
        addr: `0x${address.toString(16)}`,
        value: `0x${value.toString(16).padStart(16, '0')}`,
      })),
    ).toEqual(vectors['VTD-NEST-1'])
  })

  it('says of each second-stage read what it is for', () => {
    const serves = tables(new Nest()).map(reference => reference.serves)
    const group = (address: bigint, level: number | null) => new Array(4).fill({ address, level })
    const own = [undefined]
    expect(serves).toEqual([
      ...group(0x10550n, 3),
      ...own,
      ...group(0x11aa8n, 2),
      ...own,
      ...group(0x12550n, 1),
      ...own,
      ...group(0x13aa0n, 0),
      ...own,
      ...group(0x3010n, null),
    ])
  })

  it('holds for a PASID as for requests without', () => {
    const nest = new Nest({}, 0x123)
    expect(tables(nest).length).toBe(24)
    expect(told(nest.rig.ask(DEVICE, GVA))).toEqual(['0x51', 'config', null, null])
  })
})

describe('VTD-NEST-3: faults of either stage', () => {
  const judged = (change: (nest: Nest) => void, access: Access = 'read') => {
    const nest = new Nest()
    change(nest)
    return told(nest.ask({ access }))
  }

  it('a table page that the second stage does not have', () => {
    expect(judged(nest => nest.second(0x10, 0n))).toEqual(['0x75', 'first', 3, 0x10550n])
    expect(judged(nest => nest.second(0x12, 0n))).toEqual(['0x76', 'first', 1, 0x12550n])
    expect(judged(nest => nest.second(0x13, 0x80013002n))).toEqual(['0x76', 'first', 0, 0x13aa0n])
  })

  it('vtd.mark: a read-only table page suffices where A is set, and does not where it must be', () => {
    const readOnly = (nest: Nest) => nest.second(0x12, 0x80012001n)
    const cleared = (nest: Nest) => nest.first(1, 0x13007n)
    expect(judged(readOnly)).toBe(0x80003010)
    expect(judged(nest => [readOnly(nest), cleared(nest)])).toEqual(['0x77', 'first', 1, 0x12550n])
    expect(judged(cleared)).toBe(0x80003010)
  })

  it('vtd.mark: nothing below an entry that cannot be marked is read', () => {
    const nest = new Nest()
    nest.second(0x12, 0x80012001n)
    nest.first(1, 0x13007n)
    expect(tables(nest).length).toBe(15)
  })

  it('a write needs the leaf to become dirty', () => {
    const clean = (nest: Nest) => [nest.first(0, 0x3027n), nest.second(0x13, 0x80013001n)]
    expect(judged(clean, 'read')).toBe(0x80003010)
    expect(judged(clean, 'write')).toEqual(['0x77', 'first', 0, 0x13aa0n])
  })

  it('the page itself: rights of both stages', () => {
    const readOnly = (nest: Nest) => nest.second(3, 0x80003001n)
    expect(judged(readOnly)).toBe(0x80003010)
    expect(judged(readOnly, 'write')).toEqual(['0x85', 'second', 0, 0x3010n])
    expect(judged(nest => nest.second(3, 0n))).toEqual(['0x79', 'second', 0, 0x3010n])
    expect(judged(nest => nest.first(0, 0n))).toEqual(['0x71', 'first', 0, null])
    expect(judged(nest => nest.first(0, 0x3025n), 'write')).toEqual(['0x85', 'first', 0, null])
    expect(judged(nest => nest.first(2, 0x12023n))).toEqual(['0x81', 'first', 2, null])
  })

  it('reserved bits of either stage', () => {
    expect(judged(nest => nest.first(0, (1n << 63n) | 0x3067n))).toEqual(['0x72', 'first', 0, null])
    expect(judged(nest => nest.second(3, (1n << 50n) | 0x80003003n))).toEqual(['0x7a', 'second', 0, 0x3010n])
    expect(judged(nest => nest.second(0x11, (1n << 50n) | 0x80011003n))).toEqual([
      '0x7a',
      'second',
      0,
      0x11aa8n,
    ])
  })

  it('vtd.guest-width: guest addresses beyond the second stage', () => {
    expect(judged(nest => nest.first(2, (1n << 48n) | 0x27n))).toEqual([
      '0x74',
      'first',
      1,
      (1n << 48n) | 0x550n,
    ])
    expect(judged(nest => nest.first(0, (1n << 48n) | 0x67n))).toEqual([
      '0x84',
      'second',
      null,
      (1n << 48n) | 0x10n,
    ])
  })

  it('an address that is not canonical, and an output in the interrupt range', () => {
    expect(told(new Nest().ask({ address: 1n << 47n }))).toEqual(['0x80', 'first', null, null])
    expect(judged(nest => nest.second(3, 0xfee00003n))).toEqual(['0x87', 'second', 0, null])
  })

  it('vtd.recoverable: what is missing is recoverable for a device that may ask for pages, what is malformed is not', () => {
    const recoverable = (change: (nest: Nest) => void) => {
      const nest = new Nest()
      change(nest)
      const found = nest.ask()
      return !found.ok && found.fault.recoverable
    }
    expect(recoverable(nest => nest.first(0, 0n))).toBe(true)
    expect(recoverable(nest => nest.second(3, 0n))).toBe(true)
    expect(recoverable(nest => nest.second(0x12, 0n))).toBe(true)
    expect(recoverable(nest => nest.first(0, (1n << 63n) | 0x3067n))).toBe(false)
    expect(recoverable(nest => nest.second(3, 0xfee00003n))).toBe(false)
  })
})

describe('vtd.mark: accessed and dirty bits', () => {
  it('are set in the first stage by DMA, never by a look', () => {
    const nest = new Nest()
    for (const level of [3, 2, 1, 0]) nest.first(level, nest.peek(nest.firstAt(level)) & ~0x60n)
    const bits = () => [3, 2, 1, 0].map(level => nest.peek(nest.firstAt(level)) & 0xfffn)
    nest.ask({ access: 'write' })
    expect(bits()).toEqual([7n, 7n, 7n, 7n])
    nest.ask({ access: 'read', commit: true })
    expect(bits()).toEqual([0x27n, 0x27n, 0x27n, 0x27n])
    nest.ask({ access: 'write', commit: true })
    expect(bits()).toEqual([0x27n, 0x27n, 0x27n, 0x67n])
    expect(nest.rig.eventsOf('ad-updated').length).toBe(5)
  })

  it('are left alone by a DMA that faults', () => {
    const nest = new Nest()
    nest.first(1, 0x13007n)
    nest.second(3, 0n)
    nest.ask({ commit: true })
    expect(nest.peek(nest.firstAt(1))).toBe(0x13007n)
  })

  it('under SSADE a table page becomes dirty when an entry in it is marked', () => {
    const nest = new Nest({ ad: 'on' })
    nest.first(1, 0x13007n)
    nest.ask({ access: 'read', commit: true })
    const leaf = (page: number) => nest.peek((SECOND[0] ?? 0) + page * 8) & 0xfffn
    expect([0x10, 0x11, 0x12, 0x13, 3].map(leaf)).toEqual([0x103n, 0x103n, 0x303n, 0x103n, 0x103n])
    expect([3, 2, 1].map(level => nest.peek(SECOND[level] ?? 0) & 0xfffn)).toEqual([0x103n, 0x103n, 0x103n])
    nest.ask({ access: 'write', commit: true })
    expect(leaf(3)).toBe(0x303n)
    expect(nest.peek(HOST + 0x12550)).toBe(0x13027n)
  })
})
