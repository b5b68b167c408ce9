import { describe, expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import type { InvalidationScope } from '../../contract'
import { answerOf, Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

const DEVICE = testDevice()
const DOMAIN = 5

/** DMA to page 2 once, then the leaf changed behind the IOMMU's back. */
function changedBehind(params: Record<string, string> = {}): Rig {
  const rig = new Rig(vtd, params)
  const [table] = rig.tables(DEVICE)
  if (table === undefined) throw new Error('no table')
  rig.route(DEVICE, [table], DOMAIN)
  rig.map(table, { page: 2, target: 0x40001, pages: 1, perm: 3 })
  rig.dma(DEVICE, 0x2000n)
  const leaf = rig.ask(DEVICE, 0x2000n).references.at(-1)?.address ?? 0
  rig.bulk.memory.write64(leaf, lo32(0x50001003n), hi32(0n))
  return rig
}

const flushedBy = (scope: InvalidationScope) => {
  const rig = changedBehind()
  rig.events.length = 0
  rig.invalidate(scope)
  const found = rig.dma(DEVICE, 0x2abcn)
  return {
    rig,
    output: answerOf(found),
    cache: found.ok && found.cache,
    told: rig.eventsOf('invalidated')[0],
  }
}

const range = (firstPage: number, lastPage: number, domain = DOMAIN): InvalidationScope => {
  return { kind: 'range', domain, firstPage, lastPage }
}

describe('a table changed without an invalidation', () => {
  it('is not seen by DMA, and the hit is told as stale', () => {
    const rig = changedBehind()
    const found = rig.dma(DEVICE, 0x2abcn)
    expect(found).toMatchObject({ ok: true, output: 0x40001abc, cache: 'stale-hit' })
    const ops = rig.eventsOf('cache').filter(event => event.which === 'iotlb')
    expect(ops.map(event => event.op)).toEqual(['miss', 'fill', 'stale-hit'])
  })

  it('is seen by a walk that asks no cache', () => {
    expect(answerOf(changedBehind().ask(DEVICE, 0x2abcn))).toBe(0x50001abc)
  })

  it.each<[string, InvalidationScope, number]>([
    ['another page', range(3, 3), 0],
    ['another domain', { kind: 'domain', domain: 6 }, 0],
    ['the same page of another domain', range(2, 2, 6), 0],
  ])('stays stale when %s is invalidated', (_, scope, dropped) => {
    const { output, cache, told } = flushedBy(scope)
    expect([output, cache, told?.dropped]).toEqual([0x40001abc, 'stale-hit', dropped])
  })

  it.each<[string, InvalidationScope, bigint, bigint]>([
    ['the page', range(2, 2), 0x500f2n, 0x2000n],
    ['pages 1 to 2, covered by four pages at 0', range(1, 2), 0x500f2n, 0x2n],
    ['a range too large for a mask', range(0, 0x80000), 0x500e2n, 0n],
    ['the domain', { kind: 'domain', domain: DOMAIN }, 0x500e2n, 0n],
    ['everything', { kind: 'all' }, 0xd2n, 0n],
  ])('is seen once %s is invalidated', (_, scope, low, high) => {
    const { output, cache, told } = flushedBy(scope)
    expect([output, cache, told?.dropped]).toEqual([0x50001abc, 'miss', 1])
    expect(told?.raw).toEqual([low, high])
  })

  it('counts the flush that was issued', () => {
    expect(flushedBy(range(2, 2)).rig.cost('flushRange')).toBe(1)
    expect(flushedBy(range(0, 0x80000)).rig.cost('flushDomain')).toBe(1)
    expect(flushedBy({ kind: 'all' }).rig.cost('flushAll')).toBe(1)
  })

  it('a right that was taken away still works until the flush', () => {
    const rig = changedBehind()
    const leaf = rig.ask(DEVICE, 0x2000n).references.at(-1)?.address ?? 0
    rig.bulk.memory.write64(leaf, 0x40001001, 0)
    expect(rig.dma(DEVICE, 0x2000n, 'write')).toMatchObject({ ok: true, cache: 'stale-hit' })
    rig.invalidate(range(2, 2))
    expect(answerOf(rig.dma(DEVICE, 0x2000n, 'write'))).toBe('0x85')
  })

  it('a right that was added works at once: hardware asks the table again', () => {
    const rig = changedBehind()
    const leaf = rig.ask(DEVICE, 0x2000n).references.at(-1)?.address ?? 0
    rig.bulk.memory.write64(leaf, 0x40001001, 0)
    rig.invalidate(range(2, 2))
    rig.dma(DEVICE, 0x2000n)
    rig.bulk.memory.write64(leaf, 0x40001003, 0)
    expect(rig.dma(DEVICE, 0x2000n, 'write')).toMatchObject({ ok: true, cache: 'miss' })
  })
})

describe('routing to blocked', () => {
  it('drops the domain, so that a later route starts cold', () => {
    const rig = changedBehind()
    rig.block(DEVICE)
    expect(rig.dma(DEVICE, 0x2000n).ok).toBe(false)
    expect(rig.eventsOf('invalidated').at(-1)?.dropped).toBe(1)
  })
})

describe('what is counted', () => {
  it('references cold and warm, hits and misses, for DMA only', () => {
    const rig = changedBehind()
    rig.ask(DEVICE, 0x2000n, { cached: true })
    expect([rig.cost('iotlbMisses'), rig.cost('iotlbHits')]).toEqual([1, 0])
    expect([rig.cost('dmaReferencesCold'), rig.cost('dmaReferencesWarm')]).toEqual([8, 8])
    rig.dma(DEVICE, 0x2000n)
    expect([rig.cost('iotlbMisses'), rig.cost('iotlbHits')]).toEqual([1, 1])
    expect([rig.cost('dmaReferencesCold'), rig.cost('dmaReferencesWarm')]).toEqual([16, 8])
  })
})

describe('history', () => {
  it('stepping back brings the stale entry back', () => {
    const rig = changedBehind()
    const before = rig.bulk.journal.mark()
    rig.invalidate(range(2, 2))
    const flushed = rig.bulk.journal.mark()
    rig.bulk.journal.undoTo(before)
    expect(answerOf(rig.ask(DEVICE, 0x2000n, { cached: true }))).toBe(0x40001000)
    rig.bulk.journal.redoTo(flushed)
    expect(answerOf(rig.ask(DEVICE, 0x2000n, { cached: true }))).toBe(0x50001000)
  })
})
