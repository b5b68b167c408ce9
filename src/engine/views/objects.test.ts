/**
 * Flows on a file of objects, seen: an IOAS is drawn as a space with its areas by the byte, a user's table as a child
 * of it, and no question about any object of any step goes without an answer.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import { asciiGraph } from './ascii'
import { graphView } from './graph'
import { inspect } from './inspect/inspect'
import { inspectorView } from './inspector'

const flow = (name: string) => readFileSync(new URL(`../../scenarios/${name}.flow`, import.meta.url), 'utf8')

const FLOWS = ['linux-simple', 'linux-multiple', 'linux-shadow', 'linux-nesting', 'linux-vsva']

const PIECE = { from: 0, count: 20 } as const

describe.each(FLOWS)('%s', name => {
  it('answers every question at every step', () => {
    const session = createSession(flow(name))
    for (let n = 0; n <= session.steps.length; n++) {
      session.seek(n)
      for (const { id, kind } of graphView(session).nodes) {
        const view = inspectorView(session, id)
        expect(view, `${n} ${id}`).not.toBeNull()
        if (kind !== 'space') continue
        const { view: areas } = inspect(session, { what: 'areas', id, find: 0n, ...PIECE }) as {
          view: { total: number }
        }
        expect(areas.total).toBeGreaterThanOrEqual(view?.areas.count ?? 0)
        for (const { table } of view?.tables ?? []) {
          const query = { what: 'table', id, table, toggled: [], focus: null, ...PIECE } as const
          expect(inspect(session, query).view, `${n} ${id} ${table}`).not.toBeNull()
        }
      }
      for (const what of ['caches', 'refusal'] as const)
        expect(inspect(session, { what })).toMatchObject({ what })
    }
  })

  it('explains every step', () => {
    const session = createSession(flow(name))
    const counts = session.steps.map(({ n }) => session.explain(n).length)
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(counts.length)
  })
})

describe('an area by the byte', () => {
  const TEXT = `#dialect   iommufd
#memory    0x40000000 1MB
iommufd = open("/dev/iommu", O_RDWR);
ioas = { .flags = 0 };
ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas);
map = { .flags = 7; .ioas_id = ioas.out_ioas_id; .user_va = 0x40000800; .length = 16; .iova = 0x1800 };
ioctl(iommufd, IOMMU_IOAS_MAP, &map);
map = { .flags = 7; .ioas_id = ioas.out_ioas_id; .user_va = 0x40002000; .length = 8KB; .iova = 0x5000 };
ioctl(iommufd, IOMMU_IOAS_MAP, &map);
unmap = { .ioas_id = ioas.out_ioas_id; .iova = 0x1800; .length = 16 };
ioctl(iommufd, IOMMU_IOAS_UNMAP, &unmap);
`

  it('is shown by the pages it lies in, marked where it came and where it went', () => {
    const session = createSession(TEXT)
    const rows = (n: number) => {
      session.seek(n)
      const id = graphView(session).nodes.find(node => node.kind === 'space')?.id ?? ''
      const answer = inspect(session, { what: 'areas', id, find: null, ...PIECE })
      const view = answer.what === 'areas' ? answer.view : null
      return view?.rows.map(({ iova, last, target, mark }) => [iova, last, target, mark])
    }
    expect(rows(3)).toEqual([[0x1000n, 0x1fffn, 0x40000000n, '+']])
    expect(rows(4)).toEqual([
      [0x1000n, 0x1fffn, 0x40000000n, ''],
      [0x5000n, 0x6fffn, 0x40002000n, '+'],
    ])
    expect(rows(5)).toEqual([
      [0x1000n, 0x1fffn, 0x40000000n, '-'],
      [0x5000n, 0x6fffn, 0x40002000n, ''],
    ])
  })
})

it('a picture in text has the IOAS, the table over it and the device', () => {
  const session = createSession(flow('linux-nesting'))
  session.seek(session.steps.length)
  const text = asciiGraph(graphView(session))
  for (const word of ['iommufd (with HWPT_NESTED)', 'user table', 'dev1', 'nest parent'])
    expect(text).toContain(word)
})
