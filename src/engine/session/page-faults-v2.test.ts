/**
 * Page faults under the second proposal, from flows: a report names the device by its cookie, and of a PASID table of
 * the user the vPASID; the actors in their order, and every way to fail (rfc 6, R38).
 */
import { describe, expect, it } from 'vitest'
import { heardIn } from './heard.fixture'
import { createSession } from './session'

const DEVICES = `#device dev1 pci 0000:00:03.0 pasid ats pri
#device dev2 pci 0000:00:04.0 pasid ats pri
`
const BOUND = `fd1 = open("/dev/vfio/devices/dev1", mode);
fd2 = open("/dev/vfio/devices/dev2", mode);
iommu_fd = open("/dev/iommu", mode);
ioctl(fd1, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd, .cookie = 0x11 });
ioctl(fd2, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd, .cookie = 0x22 });
gpa = ioctl(iommu_fd, IOMMU_IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = gpa });
ioctl(fd2, VFIO_ATTACH_IOASID, { .fd = iommu_fd, .ioasid = gpa });
ioctl(iommu_fd, IOMMU_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
`

interface Way {
  readonly platform: string
  /** Up to the first DMA: dev1 and dev2 both reach an empty table of the guest with PASID 5, and dev1 is in `space`. */
  readonly start: string
  readonly table: string
  readonly space: string
  /** What dev1 is attached by. */
  readonly at1: string
}

/** The kernel's PASID table: one space for both, with a vPASID. */
const BY_PASID: Way = {
  platform: 'vtd',
  start: `${DEVICES}${BOUND}gva = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pgtable = 1, .parent = gpa, .addr = gva_pgtable });
at = { .fd = iommu_fd, .ioasid = gva, .flag = IOASID_ATTACH_VPASID, .vpasid = 5 };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
ioctl(fd2, VFIO_ATTACH_IOASID, &at);
`,
  table: 'gva_pgtable',
  space: 'gva',
  at1: 'at',
}

/** The guest's PASID tables: a space for each device, which stands for all PASIDs of it. */
const pasidTables = (devices: string, platform: string): Way => ({
  platform,
  start: `${devices}${BOUND}table1 = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pasid_table = 1, .parent = gpa, .addr = 0x3ff00000 });
table2 = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pasid_table = 1, .parent = gpa, .addr = 0x3fe00000 });
at = { .fd = iommu_fd, .ioasid = table1 };
at2 = { .fd = iommu_fd, .ioasid = table2 };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
ioctl(fd2, VFIO_ATTACH_IOASID, &at2);
guest_pasid_set(0x3ff00000, 5, 0x3f000000);
guest_pasid_set(0x3ff00000, 6, 0x3f000000);
guest_pasid_set(0x3fe00000, 5, 0x3f000000);
`,
  table: '0x3f000000',
  space: 'table1',
  at1: 'at',
})

const BY_TABLE = pasidTables(DEVICES, 'smmuv3')
const STALLED = pasidTables(`#platform smmuv3 stall=on\n${DEVICES.replaceAll(' ats pri', '')}`, 'smmuv3')
const WAYS = [
  ["the kernel's PASID table", BY_PASID],
  ["the guest's PASID table", BY_TABLE],
  ["the guest's PASID table, requests stalled", STALLED],
  ["the guest's GCR3 table, requests in the PPR log", pasidTables(DEVICES, 'amd-vi')],
] as const

function run(way: Way, text: string) {
  const session = createSession(way.start + text, { platform: way.platform })
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  const failed = session.steps.filter(step => step.call === 'expect' && step.ret !== 0)
  expect(failed.map(step => [step.text, step.message])).toEqual([])
  return session
}

const rulesOf = (way: Way, text: string) => run(way, text).steps.flatMap(step => step.rule ?? [])

const respond = (fields: string) => `ioctl(iommu_fd, IOMMU_PAGE_RESPONSE, { ${fields} })`

describe.each(WAYS)('fault.order: %s', (_, way) => {
  it('goes through every actor and back', () => {
    const session = run(
      way,
      `expect(dma_write(dev1, 0x7000, "data", 5) == pending);
read(iommu_fd, &report);
expect(report.ioasid == ${way.space});
expect(report.addr == 0x7000);
expect(report.cookie == 0x11);
expect(report.vpasid == 5);
guest_map(${way.table}, 0x7000, 0x1000, 4KB);
page_response(dev1, 0);
expect(dma_result(dev1) == 4);
expect(dma_read(dev2, 0x1000, 4) == "data");`,
    )
    const step = (call: string) => session.steps.findLast(one => one.call === call)?.n ?? 0
    const heard = (n: number) => heardIn(session, n)
    expect(heard(step('dma_write'))).toEqual([
      'device to iommu',
      'dma',
      'page-request',
      'iommu to kernel',
      'kernel to vmm',
    ])
    expect(session.steps.find(one => one.call === 'read')?.out).toMatchObject({ perm: 'w' })
    expect(heard(step('read'))).toEqual(['vmm to guest'])
    expect(heard(step('page_response'))).toEqual(['guest to vmm', 'page-response', 'device to iommu', 'dma'])
    const calls = session.explain(step('page_response')).filter(event => event.kind === 'call')
    expect(calls).toMatchObject([{ actor: 'vmm', cmd: 'IOMMU_PAGE_RESPONSE', sub: 1 }])
  })

  it('fault-target=cookie: an answer may name the device and the vPASID, and then means that one', () => {
    const ok = `.ioasid = ${way.space}, .addr = report.addr, .code = 0, .cookie = report.cookie, .vpasid = report.vpasid`
    run(
      way,
      `expect(dma_read(dev1, 0x7000, 1, 5) == pending);
read(iommu_fd, &report);
guest_map(${way.table}, 0x7000, 0x1000, 4KB);
expect(${respond(ok)} == 0);
expect(dma_result(dev1) != pending);
expect(dma_result(dev1) != fault);`,
    )
  })

  it('fault-target=any-device: space, address and access alone', () => {
    const knob = '#policy fault-target=any-device\n'
    const session = run(
      { ...way, start: knob + way.start },
      'expect(dma_read(dev1, 0x7000, 1, 5) == pending);\nread(iommu_fd, &report);',
    )
    expect(Object.keys(session.steps.at(-1)?.out ?? {}).sort()).toEqual(['addr', 'ioasid', 'perm'])
  })
})

describe.each(WAYS)('failures: %s', (_, way) => {
  const answer = (fields: string) => respond(`.ioasid = ${way.space}, .addr = 0x7000, ${fields}`)

  it('fault.none and fault.not-pending: nothing to read; nothing, another address, cookie or vPASID to answer', () => {
    const text = `expect(read(iommu_fd, &report) == -EAGAIN);
expect(${answer('.code = 0')} == -ENOENT);
expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(${respond(`.ioasid = ${way.space}, .addr = 0x8000, .code = 0`)} == -ENOENT);
expect(${respond('.ioasid = gpa, .addr = 0x7000, .code = 0')} == -ENOENT);
expect(${answer('.code = 0, .cookie = 0x22')} == -ENOENT);
expect(${answer('.code = 0, .cookie = 0x99')} == -ENOENT);
expect(${answer('.code = 0, .vpasid = 6')} == -ENOENT);
expect(dma_result(dev1) == pending);
expect(${answer('.code = 1, .cookie = 0x11, .vpasid = 5')} == 0);
expect(dma_result(dev1) == fault);
expect(${answer('.code = 0')} == -ENOENT);`
    expect(rulesOf(way, text)).toEqual(['fault.none', ...Array(7).fill('fault.not-pending')])
  })

  it('fault.code: none of success, invalid and failure', () => {
    const text = `dma_read(dev1, 0x7000, 1, 5);\n${answer('.code = 3')};\nexpect(dma_result(dev1) == pending);`
    expect(rulesOf(way, text)).toEqual(['fault.code'])
  })

  it('invalid and failure end the transfer in the fault', () => {
    run(
      way,
      `expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(${answer('.code = 1')} == 0);
expect(dma_result(dev1) == fault);
expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(${answer('.code = 2')} == 0);
expect(dma_result(dev1) == fault);`,
    )
  })

  it('fault.cancel: a device that leaves the space with its fault pending, read or not', () => {
    for (const first of ['', 'read(iommu_fd, &report);\n'])
      run(
        way,
        `expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(dma_read(dev2, 0x7000, 1, 5) == pending);
${first}expect(ioctl(fd1, VFIO_DETACH_IOASID, &${way.at1}) == 0);
expect(dma_result(dev1) == fault);
expect(dma_result(dev2) == pending);
expect(read(iommu_fd, &report) == 0);
expect(report.cookie == 0x22);
expect(read(iommu_fd, &report) == -EAGAIN);
expect(${answer('.code = 0, .cookie = 0x11')} == -ENOENT);`,
      )
  })

  it('fault.cancel: close of a device fd with faults pending', () => {
    run(
      way,
      `expect(dma_read(dev1, 0x7000, 1, 5) == pending);
expect(dma_read(dev2, 0x7000, 1, 5) == pending);
close(fd1);
expect(dma_result(dev1) == fault);
expect(dma_result(dev2) == pending);
close(fd2);
expect(dma_result(dev2) == fault);
expect(read(iommu_fd, &report) == -EAGAIN);`,
    )
  })

  it('fault.cancel: the seventeenth unread report is answered failure; one that was read makes room', () => {
    const ask = (k: number) => `dma_read(dev1, ${k * 4096 + 0x10000}, 1, 5);`
    const asks = Array.from({ length: 16 }, (_unused, k) => ask(k)).join('\n')
    const waits = (text: string) =>
      run(way, text)
        .steps.filter(step => step.call === 'dma_read')
        .map(step => step.out?.pending === true)
    expect(waits(`${asks}\n${ask(16)}`)).toEqual([...Array(16).fill(true), false])
    expect(waits(`${asks}\nread(iommu_fd, &report);\n${ask(16)}`)).toEqual(Array(17).fill(true))
  })
})

describe('fault.report', () => {
  it('of two PASIDs in one table of the guest the vPASID tells which, and an answer reaches that one', () => {
    run(
      BY_TABLE,
      `expect(dma_read(dev1, 0x7000, 1, 6) == pending);
expect(dma_read(dev1, 0x7000, 1, 5) == pending);
read(iommu_fd, &report);
expect(report.vpasid == 6);
read(iommu_fd, &report);
expect(report.vpasid == 5);
expect(${respond('.ioasid = table1, .addr = 0x7000, .code = 1, .vpasid = 5')} == 0);
expect(${respond('.ioasid = table1, .addr = 0x7000, .code = 1, .vpasid = 5')} == -ENOENT);
expect(${respond('.ioasid = table1, .addr = 0x7000, .code = 1, .vpasid = 6')} == 0);`,
    )
  })

  it('each fd hears of its own spaces, under the cookie given to it', () => {
    const second = `other_fd = open("/dev/iommu", mode);
expect(ioctl(fd2, VFIO_BIND_IOMMU_FD, { .fd = other_fd, .cookie = 0x33 }) == 0);
expect(dma_read(dev2, 0x7000, 1, 5) == pending);
expect(read(other_fd, &report) == -EAGAIN);
expect(read(iommu_fd, &report) == 0);
expect(report.cookie == 0x22);`
    run(BY_PASID, second)
  })

  it('is made of no space of the kernel, and for no request without PASID beside a PASID table', () => {
    for (const way of [BY_PASID, BY_TABLE]) run(way, 'expect(dma_read(dev1, 0x80000000, 1) == fault);')
  })

  it('is made by no unit without page requests: the miss is a fault', () => {
    const way = pasidTables(`#platform amd-vi ppr=off\n${DEVICES}`, 'amd-vi')
    run(way, `expect(dma_read(dev1, 0x7000, 1, 5) == fault);\nexpect(read(iommu_fd, &report) == -EAGAIN);`)
  })
})
