/**
 * The machines that the recordings were made on, by the `config` of a recording's first line: which API the
 * program spoke to, which IOMMU was in front of its devices, which devices there were.
 *
 * Source: the table and the list of devices in the README of the recordings.
 */
import type { DeviceSpec } from '../kernel/devices'

export interface RecordedMachine {
  readonly dialect: string
  readonly platform: string
  readonly params: Readonly<Record<string, string>>
  /** Devices whose DMA never lands in the emulated machine that was recorded, whatever the kernel says. */
  readonly deaf: readonly string[]
}

const machine = (
  platform: string,
  params: Readonly<Record<string, string>>,
  more: Partial<RecordedMachine> = {},
): RecordedMachine => ({ dialect: 'iommufd', platform, params, deaf: [], ...more })

const LEGACY = machine('vtd', { mode: 'legacy', sc: '0' })

/** The recorded machine loses the DMA of what sits behind its conventional bridge. */
const BEHIND_BRIDGE = ['br0', 'br1']

const MACHINES: Readonly<Record<string, RecordedMachine>> = {
  'vtd-legacy': LEGACY,
  'vtd-aw39': machine('vtd', { mode: 'legacy', width: '39', sc: '0' }),
  'vtd-sm-ss': machine('vtd', { mode: 'scalable', nesting: 'off', sc: '0' }, { deaf: BEHIND_BRIDGE }),
  'vtd-sm-fs': machine(
    'vtd',
    { mode: 'scalable', stage: 'first', nesting: 'off', sc: '0' },
    { deaf: BEHIND_BRIDGE },
  ),
  'amd-v1': machine('amd-vi', { pasid: '0' }),
  'type1-debian': { ...LEGACY, dialect: 'vfio-type1' },
  'type1-compat': LEGACY,
  big: LEGACY,
  'big-smart': LEGACY,
  'big-type1': { ...LEGACY, dialect: 'vfio-type1' },
}

/** The machine of a config, or null where it is not known. */
export function machineOf(config: string): RecordedMachine | null {
  return Object.hasOwn(MACHINES, config) ? (MACHINES[config] ?? null) : null
}

/** Where the program keeps arguments that lie in none of its buffers: valid memory, content as the call gives it. */
export const PROGRAM_MEMORY = 0x7f00_0000_0000n
export const PROGRAM_BYTES = 1n << 20n
/** A page that it may not write. */
export const READ_ONLY_MEMORY = 0x7f10_0000_0000n

type Place = Pick<DeviceSpec, 'name' | 'rid' | 'group' | 'path' | 'ats'>

const at = (name: string, nr: number, rid: string, group: number, ats = false): Place => ({
  name,
  rid,
  group,
  ats,
  path: `/dev/vfio/devices/vfio${nr}`,
})

/** The devices of every recorded machine; `/dev/vfio/devices/vfioN` in this order. */
export const DEVICES: readonly Place[] = [
  at('edu0', 0, '0000:00:10.0', 4),
  at('edu1', 1, '0000:00:11.0', 5),
  at('mf0', 2, '0000:00:12.0', 6),
  at('mf1', 3, '0000:00:12.1', 6),
  at('vnet0', 4, '0000:01:00.0', 8, true),
  at('nic1', 5, '0000:02:00.0', 9),
  at('br0', 6, '0000:04:01.0', 10),
  at('br1', 7, '0000:04:02.0', 10),
]
