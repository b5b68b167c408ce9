/** Page faults end to end, from flows: the actors in their order, both targets, every way to fail (rfc 6, R38). */
import { describe, expect, it } from 'vitest'
import { heardIn } from './heard.fixture'
import { createSession } from './session'

/** dev1 in gpa by RID and in gva with PASID 5, gva's table the guest's; nothing mapped in it yet. */
const START = `#device dev1 pci 0000:00:03.0 pasid ats pri
#device dev2 pci 0000:00:04.0 pasid ats pri
fd1 = open("/dev/vfio/devices/dev1", mode);
fd2 = open("/dev/vfio/devices/dev2", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, { .fd = ioasid_fd, .cookie = 0x11 });
ioctl(fd2, VFIO_BIND_IOASID_FD, { .fd = ioasid_fd, .cookie = 0x22 });
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, gpa);
ioctl(fd2, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
gva = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa);
at = { .ioasid = gva, .flag = IOASID_ATTACH_USER_PASID, .user_pasid = 5 };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
ioctl(fd2, VFIO_ATTACH_IOASID, &at);
ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = gva, .addr = gva_pgtable });
`

function run(text: string) {
  const session = createSession(text)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  const failed = session.steps.filter(step => step.call === 'expect' && step.ret !== 0)
  expect(failed.map(step => [step.text, step.message])).toEqual([])
  return session
}

const rulesOf = (text: string) =>
  run(text)
    .steps.map(step => step.rule)
    .filter(rule => rule !== null)

describe('fault.order', () => {
  const FIXED = `expect(dma_write(dev1, 0x7000, "data", 5) == pending);
read(ioasid_fd, &report);
expect(report.ioasid == gva);
expect(report.addr == 0x7000);
guest_map(gva_pgtable, 0x7000, 0x1000, 4KB);
page_response(dev1, 0);
expect(dma_result(dev1) == 4);
expect(dma_read(dev2, 0x1000, 4) == "data");`

  it.each(['any-device', 'cookie'])('goes through every actor and back, fault-target=%s', target => {
    const session = run(`#policy fault-target=${target}\n${START}${FIXED}`)
    const step = (call: string) => session.steps.find(one => one.call === call && one.line > 17)?.n ?? 0
    const heard = (n: number) => heardIn(session, n)
    expect(heard(step('dma_write'))).toEqual([
      'device to iommu',
      'dma',
      'page-request',
      'iommu to kernel',
      'kernel to vmm',
    ])
    expect(heard(step('read'))).toEqual(['vmm to guest'])
    expect(heard(step('page_response'))).toEqual(['guest to vmm', 'page-response', 'device to iommu', 'dma'])
    const calls = session.explain(step('page_response')).filter(event => event.kind === 'call')
    expect(calls).toMatchObject([{ actor: 'vmm', cmd: 'IOASID_PAGE_RESPONSE', sub: 1 }])
  })

  it('any-device: names space and address only, and the VMM takes the first device attached', () => {
    const session = run(`${START}expect(dma_read(dev2, 0x7000, 1, 5) == pending);\nread(ioasid_fd, &report);`)
    const out = session.steps.at(-1)?.out ?? {}
    expect(Object.keys(out).sort()).toEqual(['addr', 'ioasid', 'perm'])
    const told = session.explain(session.steps.length).find(event => event.kind === 'message')
    expect(told).toMatchObject({ ref: 'dev1' })
  })

  it('cookie: names the device and its PASID', () => {
    const session = run(`#policy fault-target=cookie
${START}expect(dma_read(dev2, 0x7000, 1, 5) == pending);
read(ioasid_fd, &report);
expect(report.cookie == 0x22);
expect(report.vpasid == 5);`)
    expect(session.ok).toBe(true)
  })
})

describe('fault.report', () => {
  it('is made only where the user can mend the table', () => {
    run(`${START}expect(dma_read(dev1, 0x80000000, 1) == fault);`)
  })

  it('is for devices with PRI; others fault', () => {
    run(`${START.replace('dev1 pci 0000:00:03.0 pasid ats pri', 'dev1 pci 0000:00:03.0 pasid')}
expect(dma_read(dev1, 0x7000, 1, 5) == fault);`)
  })

  it('a device that misses again asks again', () => {
    run(`${START}expect(dma_read(dev1, 0x7000, 1, 5) == pending);
page_response(dev1, 0);
expect(dma_result(dev1) == pending);
guest_map(gva_pgtable, 0x7000, 0x1000, 4KB);
page_response(dev1, 0);
expect(dma_result(dev1) != fault);`)
  })
})

describe('failures', () => {
  it('fault.none and fault.not-pending: nothing to read, a response to nothing', () => {
    const text = `${START}expect(read(ioasid_fd, &report) == -EAGAIN);
expect(ioctl(ioasid_fd, IOASID_PAGE_RESPONSE, { .ioasid = gva, .addr = 0x7000, .code = 0 }) == -ENOENT);
expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(ioctl(ioasid_fd, IOASID_PAGE_RESPONSE, { .ioasid = gva, .addr = 0x8000, .code = 0 }) == -ENOENT);`
    expect(rulesOf(text)).toEqual(['fault.none', 'fault.not-pending', 'fault.not-pending'])
  })

  it('fault.code and fault.no-guest', () => {
    const text = `${START}page_response(dev1, 0);
expect(dma_read(dev1, 0x7000, 1, 5) == pending);
ioctl(ioasid_fd, IOASID_PAGE_RESPONSE, { .ioasid = gva, .addr = 0x7000, .code = 9 });`
    expect(rulesOf(text)).toEqual(['fault.no-guest', 'fault.code'])
  })

  it('invalid ends the transfer in the fault; failure silences the device', () => {
    run(`${START}expect(dma_read(dev1, 0x7000, 1, 5) == pending);
page_response(dev1, 1);
expect(dma_result(dev1) == fault);
expect(dma_read(dev1, 0x8000, 1, 5) == pending);
page_response(dev1, 2);
expect(dma_result(dev1) == fault);
expect(dma_read(dev1, 0x9000, 1, 5) == fault);`)
  })

  it('fault.cancel: detach and close with faults pending', () => {
    run(`${START}expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(dma_read(dev2, 0x7000, 1, 5) == pending);
ioctl(fd1, VFIO_DETACH_IOASID, &at);
expect(dma_result(dev1) == fault);
expect(dma_result(dev2) == pending);
close(fd2);
expect(dma_result(dev2) == fault);
expect(read(ioasid_fd, &report) == -EAGAIN);`)
  })

  it('fault.cancel: the seventeenth unread report is answered failure', () => {
    const asks = Array.from({ length: 17 }, (_, k) => `dma_read(dev1, ${k * 4096 + 0x10000}, 1, 5);`)
    const session = run(START + asks.join('\n'))
    const waits = session.steps
      .filter(step => step.call === 'dma_read')
      .map(step => step.out?.pending === true)
    expect(waits).toEqual([...Array(16).fill(true), false])
  })
})
