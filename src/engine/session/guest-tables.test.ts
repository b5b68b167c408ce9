/** guest_map, guest_unmap and tables that nothing places (R4), from flows. */
import { describe, expect, it } from 'vitest'
import { createSession } from './session'

const START = `fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, gpa_ioasid);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa_ioasid, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
giova_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
ioctl(fd1, VFIO_ATTACH_IOASID, giova_ioasid);
`
const BIND = 'ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = giova_ioasid, .addr = giova_pgtable });\n'

function run(text: string) {
  const session = createSession(text)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  return session
}

describe('guest.tables', () => {
  it('guesses an empty table at the top of guest memory, and the guest maps in it', () => {
    const session = run(`${START}${BIND}
expect(dma_read(dev1, 0x2000, 1) == fault);
guest_map(giova_pgtable, 0x2000, 0x1000, 4KB);
expect(dma_write(dev1, 0x2000, "guest page") == 10);
guest_unmap(giova_pgtable, 0x2000, 4KB);
ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, { .ioasid = giova_ioasid });
expect(dma_read(dev1, 0x2000, 1) == fault);`)
    expect(session.ok).toBe(true)
    expect(session.assumptions.map(one => one.directive)).toContain('giova_pgtable = 0x3ffff000;')
  })

  it('gives the same run when the guess is written into the flow', () => {
    const body = `${START}${BIND}guest_map(giova_pgtable, 0x2000, 0x1000, 4KB);\nexpect(dma_write(dev1, 0x2000, "x") == 1);`
    const guessed = run(body)
    const written = run(`giova_pgtable = 0x3ffff000;\n${body}`)
    expect(written.state()).toEqual(guessed.state())
    expect(written.steps.map(step => step.ret)).toEqual(guessed.steps.map(step => step.ret))
  })

  it('takes the ioasid that a table is bound to for the table, large pages where they fit', () => {
    const session = run(`${START}${BIND}
guest_map(giova_ioasid, 0x40000000, 0x200000, 4MB, "r");
expect(dma_read(dev1, 0x40000000, 1) != fault);
expect(dma_write(dev1, 0x40000000, "x") == fault);
guest_unmap(giova_ioasid, 0x40200000, 4KB);
ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, giova_ioasid);
expect(dma_read(dev1, 0x40200000, 1) == fault);
expect(dma_read(dev1, 0x40201000, 1) != fault);`)
    expect(session.ok).toBe(true)
    const map = session.steps.find(step => step.call === 'guest_map')?.n ?? 0
    const wrote = session.explain(map).filter(event => event.kind === 'guest-wrote')
    expect(wrote.length).toBeGreaterThan(1)
    expect(wrote.every(event => event.kind === 'guest-wrote' && event.gpa < 0x4000_0000n)).toBe(true)
  })

  it.each(['', 'ats'])('keeps stale what an invalidation does not name, for a device %s', ats => {
    const { ok, steps } = run(`#device dev1 pci 0000:00:03.0 ${ats}
${START}${BIND}guest_map(giova_pgtable, 0x10000, 0x5000, 16KB);
dma_read(dev1, 0x10000 + [0...3] * 4KB, 1);
guest_unmap(giova_pgtable, 0x10000, 16KB);
ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, { .ioasid = giova_ioasid, .iova = 0x11000, .size = 8KB });
expect(dma_read(dev1, 0x10000, 1) != fault);
expect(dma_read(dev1, 0x11000, 1) == fault);
expect(dma_read(dev1, 0x12000, 1) == fault);
expect(dma_read(dev1, 0x13000, 1) != fault);`)
    expect(ok).toBe(true)
    expect(steps.filter(step => step.rule !== null)).toEqual([])
  })

  it.each([
    ['all at once', [[0, 16]]],
    [
      'in two parts that touch',
      [
        [0, 8],
        [8, 8],
      ],
    ],
  ])('lies where the root maps guest memory, mapped %s', (_, parts) => {
    const maps = parts.map(
      ([at, size]) =>
        `ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa_ioasid, .iova = ${at}MB, .vaddr = 0x40000000 + ${at}MB, .size = ${size}MB });`,
    )
    const session = run(`#memory 0x40000000 1GB guest
${START.replace(/.*IOASID_MAP_DMA.*\n/, `${maps.join('\n')}\n`)}${BIND}
guest_map(giova_pgtable, 0x2000, 0x1000, 4KB);
expect(dma_write(dev1, 0x2000, "guest page") == 10);`)
    expect(session.assumptions.map(one => one.directive)).toContain('giova_pgtable = 0xfff000;')
    expect(session.ok).toBe(true)
  })

  it('lies in declared guest memory where there is some', () => {
    const session = run(`#memory 0x40000000 1GB guest gpa=0x100000000
${START.replace('.iova = 0,', '.iova = 0x100000000,')}${BIND}
guest_map(giova_pgtable, 0, 0x100001000, 4KB);
expect(dma_write(dev1, 0, "x") == 1);`)
    expect(session.ok).toBe(true)
    expect(session.assumptions.map(one => one.directive)).toContain('giova_pgtable = 0x13ffff000;')
  })

  it('guest-table.none, guest-table.no-memory and guest-table.range say why not', () => {
    const rule = (text: string) => run(text).steps.find(step => step.call.startsWith('guest_'))?.rule
    const map = 'guest_map(giova_pgtable, 0, 0, 4KB);'
    expect(rule(`#platform papr\n${START}${map}`)).toBe('guest-table.none')
    expect(rule('guest_map(0x5000, 0, 0, 4KB);')).toBe('guest-table.no-memory')
    expect(rule(`${START}guest_map(giova_pgtable, 0x1000000000000, 0, 4KB);`)).toBe('guest-table.range')
  })
})
