/**
 * What `#platform smmuv3 k=v` chooses, and the capabilities that follow (IHI 0070 6.3.1 to 6.3.6, IDR0 to IDR5).
 *
 * The unit: both stages, AArch64 tables with 4 KiB granule, no HTTU, ATS and PRI, 16-bit ASIDs and VMIDs, two-level
 * CD tables, range invalidation, 48-bit output. Defaults: 48-bit IPA, two-level stream table, 16-bit SubstreamIDs,
 * the terminate model.
 */
import type { HwDevice, PlatformCaps, PlatformParam } from '../../contract'
import { readParams } from '../../params'
import { CD_TABLE } from './pasid-table-format'
import { STAGE_1 } from './stages'

export interface SmmuConfig {
  /** Bits of an address that stage 2 takes. */
  readonly ipaBits: number
  readonly streamTable: 'linear' | 'two-level'
  /** SSIDSIZE. */
  readonly ssidBits: number
  /** STALL_MODEL 0: faults may stall; else they terminate. */
  readonly stall: boolean
  /** The software MSI window is kept free, as Linux does. */
  readonly msiWindow: boolean
}

export const SMMU_PARAMS: readonly PlatformParam[] = [
  {
    key: 'ipa',
    values: ['48', '44', '43', '42', '40', '39', '36', '34', '32'],
    default: '48',
    doc: 'Bits of an address that stage 2 takes (64 - S2T0SZ); up to 16 tables are concatenated at the start level',
  },
  { key: 'strtab', values: ['2lvl', 'linear'], default: '2lvl', doc: 'Stream table: two levels, or linear' },
  {
    key: 'ssid',
    values: ['16', '10', '5', '1', '0'],
    default: '16',
    doc: 'Bits of a SubstreamID (SSIDSIZE)',
  },
  {
    key: 'stall',
    values: ['off', 'on'],
    default: 'off',
    doc: "Faults of a guest's tables stall until RESUME",
  },
  {
    key: 'msi',
    values: ['off', 'on'],
    default: 'off',
    doc: 'The software MSI window 0x8000000-0x80fffff is reserved, as in Linux',
  },
]

export function configureSmmu(
  params: Readonly<Record<string, string>>,
): { readonly config: SmmuConfig } | { readonly problem: string } {
  const read = readParams(SMMU_PARAMS, params)
  if ('problem' in read) return read
  const { ipa = '48', strtab, ssid = '16', stall, msi } = read.given
  const config = {
    ipaBits: Number(ipa),
    streamTable: strtab === 'linear' ? ('linear' as const) : ('two-level' as const),
    ssidBits: Number(ssid),
    stall: stall === 'on',
    msiWindow: msi === 'on',
  }
  return { config }
}

/** OAS in bits: no output address has more. */
export const OUTPUT_BITS = 48

export const MSI_WINDOW = { start: 0x0800_0000n, last: 0x080f_ffffn }

const PAGE_SIZES = 0x4020_1000n

export function smmuCaps(config: SmmuConfig, device: HwDevice | null): PlatformCaps {
  const pasidBits = pasidBitsOf(config, device)
  const pri = device === null || (device.ats && device.pri)
  return {
    pageSizes: PAGE_SIZES,
    smallestPageLg2: 12,
    inputBits: config.ipaBits,
    permitted: [{ start: 0n, last: (1n << BigInt(config.ipaBits)) - 1n, pageLg2: 12 }],
    reserved: config.msiWindow ? [MSI_WINDOW] : [],
    nesting: { software: true, hardware: true },
    userTableFormats: [STAGE_1],
    pasidTableFormats: config.ssidBits > 0 ? [CD_TABLE] : [],
    pasidBits,
    pasidRouting: 'first-stage',
    passthroughAtStart: true,
    enforceSnoop: true,
    recoverableFaults: config.stall || pri,
    flushOnMap: false,
    dirtyTracking: false,
  }
}

function pasidBitsOf({ ssidBits }: SmmuConfig, device: HwDevice | null): number | null {
  if (ssidBits === 0) return null
  if (device === null) return ssidBits
  return device.pasidBits === null ? null : Math.min(device.pasidBits, ssidBits)
}
