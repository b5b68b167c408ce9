import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import type { EventBody } from '../trace/events'
import { eventRow, eventRows } from './event-rows'
import { valueText } from './event-words'
import { graphView } from './graph'

const FLOW = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#memory 0x40000000 1GB guest
fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
map = { .ioasid = gpa; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
child = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa);
at = { .ioasid = child };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
map = { .ioasid = child; .iova = 0x7000; .vaddr = 0x2000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
dma_read(dev1, 0x7000, 4);
`
const session = createSession(FLOW)

function rowsOn(line: number) {
  const step = session.steps.find(one => one.line === line)
  return eventRows(session, step?.n ?? 0)
}

describe('events as rows', () => {
  it('1 GiB of large pages is one row, with the value of its first entry and the step to the next', () => {
    const written = rowsOn(11).filter(row => row.kind === 'entries-written')
    // 512 leaves of 2 MiB under one PD; SSP levels by their names of the specification.
    expect(written.map(row => row.object.replace(/ @.*/, ''))).toEqual(['PML4[0]', 'PDPT[0]', 'PD[0..511]'])
    expect(written.at(-1)?.detail).toMatch(
      /^0x0000_0000_0000_0000 -> 0x0000_000[0-9a-f]_[0-9a-f]{4}_[0-9a-f]{4}, each next \+ 0x[0-9a-f_]+$/,
    )
    expect(written.every(row => row.mark === '+')).toBe(true)
  })

  it('areas name the space and the kind of address: HVA for a root, the parent for a child', () => {
    const [root] = rowsOn(11).filter(row => row.kind === 'area-added')
    expect(root).toMatchObject({
      mark: '+',
      object: 'gpa',
      detail: 'IOVA 0x0 .. 0x3fff_ffff -> HVA 0x4000_0000 rw',
    })
    const [child] = rowsOn(16).filter(row => row.kind === 'area-added')
    expect(child).toMatchObject({ object: 'child', detail: 'IOVA 0x7000 .. 0x7fff -> gpa 0x2000 rw' })
  })

  it('leads to the object it is about, which the graph has at that step', () => {
    for (const { n } of session.steps) {
      session.seek(n)
      const known = new Set(graphView(session).nodes.map(node => node.id))
      for (const row of eventRows(session, n)) {
        if (row.node !== null)
          expect(known.has(row.node), `${row.node} of ${row.kind} at step ${n}`).toBe(true)
      }
    }
    expect(rowsOn(11).find(row => row.kind === 'area-added')?.node).toMatch(/^space:/)
    expect(rowsOn(17).find(row => row.kind === 'reference')?.node).toBe('iommu:0')
    expect(rowsOn(17).find(row => row.kind === 'dma')?.node).toBe('device:dev1')
  })

  const { root } = session.machine
  const scene = { before: root, after: root, context: null }
  it.each<[EventBody, string, string, string]>([
    [
      { kind: 'return', actor: 'kernel', ret: -1, errno: 'EINVAL', rule: 'map.alignment', out: null },
      '!',
      'kernel to VMM',
      '-EINVAL, rule map.alignment, nothing changed',
    ],
    [
      { kind: 'charged', actor: 'kernel', who: 'mm', delta: -512, total: 0, limit: 1024 },
      '~',
      'mm',
      '-512 pages, 0 now of 1,024',
    ],
    [
      { kind: 'routed', actor: 'kernel', device: 'dev1', pasid: 5, from: null, to: 2, table: 1 },
      '~',
      'dev1 PASID 0x5',
      'none -> child',
    ],
    [
      {
        kind: 'entries-written',
        actor: 'kernel',
        table: 99,
        level: 0,
        hpa: 0x10_6000n,
        index: 0,
        count: 512,
        before: 0xffff_ffff_ffff_f003n,
        after: 0n,
        stride: 0n,
      },
      '-',
      'level 0[0..511] @ 0x10_6000',
      '0xffff_ffff_ffff_f003 -> 0x0000_0000_0000_0000',
    ],
    [
      {
        kind: 'invalidated',
        actor: 'iommu',
        command: 'IOTLB invalidate',
        raw: [0x1_00e2n, 0n],
        scope: 'domain 1',
        dropped: 1,
      },
      '-',
      'IOTLB invalidate',
      'domain 1, 1 entry dropped, 0x0000_0000_0001_00e2 0x0000_0000_0000_0000',
    ],
    [
      {
        kind: 'fault',
        actor: 'iommu',
        code: '0x79',
        name: 'entry not present',
        stage: 'second',
        level: 0,
        addr: 0x3000n,
        access: 'read',
        recoverable: false,
      },
      '!',
      '0x79 entry not present',
      'read 0x3000, second stage level 0',
    ],
  ])('%o', (body, mark, object, detail) => {
    expect(eventRow({ ...body, step: 1, sub: 0, seq: 1 }, scene)).toMatchObject({ mark, object, detail })
  })

  it('small numbers are counts, larger ones addresses', () => {
    expect(valueText({ ioasid: 2n, iova: 0x2000n, flags: 'READ' })).toBe(
      '{ ioasid 2, iova 0x2000, flags READ }',
    )
    expect(valueText([-1n, null])).toBe('[-1, none]')
  })
})
