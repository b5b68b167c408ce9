/**
 * Calls in no order at all, on every platform and under every knob: nothing throws, no translation
 * reaches a page that no area of the device's space names, and when all is closed nothing is left.
 */
import { describe, expect, it } from 'vitest'
import type { DeviceRecord } from '../../kernel/state'
import { generator, type Random } from '../generator.fixture'
import { rfcV1 } from '.'
import { GIB, V1 } from './fixture'

const KIB4 = 0x1000
const CALLS = 800
const SEEDS = [11, 12, 13, 16, 2010]

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

/** A value of every knob; devices may attach without a window made for them, else nothing happens at all. */
function policyOf(random: Random): Record<string, string> {
  const policy = Object.fromEntries(rfcV1.knobs.map(knob => [knob.key, pick(random, knob.values)]))
  return { ...policy, 'initial-attach': 'explicit' }
}

const DEVICES = [
  { name: 'dev1', rid: '0000:00:03.0', group: 1, pasidBits: 16, ats: true },
  { name: 'dev2', rid: '0000:00:04.0', group: 2, pasidBits: 16 },
  { name: 'dev3', rid: '0000:00:05.0', group: 2 },
]

interface Chaos {
  readonly v1: V1
  readonly random: Random
}

type Act = (chaos: Chaos) => unknown

/** By the RID, now and then with a PASID. */
const routing = ({ random }: Chaos): Record<string, number> => ({
  ioasid: 1 + random(5),
  ...(random(5) === 0 ? { flag: 1, user_pasid: random(4) } : {}),
})

const address = (random: Random) => random(40) * KIB4 + (random(40) === 0 ? 1 : 0)

/** Mostly an open file of the kind the call is for, now and then any number. */
function file({ v1, random }: Chaos, kind: 'context' | 'device'): number {
  if (random(25) === 0) return random(12)
  const fds = [...v1.machine.root.files].filter(([, one]) => one.kind === kind).map(([fd]) => fd)
  return fds.length === 0 ? 3 : pick(random, fds)
}

const onContext = (chaos: Chaos, command: string, fields: Record<string, bigint | number>) =>
  chaos.v1.ioctl(file(chaos, 'context'), command, fields)

const onDevice = (chaos: Chaos, command: string, fields: Record<string, bigint | number>) =>
  chaos.v1.ioctl(file(chaos, 'device'), command, fields)

const times = (count: number, act: Act): readonly Act[] => Array.from({ length: count }, () => act)

const ACTS: readonly Act[] = [
  ({ v1, random }) => v1.machine.root.files.size < 8 && v1.tryOpen(pick(random, PATHS)),
  chaos => onDevice(chaos, 'VFIO_BIND_IOASID_FD', { fd: file(chaos, 'context') }),
  chaos => chaos.random(4) === 0 && onDevice(chaos, 'VFIO_UNBIND_IOASID_FD', { fd: file(chaos, 'context') }),
  chaos => onContext(chaos, 'IOASID_ALLOC', { type: chaos.random(4) === 0 ? chaos.random(6) : 0 }),
  chaos => onContext(chaos, 'IOASID_CREATE_NESTING', { ioasid: chaos.random(6) }),
  ...times(6, chaos => onDevice(chaos, 'VFIO_ATTACH_IOASID', routing(chaos))),
  chaos => onDevice(chaos, 'VFIO_DETACH_IOASID', routing(chaos)),
  chaos => onContext(chaos, pick(chaos.random, ON_TABLES), { ioasid: chaos.random(6), addr: TABLE }),
  chaos => onContext(chaos, 'IOASID_INVALIDATE_CACHE', { ioasid: chaos.random(6) }),
  ({ random, ...rest }) =>
    onContext({ random, ...rest }, pick(random, ON_SPACE), { ioasid: random(6), iova: address(random) }),
  chaos => onContext(chaos, pick(chaos.random, ON_MEMORY), memory(chaos.random)),
  ...times(12, chaos => {
    const { random } = chaos
    const fields = { ioasid: 1 + random(4), iova: address(random), size: random(9) * KIB4 }
    return onContext(chaos, 'IOASID_MAP_DMA', { ...fields, vaddr: target(random), flags: random(4) })
  }),
  ...times(2, chaos => {
    const { random } = chaos
    return onContext(chaos, 'IOASID_UNMAP_DMA', unmapFields(chaos, 1 + random(4)))
  }),
  chaos => chaos.random(30) === 0 && chaos.v1.close(file(chaos, pick(chaos.random, ['context', 'device']))),
]

/** Half the time exactly an area that is there. */
function unmapFields({ v1, random }: Chaos, ioasid: number): Record<string, number> {
  const space = [...v1.machine.root.spaces.values()].find(one => one.id === ioasid)
  const { ranges } = v1.machine.bulk
  const slot = space === undefined ? -1 : ranges.firstFrom(space.uid * 4, random(40))
  if (slot < 0 || random(2) === 0) return { ioasid, iova: address(random), size: random(20) * KIB4 }
  const pages = ranges.last(slot) - ranges.first(slot) + 1
  return { ioasid, iova: ranges.first(slot) * KIB4, size: pages * KIB4 }
}

const PATHS = [
  '/dev/ioasid',
  '/dev/vfio/devices/dev1',
  '/dev/vfio/devices/dev2',
  '/dev/vfio/devices/dev3',
  '/dev/null',
]
const ON_SPACE = ['IOASID_FREE', 'IOASID_GET_INFO', 'IOASID_ENABLE', 'IOASID_SET_PREREG', 'IOASID_LOOKUP']
const TABLE = 0x10000
const ON_TABLES = [
  'IOASID_BIND_PGTABLE',
  'IOASID_BIND_PASID_TABLE',
  'IOASID_UNBIND_PGTABLE',
  'IOASID_UNBIND_PASID_TABLE',
]
const ON_MEMORY = ['IOASID_REGISTER_MEMORY', 'IOASID_UNREGISTER_MEMORY']

function target(random: Random): bigint {
  return (random(2) === 0 ? GIB : 0n) + BigInt(address(random))
}

function memory(random: Random): Record<string, bigint> {
  return { vaddr: GIB + BigInt(random(6) * 8 * KIB4), size: BigInt((1 + random(8)) * KIB4) }
}

/** Every page each device may ask for answers as its space's areas say, composed with no table. */
function noStrayPage(v1: V1): void {
  for (const device of v1.machine.root.devices.values())
    for (const [pasid, routed] of waysOf(device)) {
      const uid = routed === null ? null : walked(v1, routed, pasid)
      if (routed !== null && uid === null) continue
      for (let page = 0; page < 48; page++) {
        const read = v1.read(device.name, BigInt(page * KIB4), 1, pasid)
        const may = uid !== null && readable(v1, device, uid, page)
        expect(!read.startsWith('fault'), `${device.name} ${pasid} page ${page}: ${read}`).toBe(may)
      }
    }
}

/** The space that each kind of request of a device is routed to: without a PASID (null), and with each. */
function waysOf({ routed, pasidRoutes }: DeviceRecord): readonly (readonly [number | null, number | null])[] {
  return [[null, routed], ...pasidRoutes.map(({ pasid, space }) => [pasid, space] as const)]
}

/**
 * Whose areas answer a request: a PASID table leaves those without PASID to the space above (R1), and says the rest
 * itself; a table of the user answers for itself. Null: no areas tell.
 */
function walked(v1: V1, uid: number, pasid: number | null): number | null {
  const space = v1.machine.space(uid)
  if (space.kind === 'sva' || space.kind === 'user-table') return null
  if (pasid !== null && hasUsersTable(v1, space.uid)) return null
  if (space.kind === 'user-pasid-table') return space.parent === null ? null : walked(v1, space.parent, null)
  return uid
}

/** Whether a device of the space has a PASID table of the user, which then decides about its PASIDs. */
function hasUsersTable(v1: V1, uid: number): boolean {
  const devices = v1.machine.space(uid).attachments.map(at => v1.machine.device(at.device))
  return devices.some(device => device.attachments.some(at => v1.machine.space(at.space).pasidTable !== null))
}

/** Rights of a page by areas alone: the AND over the space and all its parents. */
function rights(v1: V1, uid: number, page: number): number {
  const { ranges } = v1.machine.bulk
  const slot = ranges.find(uid * 4, page)
  if (slot < 0) return 0
  const { parent } = v1.machine.space(uid)
  const above = parent === null ? 3 : rights(v1, parent, ranges.a(slot) + (page - ranges.first(slot)))
  return ranges.b(slot) & above & 3
}

/** A TCE that may be written may be read as well (hardware facts 4.1), and so may a first stage (2.4). */
function readable(v1: V1, { attachments }: DeviceRecord, uid: number, page: number): boolean {
  const { id } = v1.machine.platform
  const first = id !== 'vtd' && attachments.some(at => at.pasid !== null)
  const grants = id === 'papr' || first ? 3 : 1
  return (rights(v1, uid, page) & grants) !== 0
}

const spaces = (v1: V1) => [...v1.machine.root.spaces.values()]
const areas = (v1: V1) => spaces(v1).reduce((sum, one) => sum + v1.machine.bulk.ranges.count(one.uid * 4), 0)
const attachments = (v1: V1) => spaces(v1).reduce((sum, one) => sum + one.attachments.length, 0)

describe.each([
  ['vtd', SEEDS],
  ['papr', SEEDS],
  ['smmuv3', SEEDS],
  ['amd-vi', SEEDS],
] as const)('calls in no order on %s', (platform, seeds) => {
  it.each(seeds)('seed %i', seed => {
    const random = generator(seed)
    const v1 = new V1({ platform, policy: policyOf(random), devices: DEVICES, memlockPages: 400 })
    const chaos = { v1, random }
    let mapped = 0
    let attached = 0
    for (let call = 0; call < CALLS; call++) {
      pick(random, ACTS)(chaos)
      mapped = Math.max(mapped, areas(v1))
      attached = Math.max(attached, attachments(v1))
      if (call % 50 === 0) noStrayPage(v1)
    }
    // The calls did get somewhere.
    expect(mapped).toBeGreaterThan(1)
    expect(attached).toBeGreaterThan(0)
    v1.closeAll()
    const { root, bulk, costs } = v1.machine
    expect({ pages: root.accountedPages, pinned: bulk.refRanges.total(0) }).toEqual({ pages: 0, pinned: 0 })
    expect([root.spaces.size, root.contexts.size, root.files.size]).toEqual([0, 0, 0])
    // COST_NAMES: tablesLive, tableBytes
    expect([costs.values[4], costs.values[5]]).toEqual([0, 0])
  })
})
