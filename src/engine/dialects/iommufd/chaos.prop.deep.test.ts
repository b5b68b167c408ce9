/**
 * Calls in no order, with fields near what is there: nothing is ever thrown, and when all files are closed nothing is
 * pinned, charged, or left. `IOAS_CALLS=1000000` makes a million of them; the seed is in the name of the test.
 */
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { pinnedPages } from '../../kernel/accounting'
import type { IoType } from '../../kernel/iommu'
import type { FileRecord } from '../../kernel/state'
import { runAs, setCredentials } from '../../kernel/tasks'
import type { Command } from '../contract'
import { GIB } from '../fixture'
import { generator, type Random } from '../generator.fixture'
import { iommufd } from '.'
import { Io, MOCK, words } from './fixture'

const CALLS = Number(process.env.IOAS_CALLS ?? 60_000)
const SEEDS = [11, 12, 13, 14]
/** A machine is closed and looked at after so many calls. */
const ROUND = 2_500

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

const TYPES = [0n, 1n, 0xdeadn, 0xdeadbeefn, 0xbeefbeefn] as const

/** Which objects a field names, mostly. */
const NAMED: Readonly<Record<string, readonly IoType[]>> = {
  id: ['HWPT_PAGING', 'HWPT_NESTED', 'VIOMMU', 'VDEVICE', 'VEVENTQ', 'HW_QUEUE', 'FAULT', 'SELFTEST', 'IOAS'],
  ioas_id: ['IOAS'],
  object_id: ['IOAS'],
  src_ioas_id: ['IOAS'],
  dst_ioas_id: ['IOAS'],
  dev_id: ['DEVICE'],
  pt_id: ['IOAS', 'HWPT_PAGING', 'HWPT_NESTED', 'VIOMMU'],
  hwpt_id: ['HWPT_PAGING', 'HWPT_NESTED', 'VIOMMU'],
  viommu_id: ['VIOMMU'],
  stdev_id: ['SELFTEST'],
  fault_id: ['FAULT'],
}

/** Flags of calls that need some. */
const FLAGS: Readonly<Record<string, readonly number[]>> = {
  IOMMU_IOAS_MAP: [7, 7, 5, 6],
  IOMMU_IOAS_MAP_FILE: [7, 5],
  IOMMU_IOAS_COPY: [7, 5, 6],
  IOMMU_HWPT_ALLOC: [0, 1, 2, 8, 4, 9],
  VFIO_DEVICE_ATTACH_IOMMUFD_PT: [0, 0, 1],
  VFIO_DEVICE_DETACH_IOMMUFD_PT: [0, 0, 1],
  IOMMU_HWPT_SET_DIRTY_TRACKING: [1, 1, 0],
  IOMMU_HWPT_GET_DIRTY_BITMAP: [0, 1],
  TEST_CREATE_ACCESS: [0, 1],
}

/** Fields that go together, for calls that random ones seldom reach. */
const FITTING: Readonly<Record<string, readonly Readonly<Record<string, bigint>>[]>> = {
  IOMMU_HWPT_ALLOC: [
    { data_type: 0n, data_len: 0n },
    { data_type: 0xdeadn, data_len: 8n, data_uptr: GIB, flags: 0n },
    { data_type: 0xdeadn, data_len: 8n, data_uptr: GIB, flags: 8n },
  ],
  IOMMU_VIOMMU_ALLOC: [{ type: 0xdeadbeefn, data_len: 0n }],
  IOMMU_VEVENTQ_ALLOC: [{ type: 0xbeefbeefn, veventq_depth: 2n }],
  IOMMU_HW_QUEUE_ALLOC: [{ type: 0xdeadbeefn, index: 0n }],
  IOMMU_HWPT_INVALIDATE: [
    { data_type: 0xdeadbeefn, entry_len: 8n },
    { data_type: 0xdeadbeefn, entry_len: 12n },
  ],
  IOMMU_HWPT_GET_DIRTY_BITMAP: [{ page_size: 0x1000n, length: 0x8000n, iova: MOCK }],
  VFIO_IOMMU_MAP_DMA: [
    { flags: 3n, size: 0x1000n },
    { flags: 1n, size: 0x2000n },
  ],
  VFIO_IOMMU_UNMAP_DMA: [
    { flags: 0n, size: 0x1000n },
    { flags: 2n, size: 0n, iova: 0n },
  ],
}

const ADDRESSES: readonly string[] = ['iova', 'dst_iova', 'src_iova', 'nesting_parent_iova', 'addr', 'start']
const POINTERS: readonly string[] = ['user_va', 'data_uptr', 'allowed_iovas', 'data', 'vaddr', 'uptr']

/** Numbers by the name of a field: mostly ones that mean something. */
function numberFor(random: Random, field: string, command: string): bigint {
  if (random(80) === 0) return BigInt.asUintN(64, -BigInt(random(3)))
  const unit = random(8) === 0 ? 0x800n : 0x1000n
  if (POINTERS.includes(field)) return random(20) === 0 ? 0n : GIB + BigInt(random(32)) * unit
  if (ADDRESSES.includes(field)) return MOCK + BigInt(random(32)) * unit
  if (field === 'length' || field === 'page_size') return BigInt(1 + random(4)) * unit
  if (field === 'type' || field === 'data_type' || field === 'in_data_type') return pick(random, TYPES)
  if (field === 'data_len' || field === 'entry_len') return BigInt(pick(random, [0, 0, 8, 8, 12, 24]))
  if (field === 'entry_num') return BigInt(random(3))
  if (field === 'size' || field === 'argsz') return BigInt(random(64))
  if (field === 'flags') return BigInt(random(40) === 0 ? random(64) : pick(random, FLAGS[command] ?? [0]))
  return BigInt(random(6))
}

/** One of so many calls of what takes away what others stand on. */
const SELDOM: Readonly<Record<string, number>> = {
  TEST_ADD_RESERVED: 20,
  IOMMU_DESTROY: 4,
  IOMMU_IOAS_UNMAP: 3,
}
/** What the others need is called more often. */
const OFTEN = ['IOMMU_IOAS_MAP', 'IOMMU_HWPT_ALLOC', 'TEST_MOCK_DOMAIN', 'VFIO_DEVICE_ATTACH_IOMMUFD_PT']
const COMMANDS = iommufd.commands.flatMap(command =>
  OFTEN.includes(command.name) ? Array.from({ length: 4 }, () => command) : [command],
)

/** Fields that a call is rarely given: they end most calls early. */
const RARE: readonly string[] = [
  ...['size', 'argsz', 'argp', 'trailing', '__reserved', '__reserved1', '__reserved2'],
]

class Chaos {
  private readonly io = new Io({
    devices: [
      { name: 'dev1', group: 3 },
      { name: 'dev2', rid: '0000:00:03.1', group: 3 },
      { name: 'dev3', rid: '0000:00:05.0', pasidBits: 20, ats: true, pri: true },
    ],
    memory: [{ hva: GIB, size: 0x20000n, pages: 'scattered' }],
  })
  private readonly random: Random
  /** Commands that were not refused every time. */
  readonly went: Set<string>
  private readonly contexts = [this.io.fd, this.io.open('/dev/iommu')]
  private devices = ['dev1', 'dev2', 'dev3'].map(name => this.io.open(`/dev/vfio/devices/${name}`))

  constructor(random: Random, went: Set<string>) {
    this.random = random
    this.went = went
    setCredentials(this.io.machine, { memlockPages: 200 })
    this.io.machine.events = { on: true, emit: () => {} }
  }

  step(): void {
    const { random, io } = this
    const acts = [
      () => this.reopen(),
      () => io.tryOpen('/dev/vfio/3'),
      () => io.readFile(random(24), random(90)),
      () => io.writeFile(random(24), words(random(4), random(3)).subarray(0, random(9))),
      () => io.pollFile(random(24), 5),
      () => io.write(pick(random, ['dev1', 'dev2', 'dev3']), MOCK + BigInt(random(0x10000)), 'some bytes'),
    ]
    const act = acts[random(40)] ?? (() => this.call(pick(random, COMMANDS)))
    act()
  }

  private call(command: Command): void {
    const { random } = this
    if (random(SELDOM[command.name] ?? 1) > 0) return
    const fd = this.fileFor(command)
    const fields: Record<string, bigint> = {}
    for (const { name } of command.fields)
      if (RARE.includes(name) ? random(300) === 0 : random(12) > 0)
        fields[name] = this.number(name, command.name, fd)
    if (random(6) > 0) Object.assign(fields, pick(random, FITTING[command.name] ?? [{}]))
    for (const field of ['iommufd', 'container'])
      if (field in fields) fields[field] = BigInt(pick(random, this.contexts))
    if ('access_fd' in fields) fields.access_fd = this.fdOf(file => file.path.includes('staccess'))
    const bytes = { data_uptr: words(random(5), random(5), random(5), 0, 0, 0), allowed_iovas: this.spans() }
    const { errno } = this.io.on(fd, command.name, fields, random(8) === 0 ? {} : bytes)
    if (errno === null) this.went.add(command.name)
  }

  private fileFor({ file }: Command): number {
    if (file === 'group') return Number(this.fdOf(({ kind }) => kind === 'group'))
    return pick(this.random, file === 'device' ? this.devices : this.contexts)
  }

  /** The fd of one of the files that are so, else one that nothing is open under. */
  private fdOf(is: (file: FileRecord) => boolean): bigint {
    const fds = [...this.io.machine.root.files].flatMap(([fd, file]) => (is(file) ? [fd] : []))
    return BigInt(fds.length === 0 ? 99 : pick(this.random, fds))
  }

  private number(field: string, command: string, fd: number): bigint {
    const types = NAMED[field]
    if (types === undefined || this.random(10) === 0) return numberFor(this.random, field, command)
    const { contexts, files, devices } = this.io.machine.root
    const file = files.get(fd)
    const bound = devices.get(file?.device ?? '')?.bindings[0]?.context
    const all = [...(contexts.get(file?.context ?? bound ?? 0)?.io.objects.values() ?? [])]
    const named = all.filter(object => types.includes(object.type))
    return named.length === 0 ? 0n : BigInt(pick(this.random, named).id)
  }

  private spans(): Uint8Array {
    const bytes = new Uint8Array(16 * 14)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < 28; at++)
      view.setBigUint64(at * 8, BigInt(at) * 0x100000n + BigInt(this.random(9)), true)
    return bytes
  }

  /** Closes a file, and opens a device again where it was one. */
  private reopen(): void {
    const { random, io } = this
    if (random(3) > 0) {
      io.close(6 + random(20))
      this.devices = ['dev1', 'dev2', 'dev3'].map(name => {
        const [found] = [...io.machine.root.files].filter(([, file]) => file.device === name)
        return found?.[0] ?? io.open(`/dev/vfio/devices/${name}`)
      })
    }
    runAs(io.machine, 0)
  }

  /** Closes everything; what is left then. */
  end(): unknown {
    const { io } = this
    io.closeAll()
    const { contexts, spaces, ioPages, accountedPages, devices } = io.machine.root
    const attached = [...devices.values()].filter(one => one.attachments.length + one.bindings.length > 0)
    const tests = [...devices.values()].filter(one => one.hw.testFlags !== undefined)
    return [contexts.size, spaces.size, ioPages, accountedPages, pinnedPages(io.machine), attached, tests]
  }
}

describe('io.chaos: calls in no order', () => {
  it.each(SEEDS)('throw nothing and leave nothing behind, seed %i', seed => {
    const random = generator(seed)
    const went = new Set<string>()
    for (let made = 0; made < CALLS / SEEDS.length; made += ROUND) {
      const chaos = new Chaos(random, went)
      for (let call = 0; call < ROUND; call++) chaos.step()
      expect(chaos.end()).toEqual([0, 0, null, 0, 0, [], []])
    }
    // The calls did get somewhere; the test driver's checks, for one, ask for numbers that nobody hits.
    expect(went.size).toBeGreaterThan(0.75 * iommufd.commands.length)
  })
})
