/** What every platform must do, whatever its structures: run over each registered platform and configuration. */
import { describe, expect, it } from 'vitest'
import type { TableRef } from '../pt'
import type { Platform, Translation, WindowParams } from './contract'
import { Rig, testDevice } from './test-rig'

export interface PlatformCase {
  readonly platform: Platform
  readonly params: Record<string, string>
  readonly windows?: readonly WindowParams[]
}

const DEVICE = testDevice()
const TARGET = 0x40001

interface Attached {
  readonly rig: Rig
  readonly table: TableRef
  /** First byte of the last table's input, and the smallest page in 4 KiB pages. */
  readonly base: bigint
  readonly unit: number
}

function attached(test: PlatformCase): Attached {
  const rig = new Rig(test.platform, test.params, test.windows)
  const tables = rig.tables(DEVICE)
  rig.route(DEVICE, tables)
  const table = tables.at(-1)
  const spec = rig.specs(DEVICE).at(-1)
  if (table === undefined || spec === undefined) throw new Error('no table')
  const unit = 2 ** ((rig.platform.caps(rig.config, DEVICE).permitted.at(-1)?.pageLg2 ?? 12) - 12)
  return { rig, table, base: BigInt(spec.covers.firstPage) << 12n, unit }
}

/** The third smallest page of the table, mapped to an aligned target. */
function mapThird({ rig, table, base, unit }: Attached, perm: number): { at: bigint; output: number } {
  const page = Number(base >> 12n) + 2 * unit
  const target = Math.ceil(TARGET / unit) * unit
  rig.map(table, { page, pages: unit, target, perm })
  return { at: BigInt(page) << 12n, output: target * 4096 }
}

/** A digest of every word that is not zero. */
function digest(rig: Rig): number {
  const { data } = rig.bulk.words
  let sum = 0
  for (let at = 0; at < data.length; at++) {
    const word = data[at] ?? 0
    if (word !== 0) sum = (Math.imul(sum ^ at, 31) + word) | 0
  }
  return sum
}

const summary = (outcome: Translation) =>
  outcome.ok ? [outcome.output, outcome.perm] : [outcome.fault.code, outcome.fault.stage]

export function platformConformance(test: PlatformCase): void {
  const name = `${test.platform.id} ${JSON.stringify(test.params)} ${test.windows?.length ?? 0} windows`

  describe(name, () => {
    it('blocks a device that was never routed, and one routed to blocked', () => {
      const rig = new Rig(test.platform, test.params, test.windows)
      for (const address of [0n, 0x2abcn, 0x4000_0000n]) expect(rig.dma(DEVICE, address).ok).toBe(false)
      rig.block(DEVICE)
      expect(rig.dma(DEVICE, 0x2abcn).ok).toBe(false)
    })

    it('gives the host address and the rights of what is mapped', () => {
      const at = attached(test)
      const { at: address, output } = mapThird(at, 3)
      const found = at.rig.ask(DEVICE, address + 0xabcn)
      expect(found).toMatchObject({ ok: true, output: output + 0xabc, perm: 3 })
    })

    it('refuses a write to what is mapped for reading only', () => {
      const at = attached(test)
      const { at: address } = mapThird(at, 1)
      expect(at.rig.ask(DEVICE, address, { access: 'read' })).toMatchObject({ ok: true, perm: 1 })
      expect(at.rig.ask(DEVICE, address, { access: 'write' }).ok).toBe(false)
    })

    it('faults on the pages before and after, in the second stage', () => {
      const at = attached(test)
      const { at: address } = mapThird(at, 3)
      const size = BigInt(at.unit) << 12n
      for (const near of [address - 1n, address + size]) {
        expect(at.rig.dma(DEVICE, near)).toMatchObject({
          ok: false,
          fault: { stage: 'second', address: near },
        })
      }
      expect(at.rig.dma(DEVICE, address + size - 1n).ok).toBe(true)
    })

    it('faults beyond every permitted range', () => {
      const { rig } = attached(test)
      const last = rig.platform.caps(rig.config, DEVICE).permitted.at(-1)?.last ?? 0n
      expect(rig.dma(DEVICE, last + 1n).ok).toBe(false)
      expect(rig.dma(DEVICE, 0xffff_ffff_ffff_ffffn).ok).toBe(false)
    })

    it('faults again once routed to blocked, and answers again once routed back', () => {
      const at = attached(test)
      const { at: address, output } = mapThird(at, 3)
      expect(at.rig.dma(DEVICE, address)).toMatchObject({ ok: true, output })
      at.rig.block(DEVICE)
      expect(at.rig.dma(DEVICE, address).ok).toBe(false)
      at.rig.route(DEVICE, at.rig.tables(DEVICE))
      expect(at.rig.dma(DEVICE, address).ok).toBe(false)
    })

    it('keeps another device blocked', () => {
      const at = attached(test)
      const { at: address } = mapThird(at, 3)
      const other = testDevice({ name: 'dev2', rid: 0x98, group: 2, pe: 1 })
      expect(at.rig.dma(other, address).ok).toBe(false)
    })

    it('reads references in order, the leaf last, none of them twice', () => {
      const at = attached(test)
      const { at: address } = mapThird(at, 3)
      const { references } = at.rig.ask(DEVICE, address)
      const levels = references.map(reference => reference.level)
      const firstTable = levels.findIndex(level => level !== null)
      expect(levels.slice(0, firstTable).every(level => level === null)).toBe(true)
      const tables = levels.slice(firstTable)
      expect(tables).toEqual(tables.map((_, k) => tables.length - 1 - k))
      expect(references.slice(firstTable).every(reference => reference.stage === 'second')).toBe(true)
    })

    it('changes no word when only asked', () => {
      const at = attached(test)
      const { at: address } = mapThird(at, 3)
      const before = digest(at.rig)
      for (const access of ['read', 'write'] as const) {
        at.rig.ask(DEVICE, address, { access, cached: true })
        at.rig.ask(DEVICE, address - 1n, { access, cached: true })
      }
      expect(digest(at.rig)).toBe(before)
    })

    it('gives the same answers after undo and redo', () => {
      const at = attached(test)
      const { rig } = at
      const empty = rig.bulk.journal.mark()
      const { at: address } = mapThird(at, 1)
      rig.dma(DEVICE, address)
      const full = rig.bulk.journal.mark()
      const kept = [rig.ask(DEVICE, address), rig.ask(DEVICE, address, { access: 'write' })].map(summary)
      rig.bulk.journal.undoTo(empty)
      expect(rig.ask(DEVICE, address, { cached: true }).ok).toBe(false)
      rig.bulk.journal.redoTo(full)
      expect([rig.ask(DEVICE, address), rig.ask(DEVICE, address, { access: 'write' })].map(summary)).toEqual(
        kept,
      )
    })

    it('answers under an alias as under the own id', () => {
      const rig = new Rig(test.platform, test.params, test.windows)
      const behind = testDevice({ aliases: [0x600] })
      const tables = rig.tables(behind)
      rig.route(behind, tables)
      const at: Attached = { ...attached(test), rig, table: tables.at(-1) ?? fail() }
      const { at: address, output } = mapThird(at, 3)
      expect(rig.dma(testDevice({ rid: 0x600 }), address)).toMatchObject({ ok: true, output })
    })

    it('describes the structures that decide', () => {
      const { rig } = attached(test)
      expect(rig.platform.describe(rig.ctx, rig.state, DEVICE).length).toBeGreaterThan(0)
    })

    it('is plain data', () => {
      const { rig } = attached(test)
      expect(structuredClone(rig.state)).toEqual(rig.state)
      expect(structuredClone(rig.config)).toEqual(rig.config)
    })
  })
}

function fail(): never {
  throw new Error('no table')
}
