import { describe, expect, it } from 'vitest'
import { testDevice } from '../../test-rig'
import { configureVtd, type VtdConfig, vtdCaps } from './config'

function config(params: Record<string, string>): VtdConfig {
  const read = configureVtd(params)
  if ('problem' in read) throw new Error(read.problem)
  return read.config
}

const problem = (params: Record<string, string>) => {
  const read = configureVtd(params)
  return 'problem' in read ? read.problem : null
}

describe('#platform vtd', () => {
  it('is scalable, 48-bit, 1 GiB pages, A/D off unless told', () => {
    const expected = {
      mode: 'scalable',
      levels: 4,
      largestPageLg2: 30,
      accessedDirty: false,
      cachingMode: false,
      snoopControl: true,
      stage: 'second',
      nesting: true,
    }
    expect(config({})).toEqual(expected)
  })

  it.each<[Record<string, string>, Partial<VtdConfig>]>([
    [{ mode: 'legacy' }, { mode: 'legacy' }],
    [{ legacy: '' }, { mode: 'legacy' }],
    [{ legacy: 'true' }, { mode: 'legacy' }],
    [{ width: '39' }, { levels: 3 }],
    [{ width: '57-bit' }, { levels: 5 }],
    [{ '39-bit': '' }, { levels: 3 }],
    [{ '5-level': 'true' }, { levels: 5 }],
    [{ levels: '3', width: '39' }, { levels: 3 }],
    [{ pages: '2m' }, { largestPageLg2: 21 }],
    [{ '4K': '' }, { largestPageLg2: 12 }],
    [{ ad: 'on' }, { accessedDirty: true }],
    [{ ad: '' }, { accessedDirty: true }],
    [{ ad: '0' }, { accessedDirty: false }],
    [{ cm: '1' }, { cachingMode: true }],
    [{ cm: 'off' }, { cachingMode: false }],
  ])('%j', (params, expected) => {
    expect(config(params)).toMatchObject(expected)
  })

  it.each<[Record<string, string>, string]>([
    [{ width: '39', levels: '4' }, 'disagree'],
    [{ mode: 'nested' }, 'one of scalable, legacy'],
    [{ colour: 'red' }, 'no parameter colour'],
    [{ mode: 'legacy', ad: 'on' }, 'needs scalable'],
  ])('%j is a problem', (params, text) => {
    expect(problem(params)).toContain(text)
  })
})

describe('capabilities', () => {
  it('input width, page sizes and the interrupt range', () => {
    const caps = vtdCaps(config({ width: '39', pages: '2M' }), null)
    expect(caps).toMatchObject({
      inputBits: 39,
      pageSizes: 0x201000n,
      smallestPageLg2: 12,
      flushOnMap: false,
      dirtyTracking: false,
    })
    expect(caps.permitted).toEqual([{ start: 0n, last: 0x7fffffffffn, pageLg2: 12 }])
    expect(caps.reserved).toEqual([{ start: 0xfee00000n, last: 0xfeefffffn }])
  })

  it('PASIDs: the smaller of unit and device, none in legacy mode', () => {
    const device = testDevice({ pasidBits: 16 })
    expect(vtdCaps(config({}), device).pasidBits).toBe(16)
    expect(vtdCaps(config({}), testDevice()).pasidBits).toBeNull()
    expect(vtdCaps(config({}), null).pasidBits).toBe(20)
    expect(vtdCaps(config({ mode: 'legacy' }), device).pasidBits).toBeNull()
  })

  it('faults are recoverable where the device has ATS and may ask for pages', () => {
    const able = (params: Record<string, string>, ats: boolean, pri: boolean) =>
      vtdCaps(config(params), testDevice({ ats, pri })).recoverableFaults
    expect([able({}, true, true), able({}, true, false), able({}, false, true)]).toEqual([true, false, false])
    expect(able({ mode: 'legacy' }, true, true)).toBe(false)
  })
})
