import { describe, expect, it } from 'vitest'
import vectors from '../../../vectors/hardware.json'
import { encodeStruct, labelStruct, reservedBitsSet, structField } from '../../struct'
import { faultRecord } from './faults'
import * as vtd from './structures.data'

const words = (texts: readonly string[]) => texts.map(BigInt)

describe('legacy mode (vector VTD-CFG-1)', () => {
  const { root, ctx, ctx_pt } = vectors['VTD-CFG-1']

  it('root entry', () => {
    expect(encodeStruct(vtd.LEGACY_ROOT, { P: 1, CTP: 0x81000n })).toEqual([BigInt(root), 0n])
  })

  it('context entry of a second-stage domain', () => {
    const fields = { P: 1, SSPTPTR: 0x100000n, AW: 2, DID: 5 }
    expect(encodeStruct(vtd.LEGACY_CONTEXT, fields)).toEqual(words(ctx))
  })

  it('context entry of a pass-through domain', () => {
    const fields = { P: 1, TT: vtd.TT.passThrough, AW: 2, DID: 6 }
    expect(encodeStruct(vtd.LEGACY_CONTEXT, fields)).toEqual(words(ctx_pt))
  })
})

describe('scalable mode (vector VTD-CFG-2)', () => {
  it('root entry with both context tables', () => {
    const fields = { LP: 1, LCTP: 0x82000n, UP: 1, UCTP: 0x83000n }
    expect(encodeStruct(vtd.SCALABLE_ROOT, fields)).toEqual([0x82001n, 0x83001n])
  })

  it('context entry', () => {
    const fields = { P: 1, DTE: 1, PASIDE: 1, PRE: 1, PASIDDIRPTR: 0x84000n }
    const expected = [...words(vectors['VTD-CFG-2'].ctx), 0n, 0n]
    expect(encodeStruct(vtd.SCALABLE_CONTEXT, fields)).toEqual(expected)
  })

  it('PASID directory entry', () => {
    expect(encodeStruct(vtd.PASID_DIRECTORY_ENTRY, { P: 1, SMPTBLPTR: 0x85000n })).toEqual([0x85001n])
  })

  const second = { P: 1, PGTT: vtd.PGTT.second, AW: 2, SSPTPTR: 0x100000n, DID: 5, PWSNP: 1 }
  const first = { P: 1, PGTT: vtd.PGTT.first, FSPTPTR: 0x200000n, DID: 1, PWSNP: 1 }
  it.each([
    ['SS-only (PGTT=2) AW=2 SSPTPTR=0x100000 DID=5 PWSNP', second],
    ['SS-only + SSADE (dirty tracking)', { ...second, SSADE: 1 }],
    ['FS-only (PGTT=1) AW=2 FSPTPTR=0x200000 4-level DID=1 PWSNP', { ...first, AW: 2 }],
    ['FS-only 5-level (FSPM=1), SRE+WPE', { ...first, AW: 2, FSPM: 1, SRE: 1, WPE: 1 }],
    [
      'Nested (PGTT=3) FSPTPTR=GPA 0x10000 SSPTPTR=0x100000 DID=6 PWSNP+PGSNP',
      { ...second, PGTT: vtd.PGTT.nested, FSPTPTR: 0x10000n, DID: 6, PGSNP: 1 },
    ],
    ['Pass-through (PGTT=4) AW=2 DID=1 PWSNP', { P: 1, PGTT: 4, AW: 2, DID: 1, PWSNP: 1 }],
    ['Torn down, fault-ignore (FPD only)', { FPD: 1 }],
  ])('PASID entry: %s', (name, fields) => {
    const expected = Object.entries(vectors['VTD-CFG-2'].pasid_entries).find(([key]) => key === name)?.[1]
    const encoded = encodeStruct(vtd.PASID_ENTRY, fields)
    expect(encoded.map(word => `0x${word.toString(16)}`)).toEqual(expected)
  })
})

describe('PASID index split (vector VTD-CFG-3)', () => {
  it.each([
    [0x0, 0x0, 0x0, 0],
    [0x1, 0x0, 0x1, 0],
    [0x3f, 0x0, 0x3f, 0],
    [0x40, 0x1, 0x0, 0],
    [0x123, 0x4, 0x23, 0],
    [0x1fff, 0x7f, 0x3f, 0],
    [0x2000, 0x80, 0x0, 1],
    [0xfffff, 0x3fff, 0x3f, 7],
  ])('PASID 0x%s', (pasid, directory, table, pdts) => {
    expect(vtd.pasidIndexes(pasid)).toEqual({ directory, table })
    expect(vtd.pdtsFor(pasid.toString(2).length)).toBe(pdts)
  })
})

describe('fault records (vector VTD-FRCD)', () => {
  it('read of 0x9000 without PASID, reason 0x06', () => {
    const record = faultRecord({ sid: 0x18, pasid: null, address: 0x9abcn, access: 'read', code: 0x06 })
    expect(record).toEqual(words(vectors['VTD-FRCD'][0] ?? []))
  })

  it('write with PASID 0x123, reason 0x71', () => {
    const at = { sid: 0x18, pasid: 0x123, address: 0x7f1234567000n }
    expect(faultRecord({ ...at, access: 'write', code: 0x71 })).toEqual(words(vectors['VTD-FRCD'][1] ?? []))
  })
})

describe('a layout', () => {
  it('labels pointers as addresses and the rest as numbers', () => {
    expect(labelStruct(vtd.LEGACY_CONTEXT, [0x100001n, 0x502n])).toEqual({
      P: 1,
      FPD: 0,
      TT: 0,
      SSPTPTR: '0x100000',
      AW: 2,
      IGN: 0,
      DID: 5,
    })
    expect(structField(vtd.LEGACY_CONTEXT, [0x100001n, 0x502n], 'SSPTPTR')).toBe(0x100000n)
  })

  it('knows reserved bits from ignored ones', () => {
    expect(reservedBitsSet(vtd.LEGACY_CONTEXT, [1n, 0x78n])).toBe(false)
    expect(reservedBitsSet(vtd.LEGACY_CONTEXT, [1n, 0x80n])).toBe(true)
    expect(reservedBitsSet(vtd.LEGACY_CONTEXT, [0x11n, 0n])).toBe(true)
    expect(reservedBitsSet(vtd.PASID_ENTRY, [1n, 0n, 0n, 1n, 0n, 0n, 0n, 0n])).toBe(true)
  })
})
