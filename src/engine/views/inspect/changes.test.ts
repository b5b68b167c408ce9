import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import { graphView } from '../graph'
import { inspectorView } from '../inspector'
import type { ChangesView, ChangeTarget } from './contract'
import { acts, flowOf } from './flows.fixture'
import { inspect } from './inspect'

function changes(session: FlowSession, target: ChangeTarget): ChangesView {
  const answer = inspect(session, { what: 'changes', target })
  if (answer.what !== 'changes') throw new Error()
  return answer.view
}

/** The steps at which `value` came out differently, by standing at every step of the run. */
function naive(session: FlowSession, value: () => unknown): readonly number[] {
  const seen = Array.from({ length: session.steps.length + 1 }, (_, n) => {
    session.seek(n)
    return JSON.stringify(value(), (_, v) => (typeof v === 'bigint' ? `${v}n` : v))
  })
  return seen.flatMap((now, n) => (n > 0 && now !== seen[n - 1] ? [n] : []))
}

function expectAt(session: FlowSession, target: ChangeTarget, steps: readonly number[]): void {
  for (const at of [0, 9, Math.ceil(session.steps.length / 2), session.steps.length]) {
    session.seek(at)
    const last = steps.findLast(n => n <= at) ?? null
    expect(changes(session, target), `${JSON.stringify(target, String)} at ${at}`).toEqual({
      first: steps[0] ?? null,
      last,
      previous: last === null ? null : (steps.findLast(n => n < last) ?? null),
      next: steps.find(n => n > at) ?? null,
      complete: true,
    })
  }
}

describe('when something changed', () => {
  it('words of the tables, areas, pins, fields and edges, as standing at every step tells', () => {
    fc.assert(
      fc.property(acts, list => {
        const session = createSession(flowOf(list))
        const { machine } = session
        const pool = [...Array(40).keys()].map(k => 0x8_0000 + k * 4096)
        for (const hpa of [...pool, ...pool.map(at => at + 16), 0x1_4000_0000])
          expectAt(
            session,
            { kind: 'word', hpa: BigInt(hpa) },
            naive(session, () => machine.bulk.memory.read64(hpa)),
          )
        for (const id of [2, 3])
          for (const page of [0, 2, 512]) {
            const iova = BigInt(page) << 12n
            const areaOf = () => {
              const name = machine.root.spaces.get(id)?.id
              const space = session.state().addressSpaces.find(one => one.id === name)
              return space?.areas.find(area => area.iova === iova)
            }
            expectAt(session, { kind: 'area', id: `space:${id}`, iova }, naive(session, areaOf))
          }
        for (const id of ['space:2', 'device:dev2', 'memory']) {
          const fields = () => inspectorView(session, id)?.fields.filter(row => row.mark !== '-')
          const plain = () => fields()?.map(row => [row.label, row.value])
          expectAt(session, { kind: 'object', id }, naive(session, plain))
        }
        const attached = () =>
          inspectorView(session, 'device:dev2')?.fields.find(
            row => row.label === 'attached' && row.mark !== '-',
          )?.value
        expectAt(session, { kind: 'field', id: 'device:dev2', label: 'attached' }, naive(session, attached))
        const edge = 'map:space:2'
        const drawn = () =>
          graphView(session)
            .edges.filter(e => e.id === edge && e.mark !== '-')
            .map(e => e.label)
        expectAt(session, { kind: 'edge', id: edge }, naive(session, drawn))
      }),
      { seed: 51, numRuns: 3 },
    )
  })

  it('a count of pins changes with every map of the page, cut and joined as ranges may be', () => {
    const session = createSession(
      flowOf([
        { kind: 'map', space: 1, page: 0, pages: 16, target: 0 },
        { kind: 'map', space: 2, page: 0, pages: 1, target: 3 },
        { kind: 'map', space: 2, page: 8, pages: 1, target: 9 },
        { kind: 'unmap', space: 2, page: 0, pages: 1 },
      ]),
    )
    const { length } = session.steps
    session.seek(length)
    const view = changes(session, { kind: 'pin', hva: 0x4000_3000n })
    expect(view).toEqual({
      first: length - 3,
      last: length,
      previous: length - 2,
      next: null,
      complete: true,
    })
  })

  it('a registered range changes with the mappings that lie in it', () => {
    const session = createSession(
      flowOf([
        { kind: 'register', target: 0, pages: 1024 },
        { kind: 'map', space: 1, page: 0, pages: 16, target: 0 },
        { kind: 'dma', device: 1, page: 0 },
        { kind: 'map', space: 2, page: 0, pages: 1, target: 3 },
      ]),
    )
    const { length } = session.steps
    session.seek(length - 1)
    const view = changes(session, { kind: 'prereg', id: 'context:1', vaddr: 0x4000_0000n })
    expect(view).toEqual({
      first: length - 3,
      last: length - 2,
      previous: length - 3,
      next: length,
      complete: true,
    })
  })
})
