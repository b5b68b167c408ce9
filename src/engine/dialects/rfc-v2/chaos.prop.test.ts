/**
 * Calls of /dev/iommu in no order at all, on four platforms and under every knob: nothing throws, untagged DMA
 * reaches what the areas of a device's space name and nothing else, and when all is closed nothing is left.
 */
import { describe, expect, it } from 'vitest'
import type { DeviceRecord } from '../../kernel/state'
import { generator, type Random } from '../generator.fixture'
import { rfcV2 } from '.'
import { GIB, V2 } from './fixture'

const KIB4 = 0x1000
const CALLS = 400
const SEEDS = [21, 22, 23]
const TABLE = 0x10000

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

/** A value of every knob; devices may attach without a window made for them, else nothing happens at all. */
function policyOf(random: Random): Record<string, string> {
  const policy = Object.fromEntries(rfcV2.knobs.map(knob => [knob.key, pick(random, knob.values)]))
  return { ...policy, 'initial-attach': 'explicit' }
}

const DEVICES = [
  { name: 'dev1', rid: '0000:00:03.0', group: 1, pasidBits: 16 },
  { name: 'dev2', rid: '0000:00:04.0', group: 2, pasidBits: 16 },
  { name: 'dev3', rid: '0000:00:05.0', group: 2, noSnoop: true },
]
const PATHS = ['/dev/iommu', ...DEVICES.map(({ name }) => `/dev/vfio/devices/${name}`), '/dev/null']

interface Chaos {
  readonly v2: V2
  readonly random: Random
}

/** Mostly an open file of the kind the call is for, now and then any number. */
function file({ v2, random }: Chaos, kind: 'context' | 'device'): number {
  if (random(25) === 0) return random(12)
  const fds = [...v2.machine.root.files].filter(([, one]) => one.kind === kind).map(([fd]) => fd)
  return fds.length === 0 ? 3 : pick(random, fds)
}

type Fields = Readonly<Record<string, bigint | number>>

const onContext = (chaos: Chaos, command: string, fields: Fields) =>
  chaos.v2.ioctl(file(chaos, 'context'), command, fields)
const onDevice = (chaos: Chaos, command: string, fields: Fields) =>
  chaos.v2.ioctl(file(chaos, 'device'), command, { fd: file(chaos, 'context'), ...fields })

const address = (random: Random) => random(40) * KIB4 + (random(40) === 0 ? 1 : 0)
const target = (random: Random) => (random(2) === 0 ? GIB : 0n) + BigInt(address(random))

/** Of a root, a child, a type of ours, a table of the user or his PASID table. */
function attributes({ random }: Chaos): Fields {
  const parent = random(3) === 0 ? { parent: random(5) } : {}
  const snoop = random(4) === 0 ? { enforce_snoop: random(4) } : {}
  switch (random(8)) {
    case 0:
      return { ...parent, ...snoop, type: random(6) }
    case 1:
      return { ...parent, user_pgtable: 1, addr: TABLE }
    case 2:
      return { ...parent, user_pasid_table: 1, addr: TABLE }
    default:
      return { ...parent, ...snoop }
  }
}

const routing = ({ random }: Chaos): Fields => ({
  ioasid: 1 + random(5),
  ...(random(5) === 0 ? { flag: 1, user_pasid: random(4) } : {}),
})

type Act = (chaos: Chaos) => unknown
const times = (count: number, act: Act): readonly Act[] => Array.from({ length: count }, () => act)

const ACTS: readonly Act[] = [
  ({ v2, random }) => v2.machine.root.files.size < 9 && v2.tryOpen(pick(random, PATHS)),
  ...times(2, chaos => onDevice(chaos, 'VFIO_BIND_IOMMU_FD', { cookie: chaos.random(5) })),
  ...times(2, chaos => onContext(chaos, 'IOMMU_IOASID_ALLOC', attributes(chaos))),
  ...times(6, chaos => onDevice(chaos, 'VFIO_ATTACH_IOASID', routing(chaos))),
  chaos => onDevice(chaos, 'VFIO_DETACH_IOASID', routing(chaos)),
  chaos => onContext(chaos, 'IOMMU_IOASID_FREE', { ioasid: chaos.random(6) }),
  chaos => onContext(chaos, 'IOMMU_IOASID_ENABLE', { ioasid: chaos.random(6) }),
  chaos => onContext(chaos, 'IOMMU_DEVICE_GET_INFO', { cookie: chaos.random(5) }),
  chaos => onContext(chaos, 'IOMMU_INVALIDATE_CACHE', { ioasid: chaos.random(6), cache: chaos.random(5) }),
  ...times(10, chaos => {
    const { random } = chaos
    const fields = { ioasid: 1 + random(4), iova: address(random), size: random(9) * KIB4 }
    return onContext(chaos, 'IOMMU_MAP_DMA', { ...fields, vaddr: target(random), flags: random(4) })
  }),
  ...times(2, chaos => {
    const { random } = chaos
    const fields = { ioasid: 1 + random(4), iova: address(random), size: random(20) * KIB4 }
    return onContext(chaos, 'IOMMU_UNMAP_DMA', fields)
  }),
  chaos => chaos.random(30) === 0 && chaos.v2.close(file(chaos, pick(chaos.random, ['context', 'device']))),
]

/** Rights of a page by areas alone: the AND over the space and all its parents. */
function rights(v2: V2, uid: number, page: number): number {
  const { ranges } = v2.machine.bulk
  const slot = ranges.find(uid * 4, page)
  if (slot < 0) return 0
  const { parent } = v2.machine.space(uid)
  const above = parent === null ? 3 : rights(v2, parent, ranges.a(slot) + (page - ranges.first(slot)))
  return ranges.b(slot) & above & 3
}

/** What untagged DMA of a device walks by areas: a PASID table leaves it to the space above (R1). */
function walked(v2: V2, uid: number): number | null {
  const space = v2.machine.space(uid)
  if (space.kind === 'user-pasid-table') return space.parent === null ? null : walked(v2, space.parent)
  return space.kind === 'user-table' ? null : uid
}

/** Whether what may be written may be read as well: a TCE, and a first stage, which PASIDs of the kernel take along. */
function writesRead({ attachments }: DeviceRecord, platform: string): boolean {
  const ownPasids = attachments.some(at => at.pasid !== null)
  return platform === 'papr' || (platform !== 'vtd' && ownPasids)
}

/** Every page each device may ask for answers as its space's areas say, composed with no table; how many are there. */
function noStrayPage(v2: V2, platform: string): number {
  let reached = 0
  for (const device of v2.machine.root.devices.values()) {
    const grants = writesRead(device, platform) ? 3 : 1
    const uid = device.routed === null ? null : walked(v2, device.routed)
    if (device.routed !== null && uid === null) continue
    for (let page = 0; page < 48; page++) {
      const read = v2.read(device.name, BigInt(page * KIB4))
      const may = uid !== null && (rights(v2, uid, page) & grants) !== 0
      expect(!read.startsWith('fault'), `${device.name} page ${page}: ${read}`).toBe(may)
      if (may) reached++
    }
  }
  return reached
}

describe.each(['vtd', 'papr', 'smmuv3', 'amd-vi'])('calls in no order on %s', platform => {
  it.each(SEEDS)('seed %i', seed => {
    const random = generator(seed)
    const v2 = new V2({ platform, policy: policyOf(random), devices: DEVICES, memlockPages: 400 })
    const chaos = { v2, random }
    let attached = 0
    let reached = 0
    for (let call = 0; call < CALLS; call++) {
      pick(random, ACTS)(chaos)
      const spaces = [...v2.machine.root.spaces.values()]
      attached = Math.max(
        attached,
        spaces.reduce((sum, one) => sum + one.attachments.length, 0),
      )
      if (call % 10 === 0) reached += noStrayPage(v2, platform)
    }
    // The calls did get somewhere.
    expect(attached).toBeGreaterThan(0)
    expect(reached).toBeGreaterThan(0)
    v2.closeAll()
    const { root, bulk, costs } = v2.machine
    expect({ pages: root.accountedPages, pinned: bulk.refRanges.total(0) }).toEqual({ pages: 0, pinned: 0 })
    expect([root.spaces.size, root.contexts.size, root.files.size]).toEqual([0, 0, 0])
    // COST_NAMES: tablesLive, tableBytes
    expect([costs.values[4], costs.values[5]]).toEqual([0, 0])
  })
})
