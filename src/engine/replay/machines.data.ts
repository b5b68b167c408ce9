/**
 * The machines that the recordings were made on, by the `config` of a recording's first line: which API the
 * program spoke to, which IOMMU was in front of its devices, which devices there were.
 *
 * Source: the table and the list of devices in the README of the recordings.
 */
import type { DeviceSpec } from '../kernel/devices'
import type { Recording } from './recording'

export interface RecordedMachine {
  readonly dialect: string
  readonly platform: string
  readonly params: Readonly<Record<string, string>>
  /** Whether its devices stand behind that IOMMU: the kernel's test devices have one of their own. */
  readonly devices: boolean
  /** Devices whose DMA never lands in the emulated machine that was recorded, whatever the kernel says. */
  readonly deaf: readonly string[]
}

const machine = (
  platform: string,
  params: Readonly<Record<string, string>>,
  more: Partial<RecordedMachine> = {},
): RecordedMachine => ({ dialect: 'iommufd', platform, params, devices: true, deaf: [], ...more })

const LEGACY = machine('vtd', { mode: 'legacy' })

/** The recorded machine loses the DMA of what sits behind its conventional bridge. */
const BEHIND_BRIDGE = ['br0', 'br1']

const MACHINES: Readonly<Record<string, RecordedMachine>> = {
  'vtd-legacy': LEGACY,
  'vtd-aw39': machine('vtd', { mode: 'legacy', width: '39' }),
  'vtd-sm-ss': machine('vtd', { mode: 'scalable' }, { deaf: BEHIND_BRIDGE }),
  'vtd-sm-fs': machine('vtd', { mode: 'scalable', stage: 'first' }, { deaf: BEHIND_BRIDGE }),
  'amd-v1': machine('amd-vi', {}),
  'type1-debian': { ...LEGACY, dialect: 'vfio-type1' },
  'type1-compat': LEGACY,
  big: LEGACY,
  'big-smart': LEGACY,
  'big-type1': { ...LEGACY, dialect: 'vfio-type1' },
}

/** What a recording that calls the kernel's test devices ran on: they have an IOMMU of their own. */
const TEST_PLATFORM = { platform: 'mock', params: {}, devices: false, deaf: [] } as const
const TEST_CALLS = /^TEST_/

/** The machine of a recording, or null where its config is not known. */
export function machineOf({ head, lines }: Recording): RecordedMachine | null {
  const recorded = Object.hasOwn(MACHINES, head.config) ? MACHINES[head.config] : undefined
  if (recorded === undefined) return null
  const tests = lines.some(line => line.kind === 'call' && TEST_CALLS.test(line.op))
  return tests ? { ...recorded, ...TEST_PLATFORM } : recorded
}

/** Where the program keeps arguments that lie in none of its buffers: valid memory, content as the call gives it. */
export const PROGRAM_MEMORY = 0x7f00_0000_0000n
export const PROGRAM_BYTES = 1n << 20n

type Place = Pick<DeviceSpec, 'name' | 'rid' | 'group' | 'path'>

const at = (name: string, nr: number, rid: string, group: number): Place => ({
  name,
  rid,
  group,
  path: `/dev/vfio/devices/vfio${nr}`,
})

/** The devices of every recorded machine; `/dev/vfio/devices/vfioN` in this order. */
export const DEVICES: readonly Place[] = [
  at('edu0', 0, '0000:00:10.0', 4),
  at('edu1', 1, '0000:00:11.0', 5),
  at('mf0', 2, '0000:00:12.0', 6),
  at('mf1', 3, '0000:00:12.1', 6),
  at('vnet0', 4, '0000:01:00.0', 8),
  at('nic1', 5, '0000:02:00.0', 9),
  at('br0', 6, '0000:04:01.0', 10),
  at('br1', 7, '0000:04:02.0', 10),
]
