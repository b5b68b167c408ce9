/**
 * What `#platform amd-vi k=v` chooses, and the capabilities that follow (specification 3.4.13, extended features).
 *
 * Defaults: host tables of three levels that grow at the top as far as the address of a mapping asks, as in Linux;
 * 16-bit PASIDs; dirty bits off; page requests on.
 */
import type { AddressRange, HwDevice, PlatformCaps, PlatformParam, TableStage } from '../../contract'
import { readParams } from '../../params'

export const HOST_TABLE = 'amd-v1'
export const GUEST_TABLE = 'amd-v2'
export const GCR3_TABLE = 'amd-gcr3'

export interface AmdConfig {
  /** Mode that a table begins with. */
  readonly levels: number
  readonly pasidBits: number
  /** HAD: hardware sets dirty bits in host tables. */
  readonly dirty: boolean
  /** Devices may ask for pages (PPRSup). */
  readonly pageRequests: boolean
}

export const AMD_PARAMS: readonly PlatformParam[] = [
  {
    key: 'mode',
    values: ['3', '4', '5', '6'],
    default: '3',
    doc: 'Levels that a host table begins with; it grows to 6',
  },
  { key: 'pasid', values: ['16', '9', '0'], default: '16', doc: 'Bits of a PASID (PASmax)' },
  { key: 'had', values: ['off', 'on'], default: 'off', doc: 'Hardware sets dirty bits in host tables' },
  { key: 'ppr', values: ['on', 'off'], default: 'on', doc: 'Devices may ask for pages (PPRSup)' },
]

export function configureAmd(
  params: Readonly<Record<string, string>>,
): { readonly config: AmdConfig } | { readonly problem: string } {
  const read = readParams(AMD_PARAMS, params)
  if ('problem' in read) return read
  const { mode = '3', pasid = '16', had, ppr } = read.given
  const config = {
    levels: Number(mode),
    pasidBits: Number(pasid),
    dirty: had === 'on',
    pageRequests: ppr !== 'off',
  }
  return { config }
}

export const INTERRUPT_RANGE: AddressRange = { start: 0xfee0_0000n, last: 0xfeef_ffffn }
export const HYPERTRANSPORT: AddressRange = { start: 0xfd_0000_0000n, last: 0xff_ffff_ffffn }

export const isIn = (address: bigint, { start, last }: AddressRange): boolean =>
  start <= address && address <= last

/** Every power of two from 4 KiB up, except 512 GiB: what Linux gives the generic code. */
const PAGE_SIZES = ((1n << 64n) - 0x1000n) & ~(1n << 39n)

/** Guest tables: x86-64 sizes, the lower half of a canonical input, and no bit that makes DMA snoop. */
const GUEST_CAPS = {
  pageSizes: 0x4020_1000n,
  inputBits: 47,
  permitted: [{ start: 0n, last: (1n << 47n) - 1n, pageLg2: 12 }],
  enforceSnoop: false,
  dirtyTracking: false,
} as const

export function amdCaps(
  config: AmdConfig,
  device: HwDevice | null,
  stage: TableStage = 'second',
): PlatformCaps {
  const caps = hostCaps(config, device)
  return stage === 'first' ? { ...caps, ...GUEST_CAPS } : caps
}

function hostCaps(config: AmdConfig, device: HwDevice | null): PlatformCaps {
  return {
    pageSizes: PAGE_SIZES,
    smallestPageLg2: 12,
    inputBits: 64,
    permitted: [{ start: 0n, last: (1n << 64n) - 1n, pageLg2: 12 }],
    reserved: [INTERRUPT_RANGE, HYPERTRANSPORT],
    nesting: { software: true, hardware: config.pasidBits > 0 },
    userTableFormats: config.pasidBits > 0 ? [GUEST_TABLE] : [],
    pasidTableFormats: config.pasidBits > 0 ? [GCR3_TABLE] : [],
    pasidBits: pasidBitsOf(config, device),
    pasidRouting: 'first-stage',
    passthroughAtStart: true,
    enforceSnoop: true,
    recoverableFaults: device === null ? config.pageRequests : asksForPages(config, device),
    flushOnMap: false,
    dirtyTracking: config.dirty,
  }
}

/** Page requests are of devices that have ATS and PRI. */
export const asksForPages = ({ pageRequests }: AmdConfig, { ats, pri }: HwDevice): boolean =>
  pageRequests && ats && pri

export function pasidBitsOf({ pasidBits }: AmdConfig, device: HwDevice | null): number | null {
  if (pasidBits === 0) return null
  if (device === null) return pasidBits
  return device.pasidBits === null ? null : Math.min(device.pasidBits, pasidBits)
}
