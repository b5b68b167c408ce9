/** A user's table in guest memory, against the hardware's own walk of it and against what the guest mapped. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import { graphView } from '../graph'
import { inspectorView } from '../inspector'
import type { TableQuery } from './contract'
import { inspect } from './inspect'

const START = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#memory 0x40000000 64MB guest pages=scattered
fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, gpa_ioasid);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa_ioasid, .iova = 0, .vaddr = 0x40000000, .size = 64MB });
giova_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
ioctl(fd1, VFIO_ATTACH_IOASID, giova_ioasid);
giova_pgtable = 0x100000;
ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = giova_ioasid, .addr = giova_pgtable });
`

const hex = (page: number) => `0x${(page * 4096).toString(16)}`
const map = (from: number, to: number) => `guest_map(giova_pgtable, ${hex(from)}, ${hex(to)}, 4KB);`
const unmap = (page: number) => `guest_unmap(giova_pgtable, ${hex(page)}, 4KB);`

function nested(session: FlowSession): string {
  const space = [...session.machine.root.spaces.values()].find(one => one.name === 'giova_ioasid')
  if (space === undefined) throw new Error('no child')
  return `space:${space.uid}`
}

function ask(session: FlowSession, change: Partial<TableQuery> = {}) {
  const id = nested(session)
  const table = inspectorView(session, id)?.tables[0]?.table ?? -1
  const query = { id, table, toggled: [], focus: null, from: 0, count: 2 ** 31, ...change }
  const answer = inspect(session, { what: 'table', ...query })
  return answer.what === 'table' ? answer.view : null
}

/** The first-stage references of the hardware's walk: where each entry lies, and its word. */
function walked(session: FlowSession, page: number) {
  const walk = session.walk({ device: 'dev1', pasid: null, address: BigInt(page) * 4096n, write: false })
  if ('problem' in walk) throw new Error(walk.problem)
  const references = walk.references.filter(one => one.stage === 'first')
  return { walk, entries: references.map(({ level, address, value }) => ({ level, hpa: address, value })) }
}

const page = fc.constantFrom(0, 2, 3, 511, 512, 0x4_0000, 0x4_0001, 0x800_0000)
const target = fc.constantFrom(1, 2, 0x200, 0x201, 0x2fff)

describe('a table in guest memory', () => {
  it('is read where the hardware reads it, entry by entry', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(page, target), { minLength: 1, maxLength: 8 }), maps => {
        const session = createSession(START + maps.map(one => map(...one)).join('\n'))
        for (const [from] of maps) {
          const { walk, entries } = walked(session, from)
          expect(walk.ok).toBe(true)
          const iova = BigInt(from) * 4096n
          const seen = entries.map(
            ({ level }) => ask(session, { focus: { iova, level, exact: true } })?.entry,
          )
          expect(seen.map(one => ({ level: one?.level, hpa: one?.hpa, value: one?.value }))).toEqual(entries)
          expect(seen.at(-1)?.outputHpa).toBe(walk.output)
        }
      }),
      { seed: 71, numRuns: 12 },
    )
  })

  it('has exactly the pages that the guest mapped, at their guest addresses', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(page, fc.option(target)), { minLength: 1, maxLength: 10 }), acts => {
        const lines = acts.map(([from, to]) => (to === null ? unmap(from) : map(from, to)))
        const mapped = new Map<number, number>()
        for (const [from, to] of acts) to === null ? mapped.delete(from) : mapped.set(from, to)
        const session = createSession(START + lines.join('\n'))
        const leaves = (ask(session)?.rows ?? [])
          .filter(row => row.kind === 'leaf')
          .flatMap(row => Array.from({ length: row.lastIndex - row.index + 1 }, (_, k) => [row, k] as const))
          .map(([row, k]) => [Number(row.iova >> 12n) + k, Number((row.output ?? 0n) >> 12n)] as const)
        // A run names its first page; pages of a run follow each other in both spaces here.
        const expected = [...mapped].toSorted(([a], [b]) => a - b)
        expect(leaves.map(([at]) => at)).toEqual(expected.map(([at]) => at))
        expect(leaves[0]?.[1]).toBe(expected[0]?.[1])
      }),
      { seed: 72, numRuns: 12 },
    )
  })

  it('tells both addresses of an entry, and what the parent makes of where it leads', () => {
    const session = createSession(`${START}${map(0x7, 0x2)}\n${map(0x9, 0x8000)}`)
    expect(inspectorView(session, nested(session))?.lowest).toBe(0x7000n)
    expect(ask(session)).toMatchObject({ within: 'gpa_ioasid', root: 0x10_0000n, title: /first/i })
    const leaf = ask(session, { focus: { iova: 0x7000n, level: null, exact: true } })?.entry
    const space = { device: 'dev1', pasid: null, write: false }
    expect(leaf).toMatchObject({ kind: 'leaf', output: 0x2000n, hva: 0x4000_2000n, effective: 'rw' })
    const direct = session.walk({ ...space, address: 0x7000n })
    expect(leaf?.outputHpa).toBe('problem' in direct ? null : direct.output)
    // GPA 0x8000000 is above the 64 MB that the parent maps.
    const beyond = ask(session, { focus: { iova: 0x9000n, level: null, exact: true } })?.entry
    expect(beyond).toMatchObject({ output: 0x800_0000n, outputHpa: null, hva: null })
  })

  it('marks what the guest wrote, in the table, on the tab and in the picture', () => {
    const session = createSession(`${START}${map(0x7, 0x2)}\n${map(0x8, 0x3)}`)
    const row = ask(session)?.rows.find(one => one.index === 8 && one.level === 0)
    expect(row).toMatchObject({ mark: '+', kind: 'leaf', iova: 0x8000n })
    expect(inspectorView(session, nested(session))?.marks.table).toBe('~')
    const node = graphView(session).nodes.find(one => one.id === nested(session))
    expect(node?.rows.find(one => one.label === 'leaves')).toMatchObject({
      before: '1 x 4 KiB',
      value: '2 x 4 KiB',
      mark: '~',
    })
  })

  it('shows no entries where the table lies in no memory', () => {
    const session = createSession(START.replace('giova_pgtable = 0x100000', 'giova_pgtable = 0x8000000'))
    expect(ask(session)).toMatchObject({ rootHpa: null, rows: [], entry: null })
  })

  it('a table that points back at itself is told to its end', () => {
    // Every entry: present, writable, user, accessed, dirty, and the table itself.
    const own = String.raw`\x67\x00\x10\x00\x00\x00\x00\x00`.repeat(512)
    const session = createSession(
      `${START.slice(0, START.indexOf('giova_ioasid ='))}dma_write(dev1, 0x100000, "${own}");\n${START.slice(START.indexOf('giova_ioasid ='))}`,
    )
    expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
    const rows = ask(session, { count: 100 })?.rows ?? []
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map(row => row.value)).toEqual(rows.map(() => 0x10_0067n))
    const node = graphView(session).nodes.find(one => one.id === nested(session))
    expect(node?.rows.map(row => row.label)).toContain('leaves')
  })
})
