import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import { stripOf } from './area-strip'
import type { AreasQuery, AreasWindow } from './contract'
import { acts, flowOf } from './flows.fixture'
import { inspect } from './inspect'

function ask(session: FlowSession, uid: number, change: Partial<AreasQuery> = {}): AreasWindow {
  const query = { what: 'areas', id: `space:${uid}`, from: 0, count: 2 ** 31, find: null, ...change } as const
  const answer = inspect(session, query)
  if (answer.what !== 'areas' || answer.view === null) throw new Error('no areas')
  return answer.view
}

describe('areas by windows', () => {
  it('rows are the areas of the state, marks what differs from the state before', () => {
    fc.assert(
      fc.property(acts, list => {
        const session = createSession(flowOf(list))
        for (let n = 9; n <= session.steps.length; n++) {
          session.seek(n)
          for (const uid of [2, 3]) {
            const id = session.machine.root.spaces.get(uid)?.id
            const areasNow = () => session.state().addressSpaces.find(one => one.id === id)?.areas ?? []
            const now = areasNow()
            const was = session.peek(n - 1, areasNow)
            const { rows } = ask(session, uid)
            expect(
              rows
                .filter(row => row.mark !== '-')
                .map(({ iova, last, target, perm }) => ({ iova, last, target, perm })),
            ).toEqual(now)
            const added = now.filter(area => !was.some(old => old.iova === area.iova)).map(area => area.iova)
            const gone = was.filter(area => !now.some(one => one.iova === area.iova)).map(area => area.iova)
            expect(rows.filter(row => row.mark === '+').map(row => row.iova)).toEqual(added)
            expect(rows.filter(row => row.mark === '-').map(row => row.iova)).toEqual(gone)
          }
        }
      }),
      { seed: 61, numRuns: 8 },
    )
  })

  it('finds the area of an address, or the next one, and follows targets through parents', () => {
    const flow = `${flowOf([{ kind: 'map', space: 1, page: 0, pages: 16, target: 32 }])}
child = ioctl(ioasid_fd, IOASID_CREATE_NESTING, s1);
ioctl(fd1, VFIO_ATTACH_IOASID, child);
a = { .ioasid = child; .iova = 0x100000; .vaddr = 0x2000; .size = 8KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &a);
b = { .ioasid = child; .iova = 0x200000; .vaddr = 0x4000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &b);`
    const session = createSession(flow)
    expect(ask(session, 4, { find: 0x10_1fffn }).found).toEqual({ row: 0, inside: true })
    expect(ask(session, 4, { find: 0x10_2000n }).found).toEqual({ row: 1, inside: false })
    expect(ask(session, 4, { find: 0x30_0000n }).found).toEqual({ row: 1, inside: false })
    const { rows, target } = ask(session, 4)
    expect(target).toBe('s1')
    expect(rows.map(row => [row.target, row.hva])).toEqual([
      [0x2000n, 0x4002_2000n],
      [0x4000n, 0x4002_4000n],
    ])
  })
})

describe('the strip', () => {
  const page = fc.nat(1000)
  it('covers every area once, in at most 23 pieces, and holes are where nothing is', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(page, page), { minLength: 1, maxLength: 80 }), sizes => {
        let at = 0
        const areas = sizes.map(([hole, size]) => {
          const first = at + hole
          at = first + size + 1
          return { first, last: first + size, target: 0, perm: 3, mark: '' } as const
        })
        const pieces = stripOf(areas)
        expect(pieces.length).toBeLessThanOrEqual(23)
        const mapped = pieces.filter(piece => piece.areas > 0)
        expect(mapped.reduce((sum, piece) => sum + piece.areas, 0)).toBe(areas.length)
        const bytes = areas.reduce((sum, area) => sum + BigInt(area.last - area.first + 1) * 4096n, 0n)
        expect(mapped.reduce((sum, piece) => sum + piece.bytes, 0n)).toBe(bytes)
        for (const hole of pieces.filter(piece => piece.areas === 0))
          for (const area of areas)
            expect(BigInt(area.last) * 4096n < hole.first || BigInt(area.first) * 4096n > hole.last).toBe(
              true,
            )
        for (const [k, piece] of pieces.entries())
          expect(k === 0 || piece.first > (pieces[k - 1]?.last ?? 0n)).toBe(true)
      }),
      { seed: 62 },
    )
  })
})
