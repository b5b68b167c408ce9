/**
 * Calls on PASID tables, single tables beneath them and PASIDs of the kernel in no order at all, between what a guest
 * writes and devices do: nothing throws, what is refused changes nothing, and with caches flushed every answer is
 * memory's.
 */
import { describe, expect, it } from 'vitest'
import { guestPasidSet } from '../../kernel/guest-pasid-tables'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { translate } from '../../kernel/requests'
import { generator } from '../generator.fixture'
import { GIB, V1, type V1Options } from './fixture'

const KIB4 = 0x1000n
const PTABLES = [0x3ff0_0000n, 0x3ff1_0000n]
const TABLES = [0x3fff_f000n, 0x3fff_e000n]
const DEVICES = [
  { name: 'dev1', pasidBits: 12, ats: true },
  { name: 'dev2', rid: '0000:00:04.0', pasidBits: 12 },
]
const CALLS = 400

type Random = (n: number) => number
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T

interface Chaos {
  readonly v1: V1
  readonly random: Random
  readonly gpa: number
}

const fdOf = ({ v1, random }: Chaos): number => pick(random, [v1.fd1, v1.fd2])
/** Any space but the parent of all. */
const child = ({ random, gpa }: Chaos): number => gpa + 1 + random(4)
const onSpace = (chaos: Chaos, command: string, fields: Record<string, bigint | number> = {}) =>
  chaos.v1.ioctl(chaos.v1.ctx, command, { ioasid: child(chaos), ...fields })
const pasid = (random: Random): number => 1 + random(4)

const ACTS: readonly ((chaos: Chaos) => unknown)[] = [
  ({ v1, gpa }) => v1.machine.root.spaces.size < 5 && v1.nest(gpa),
  chaos => chaos.random(4) === 0 && onSpace(chaos, 'IOASID_FREE'),
  chaos => chaos.v1.attach(fdOf(chaos), child(chaos)),
  chaos => chaos.v1.attachPasid(fdOf(chaos), child(chaos), pasid(chaos.random)),
  chaos => chaos.random(3) === 0 && chaos.v1.detach(fdOf(chaos), child(chaos)),
  chaos => chaos.random(3) === 0 && chaos.v1.detachPasid(fdOf(chaos), child(chaos), pasid(chaos.random)),
  chaos => onSpace(chaos, 'IOASID_BIND_PASID_TABLE', { addr: pick(chaos.random, PTABLES) }),
  chaos => chaos.random(4) === 0 && onSpace(chaos, 'IOASID_UNBIND_PASID_TABLE'),
  chaos => onSpace(chaos, 'IOASID_BIND_PGTABLE', { addr: pick(chaos.random, TABLES) }),
  chaos => chaos.random(4) === 0 && onSpace(chaos, 'IOASID_UNBIND_PGTABLE'),
  chaos => onSpace(chaos, 'IOASID_INVALIDATE_CACHE'),
  chaos => onSpace(chaos, 'IOASID_INVALIDATE_CACHE', { iova: chaos.random(8) * 4096, size: KIB4 }),
  ({ v1, random }) =>
    guestPasidSet(v1.machine, {
      table: pick(random, PTABLES),
      pasid: BigInt(pasid(random)),
      root: pick(random, [...TABLES, 0n]),
    }),
  ({ v1, random }) => {
    const run = { root: pick(random, TABLES), page: random(8), pages: 1 + random(4) }
    return random(2) === 0
      ? guestUnmap(v1.machine, run)
      : guestMap(v1.machine, { ...run, target: 0x100 + random(64), perm: 1 + 2 * random(2) })
  },
  // Of the kernel's own tables, which PASIDs reach where no PASID table of the user stands in the way.
  chaos => {
    const { v1, random } = chaos
    return v1.map(child(chaos), BigInt(random(8)) * KIB4, BigInt(0x100 + random(64)) * KIB4, KIB4)
  },
  chaos => chaos.random(3) === 0 && chaos.v1.unmap(child(chaos), BigInt(chaos.random(8)) * KIB4, KIB4),
  ({ v1, gpa, random }) => random(12) === 0 && v1.unmap(gpa, 0n, GIB),
  ({ v1, gpa, random }) => random(3) === 0 && v1.map(gpa, 0n, GIB, GIB),
  ...Array.from({ length: 4 }, () => ({ v1, random }: Chaos) => {
    const name = pick(random, ['dev1', 'dev2'])
    return v1.read(name, BigInt(random(8)) * KIB4, 1, random(3) === 0 ? null : pasid(random))
  }),
]

/** With every cache flushed, each request is answered as one that asks no cache. */
function asMemorySays({ v1 }: Chaos): number {
  const { machine } = v1
  machine.platform.invalidate(machine.hw(), machine.root.hw, { kind: 'all' })
  for (const space of machine.root.spaces.values())
    if (space.pasidTable !== null)
      machine.platform.invalidate(machine.hw(), machine.root.hw, {
        kind: 'pasid-table',
        domain: space.domain,
        pasid: null,
      })
  let reached = 0
  for (const device of machine.root.devices.values())
    for (const pasid of [null, 1, 2, 3, 4])
      for (let page = 0n; page < 8n; page++) {
        const call = { device, address: page * KIB4, pasid, access: 'read', commit: false } as const
        const [now, told] = [false, true].map(cached => translate(machine, { ...call, cached }))
        if (now?.ok) reached += pasid === null ? 0 : 1
        expect(told?.ok ? told.output : told?.fault.code).toEqual(now?.ok ? now.output : now?.fault.code)
      }
  return reached
}

describe.each(['smmuv3', 'amd-vi'])('PASID tables in no order on %s', platform => {
  it.each([11, 12, 13, 14])('seed %i', seed => {
    const random = generator(seed)
    const options: V1Options = { platform, devices: DEVICES }
    const v1 = new V1(options)
    const gpa = v1.alloc()
    v1.attach(v1.fd1, gpa)
    v1.attach(v1.fd2, gpa)
    v1.map(gpa, 0n, GIB, GIB)
    const chaos = { v1, random, gpa }
    let reached = 0
    for (let call = 0; call < CALLS; call++) {
      pick(random, ACTS)(chaos)
      if (call % 40 === 39) reached += asMemorySays(chaos)
    }
    expect(reached).toBeGreaterThan(0)
    v1.closeAll()
    const { root, bulk, costs } = v1.machine
    expect([root.accountedPages, bulk.refRanges.total(0), root.spaces.size]).toEqual([0, 0, 0])
    // COST_NAMES: tablesLive, tableBytes
    expect([costs.values[4], costs.values[5]]).toEqual([0, 0])
  })
})
