import { describe, expect, it } from 'vitest'
import { createSession, startSession } from './session'

const FLOW = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#device dev2 pci 0000:00:04.0
#memory 0x40000000 1GB guest
device_fd1 = open("/dev/vfio/devices/dev1", mode);
device_fd2 = open("/dev/vfio/devices/dev2", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
dma_write(dev1, 0x1000, "hello");
giova_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
at_data = { .ioasid = giova_ioasid };
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = giova_ioasid; .iova = 0x2000; .vaddr = 0x1000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
expect(dma_read(dev2, 0x2000, 5) == "hello");
expect(dma_read(dev2, 0x3000, 1) == fault);
close_all();
`

describe('a session', () => {
  it('not-modelled-yet: what is missing says so, and changes nothing', () => {
    const session = createSession(FLOW.replace('close_all();', 'x = mmap(device_fd1, 4KB);\nexpect(x < 0);'))
    const mapped = session.steps.find(step => step.call === 'mmap')
    expect(mapped).toMatchObject({ ret: -1, errno: 'EOPNOTSUPP', rule: 'not-modelled-yet' })
    expect(mapped?.message).toBe('mmap() is not modelled yet')
    expect(session.ok).toBe(true)
  })

  it('runs a flow to its end', () => {
    const session = createSession(FLOW)
    expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
    expect(session.ok).toBe(true)
    expect(session.steps.map(step => step.call).slice(0, 4)).toEqual([
      'open',
      'open',
      'open',
      'VFIO_BIND_IOASID_FD',
    ])
    expect(session.steps.find(step => step.errno !== null)).toMatchObject({
      errno: 'EEXIST',
      rule: 'map.overlap',
    })
  })

  it('time.reversible: forward n and back n gives equal hashes, at any step and by any path', () => {
    const session = startSession(FLOW)
    const hashes = [session.canonicalHash()]
    while (!session.advance(1)) hashes.push(session.canonicalHash())
    const last = session.steps.length
    expect(new Set(hashes).size).toBeGreaterThan(last / 2)
    for (let n = last; n >= 0; n--) {
      session.seek(n)
      expect(session.canonicalHash(), `back at step ${n}`).toBe(hashes[n])
    }
    for (const n of [last, 3, last - 2, 0, 7, 6, 8, last]) {
      session.seek(n)
      expect(session.canonicalHash(), `jump to step ${n}`).toBe(hashes[n])
    }
  })

  it('time.explained: explaining every step changes nothing', () => {
    const session = createSession(FLOW)
    session.seek(5)
    const here = session.canonicalHash()
    const kinds = session.steps.map(step => session.explain(step.n).map(event => event.kind))
    expect(session.at).toBe(5)
    expect(session.canonicalHash()).toBe(here)
    const mapped = session.steps.find(step => step.call === 'IOASID_MAP_DMA')
    expect(kinds[(mapped?.n ?? 0) - 1]).toEqual(
      expect.arrayContaining(['call', 'area-added', 'pinned', 'charged', 'entries-written', 'return']),
    )
    session.seek(session.steps.length)
    const again = createSession(FLOW)
    expect(session.canonicalHash()).toBe(again.canonicalHash())
    // Where it stands right before the step, nothing has to be gone back to.
    for (const { n } of session.steps) {
      session.seek(n - 1)
      const before = { hash: session.canonicalHash(), state: session.state() }
      session.explain(n)
      expect({ hash: session.canonicalHash(), state: session.state() }, `step ${n}`).toEqual(before)
    }
  })

  it('leaves nothing pinned or charged when all is closed', () => {
    const session = createSession(FLOW)
    expect(session.state().accounting).toEqual({ pinnedPages: 0, accountedPages: 0, prereg: [] })
    expect(session.state().addressSpaces).toEqual([])
    session.seek(session.steps.length - 1)
    expect(session.state().accounting.accountedPages).toBe(262_144)
  })

  it('stops at breakpoints in both directions', () => {
    const session = createSession(FLOW)
    session.seek(0)
    const errno = [{ kind: 'errno', value: 'EEXIST' }] as const
    const refused = session.runTo(errno, 1)
    expect(session.steps[refused - 1]?.errno).toBe('EEXIST')
    session.seek(session.steps.length)
    expect(session.runTo(errno, -1)).toBe(refused)
    session.seek(0)
    const attach = session.runTo([{ kind: 'command', value: 'VFIO_ATTACH_IOASID' }], 1)
    expect(session.steps[attach - 1]?.line).toBe(12)
    expect(session.runTo([{ kind: 'line', value: 13 }], 1)).toBe(attach + 1)
    expect(session.runTo(errno, -1)).toBe(0)
  })

  it('walks without filling a cache', () => {
    const session = createSession(FLOW)
    session.seek(session.steps.length - 1)
    const here = session.canonicalHash()
    const walk = session.walk({ device: 'dev2', pasid: null, address: 0x2abcn, write: false })
    if ('problem' in walk) throw new Error(walk.problem)
    expect(walk).toMatchObject({ ok: true, output: 0x1_4000_1abcn, perm: 'rw', from: 2 })
    expect(walk.references.filter(one => one.stage === 'second').map(one => one.level)).toEqual([3, 2, 1, 0])
    expect(session.canonicalHash()).toBe(here)
  })

  it('gives the same bytes for the same text', () => {
    const told = (session: ReturnType<typeof createSession>) =>
      JSON.stringify([session.steps, session.state(), session.assumptions], (_, value) =>
        typeof value === 'bigint' ? `${value}n` : value,
      )
    expect(told(createSession(FLOW))).toBe(told(createSession(FLOW)))
  })
})
