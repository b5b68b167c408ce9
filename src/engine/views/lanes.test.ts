import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../session/session'
import { eventRows } from './event-rows'
import { type LaneRow, lanesThrough, lanesView } from './lanes'

const FLOW = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#device dev2 pci 0000:00:04.0
#memory 0x40000000 1GB guest
fd1 = open("/dev/vfio/devices/dev1", mode);
fd2 = open("/dev/vfio/devices/dev2", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
map = { .ioasid = gpa; .iova = 0x2000; .vaddr = 0x40001000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
dma_read(dev1, 0x2000, 10);
dma_write(dev1, 0x3000, "x");
dma_read(dev1, 0x2000, 10);
unmap = { .ioasid = gpa; .iova = 0x2000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &unmap);
expect(dma_read(dev2, 0x2000, 1) == fault);
`

const session = createSession(FLOW)

function stepOn(line: number): number {
  const found = session.steps.find(step => step.line === line)
  if (found === undefined) throw new Error(`no step on line ${line}`)
  return found.n
}

function drawn({ form, from, to, mark, text }: LaneRow): string {
  const ends =
    form === 'self' || form === 'note' ? `${from} ${form}` : `${from} ${form === 'reply' ? '..' : '->'} ${to}`
  return `${mark === '' ? ' ' : mark} ${ends}: ${text}`
}

describe('lanes', () => {
  it('a map: the call, what the kernel does, what it writes for the IOMMU, the answer', () => {
    const { actors, rows } = lanesView(session, stepOn(14))
    expect(actors.map(actor => actor.name)).toEqual(['VMM', 'kernel', 'IOMMU'])
    // A root table is there since the attach; a first 4 KiB page takes one table a level below it (48 bit: PDPT, PD, PT).
    expect(rows.map(drawn)).toEqual([
      '  vmm -> kernel: IOASID_MAP_DMA',
      '~ kernel self: charged +1 page',
      '+ kernel self: pinned 1 page',
      '+ kernel self: gpa: area added',
      '+ kernel -> iommu: +3 tables, +4 entries',
      '  kernel .. vmm: = 0',
    ])
  })

  it('a guest behind a vIOMMU: it writes, the VMM hears of it, and its call reaches the IOMMU', () => {
    const nested = createSession(`${FLOW}viommu(dev1, gpa, nested, t);
guest_map(t, 0x3000, 0x2000, 4KB);
guest_unmap(t, 0x3000, 4KB);`)
    const { actors, rows } = lanesView(nested, nested.steps.length)
    expect(actors.map(actor => actor.id)).toEqual(['guest', 'vmm', 'kernel', 'iommu'])
    const ends = rows.map(({ from, to }) => `${from} ${to}`)
    expect(ends.filter((one, at) => one !== ends[at - 1])).toEqual([
      'guest guest',
      'guest vmm',
      'vmm kernel',
      'kernel iommu',
      'kernel vmm',
    ])
  })

  it('a refused call reaches the kernel and comes back', () => {
    expect(lanesView(session, stepOn(15)).rows.map(drawn)).toEqual([
      '  vmm -> kernel: IOASID_MAP_DMA',
      '! kernel .. vmm: -EEXIST',
    ])
  })

  it('DMA: the request, every read of memory, the answer', () => {
    const { actors, rows } = lanesView(session, stepOn(16))
    expect(actors.map(actor => actor.name)).toEqual(['IOMMU', 'dev1'])
    // Scalable mode: root, context, PASID directory and PASID entry; then four levels of the second stage.
    // Which caches a platform asks on the way, and in which order, is told by its own tests.
    const rest = rows.map(drawn).filter(row => !/(?:context|PASID|paging-structure) cache/.test(row))
    expect(rest).toEqual([
      '  device -> iommu: read 0x2000, 10 bytes',
      '  iommu self: 4 references, configuration',
      '  iommu self: IOTLB miss',
      '  iommu self: 4 references, second stage',
      '  iommu self: IOTLB fill',
      '  iommu self: IOVA 0x2000 -> HPA 0x1_4000_1000 rw',
      '  iommu .. device: read of 10 bytes',
    ])
  })

  it('a fault goes to the kernel, and the device gets nothing', () => {
    const rows = lanesView(session, stepOn(17)).rows.map(drawn)
    expect(rows.find(row => row.startsWith('!'))).toMatch(/^! iommu -> kernel: fault 0x/)
    expect(rows.at(-1)).toBe('  iommu .. device: write of 0 bytes')
  })

  it('an unmap that may be cached is followed by its invalidation', () => {
    const rows = lanesView(session, stepOn(20)).rows.map(drawn)
    const cleared = rows.findIndex(row => /kernel -> iommu: -\d+ tables, -\d+ entries/.test(row))
    const flushed = rows.findIndex(row => /^- kernel -> iommu: IOTLB invalidate, domain/.test(row))
    expect(cleared).toBeGreaterThan(0)
    expect(flushed).toBeGreaterThan(cleared)
  })

  it('a device that is attached to nothing faults by itself or at the IOMMU', () => {
    const rows = lanesView(session, stepOn(21)).rows
    expect(rows.some(row => row.mark === '!')).toBe(true)
  })

  it('every event of every step belongs to exactly one row, in order', () => {
    for (const { n } of session.steps) {
      const seqs = lanesView(session, n).rows.flatMap(row =>
        Array.from({ length: row.last - row.first + 1 }, (_, i) => row.first + i),
      )
      expect(seqs, `step ${n}`).toEqual(eventRows(session, n).map(event => event.seq))
    }
  })

  it('several steps stand below each other, with the lanes of all', () => {
    const last = session.steps.length
    const { actors, rows } = lanesThrough(session, 1, last)
    expect(actors.map(actor => actor.name)).toEqual(['VMM', 'kernel', 'IOMMU', 'device'])
    expect(rows).toEqual(session.steps.flatMap(step => lanesView(session, step.n).rows))
  })

  it('a hypercall goes from the guest over VMM and kernel to the IOMMU, and back', () => {
    const papr = createSession(`#platform papr
#device dev1 pci 0000:00:01.0
#memory 0x40000000 1GB guest
fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
giova = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, giova);
h_put_tce(0x80000000, 0x2000, 0x7003);`)
    const { actors, rows } = lanesView(papr, papr.steps.length)
    expect(actors.map(actor => actor.name)).toEqual(['guest', 'VMM', 'kernel', 'IOMMU'])
    const arrows = rows.map(row => `${row.from}>${row.to} ${row.text}`)
    expect(arrows[0]).toBe('guest>vmm H_PUT_TCE 0x80000000 0x2000 0x7003')
    expect(arrows[1]).toBe('vmm>kernel IOASID_MAP_DMA')
    expect(arrows).toContain('kernel>iommu +1 entry')
    expect(arrows.slice(-2)).toEqual(['kernel>vmm = 0', 'vmm>guest H_SUCCESS'])
  })

  it('drawing changes nothing', () => {
    const other: FlowSession = createSession(FLOW)
    other.seek(4)
    const here = other.canonicalHash()
    lanesThrough(other, 1, other.steps.length)
    expect(other.at).toBe(4)
    expect(other.canonicalHash()).toBe(here)
  })
})
