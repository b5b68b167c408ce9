import { describe, expect, it } from 'vitest'
import { parseRange } from './breakpoints'
import type { Breakpoint, SpaceView } from './contract'
import { spaceObjectId } from './object-ids'
import { createSession, type FlowSession } from './session'

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
map = { .ioasid = gpa; .iova = 0; .vaddr = 0x40000000; .size = 16KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
map = { .ioasid = gpa; .iova = 0x100000; .vaddr = 0x40100000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
dma_write(dev1, 0x1ffc, "crosses a page");
dma_read(dev1, 0x100ff0, 4);
dma_read(dev1, 0x900000, 1);
ioctl(fd2, VFIO_ATTACH_IOASID, &at);
child = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa);
at = { .ioasid = child };
ioctl(fd2, VFIO_ATTACH_IOASID, &at);
map = { .ioasid = child; .iova = 0x7000; .vaddr = 0x2000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
dma_read(dev2, 0x7004, 4);
unmap = { .ioasid = gpa; .iova = 0x100000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &unmap);
`

/** Lines at which a run from the start stops, one after the other. */
function stops(session: FlowSession, point: Breakpoint): number[] {
  const found: number[] = []
  session.seek(0)
  while (session.at < session.steps.length) {
    const n = session.runTo([point], 1)
    if (session.stops([point], n)) found.push(session.steps[n - 1]?.line ?? 0)
  }
  return found
}

function backwards(session: FlowSession, point: Breakpoint): number[] {
  const found: number[] = []
  session.seek(session.steps.length)
  if (session.stops([point], session.at)) found.push(session.steps[session.at - 1]?.line ?? 0)
  while (session.at > 0) {
    const n = session.runTo([point], -1)
    if (n > 0) found.push(session.steps[n - 1]?.line ?? 0)
  }
  return found.reverse()
}

function idOf(session: FlowSession, name: string): string {
  const found = [...session.machine.root.spaces.values()].find(space => space.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return spaceObjectId(found.uid)
}

describe('breakpoints', () => {
  const session = createSession(FLOW)

  it('the flow runs as meant', () => {
    expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
    expect(session.steps.filter(step => step.errno !== null).map(step => [step.line, step.errno])).toEqual([
      [17, 'EEXIST'],
    ])
  })

  it.each<[Breakpoint, number[]]>([
    [{ kind: 'line', value: 14 }, [14]],
    [{ kind: 'command', value: 'VFIO_ATTACH_IOASID' }, [12, 21, 24]],
    [{ kind: 'errno', value: 'EEXIST' }, [17]],
    [{ kind: 'errno', value: 'EINVAL' }, []],
    // Mapped at 14, read within its second page by the transfer that crosses into it.
    [{ kind: 'iova', value: '0x2000..0x2fff' }, [14, 18]],
    [{ kind: 'iova', value: '0x1ffb' }, [14]],
    [{ kind: 'iova', value: '0x1ffc' }, [14, 18]],
    // The last byte of the 14 written is 0x2009.
    [{ kind: 'iova', value: '0x2009' }, [14, 18]],
    [{ kind: 'iova', value: '0x200a' }, [14]],
    // The refused second map at line 17 touched nothing; the unmap at 29 did.
    [{ kind: 'iova', value: '0x100000..0x100fff' }, [16, 19, 29]],
    [{ kind: 'iova', value: '0x900000' }, [20]],
    [{ kind: 'iova', value: '0x7000..0x7fff' }, [26, 27]],
    // Through the child: IOVA 0x7004 is 0x2004 of its parent, HVA 0x40002004.
    [{ kind: 'hva', value: '0x40002004..0x40002007' }, [14, 18, 26, 27]],
    [{ kind: 'hva', value: '0x40100000..0x40100fff' }, [16, 19, 29]],
    [{ kind: 'hva', value: '0x50000000' }, []],
    [{ kind: 'iova', value: 'no range' }, []],
  ])('%o stops at lines %o, both ways', (point, lines) => {
    const found = stops(session, point)
    expect(found).toEqual(lines)
    expect(backwards(session, point)).toEqual(found)
  })

  it('an object stops at every step that changes what the state says of it, or does DMA through it', () => {
    session.seek(session.steps.length)
    const gpa = idOf(session, 'gpa')
    expect(stops(session, { kind: 'object', value: gpa })).toEqual([
      10, 12, 14, 16, 18, 19, 20, 21, 22, 24, 26, 27, 29,
    ])
    session.seek(session.steps.length)
    expect(stops(session, { kind: 'object', value: 'device:dev2' })).toEqual([9, 21, 24, 27])
  })

  it('a table that is filled for a second device touches the areas of the space', () => {
    const lines = FLOW.split('\n').slice(0, 14).join('\n')
    // Each device has a TCE table of its own on this platform.
    const late = createSession(`#platform papr\n${lines}\nioctl(fd2, VFIO_ATTACH_IOASID, &at);\n`)
    expect(late.steps.at(-1)).toMatchObject({ line: 16, errno: null })
    expect(stops(late, { kind: 'iova', value: '0x3abc' })).toEqual([15, 16])
    expect(stops(late, { kind: 'hva', value: '0x40003abc' })).toEqual([15, 16])
    expect(stops(late, { kind: 'iova', value: '0x4000' })).toEqual([])
  })

  it('touched objects cover every difference of the state, on every scenario step', () => {
    for (let n = 1; n <= session.steps.length; n++) {
      session.seek(n - 1)
      const before = spacesOf(session)
      session.seek(n)
      const after = spacesOf(session)
      for (const id of new Set([...before.keys(), ...after.keys()])) {
        if (before.get(id) === after.get(id)) continue
        expect(session.stops([{ kind: 'object', value: id }], n), `${id} at step ${n}`).toBe(true)
      }
    }
  })
})

describe('breakpoints on objects that a file numbers', () => {
  const session = createSession(`#dialect iommufd
#platform vtd ad=on
#device dev1 pci 0000:00:03.0 ats pri
#memory 0x40000000 64MB guest pages=4K
iommufd = open("/dev/iommu", O_RDWR);
fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
dev = { .iommufd = iommufd };
ioctl(fd1, VFIO_DEVICE_BIND_IOMMUFD, &dev);
ioas = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas);
hwpt = { .flags = 3; .dev_id = dev.out_devid; .pt_id = ioas.out_ioas_id };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &hwpt);
queue = {};
ioctl(iommufd, IOMMU_FAULT_QUEUE_ALLOC, &queue);
map = { .flags = 7; .ioas_id = ioas.out_ioas_id; .user_va = 0x40000000; .length = 64MB; .iova = 0 };
ioctl(iommufd, IOMMU_IOAS_MAP, &map);
at = { .pt_id = hwpt.out_hwpt_id };
ioctl(fd1, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &at);
dma_write(dev1, 0x1000, "x");
track = { .flags = 1; .hwpt_id = hwpt.out_hwpt_id };
ioctl(iommufd, IOMMU_HWPT_SET_DIRTY_TRACKING, &track);
copy = { .flags = 7; .src_ioas_id = ioas.out_ioas_id; .dst_ioas_id = ioas.out_ioas_id; .length = 4KB; .dst_iova = 128MB };
ioctl(iommufd, IOMMU_IOAS_COPY, &copy);
s1 = { .pgtbl_addr = 0x2000000; .addr_width = 48 };
nested = { .flags = 4; .fault_id = queue.out_fault_id; .dev_id = dev.out_devid; .pt_id = hwpt.out_hwpt_id; .data_type = 1; .data_len = sizeof(s1); .data_uptr = &s1 };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &nested);
at = { .pt_id = nested.out_hwpt_id };
ioctl(fd1, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &at);
guest_map(0x2000000, 0x7000, 0x1000, 4KB);
dma_read(dev1, 0x7000, 1);
ioctl(fd1, VFIO_DEVICE_DETACH_IOMMUFD_PT, {});
ioctl(iommufd, IOMMU_DESTROY, { .id = nested.out_hwpt_id });
ioctl(iommufd, IOMMU_DESTROY, { .id = hwpt.out_hwpt_id });
`)

  it.each([
    // Made, filled, attached, used, tracked, filled, left for the nested one, used under it, destroyed.
    ['HWPT_PAGING [3]', 'object:1.3', [12, 16, 18, 19, 21, 23, 28, 30, 33]],
    ['FAULT [4]', 'object:1.4', [14]],
  ])('%s stops where it is made, changed, used or destroyed', (_, value, lines) => {
    expect(session.ok, session.diagnostics.map(one => one.message).join()).toBe(true)
    const found = stops(session, { kind: 'object', value })
    expect(found).toEqual(lines)
    expect(backwards(session, { kind: 'object', value })).toEqual(found)
  })
})

/** Each space's view as text, by the id its graph node has. */
function spacesOf(session: FlowSession): Map<string, string> {
  const ids = new Map(
    [...session.machine.root.spaces.values()].map(one => [one.name, spaceObjectId(one.uid)]),
  )
  const text = (space: SpaceView) =>
    JSON.stringify(space, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  return new Map(session.state().addressSpaces.map(space => [ids.get(space.name) ?? '', text(space)]))
}

describe('ranges of a breakpoint', () => {
  it.each([
    ['0x2000', [0x2000n, 0x2000n]],
    ['0x2000..0x2fff', [0x2000n, 0x2fffn]],
    ['0x4000_0000 .. 0x4000_0fff', [0x4000_0000n, 0x4000_0fffn]],
    ['4096', [4096n, 4096n]],
  ])('%s', (text, [first, last]) => expect(parseRange(text)).toEqual({ first, last }))

  it('refuses what is no range', () => {
    for (const text of ['', '0x', '0x2000..', '..0x2000', '0x3000..0x2000', 'gpa', '-1']) {
      expect(parseRange(text), text).toBeNull()
    }
  })
})
