/**
 * What `#platform vtd k=v` chooses, and the capabilities that follow (VT-d 11.4.2 CAP, 11.4.3 ECAP).
 *
 * Defaults: scalable mode, 48-bit second stage of 4 levels, accessed/dirty bits off, pages up to 1 GiB,
 * caching mode 0. HAW is 48 bits; the unit supports widths of 39 and 48 bits, and 57 when asked for.
 */

import type { HwDevice, PlatformCaps, PlatformParam } from '../../contract'
import { readParams } from '../../params'
import { FIRST_STAGE } from './first-stage'

export interface VtdConfig {
  readonly mode: 'legacy' | 'scalable'
  /** Levels of the second-stage tables that the kernel makes. */
  readonly levels: 3 | 4 | 5
  readonly largestPageLg2: 12 | 21 | 30
  /** SSADE: hardware sets accessed and dirty bits in second-stage entries. */
  readonly accessedDirty: boolean
  /** CM: entries that are not present may be cached. */
  readonly cachingMode: boolean
  /** ECAP.SC: a leaf of a second stage may make DMA snoop. */
  readonly snoopControl: boolean
  /** The stage in which the kernel's driver makes tables of its own: it prefers the first where the unit has it. */
  readonly stage: 'second' | 'first'
  /** NEST: a guest's first stage may lie over a second stage. */
  readonly nesting: boolean
}

export const VTD_PARAMS: readonly PlatformParam[] = [
  { key: 'mode', values: ['scalable', 'legacy'], default: 'scalable', doc: 'Which root and context tables' },
  { key: 'width', values: ['48', '39', '57'], default: '48', doc: 'Bits of a device address' },
  {
    key: 'levels',
    values: ['4', '3', '5'],
    default: '4',
    doc: 'Table levels: says the width in another way',
  },
  { key: 'ad', values: ['off', 'on'], default: 'off', doc: 'Accessed and dirty bits (scalable mode only)' },
  { key: 'pages', values: ['1G', '2M', '4K'], default: '1G', doc: 'The largest page that one entry can map' },
  { key: 'sc', values: ['1', '0'], default: '1', doc: 'Snoop control: a table can make DMA snoop' },
  { key: 'cm', values: ['0', '1'], default: '0', doc: 'Caching mode: mapping needs an invalidation as well' },
  {
    key: 'stage',
    values: ['second', 'first'],
    default: 'second',
    doc: "Stage of an iommu driver's own tables",
  },
  {
    key: 'nesting',
    values: ['on', 'off'],
    default: 'on',
    doc: 'Whether the unit can nest (scalable mode only)',
  },
]

const LEVELS: Readonly<Record<string, 3 | 4 | 5>> = { '3': 3, '4': 4, '5': 5, '39': 3, '48': 4, '57': 5 }
const LARGEST: Readonly<Record<string, 12 | 21 | 30>> = { '4K': 12, '2M': 21, '1G': 30 }

export function configureVtd(
  params: Readonly<Record<string, string>>,
): { readonly config: VtdConfig } | { readonly problem: string } {
  const read = readParams(VTD_PARAMS, params)
  if ('problem' in read) return read
  const { mode, width, levels, ad, pages, cm, sc, stage, nesting } = read.given
  if (width !== undefined && levels !== undefined && LEVELS[width] !== LEVELS[levels])
    return { problem: `width=${width} and levels=${levels} disagree` }
  const legacy = mode === 'legacy'
  if (legacy && ad === 'on') return { problem: 'ad=on needs scalable mode' }
  if (legacy && stage === 'first') return { problem: 'stage=first needs scalable mode' }
  const config = {
    mode: legacy ? 'legacy' : 'scalable',
    levels: LEVELS[width ?? levels ?? '48'] ?? 4,
    largestPageLg2: LARGEST[pages ?? '1G'] ?? 30,
    accessedDirty: ad === 'on',
    cachingMode: cm === '1',
    snoopControl: sc !== '0',
    stage: stage === 'first' ? 'first' : 'second',
    nesting: nesting !== 'off',
  } as const
  return { config }
}

/** Host address width: bits at and above it are reserved in every pointer. */
export const HAW = 48

/** Largest address mask of a page-selective invalidation. */
export const MAMV = 18

/** PSS: width of a PASID. */
export const PASID_BITS = 20

export const INTERRUPT_RANGE = { start: 0xfee0_0000n, last: 0xfeef_ffffn }

export const widthOf = (levels: number): number => 12 + 9 * levels

/** AW: the code of a number of levels in context and PASID entries. */
export const awOf = (levels: number): number => levels - 2

/** The levels an AW code stands for, or null where SAGAW does not have it. */
export function levelsOf(config: VtdConfig, aw: number): 3 | 4 | 5 | null {
  const levels = LEVELS[String(aw + 2)]
  return levels === undefined || levels > Math.max(4, config.levels) ? null : levels
}

/** MGAW in bits. */
export const guestWidth = (config: VtdConfig): number => widthOf(Math.max(4, config.levels))

const PAGE_SIZES = { 12: 0x1000n, 21: 0x20_1000n, 30: 0x4020_1000n } as const

export function vtdCaps(config: VtdConfig, device: HwDevice | null): PlatformCaps {
  const inputBits = widthOf(config.levels)
  const scalable = config.mode === 'scalable'
  return {
    pageSizes: PAGE_SIZES[config.largestPageLg2],
    smallestPageLg2: 12,
    inputBits,
    permitted: [{ start: 0n, last: (1n << BigInt(inputBits)) - 1n, pageLg2: 12 }],
    reserved: [INTERRUPT_RANGE],
    nesting: { software: true, hardware: scalable },
    userTableFormats: scalable ? [FIRST_STAGE] : [],
    pasidTableFormats: [],
    pasidBits: scalable ? pasidBitsOf(device) : null,
    pasidRouting: 'any-table',
    passthroughAtStart: true,
    enforceSnoop: config.snoopControl,
    recoverableFaults: scalable && (device === null || (device.ats && device.pri)),
    flushOnMap: config.cachingMode,
    dirtyTracking: config.accessedDirty,
  }
}

function pasidBitsOf(device: HwDevice | null): number | null {
  if (device === null) return PASID_BITS
  return device.pasidBits === null ? null : Math.min(device.pasidBits, PASID_BITS)
}
