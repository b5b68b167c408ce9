import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import type { AccountingView } from './contract'
import { acts, flowOf } from './flows.fixture'
import { inspect } from './inspect'

function accounting(session: FlowSession): AccountingView {
  const answer = inspect(session, { what: 'accounting', from: 0, count: 2 ** 31 })
  if (answer.what !== 'accounting') throw new Error()
  return answer.view
}

describe('accounting', () => {
  it('payers add up to what is charged, pinned pages are counted once, pages charged twice are told', () => {
    fc.assert(
      fc.property(acts, list => {
        const session = createSession(flowOf(list))
        for (let n = 9; n <= session.steps.length; n++) {
          session.seek(n)
          const view = accounting(session)
          const charges = new Map<bigint, number>()
          for (const space of session.state().addressSpaces)
            for (const { target, iova, last } of space.areas)
              for (let page = target; page <= target + (last - iova); page += 4096n)
                charges.set(page, (charges.get(page) ?? 0) + 1)
          const sum = [...charges.values()].reduce((all, times) => all + times, 0)
          expect(view.charged).toBe(sum)
          expect(view.payers.filter(row => row.mark !== '-').reduce((all, row) => all + row.pages, 0)).toBe(
            sum,
          )
          expect(view.pinned).toBe(charges.size)
          expect(view.twicePages).toBe([...charges.values()].filter(times => times > 1).length)
          const told = view.twice.flatMap(({ hva, last }) => {
            const found: bigint[] = []
            for (let page = hva; page <= last; page += 4096n) found.push(page)
            return found
          })
          if (view.twice.length < 50)
            expect(told).toEqual(
              [...charges]
                .filter(([, times]) => times > 1)
                .map(([page]) => page)
                .sort((a, b) => Number(a - b)),
            )
        }
      }),
      { seed: 71, numRuns: 6 },
    )
  })

  it('a registered range is charged once, however many map it', () => {
    const session = createSession(
      flowOf([
        { kind: 'register', target: 0, pages: 1024 },
        { kind: 'map', space: 1, page: 0, pages: 16, target: 0 },
        { kind: 'map', space: 2, page: 0, pages: 16, target: 0 },
      ]),
    )
    const view = accounting(session)
    expect([view.charged, view.pinned, view.twicePages]).toEqual([1024, 1024, 0])
    expect(view.rows).toMatchObject([{ how: 'registered', pages: 1024, mappings: 2, mark: '~' }])
  })

  it('marks what the step brought and took away', () => {
    const session = createSession(
      flowOf([
        { kind: 'map', space: 1, page: 0, pages: 16, target: 0 },
        { kind: 'unmap', space: 1, page: 0, pages: 16 },
      ]),
    )
    const gone = accounting(session)
    expect(gone.rows.map(row => row.mark)).toEqual(['-'])
    expect(gone.payers.map(row => [row.name, row.mark])).toEqual([['s1', '-']])
    session.seek(session.steps.length - 1)
    const added = accounting(session)
    expect(added.rows.map(row => [row.hva, row.last, row.mark])).toEqual([[0x4000_0000n, 0x4000_ffffn, '+']])
  })
})
