/** Page requests in the picture and the fields, through the whole of one: asked, read, answered. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../session/session'
import { graphView } from './graph'
import { inspect } from './inspect/inspect'
import { inspectorView } from './inspector'

const FLOW = readFileSync(new URL('../../scenarios/page-fault.flow', import.meta.url), 'utf8')

/** Where the flow stands after a call. */
function at(call: string): FlowSession {
  const session = createSession(FLOW)
  const step = session.steps.find(one => one.call === call)
  if (step === undefined) throw new Error(`no ${call}`)
  session.seek(step.n)
  return session
}

function rows(session: FlowSession, id: string, label: string) {
  return (inspectorView(session, id)?.fields ?? [])
    .filter(row => row.label === label)
    .map(({ value, mark }) => `${mark}${value}`)
}

function node(session: FlowSession, id: string) {
  const found = graphView(session).nodes.find(one => one.id === id)
  if (found === undefined) throw new Error(`no ${id}`)
  return { subtitle: found.subtitle, rows: found.rows.map(row => `${row.mark}${row.label} ${row.value}`) }
}

const space = (session: FlowSession) => {
  const [found] = [...session.machine.root.spaces.values()].filter(one => one.name === 'gva_ioasid')
  return `space:${found?.uid}`
}
const context = (session: FlowSession) => `context:${[...session.machine.root.contexts.keys()][0]}`

describe('a page request', () => {
  it('asked for: the device waits, the ring holds it, the VMM is to read it', () => {
    const session = at('dma_write')
    // The flow has an earlier write that went through; the one that waits is the second.
    session.seek(session.steps.filter(one => one.call === 'dma_write').at(-1)?.n ?? 0)
    expect(node(session, 'device:dev1').rows).toContain('+waits write 0x7000')
    expect(node(session, space(session)).rows).toContain('+faults 1 pending, 1 unread')
    expect(node(session, context(session)).subtitle).toContain('fault ring 1 of 16')
    expect(rows(session, 'device:dev1', 'waiting DMA')).toEqual([
      '+write of 4 bytes at 0x7000 PASID 0x5, for the answer to group 0',
    ])
    const told = '+write 0x7000 by dev1 PASID 0x5, group 0; in the ring: the VMM reads it'
    for (const id of ['device:dev1', space(session), context(session)])
      expect(rows(session, id, 'fault')).toEqual([told])
    expect(rows(session, context(session), 'fault ring')).toEqual(['+1 of 16 unread'])
    expect(rows(session, 'iommu:0', 'page request')).toEqual([
      '+group 0, 1 page at 0x7000 PASID 0x5, unanswered',
    ])
  })

  it('read: it still waits, and the guest or its VMM answers', () => {
    const session = at('read')
    expect(rows(session, space(session), 'fault')[0]).toContain('read: the guest or its VMM answers')
    expect(node(session, context(session)).subtitle).not.toContain('ring')
    expect(rows(session, 'device:dev1', 'waiting DMA')).toHaveLength(1)
  })

  it('answered: nothing waits, shown gone for one step', () => {
    const session = at('page_response')
    expect(node(session, 'device:dev1').rows).toContain('-waits write 0x7000')
    expect(rows(session, 'iommu:0', 'page request')).toEqual([
      '-group 0, 1 page at 0x7000 PASID 0x5, unanswered',
    ])
    session.seek(session.at + 1)
    expect(rows(session, space(session), 'fault')).toEqual([])
    expect(rows(session, 'device:dev1', 'waiting DMA')).toEqual([])
  })
})

describe('caches at a step', () => {
  const counts = (session: FlowSession) => {
    const answer = inspect(session, { what: 'caches' })
    if (answer.what !== 'caches') throw new Error('no caches')
    return Object.fromEntries(answer.view.map(({ title, step, sum }) => [title, { step, sum }]))
  }
  const NONE = { hit: 0, 'stale-hit': 0, miss: 0, fill: 0, evict: 0 }

  it('count what the step asked, and hits and misses so far', () => {
    const nesting = readFileSync(new URL('../../scenarios/hardware-nesting.flow', import.meta.url), 'utf8')
    const session = createSession(nesting)
    // "guest page" is read twice from 0x2000: after the map, and again after the guest took the mapping back.
    const reads = session.steps.filter(one => one.call === 'dma_read' && one.ret === 10).map(one => one.n)
    expect(reads).toHaveLength(2)
    session.seek(reads[0] ?? 0)
    const { IOTLB: first } = counts(session)
    expect(first?.step).toEqual({ ...NONE, miss: 1, fill: 1 })
    session.seek(reads[1] ?? 0)
    const { IOTLB: second } = counts(session)
    expect(second?.step).toEqual({ ...NONE, 'stale-hit': 1 })
    expect(second?.sum).toEqual({ hits: (first?.sum?.hits ?? 0) + 1, misses: first?.sum?.misses })
  })

  it('tell device TLBs apart by their owner', () => {
    const session = at('dma_write')
    session.seek(session.steps.filter(one => one.call === 'dma_write').at(-1)?.n ?? 0)
    expect(counts(session)['device TLB of 00:03.0']?.step.miss).toBeGreaterThan(0)
  })
})
