import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import { staleness } from './caches'
import type { CacheView } from './contract'
import { flowOf } from './flows.fixture'
import { inspect } from './inspect'

function iotlb(session: FlowSession): CacheView {
  const answer = inspect(session, { what: 'caches' })
  const found = answer.what === 'caches' ? answer.view.find(cache => cache.cache === 'iotlb') : undefined
  if (found === undefined) throw new Error('no IOTLB')
  return found
}

const FLOW = flowOf([
  { kind: 'map', space: 1, page: 1, pages: 2, target: 0 },
  { kind: 'dma', device: 1, page: 1 },
  { kind: 'dma', device: 1, page: 2 },
  { kind: 'unmap', space: 1, page: 1, pages: 2 },
])

/** The leaf entry that translates a page of dev1, by the walk's own last reference. */
function leafOf(session: FlowSession, address: bigint): number {
  const walk = session.walk({ device: 'dev1', pasid: null, address, write: false })
  if ('problem' in walk) throw new Error(walk.problem)
  return Number(walk.references.at(-1)?.address ?? 0n)
}

describe('caches', () => {
  it('lists what DMA put in, marked at the step that did', () => {
    const session = createSession(FLOW)
    session.seek(session.steps.length - 1)
    const { rows, columns } = iotlb(session)
    const at = columns.findIndex(column => column.kind === 'address')
    expect(rows.map(row => [row.cells[at], row.mark, row.stale])).toEqual([
      [0x1000n, '', null],
      [0x2000n, '+', null],
    ])
  })

  it('an invalidation takes entries away, marked for one step', () => {
    const session = createSession(FLOW)
    expect(iotlb(session).rows.map(row => row.mark)).toEqual(['-', '-'])
  })

  it('an entry whose table changed behind its back is stale, and says what the table says', () => {
    const session = createSession(FLOW)
    session.seek(session.steps.length - 1)
    const { machine } = session
    const { memory, journal } = machine.bulk
    const leaf = leafOf(session, 0x1000n)
    const claims = machine.platform
      .caches(machine.hw(), machine.root.hw)
      .filter(cache => cache.cache === 'iotlb')
      .flatMap(cache => cache.rows.map(row => row.claim))
    const stale = () => claims.map(claim => (claim === null ? null : staleness(machine, claim)))
    const words = [memory.readLo(leaf), memory.readHi(leaf)] as const
    journal.scratch(() => {
      memory.write64(leaf, words[0] ^ 0x4000, words[1])
      expect(stale()).toEqual([expect.stringContaining('the table says HPA'), null])
      memory.write64(leaf, 0, 0)
      expect(stale()[0]).toMatch(/^the table says fault/)
      memory.write64(leaf, words[0] & ~2, words[1])
      expect(stale()[0]).toBe('the table no longer grants w')
    })
    expect(stale()).toEqual([null, null])
  })
})
