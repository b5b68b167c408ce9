/** Page requests of devices behind a real IOMMU, through the queue of the table they used: facts 2.16. */
import { describe, expect, it } from 'vitest'
import { guestMap } from '../../kernel/guest-tables'
import { GIB } from '../fixture'
import { lowerIntent } from '../intents'
import { Io, PAGE, words } from './fixture'
import { FAULT_ID, NEST_PARENT, PASID } from './scenes.fixture'

const SIZE = 8n << 20n
const TABLE = 0x40_0000n
const SUCCESS = 0
const INVALID = 1
const POLLIN = 1
const READ = 1
const WRITE = 2

const DEVICES = [
  { name: 'dev1', ats: true, pri: true, pasidBits: 20 },
  { name: 'dev2', rid: '0000:00:04.0', ats: true, pri: true, pasidBits: 20 },
]

/** A device on a guest's table with a queue for its faults; with a PASID or without. */
function guest(pasid: number | null = null) {
  const io = new Io({
    devices: DEVICES,
    memory: [{ hva: GIB, size: SIZE, pages: '4K' }],
    guestRam: [{ first: 0, last: Number(SIZE >> 12n) - 1, hva: Number(GIB >> 12n) }],
  })
  const { fd, id } = io.device('dev1')
  const ioas = io.ioas()
  io.map(ioas, 0n, GIB, SIZE)
  const parent = Number(io.hwpt(id, ioas, NEST_PARENT | PASID).out?.out_hwpt_id)
  const queue = io.done('IOMMU_FAULT_QUEUE_ALLOC')
  const [fault, file] = [Number(queue.out_fault_id), Number(queue.out_fault_fd)]
  const nested = (dev: number, flags = FAULT_ID): number => {
    const s1 = new Uint8Array(24)
    new DataView(s1.buffer).setBigUint64(8, TABLE, true)
    new DataView(s1.buffer).setUint32(16, 48, true)
    const fields = {
      dev_id: dev,
      pt_id: parent,
      flags: flags | PASID,
      fault_id: fault,
      data_type: 1,
      data_len: 24,
    }
    return Number(io.done('IOMMU_HWPT_ALLOC', { ...fields, data_uptr: GIB }, { data_uptr: s1 }).out_hwpt_id)
  }
  const hwpt = nested(id)
  if (pasid !== null) io.attach(fd, parent)
  io.attach(fd, hwpt, pasid)
  const map = (iova: bigint): void => {
    const run = { root: TABLE, page: Number(iova >> 12n), pages: 1, target: 1, perm: 3 }
    if (!guestMap(io.machine, run).ok) throw new Error('the guest cannot map')
  }
  const result = (name = 'dev1') => io.machine.root.dmaResults.get(name)
  return { io, fd, id, ioas, parent, fault, file, hwpt, nested, map, result }
}

/** The queue's records, with what was read of each. */
const read = (io: Io, file: number, records = 8) =>
  (io.readFile(file, records * 40).out?.faults ?? []) as readonly Record<string, unknown>[]

describe.each([null, 5])('io.page-requests with PASID %s', pasid => {
  it('a miss waits; the record tells who, where and how; success makes the device go on', () => {
    const { io, id, file, map, result } = guest(pasid)
    expect(io.write('dev1', 0x7123n, 'late', pasid)).toMatchObject({ pending: true })
    expect(io.pollFile(file, POLLIN).out?.revents).toBe(POLLIN)
    const flags = pasid === null ? 2 : 3
    const told = {
      flags,
      dev_id: id,
      pasid: pasid ?? 0,
      grpid: 0,
      perm: WRITE,
      addr: 0x7000n,
      length: 0,
      cookie: 1,
    }
    expect(read(io, file)).toEqual([told])
    expect(io.pollFile(file, POLLIN).out?.revents).toBe(0)
    map(0x7000n)
    expect(io.writeFile(file, words(1, SUCCESS)).ret).toBe(8)
    expect(result()).toMatchObject({ ok: true, length: 4 })
    expect(io.read('dev1', 0x7123n, 4, pasid)).toBe('late')
    expect(io.writeFile(file, words(1, SUCCESS))).toMatchObject({
      errno: 'EINVAL',
      rule: 'fault-queue.cookie',
    })
  })

  it('success without a page makes the device ask again, under a new record', () => {
    const { io, file, result } = guest(pasid)
    io.write('dev1', 0x7000n, 'x', pasid)
    read(io, file)
    io.writeFile(file, words(1, SUCCESS))
    expect(result()).toMatchObject({ pending: true })
    expect(read(io, file)).toMatchObject([{ addr: 0x7000n, cookie: 1 }])
  })

  it('invalid ends the transfer in its fault, and the IOMMU holds nothing of it any more', () => {
    const { io, file, result } = guest(pasid)
    expect(io.read('dev1', 0x7000n, 1, pasid)).toBe('pending')
    expect(read(io, file)).toMatchObject([{ perm: READ }])
    io.writeFile(file, words(1, INVALID))
    expect(result()).toMatchObject({ ok: false, pending: false })
    const { platform, root } = io.machine
    expect(platform.pageRequests?.pending(root.hw)).toEqual([])
  })

  it("the guest's own answer is a read of the queue and a write by its VMM", () => {
    const { io, file } = guest(pasid)
    io.read('dev1', 0x7000n, 1, pasid)
    io.read('dev1', 0x9000n, 1, pasid)
    const [, second] = io.machine.root.faults
    if (second === undefined) throw new Error('no fault')
    const plan = lowerIntent(io.machine, io.dialect, { kind: 'respond', fault: second, code: 'invalid' })
    expect(plan).toEqual({
      calls: [
        { fd: file, file: 'read', command: 'read', fields: { len: 80n } },
        { fd: file, file: 'write', command: 'write', fields: {}, bytes: { data: words(2, INVALID) } },
      ],
    })
  })
})

describe('io.page-requests: what waits when the device leaves is answered invalid', () => {
  const LEAVES: readonly (readonly [string, (at: ReturnType<typeof guest>) => void])[] = [
    ['detach', ({ io, fd }) => io.on(fd, 'VFIO_DEVICE_DETACH_IOMMUFD_PT')],
    ['replace', ({ io, fd, parent }) => io.attach(fd, parent)],
    ['close of its file', ({ io, fd }) => io.close(fd)],
  ]

  it.each(LEAVES)('%s, read or not', (_, leave) => {
    const at = guest()
    const { io, file, result } = at
    io.read('dev1', 0x7000n)
    read(io, file)
    io.read('dev1', 0x9000n)
    leave(at)
    expect(result()).toMatchObject({ ok: false, pending: false })
    expect(io.machine.root.faults).toEqual([])
    expect(io.machine.root.waiting).toEqual([])
    expect(read(io, file)).toEqual([])
    expect(io.writeFile(file, words(1, SUCCESS)).errno).toBe('EINVAL')
  })

  it("closing the queue's file answers nothing: the table still holds the queue", () => {
    const { io, fault, file, result } = guest()
    io.read('dev1', 0x7000n)
    io.close(file)
    expect(result()).toMatchObject({ pending: true })
    expect(io.call('IOMMU_DESTROY', { id: fault }).errno).toBe('EBUSY')
  })

  it('what another device asked for through the same queue stays', () => {
    const { io, fd, file, nested } = guest()
    const other = io.device('dev2')
    io.attach(other.fd, nested(other.id))
    io.read('dev1', 0x7000n)
    io.read('dev2', 0x9000n)
    io.on(fd, 'VFIO_DEVICE_DETACH_IOMMUFD_PT')
    expect(read(io, file)).toMatchObject([{ dev_id: other.id, addr: 0x9000n }])
  })
})

describe('io.page-requests: who takes them', () => {
  it('a table without a queue takes none: the transfer faults at once', () => {
    const { io, fd, id, nested } = guest()
    io.attach(fd, nested(id, 0))
    expect(io.read('dev1', 0x7000n)).toMatch(/^fault/)
    expect(io.machine.root.faults).toEqual([])
  })

  it('a table of the kernel can have a queue, too: the user maps the page and answers', () => {
    const { io, fd, id, file, fault, result } = guest()
    const ioas = io.ioas()
    const hwpt = Number(io.hwpt(id, ioas, FAULT_ID, { fault_id: fault }).out?.out_hwpt_id)
    io.attach(fd, hwpt)
    expect(io.read('dev1', 0x7000n)).toBe('pending')
    expect(read(io, file)).toMatchObject([{ addr: 0x7000n }])
    io.map(ioas, 0x7000n, GIB, PAGE)
    io.writeFile(file, words(1, SUCCESS))
    expect(result()).toMatchObject({ ok: true })
  })
})
