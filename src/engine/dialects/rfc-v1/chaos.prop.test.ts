/**
 * Calls in no order at all, on both platforms and under every knob: nothing throws, no translation
 * reaches a page that no area of the device's space names, and when all is closed nothing is left.
 */
import { describe, expect, it } from 'vitest'
import { generator, type Random } from '../generator.fixture'
import { rfcV1 } from '.'
import { GIB, V1 } from './fixture'

const KIB4 = 0x1000
const CALLS = 1500
const SEEDS = [11, 12, 13, 14, 15, 16]

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

/** A value of every knob. */
function policyOf(random: Random): Record<string, string> {
  return Object.fromEntries(rfcV1.knobs.map(knob => [knob.key, pick(random, knob.values)]))
}

const DEVICES = [
  { name: 'dev1', rid: '0000:00:03.0', group: 1 },
  { name: 'dev2', rid: '0000:00:04.0', group: 2 },
  { name: 'dev3', rid: '0000:00:05.0', group: 2 },
]

interface Chaos {
  readonly v1: V1
  readonly random: Random
  readonly fds: number[]
}

type Act = (chaos: Chaos) => void

const address = (random: Random) => random(40) * KIB4 + (random(20) === 0 ? 1 : 0)

const ACTS: readonly Act[] = [
  ({ v1, fds, random }) => fds.push(v1.tryOpen(pick(random, PATHS)).ret),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'VFIO_BIND_IOASID_FD', { fd: pick(random, fds) }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'VFIO_UNBIND_IOASID_FD', { fd: pick(random, fds) }),
  ({ v1, fds, random }) =>
    v1.ioctl(pick(random, fds), 'IOASID_ALLOC', { type: random(4) === 0 ? random(6) : 0 }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'IOASID_CREATE_NESTING', { ioasid: random(6) }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'VFIO_ATTACH_IOASID', { ioasid: random(6) }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'VFIO_ATTACH_IOASID', { ioasid: random(3) }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), 'VFIO_DETACH_IOASID', { ioasid: random(6) }),
  ({ v1, fds, random }) =>
    v1.ioctl(pick(random, fds), pick(random, ON_SPACE), { ioasid: random(6), iova: address(random) }),
  ({ v1, fds, random }) => v1.ioctl(pick(random, fds), pick(random, ON_MEMORY), memory(random)),
  ...Array.from(
    { length: 6 },
    (): Act =>
      ({ v1, fds, random }) => {
        const fields = { ioasid: random(5), iova: address(random), size: random(9) * KIB4 }
        v1.ioctl(pick(random, fds), 'IOASID_MAP_DMA', { ...fields, vaddr: target(random), flags: random(4) })
      },
  ),
  ({ v1, fds, random }) => {
    const fields = { ioasid: random(5), iova: address(random), size: random(20) * KIB4 }
    v1.ioctl(pick(random, fds), 'IOASID_UNMAP_DMA', fields)
  },
  ({ v1, fds, random }) => random(8) === 0 && v1.close(pick(random, fds)),
]

const PATHS = [
  '/dev/ioasid',
  '/dev/vfio/devices/dev1',
  '/dev/vfio/devices/dev2',
  '/dev/vfio/devices/dev3',
  '/dev/null',
]
const ON_SPACE = ['IOASID_FREE', 'IOASID_GET_INFO', 'IOASID_ENABLE', 'IOASID_SET_PREREG', 'IOASID_LOOKUP']
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
    for (let page = 0; page < 48; page++) {
      const read = v1.read(device.name, BigInt(page * KIB4))
      const may = device.routed !== null && readable(v1, device.routed, page)
      expect(!read.startsWith('fault'), `${device.name} page ${page}: ${read}`).toBe(may)
    }
}

function readable(v1: V1, uid: number, page: number): boolean {
  const { ranges } = v1.machine.bulk
  const slot = ranges.find(uid * 4, page)
  if (slot < 0 || (ranges.b(slot) & 1) === 0) return false
  const { parent } = v1.machine.space(uid)
  return parent === null || readable(v1, parent, ranges.a(slot) + (page - ranges.first(slot)))
}

describe.each(['vtd', 'papr'])('calls in no order on %s', platform => {
  it.each(SEEDS)('seed %i', seed => {
    const random = generator(seed)
    const v1 = new V1({ platform, policy: policyOf(random), devices: DEVICES, memlockPages: 60 })
    const chaos = { v1, random, fds: [3, 4, 5] }
    for (let call = 0; call < CALLS; call++) {
      pick(random, ACTS)(chaos)
      if (call % 50 === 0) noStrayPage(v1)
    }
    v1.closeAll()
    const { root, bulk, costs } = v1.machine
    expect({ pages: root.accountedPages, pinned: bulk.refRanges.total(0) }).toEqual({ pages: 0, pinned: 0 })
    expect([root.spaces.size, root.contexts.size, root.files.size]).toEqual([0, 0, 0])
    // COST_NAMES: tablesLive, tableBytes
    expect([costs.values[4], costs.values[5]]).toEqual([0, 0])
  })
})
