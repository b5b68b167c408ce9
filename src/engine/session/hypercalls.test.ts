/** Hypercalls of a guest, from flows: what the VMM makes of them, against a naive model of the TCEs. */
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from './session'

const DEVICES = `#platform papr
#device dev1 pci 0000:00:01.0
#device dev2 pci 0000:00:02.0
#memory 0x40000000 1GB guest
`
const OPEN = `fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
fd2 = open("/dev/vfio/devices/dev2", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
`
/** dev1 in a root of its own. */
const ROOT = `giova = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, giova);
`
/** dev1 in a child of a space that registers guest memory. */
const CHILD = `memory = ioctl(ioasid_fd, IOASID_ALLOC, { .type = IOMMU_IOASID_TYPE_PREREG });
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = memory, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
giova = ioctl(ioasid_fd, IOASID_CREATE_NESTING, memory);
ioctl(fd1, VFIO_ATTACH_IOASID, giova);
`
const PUT = 'h_put_tce(0x80000000, 0x2000, 0x7003);'

function run(text: string): FlowSession {
  const session = createSession(text)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  return session
}

/** The steps that are hypercalls, by the status or the rule they answered. */
const statuses = (session: FlowSession) =>
  session.steps.filter(step => step.call.startsWith('h_')).map(step => step.rule ?? step.out?.hcall)

/** Numbers that repeat for a seed. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

/** A flow of random hypercalls, each thing it expects computed from a map of TCEs. */
function randomFlow(seed: number): string {
  const roll = dice(seed)
  const tces = new Map<number, number>()
  const lines: string[] = []
  const bus = (page: number) => `0x${(page * 4096).toString(16)}`
  for (let n = 0; n < 60; n++) {
    const page = roll(8)
    const tce = (1 + roll(6)) * 4096 + roll(4)
    switch (roll(5)) {
      case 0: {
        const count = 1 + roll(4)
        lines.push(`expect(h_stuff_tce(0x80000000, ${bus(page)}, 0, ${count}) == H_SUCCESS);`)
        for (let k = 0; k < count; k++) tces.delete(page + k)
        break
      }
      case 1:
        lines.push(`expect(h_get_tce(0x80000000, ${bus(page)}) == ${tces.get(page) ?? 0});`)
        break
      default:
        lines.push(`expect(h_put_tce(0x80000000, ${bus(page)}, 0x${tce.toString(16)}) == H_SUCCESS);`)
        if ((tce & 3) === 0) tces.delete(page)
        else tces.set(page, tce)
    }
    const at = roll(8)
    const found = tces.get(at)
    lines.push(
      found === undefined
        ? `expect(dma_read(dev1, ${bus(at)}, 1) == fault);`
        : `expect(dma_read(dev1, ${bus(at)}, 5) == "page${Math.floor(found / 4096)}");`,
    )
    const canWrite = found !== undefined && (found & 2) !== 0
    lines.push(`expect(dma_write(dev1, ${bus(at)}ULL + 16, "x") ${canWrite ? '!=' : '=='} fault);`)
  }
  return lines.join('\n')
}

/** Each page of guest memory says which it is, written through dev2 in an address space of guest addresses. */
const MARKED = `gpa = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd2, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
${[1, 2, 3, 4, 5, 6].map(page => `dma_write(dev2, ${page * 4096}, "page${page}");`).join('\n')}
`

describe('hcall.maps', () => {
  it.each([1, 2, 3, 4, 5, 6])('random hypercalls do what a map of TCEs says, seed %i', seed => {
    for (const layout of [ROOT, CHILD]) {
      const session = run(`${DEVICES}${OPEN}${MARKED}${layout}${randomFlow(seed)}`)
      expect(session.steps.filter(step => step.call === 'expect' && step.ret !== 0)).toEqual([])
    }
  })

  it('says process memory to a root, and guest addresses to a child', () => {
    const areas = (layout: string) =>
      run(DEVICES + OPEN + layout + PUT)
        .state()
        .addressSpaces.at(-1)?.areas
    expect(areas(ROOT)).toEqual([{ iova: 0x2000n, last: 0x2fffn, target: 0x4000_7000n, perm: 'rw' }])
    expect(areas(CHILD)).toEqual([{ iova: 0x2000n, last: 0x2fffn, target: 0x7000n, perm: 'rw' }])
  })

  it('counts in registered memory, and charges page by page without', () => {
    const pages = (before: string) => run(DEVICES + OPEN + before + ROOT + PUT).state().accounting
    expect(pages('')).toMatchObject({ accountedPages: 1, pinnedPages: 1 })
    const registered = 'ioctl(ioasid_fd, IOASID_REGISTER_MEMORY, { .vaddr = 0x40000000, .size = 1GB });\n'
    expect(pages(registered)).toMatchObject({ accountedPages: 262_144, pinnedPages: 262_144 })
  })

  it.each([
    [
      'rfc-v2',
      `fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
iommu_fd = open("/dev/iommu", O_RDWR);
ioctl(fd1, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd, .cookie = 1 });
giova = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pgtable = false });
ioctl(fd1, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = giova });`,
    ],
    [
      'vfio-type1',
      `container = open("/dev/vfio/vfio", O_RDWR);
group1 = open("/dev/vfio/1", O_RDWR);
ioctl(group1, VFIO_GROUP_SET_CONTAINER, container);
ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);`,
    ],
  ])('by the calls of %s, too', (dialect, before) => {
    const session = run(`#dialect ${dialect}\n${DEVICES}${before}
expect(h_put_tce(0x80000000, 0x2000, 0x7003) == H_SUCCESS);
expect(dma_write(dev1, 0x2000, "x") == 1);
expect(h_put_tce(0x80000000, 0x2000, 0x8001) == H_SUCCESS);
expect(dma_write(dev1, 0x2000, "x") == fault);
expect(h_get_tce(0x80000000, 0x2000) == 0x8001);
expect(h_stuff_tce(0x80000000, 0, 0, 512) == H_SUCCESS);
expect(dma_read(dev1, 0x2000, 1) == fault);`)
    expect(session.ok).toBe(true)
  })

  it('takes a larger map apart where a TCE falls into it', () => {
    const session = run(`${DEVICES}${OPEN}${MARKED}${ROOT}
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = giova, .iova = 0, .vaddr = 0x40000000, .size = 16KB });
expect(h_put_tce(0x80000000, 0x1000, 0x6003) == H_SUCCESS);
expect(dma_read(dev1, 0x1000, 5) == "page6");
expect(dma_read(dev1, 0x2000, 5) == "page2");
expect(h_get_tce(0x80000000, 0x3000) == 0x3003);`)
    expect(session.ok).toBe(true)
    expect(
      session
        .state()
        .addressSpaces.at(-1)
        ?.areas.map(area => area.iova),
    ).toEqual([0n, 0x1000n, 0x2000n])
  })

  it('learns guest memory from the root that maps it where the flow declares none', () => {
    const text = `${DEVICES.replace(/#memory.*\n/, '')}${OPEN}${MARKED}${ROOT}${PUT}
h_put_tce(0x80000000, 0x3000, 0x6003);
expect(dma_read(dev1, 0x3000, 5) == "page6");`
    expect(run(text).ok).toBe(true)
    const unknown = run(`${DEVICES.replace(/#memory.*\n/, '')}${OPEN}${ROOT}${PUT}`)
    expect(statuses(unknown)).toEqual(['H_PARAMETER'])
  })
})

describe('hcall.status', () => {
  it.each([
    ['no such LIOBN', 'h_put_tce(0x80000099, 0x2000, 0x7003);', 'no window has LIOBN'],
    ['more than 32 bits', 'h_put_tce(0x180000000, 0x2000, 0x7003);', 'no window has LIOBN'],
    ['no device in a space', 'h_put_tce(0x80000100, 0x2000, 0x7003);', 'no device is attached'],
    ['beyond the window', 'h_put_tce(0x80000000, 1GB, 0x7003);', 'window ends at'],
    ['not guest memory', 'h_put_tce(0x80000000, 0x2000, 0x40000003);', 'not guest memory'],
    ['513 TCEs', 'h_put_tce_indirect(0x80000000, 0x2000, 0x5000, 513);', 'at most 512'],
    ['list not aligned', 'h_put_tce_indirect(0x80000000, 0x2000, 0x5008, 1);', 'page of 4 KiB'],
    ['list elsewhere', 'h_put_tce_indirect(0x80000000, 0x2000, 0x40000000, 1);', 'not guest memory'],
    ['value with rights', 'h_stuff_tce(0x80000000, 0x2000, 1, 1);', 'grants an access'],
    ['more than there are', 'h_stuff_tce(0x80000000, 0x3ffff000, 0, 2);', 'window ends at'],
  ])('H_PARAMETER: %s', (_, call, why) => {
    const step = run(DEVICES + OPEN + ROOT + call).steps.at(-1)
    expect(step).toMatchObject({ ret: -4, errno: null, rule: null, out: { hcall: 'H_PARAMETER' } })
    expect(step?.message).toContain(why)
  })

  it('H_RESOURCE: the limit of locked memory', () => {
    const session = run(`#memlock 8KB\n${DEVICES}${OPEN}${ROOT}
expect(h_put_tce(0x80000000, 0x0000, 0x7003) == H_SUCCESS);
expect(h_put_tce(0x80000000, 0x1000, 0x7003) == H_SUCCESS);
expect(h_put_tce(0x80000000, 0x2000, 0x7003) == H_RESOURCE);`)
    expect(session.ok).toBe(true)
  })

  it('the indirect call stops at the first entry that fails, earlier ones stay', () => {
    const session = run(`#poke 0x140005000 0x0370000000000000
#poke 0x140005008 0x0300004000000000
#poke 0x140005010 0x0380000000000000
${DEVICES}${OPEN}${ROOT}
expect(h_put_tce_indirect(0x80000000, 0x2000, 0x5000, 3) == H_PARAMETER);
expect(h_get_tce(0x80000000, 0x2000) == 0x7003);
expect(h_get_tce(0x80000000, 0x3000) == 0);
expect(h_get_tce(0x80000000, 0x4000) == 0);`)
    expect(session.ok).toBe(true)
  })

  it('hypercall.none: guests of other platforms make none', () => {
    const session = run(DEVICES.replace('papr', 'vtd') + OPEN + PUT)
    expect(session.steps.at(-1)).toMatchObject({ errno: 'EOPNOTSUPP', rule: 'hypercall.none' })
    expect(session.steps.at(-1)?.message).toBe('guests of Intel VT-d make no H_PUT_TCE')
  })
})

describe('hcall.path', () => {
  const session = run(DEVICES + OPEN + ROOT + PUT + PUT)
  const last = session.steps.length

  it('goes from the guest to the VMM, to the kernel, to the IOMMU, and back', () => {
    const told = session.explain(last - 1).map(event => `${event.actor} ${event.kind}`)
    const path = ['guest message', 'vmm call', 'kernel area-added', 'kernel entries-written', 'vmm message']
    expect(told.filter(one => path.includes(one))).toEqual(path)
  })

  it('counts the calls of the VMM as hot: one for a new TCE, two for one that stands in the way', () => {
    expect(session.cost(last - 1)).toMatchObject({ calls: 1, hotCalls: 1, entriesWritten: 1 })
    expect(session.cost(last)).toMatchObject({ calls: 2, hotCalls: 2 })
  })

  it('is taken back and done again like any step', () => {
    const after = session.canonicalHash()
    session.seek(last - 2)
    const before = session.canonicalHash()
    expect(before).not.toBe(after)
    session.seek(last)
    expect(session.canonicalHash()).toBe(after)
  })
})
