/**
 * The machines that the recordings were made on, as a recording's first line tells of them: which API the program
 * spoke to, which IOMMU was in front of its devices and how it was set up. Which devices there were is told by the
 * calls that open them, beside those that every recorded machine had.
 *
 * Source: the README of the recordings (its table, its list of devices) and their first lines, where `iommu` has the
 * options of the emulated unit, `cmdline` those of the kernel, and `kernel` whether it had iommufd.
 */
import type { DeviceSpec } from '../kernel/devices'
import type { RecordedFields, Recording, RecordingHead } from './recording'

type Params = Readonly<Record<string, string>>

export interface RecordedMachine {
  readonly dialect: string
  readonly platform: string
  readonly params: Params
  /** Devices whose DMA never lands in the emulated machine that was recorded, whatever the kernel says. */
  readonly deaf: readonly string[]
}

interface Unit {
  readonly platform: string
  /** What no option says, or what holds where none of them says otherwise. */
  readonly params: Params
  /** What an option says, by its name and its value; `*` stands for any value, which is taken as it is. */
  readonly options: Readonly<Record<string, Readonly<Record<string, Params>>>>
  /** Those that are deaf, by the mode that the unit is driven in. */
  readonly deaf: Readonly<Record<string, readonly string[]>>
}

const FIRST_STAGE = { on: { stage: 'first' } }

/** By the first word of `iommu`. */
const UNITS: Readonly<Record<string, Unit>> = {
  'intel-iommu': {
    platform: 'vtd',
    params: { mode: 'legacy', sc: '0' },
    options: {
      'scalable-mode': { on: { mode: 'scalable', nesting: 'off' } },
      fsts: FIRST_STAGE,
      'x-flts': FIRST_STAGE,
      'snoop-control': { on: { sc: '1' } },
      'caching-mode': { on: { cm: '1' } },
      'aw-bits': { '48': {}, '*': { width: '*' } },
    },
    // In scalable mode the emulated machine loses the DMA of what sits behind its conventional bridge.
    deaf: { scalable: ['br0', 'br1'] },
  },
  'amd-iommu': { platform: 'amd-vi', params: { pasid: '0' }, options: {}, deaf: {} },
}

/** Options of a unit that the kernel leaves unused, by a word of `cmdline`. */
const UNUSED: Readonly<Record<string, readonly string[]>> = { sm_off: ['scalable-mode', 'fsts', 'x-flts'] }

/** A kernel with the container that the proposals replace; any other has address space files. */
const OLD_KERNEL = /\bno iommufd\b/i

type Told = Pick<RecordingHead, 'iommu' | 'cmdline' | 'kernel'>

const told = (iommu: string, more: Partial<Told> = {}): Told => ({ cmdline: '', kernel: '', ...more, iommu })

const LEGACY = 'intel-iommu,scalable-mode=off'
const CONTAINER = { kernel: 'no iommufd' }

/** What the machine of a config is like whose first line says no more than its name. */
const BY_NAME: Readonly<Record<string, Told>> = {
  'vtd-legacy': told(LEGACY),
  'vtd-aw39': told(`${LEGACY},aw-bits=39`),
  'vtd-sm-ss': told('intel-iommu,scalable-mode=on'),
  'vtd-sm-fs': told('intel-iommu,scalable-mode=on,fsts=on'),
  'amd-v1': told('amd-iommu'),
  'type1-debian': told(LEGACY, CONTAINER),
  'type1-compat': told(LEGACY),
  big: told(LEGACY),
  'big-smart': told(LEGACY),
  'big-type1': told(LEGACY, CONTAINER),
}

/** The machine of a recording, or null where its first line tells of none that is known. */
export function machineOf(head: RecordingHead): RecordedMachine | null {
  const named = Object.hasOwn(BY_NAME, head.config) ? (BY_NAME[head.config] ?? null) : null
  const { iommu, cmdline, kernel } = head.iommu === '' && named !== null ? named : head
  const [name = '', ...options] = iommu.split(',')
  const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined
  if (unit === undefined) return null
  const unused = cmdline
    .split(/[\s,=]+/)
    .flatMap(word => (Object.hasOwn(UNUSED, word) ? (UNUSED[word] ?? []) : []))
  const chosen = options.map(option => optionParams(unit, option, unused))
  const params: Params = Object.assign({}, unit.params, ...chosen)
  const dialect = OLD_KERNEL.test(kernel) ? 'vfio-type1' : 'iommufd'
  return { dialect, platform: unit.platform, params, deaf: unit.deaf[params.mode ?? ''] ?? [] }
}

/** Why there is none. */
export const unknownMachine = ({ config, iommu }: RecordingHead): string =>
  `no machine is known by the name ${config}${iommu === '' ? '' : ` (${iommu})`}`

/** What `name=value` says of the platform; nothing where the option is of no concern. */
function optionParams({ options }: Unit, option: string, unused: readonly string[]): Params {
  const [name = '', value = ''] = option.split('=')
  const row = Object.hasOwn(options, name) ? options[name] : undefined
  if (row === undefined || unused.includes(name)) return {}
  if (Object.hasOwn(row, value)) return row[value] ?? {}
  return Object.fromEntries(Object.entries(row['*'] ?? {}).map(([key]) => [key, value]))
}

/** Where the program keeps arguments that lie in none of its buffers: valid memory, content as the call gives it. */
export const PROGRAM_MEMORY = 0x7f00_0000_0000n
export const PROGRAM_BYTES = 1n << 20n
/** A page that it may not write. */
export const READ_ONLY_MEMORY = 0x7f10_0000_0000n

export type Place = Pick<DeviceSpec, 'name' | 'rid' | 'group' | 'path' | 'ats'>

const at = (name: string, nr: number, rid: string, group: number, ats = false): Place => ({
  name,
  rid,
  group,
  ats,
  path: `/dev/vfio/devices/vfio${nr}`,
})

/** The devices of every recorded machine; `/dev/vfio/devices/vfioN` in this order. */
const DEVICES: readonly Place[] = [
  at('edu0', 0, '0000:00:10.0', 4),
  at('edu1', 1, '0000:00:11.0', 5),
  at('mf0', 2, '0000:00:12.0', 6),
  at('mf1', 3, '0000:00:12.1', 6),
  at('vnet0', 4, '0000:01:00.0', 8, true),
  at('nic1', 5, '0000:02:00.0', 9),
  at('br0', 6, '0000:04:01.0', 10),
  at('br1', 7, '0000:04:02.0', 10),
]

/** The devices of a recording: those of every machine, and as its own calls tell of them where they do. */
export function devicesOf({ lines }: Pick<Recording, 'lines'>): readonly Place[] {
  const places = new Map(DEVICES.map(place => [place.name, place]))
  for (const line of lines) {
    const place = line.kind === 'call' && line.op === 'open' ? placeIn(line.in, places) : null
    if (place !== null) places.set(place.name, place)
  }
  return [...places.values()]
}

/** A device as the call that opens its file tells of it: name, PCI address and group. */
function placeIn(
  { path, role, bdf, group }: RecordedFields,
  known: ReadonlyMap<string, Place>,
): Place | null {
  if (typeof path !== 'string' || typeof role !== 'string') return null
  if (typeof bdf !== 'string' || typeof group !== 'number') return null
  return { name: role, path, rid: bdf, group, ats: known.get(role)?.ats ?? false }
}
