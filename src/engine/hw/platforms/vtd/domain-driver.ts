/**
 * What the kernel's driver for VT-d lets be built: second-stage tables, first-stage ones where the unit is driven so,
 * parents for nesting and a guest's first stage over them.
 *
 * Source: iommufd facts 2.11, 2.12, 2.15; the registers as the recorded machines report them. Not modelled: vIOMMUs,
 * which the driver has none of.
 */
import type { AddressRange, HwDevice } from '../../contract'
import {
  type DomainDriver,
  type DriverRefusal,
  type DroppedPages,
  type InvalidationList,
  invalid,
  isRefused,
  type NestedShape,
  type PagingShape,
  unsupported,
  userStruct,
  word32,
  word64,
} from '../../domain-driver'
import { guestWidth, INTERRUPT_RANGE, type VtdConfig, widthOf } from './config'
import { FIRST_STAGE, firstStageConfig } from './first-stage'
import { SECOND_STAGE, secondStageConfig } from './second-stage'

const HW_INFO_INTEL_VTD = 1
const HWPT_DATA_VTD_S1 = 1
const INVALIDATE_VTD_S1 = 0

export const vtdDriver: DomainDriver<VtdConfig> = {
  name: 'intel-iommu',
  device: (config, device) => ({
    reserved: [INTERRUPT_RANGE],
    info: { type: HW_INFO_INTEL_VTD, bytes: registersOf(config) },
    dirtyTracking: config.mode === 'scalable' && config.accessedDirty,
    pasidLg2: config.mode === 'scalable' ? (device.pasidBits ?? 0) : 0,
    ats: device.ats,
  }),
  paging(config, _device, { nestParent, dirty, data }) {
    if (data !== null) return unsupported('its tables take no data of the user')
    if (nestParent && !canNest(config)) return unsupported('the unit has no nesting')
    if (dirty && !(config.mode === 'scalable' && config.accessedDirty))
      return unsupported('the unit does not track what is written')
    return config.stage === 'first' && !nestParent && !dirty ? firstStage(config) : secondStage(config)
  },
  nested(config, _device, { data, viommu }) {
    if (!canNest(config) || viommu) return unsupported('the unit has no nesting')
    if (data.type !== HWPT_DATA_VTD_S1) return unsupported(`data type ${data.type}`)
    const bytes = userStruct(data, { type: HWPT_DATA_VTD_S1, least: 24, most: 24 })
    return isRefused(bytes) ? bytes : guestTable(bytes)
  },
  attach: (_config, device: HwDevice, { fault }) =>
    fault && !(device.ats && device.pri)
      ? { refused: 'no-device', why: `${device.name} asks for no pages` }
      : null,
  invalidate: (_config, list, cache) => {
    const judged = judgeEntries(list)
    return { ...judged, cache, dropped: droppedBy(list, judged.done) }
  },
  viommu: () => null,
  guestTableData: (config, table) => ({ type: HWPT_DATA_VTD_S1, bytes: guestTableBytes(config, table) }),
  invalidationData: range => ({ type: INVALIDATE_VTD_S1, bytes: invalidationBytes(range) }),
}

const canNest = (config: VtdConfig): boolean => config.mode === 'scalable' && config.nesting

const spanned = (bits: number): AddressRange => ({ start: 0n, last: (1n << BigInt(bits)) - 1n })

function secondStage(config: VtdConfig): PagingShape {
  const cfg = secondStageConfig(config, config.levels, config.accessedDirty)
  return { aperture: spanned(widthOf(config.levels)), granuleLg2: 12, table: { format: SECOND_STAGE, cfg } }
}

/** The lower half of a canonical input. */
function firstStage(config: VtdConfig): PagingShape {
  const levels = config.levels === 5 ? 5 : 4
  const cfg = { levels, maxPageLg2: config.largestPageLg2 }
  return {
    aperture: spanned(widthOf(levels) - 1),
    granuleLg2: 12,
    table: { format: FIRST_STAGE, cfg },
    firstStage: true,
  }
}

/** struct iommu_hwpt_vtd_s1: flags, pgtbl_addr, addr_width. */
function guestTable(bytes: Uint8Array): NestedShape | DriverRefusal {
  const [flags, root, width] = [word64(bytes, 0), word64(bytes, 8), word32(bytes, 16)]
  if (flags & ~7n) return unsupported(`flags ${flags}`)
  const levels = ({ 48: 4, 57: 5 } as const)[width]
  if (levels === undefined) return invalid(`a first stage of ${width} bits`)
  const cfg = firstStageConfig({ levels, executeDisable: false, extendedAccessed: (flags & 2n) !== 0n }, true)
  return { guest: { format: FIRST_STAGE, cfg, root: Number(root) }, cache: [] }
}

function guestTableBytes({ levels }: VtdConfig, table: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(24))
  view.setBigUint64(8, table, true)
  view.setUint32(16, levels === 5 ? 57 : 48, true)
  return new Uint8Array(view.buffer)
}

function invalidationBytes(range: { iova: bigint; size: bigint } | null): Uint8Array {
  const view = new DataView(new ArrayBuffer(ENTRY_BYTES))
  view.setBigUint64(0, range?.iova ?? 0n, true)
  view.setBigUint64(8, range === null ? ALL_PAGES : range.size / 4096n, true)
  return new Uint8Array(view.buffer)
}

const ENTRY_BYTES = 24
const LEAF = 1
const ALL_PAGES = 2n ** 64n - 1n

/** struct iommu_hwpt_vtd_s1_invalidate: addr, npages, flags, __reserved. */
function judgeEntries(list: InvalidationList): { done: number; refused: DriverRefusal | null } {
  if (list.type !== INVALIDATE_VTD_S1) return { done: 0, refused: invalid(`data type ${list.type}`) }
  for (let done = 0; done < list.entries; done++) {
    const refused = judgeEntry(list, done)
    if (refused !== null) return { done, refused }
  }
  return { done: list.entries, refused: null }
}

/** An entry names so many pages from an address, or all. */
function droppedBy({ entryBytes, bytes }: InvalidationList, done: number): readonly (DroppedPages | 'all')[] {
  if (bytes === null) return []
  return Array.from({ length: done }, (_, at) => {
    const [address, pages] = [word64(bytes, at * entryBytes), word64(bytes, at * entryBytes + 8)]
    if (pages === ALL_PAGES) return 'all'
    const firstPage = Number(address >> 12n)
    return { firstPage, lastPage: firstPage + Math.max(0, Number(pages) - 1) }
  })
}

function judgeEntry({ entryBytes, bytes }: InvalidationList, at: number): DriverRefusal | null {
  if (entryBytes < ENTRY_BYTES) return invalid(`entries of ${entryBytes} bytes`)
  if (bytes === null) return { refused: 'fault', why: 'the entries cannot be read' }
  const from = at * entryBytes
  const [address, pages] = [word64(bytes, from), word64(bytes, from + 8)]
  if (word32(bytes, from + 16) & ~LEAF || word32(bytes, from + 20) !== 0)
    return unsupported('flags of an entry')
  const whole = pages === ALL_PAGES
  return address % 4096n !== 0n || (whole && address !== 0n) ? invalid('where an entry starts') : null
}

/**
 * CAP: ND 6, CM, SAGAW of 3 and 4 levels, MGAW, FRO, SLLPS, PSI, MAMV, NFR, DRD and DWD, FL1GP; ECAP: what every mode
 * has, then scalable mode with the stage it offers. As the recorded machines have them.
 */
const CAP = 0x80d2_008c_2200_0006n
const ECAP = 0xf0_0f4en
const ECAP_SMTS = 1n << 43n
/** SRS and SSTS; FSTS and PASID with PSS for 20 bits. */
const ECAP_STAGES = { second: 0x4000_8000_0000n, first: 0x8198_0000_0000n }
const CAP_FL1GP = 1n << 56n
const ECAP_NEST = 1n << 26n
const ERRATA_772415 = 1

function registersOf(config: VtdConfig): Uint8Array {
  const bytes = new Uint8Array(24)
  const view = new DataView(bytes.buffer)
  const width = BigInt(config.levels === 3 ? widthOf(3) : guestWidth(config))
  view.setUint32(0, ERRATA_772415, true)
  /** Tables of 3 levels alone, or of all up to the deepest. */
  const sagaw = { 3: 0x200n, 4: 0x600n, 5: 0xe00n }[config.levels]
  const first = config.stage === 'first' ? CAP_FL1GP : 0n
  view.setBigUint64(8, CAP | first | sagaw | ((width - 1n) << 16n) | (config.cachingMode ? 0x80n : 0n), true)
  const scalable = config.mode === 'scalable' ? ECAP_SMTS | ECAP_STAGES[config.stage] : 0n
  view.setBigUint64(16, ECAP | scalable | (canNest(config) ? ECAP_NEST : 0n), true)
  return bytes
}
