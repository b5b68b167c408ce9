/** How many references a cold nested walk makes (table VTD-NEST-2), for both stages at each depth and page size. */
import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import { Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

const DEVICE = testDevice()
const GUEST = 0x8000_0000
const FIRST_TABLES = 0x1_0000

/** A guest of 1 GiB at 2 GiB, second-stage pages as large as allowed; the guest address of each first-stage table. */
function nested(first: { levels: 4 | 5; leaf: number }, second: { width: string; pages: string }) {
  const rig = new Rig(vtd, second)
  const tables = rig.tables(DEVICE)
  const [parent] = tables
  if (parent === undefined) throw new Error('no table')
  rig.map(parent, { page: 0, pages: 2 ** 18, target: GUEST / 4096, perm: 3 })
  for (let level = first.levels - 1; level >= first.leaf; level--) {
    const at = GUEST + FIRST_TABLES + (first.levels - 1 - level) * 4096
    const large = level === first.leaf && level > 0 ? 0x80n : 0n
    const value = level === first.leaf ? 0x67n | large : BigInt(at - GUEST + 4096) | 0x27n
    rig.bulk.memory.write64(at, lo32(value), hi32(value))
  }
  const guest = { id: 9, format: 'vtd-fs', cfg: { levels: first.levels }, root: FIRST_TABLES }
  const to = { kind: 'nested', tables, guest, domain: 6 } as const
  rig.state = rig.platform.route(rig.ctx, rig.state, { device: DEVICE, pasid: null, to })
  return rig
}

describe('vtd.references: references of a cold nested walk', () => {
  const small = { width: '48', pages: '4K' }
  it.each([
    [24, 4, 4, { levels: 4, leaf: 0 } as const, small],
    [19, 4, 3, { levels: 4, leaf: 0 } as const, { width: '48', pages: '2M' }],
    [14, 4, 2, { levels: 4, leaf: 0 } as const, { width: '48', pages: '1G' }],
    [19, 3, 4, { levels: 4, leaf: 1 } as const, small],
    [14, 2, 4, { levels: 4, leaf: 2 } as const, small],
    [15, 3, 3, { levels: 4, leaf: 1 } as const, { width: '48', pages: '2M' }],
    [35, 5, 5, { levels: 5, leaf: 0 } as const, { width: '57', pages: '4K' }],
    [29, 5, 4, { levels: 5, leaf: 0 } as const, small],
  ])('%i: %i first-stage entries over %i second-stage entries', (total, fs, ss, first, second) => {
    const rig = nested(first, second)
    const found = rig.ask(DEVICE, 0xabcn)
    expect(found).toMatchObject({ ok: true, output: GUEST + 0xabc })
    const stage = (name: string) => found.references.filter(reference => reference.stage === name).length
    expect([stage('first'), stage('second'), stage('config')]).toEqual([fs, (fs + 1) * ss, 4])
    expect(stage('first') + stage('second')).toBe(total)
  })

  it('are what a first DMA makes, counted', () => {
    const rig = nested({ levels: 4, leaf: 0 }, small)
    rig.dma(DEVICE, 0xabcn)
    expect([rig.cost('dmaReferencesCold'), rig.cost('dmaReferencesWarm')]).toEqual([28, 28])
  })
})
