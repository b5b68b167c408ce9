import { describe, expect, it } from 'vitest'
import { type PlatformCase, platformConformance } from './platform.conformance'
import { PLATFORMS, platformById } from './registry'

const WINDOW = {
  liobn: 0x80000001,
  start: 1n << 59n,
  size: 1n << 36n,
  pageSize: 0x10000n,
  levels: 1,
  devices: [],
}

const CASES: Readonly<Record<string, readonly Omit<PlatformCase, 'platform'>[]>> = {
  vtd: [
    {},
    { mode: 'legacy' },
    { width: '39' },
    { mode: 'legacy', width: '57' },
    { width: '57', ad: 'on' },
    { pages: '4K', cm: '1' },
    { mode: 'legacy', cm: '1' },
  ].map(params => ({ params: params as Record<string, string> })),
  smmuv3: [{}, { ipa: '40' }, { ipa: '39', strtab: 'linear' }, { ipa: '34', ssid: '0' }, { stall: 'on' }].map(
    params => ({ params: params as Record<string, string> }),
  ),
  'amd-vi': [{}, { mode: '4' }, { mode: '6', had: 'on' }, { pasid: '0' }].map(params => ({
    params: params as Record<string, string>,
  })),
  papr: [
    { params: {} },
    { params: {}, windows: [WINDOW] },
    { params: {}, windows: [{ ...WINDOW, levels: 2 }] },
    { params: {}, windows: [{ ...WINDOW, pageSize: 0x1000000n, size: 1n << 40n }] },
  ],
}

for (const platform of PLATFORMS) {
  for (const test of CASES[platform.id] ?? [{ params: {} }]) platformConformance({ platform, ...test })
}

describe('the registry', () => {
  it('has every id once', () => {
    const ids = PLATFORMS.map(platform => platform.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(platformById(id)?.id).toBe(id)
    expect(platformById('toaster')).toBeNull()
  })

  it('says what is not modelled, and documents every parameter', () => {
    for (const platform of PLATFORMS) {
      expect(platform.notModelled.length).toBeGreaterThan(0)
      for (const param of platform.params) {
        expect(param.doc).not.toBe('')
        expect('problem' in platform.configure({ [param.key]: param.default }, [])).toBe(false)
        expect('problem' in platform.configure({ [param.key]: 'nonsense' }, [])).toBe(true)
      }
    }
  })
})
