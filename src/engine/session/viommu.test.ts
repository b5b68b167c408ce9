/** The model of a VMM: what a guest does to its table becomes calls, and devices reach what the guest meant. */
import { describe, expect, it } from 'vitest'
import { generator } from '../dialects/generator.fixture'
import { rfcV1 } from '../dialects/rfc-v1'
import { startViommu } from '../vmm/viommu'
import { createSession, type FlowSession } from './session'

const HEAD = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#device dev2 pci 0000:00:04.0
`
const MEMORY = '#memory 0x40000000 1GB guest\n'
const BOOT = `device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
`
const GPA = `gpa = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd1, VFIO_ATTACH_IOASID, gpa);
ioctl(device_fd2, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
`
const PREREG = `prereg = ioctl(ioasid_fd, IOASID_ALLOC, { .type = IOMMU_IOASID_TYPE_PREREG });
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = prereg, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
`
const UNREGISTERED = '#policy prereg=none\n'

/** The four ways to give a guest what it maps, each with dev2 behind the vIOMMU. */
const WAYS: readonly (readonly [name: string, text: string])[] = [
  ['shadow', `${HEAD}${MEMORY}${UNREGISTERED}${BOOT}${GPA}viommu(dev2, gpa, shadow);\n`],
  [
    'mirror over prereg',
    `${HEAD}${MEMORY}#policy prereg=ioas\n${BOOT}${PREREG}viommu(dev2, prereg, mirror);\n`,
  ],
  ['mirror over guest memory', `${HEAD}${MEMORY}${UNREGISTERED}${BOOT}${GPA}viommu(dev2, gpa, mirror);\n`],
  ['nested', `${HEAD}${MEMORY}${UNREGISTERED}${BOOT}${GPA}viommu(dev2, gpa, nested);\n`],
]

function run(text: string): FlowSession {
  const session = createSession(text)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  const failed = session.steps.filter(step => step.call === 'expect' && step.ret !== 0)
  expect(failed.map(step => `${step.text} ${step.message}`)).toEqual([])
  return session
}

/** The calls inside the last step of that name, with what was refused. */
function calls(session: FlowSession, name: string): string[] {
  const n = session.steps.findLast(step => step.call === name)?.n ?? 0
  const events = session.explain(n).filter(event => event.sub > 0)
  return events.flatMap(event => {
    if (event.kind === 'call') return [event.cmd]
    return event.kind === 'return' && event.rule !== null ? [`refused ${event.rule}`] : []
  })
}

const costOf = (session: FlowSession, name: string) =>
  session.cost(session.steps.findLast(step => step.call === name)?.n ?? 0)

describe("viommu.follow: a guest's table and a plain model of it agree at every page", () => {
  const SEED = Number(process.env.IOAS_SEED ?? 0x10a5)
  const PAGES = 48
  const hexed = (page: number) => `0x${(page * 4096).toString(16)}`

  /** Random writes of the guest, each followed by reads and writes of the device; says what to expect of them. */
  function workload(seed: number): string {
    const random = generator(seed)
    const model = new Map<number, { target: number; write: boolean }>()
    const lines: string[] = []
    for (let k = 0; k < 40; k++) {
      const [first, pages] = [random(PAGES), 1 + random(8)]
      const target = 0x1000 + random(64)
      const write = random(3) > 0
      const maps = random(3) > 0
      for (let at = 0; at < pages; at++)
        if (maps) model.set(first + at, { target: target + at, write })
        else model.delete(first + at)
      const range = `${hexed(first)}, ${maps ? `${hexed(target)}, ` : ''}${pages * 4}KB`
      lines.push(maps ? `guest_map(t, ${range}, "${write ? 'rw' : 'r'}");` : `guest_unmap(t, ${range});`)
      for (let look = 0; look < 4; look++) {
        const page = random(PAGES + 8)
        const known = model.get(page)
        const letter = String.fromCharCode(65 + random(26))
        lines.push(`expect(dma_write(dev2, ${hexed(page)}, "${letter}") == ${known?.write ? 1 : 'fault'});`)
        if (known === undefined) lines.push(`expect(dma_read(dev2, ${hexed(page)}, 1) == fault);`)
        else if (known.write) lines.push(`expect(dma_read(dev1, ${hexed(known.target)}, 1) == "${letter}");`)
        else lines.push(`expect(dma_read(dev2, ${hexed(page)}, 1) != fault);`)
      }
    }
    return lines.join('\n')
  }

  it.each(WAYS)('%s', (name, text) => {
    // Under prereg alone dev1 has no space: it gets one of its own to look at guest memory with.
    const view = name.includes('prereg')
      ? `gpa = ioctl(ioasid_fd, IOASID_CREATE_NESTING, prereg);
ioctl(device_fd1, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0, .size = 1GB });\n`
      : ''
    const session = run(`${text}${view}${workload(SEED)}\nclose_all();`)
    expect(session.ok, `seed ${SEED}`).toBe(true)
    expect(session.state().accounting).toEqual({ pinnedPages: 0, accountedPages: 0, prereg: [] })
    const hash = session.canonicalHash()
    session.seek(0)
    session.seek(session.steps.length)
    expect(session.canonicalHash()).toBe(hash)
  })
})

describe('the calls of a VMM, as sub-steps of what the guest did', () => {
  const MAP = 'guest_map(t, 0x2000, 0x1000, 4KB);\n'
  const UNMAP = 'guest_unmap(t, 0x2000, 4KB);\n'
  const one = (name: string) => WAYS.find(row => row[0] === name)?.[1] ?? ''

  it('viommu.shadow: a root of its own, mapped in terms of process memory', () => {
    const session = run(`${one('shadow')}${MAP}`)
    expect(calls(session, 'viommu')).toEqual(['VFIO_DETACH_IOASID', 'IOASID_ALLOC', 'VFIO_ATTACH_IOASID'])
    expect(calls(session, 'guest_map')).toEqual(['IOASID_MAP_DMA'])
    const space = session.state().addressSpaces.at(-1)
    expect(space).toMatchObject({ parent: null, attachments: [{ device: 'dev2' }] })
    expect(space?.areas).toEqual([{ iova: 0x2000n, last: 0x2fffn, target: 0x4000_1000n, perm: 'rw' }])
    expect(session.state().accounting.accountedPages).toBe(262_145)
    expect(calls(run(`${one('shadow')}${MAP}${UNMAP}`), 'guest_unmap')).toEqual(['IOASID_UNMAP_DMA'])
  })

  it('viommu.mirror: a child, mapped in guest addresses, over guest memory or what registers it', () => {
    for (const [name, spaces] of [
      ['mirror over guest memory', 2],
      ['mirror over prereg', 2],
    ] as const) {
      const session = run(`${one(name)}${MAP}`)
      expect(calls(session, 'guest_map')).toEqual(['IOASID_MAP_DMA'])
      expect(session.state().addressSpaces).toHaveLength(spaces)
      const space = session.state().addressSpaces.at(-1)
      expect(space).toMatchObject({ parent: 1, nesting: 'software' })
      expect(space?.areas).toEqual([{ iova: 0x2000n, last: 0x2fffn, target: 0x1000n, perm: 'rw' }])
      expect(session.state().accounting.accountedPages).toBe(262_144)
    }
  })

  it("viommu.nested: the guest's table is bound once, and only what was present is invalidated", () => {
    const text = one('nested').replace('nested);', 'nested, t);')
    const session = run(`${text}${MAP}`)
    expect(calls(session, 'viommu')).toEqual([
      'IOASID_CREATE_NESTING',
      'VFIO_ATTACH_IOASID',
      'IOASID_BIND_PGTABLE',
    ])
    expect(calls(session, 'guest_map')).toEqual([])
    expect(costOf(session, 'guest_map')).toMatchObject({ calls: 0, hotCalls: 0 })
    expect(calls(run(`${text}${MAP}${UNMAP}`), 'guest_unmap')).toEqual(['IOASID_INVALIDATE_CACHE'])
    expect(calls(run(`${text}${UNMAP}`), 'guest_unmap')).toEqual([])
    expect(calls(run(`${text}${MAP}guest_map(t, 0x2000, 0x8000, 4KB);`), 'guest_map')).toEqual([
      'IOASID_INVALIDATE_CACHE',
    ])
  })

  it('viommu.nested: an IOMMU that caches absence is told of maps too', () => {
    const session = run(`#platform vtd cm=1\n${one('nested')}${MAP}guest_map(t, 0x9000, 0x1000, 4KB);`)
    expect(calls(session, 'guest_map')).toEqual(['IOASID_INVALIDATE_CACHE'])
  })

  it("viommu.hot: the calls that a guest's write causes are counted as hot, those that set up are not", () => {
    const session = run(`${one('shadow')}x = guest_map(t, 0x2000, 0x1000, 4KB);
expect(x.calls == 1);
expect(x.refused == 0);`)
    expect(costOf(session, 'viommu')).toMatchObject({ calls: 3, hotCalls: 0 })
    expect(costOf(session, 'guest_map')).toMatchObject({ calls: 1, hotCalls: 1 })
  })

  it('viommu.follow: a range that is changed in its middle is unmapped whole and its ends mapped again', () => {
    const session = run(`${one('shadow')}guest_map(t, 0x10000, 0x100000, 32KB);
guest_map(t, 0x12000, 0x200000, 4KB);`)
    expect(calls(session, 'guest_map')).toEqual([
      'IOASID_UNMAP_DMA',
      'IOASID_MAP_DMA',
      'IOASID_MAP_DMA',
      'IOASID_MAP_DMA',
    ])
    expect(
      session
        .state()
        .addressSpaces.at(-1)
        ?.areas.map(area => [area.iova, area.target]),
    ).toEqual([
      [0x10000n, 0x4010_0000n],
      [0x12000n, 0x4020_0000n],
      [0x13000n, 0x4010_3000n],
    ])
  })

  it('viommu.follow: the same entry written again makes no call', () => {
    expect(calls(run(`${one('mirror over guest memory')}${MAP}${MAP}`), 'guest_map')).toEqual([])
  })

  it("viommu.follow: what is refused is the guest's loss, told by rule, and tried again", () => {
    const limited = one('shadow').replace(MEMORY, `${MEMORY}#memlock 1GB\n`)
    const session = run(`${limited}x = guest_map(t, 0x2000, 0x1000, 4KB);
expect(x.refused == 1);
expect(dma_read(dev2, 0x2000, 1) == fault);`)
    expect(calls(session, 'guest_map')).toEqual(['IOASID_MAP_DMA', 'refused map.memlock'])
    const beyond = run(`${one('mirror over guest memory')}guest_map(t, 0x2000, 0x40000000, 4KB);`)
    expect(calls(beyond, 'guest_map')).toEqual(['IOASID_MAP_DMA', 'refused map.not-in-parent'])
  })
})

describe('viommu.space: which space it takes', () => {
  it('one that the flow has set aside is taken as it is', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}giova = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa);
ioctl(device_fd2, VFIO_ATTACH_IOASID, giova);
ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = giova, .addr = t });
viommu(dev2, giova, nested);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev2, 0x2000, "x") == 1);
guest_unmap(t, 0x2000, 4KB);
expect(dma_read(dev2, 0x2000, 1) == fault);`)
    expect(calls(session, 'viommu')).toEqual([])
    expect(calls(session, 'guest_unmap')).toEqual(['IOASID_INVALIDATE_CACHE'])
  })

  it('a root set aside for shadowing, as 5.2 has it', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}giova = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd2, VFIO_DETACH_IOASID, gpa);
ioctl(device_fd2, VFIO_ATTACH_IOASID, giova);
viommu(dev2, giova, shadow);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev2, 0x2000, "x") == 1);
expect(dma_read(dev1, 0x1000, 1) == "x");`)
    expect(calls(session, 'viommu')).toEqual([])
    expect(session.state().addressSpaces.map(space => space.name)).toEqual(['gpa', 'giova'])
  })

  it('a guest process behind a PASID is nested the same way', () => {
    const text = `${HEAD.replace('04.0', '04.0 pasid')}${MEMORY}${BOOT}${GPA}gva = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa);
ioctl(device_fd2, VFIO_ATTACH_IOASID, { .ioasid = gva, .flag = IOASID_ATTACH_USER_PASID, .user_pasid = 5 });
viommu(dev2, gva, nested, t);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev2, 0x2000, "x", 5) == 1);
guest_unmap(t, 0x2000, 4KB);
expect(dma_read(dev2, 0x2000, 1, 5) == fault);`
    const session = run(text)
    expect(calls(session, 'viommu')).toEqual(['IOASID_BIND_PGTABLE'])
    expect(calls(session, 'guest_unmap')).toEqual(['IOASID_INVALIDATE_CACHE'])
  })

  it('a table that is there already is mapped when the vIOMMU is switched on', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}guest_map(t, 0x2000, 0x1000, 4KB);
guest_map(t, 0x40000000, 0x200000, 2MB, "r");
viommu(dev2, gpa, mirror, t);
expect(dma_write(dev2, 0x2000, "x") == 1);
expect(dma_write(dev2, 0x40000000, "x") == fault);
expect(dma_read(dev2, 0x401fffff, 1) != fault);`)
    expect(calls(session, 'viommu').filter(name => name === 'IOASID_MAP_DMA')).toHaveLength(2)
  })

  it('memory stays known when the space that told it is left by its last device', () => {
    const session = run(`#dialect rfc-v1
fd = open("/dev/vfio/devices/dev1", O_RDWR);
ctx = open("/dev/ioasid", O_RDWR);
ioctl(fd, VFIO_BIND_IOASID_FD, ctx);
gpa = ioctl(ctx, IOASID_ALLOC);
ioctl(fd, VFIO_ATTACH_IOASID, gpa);
ioctl(ctx, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
viommu(dev1, gpa, shadow);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev1, 0x2000, "x") == 1);`)
    expect(session.state().addressSpaces.at(-1)?.areas[0]?.target).toBe(0x4000_1000n)
  })

  it('switched on again in another way, the space of the first goes', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}viommu(dev2, gpa, shadow, t);
guest_map(t, 0x2000, 0x1000, 4KB);
viommu(dev2, gpa, nested, t);
expect(dma_write(dev2, 0x2000, "x") == 1);`)
    expect(calls(session, 'viommu').slice(0, 2)).toEqual(['VFIO_DETACH_IOASID', 'IOASID_FREE'])
    expect(session.state().addressSpaces).toHaveLength(2)
  })

  it('switched on again over the space that it made, that one is guest memory now or is taken as it is', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}viommu(dev2, gpa, mirror, t);
viommu(dev2, 2, mirror, t);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev2, 0x2000, "x") == 1);`)
    expect(calls(session, 'viommu')).toEqual([])
    expect(session.state().addressSpaces).toHaveLength(2)
  })

  it('two vIOMMUs that share a table both follow it', () => {
    const session = run(`${HEAD}${MEMORY}${BOOT}${GPA}viommu(dev1, gpa, mirror, t);
viommu(dev2, gpa, nested, t);
guest_map(t, 0x2000, 0x1000, 4KB);
expect(dma_write(dev1, 0x2000, "x") == 1);
expect(dma_read(dev2, 0x2000, 1) == "x");
guest_unmap(t, 0x2000, 4KB);
expect(dma_read(dev1, 0x2000, 1) == fault);
expect(dma_read(dev2, 0x2000, 1) == fault);`)
    expect(calls(session, 'guest_unmap')).toEqual(['IOASID_UNMAP_DMA', 'IOASID_INVALIDATE_CACHE'])
  })
})

describe('what a VMM cannot do', () => {
  const answers = (text: string) => {
    const { errno, rule } = run(text).steps.findLast(step => step.call === 'viommu') ?? {}
    return [errno, rule]
  }

  it('the refusal of a call is the answer of viommu', () => {
    const legacy = `#platform vtd legacy\n${HEAD}${MEMORY}${BOOT}${GPA}viommu(dev2, gpa, nested, 0x1000);`
    expect(answers(legacy)).toEqual(['EOPNOTSUPP', 'bind-pgtable.no-nesting'])
    expect(answers(`${HEAD}${MEMORY}${BOOT}viommu(dev2, 7, shadow);`)).toEqual(['ENOENT', 'id.unknown'])
    expect(answers(`${HEAD}${MEMORY}viommu(dev2, 1, shadow);`)).toEqual(['EINVAL', 'bind.not-bound'])
  })

  it('viommu.no-calls: a dialect without calls for it', () => {
    const { machine } = run(`${HEAD}${MEMORY}${BOOT}${GPA}`)
    const wish = { device: machine.device('dev2'), ioasid: 1n, way: 'shadow', table: null } as const
    const started = startViommu(machine, { ...rfcV1, intents: {} }, wish)
    expect(started).toMatchObject({ ok: false, rule: 'viommu.no-calls' })
  })

  it("an unknown way is the author's slip", () => {
    const session = createSession(`${HEAD}${MEMORY}${BOOT}${GPA}viommu(dev2, gpa, shadows);`)
    expect(session.diagnostics.map(one => one.message)).toContain(
      'the way of viommu is one of shadow, mirror, nested',
    )
  })
})
