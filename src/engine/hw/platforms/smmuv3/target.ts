/**
 * What an STE and a CD that are valid and well formed set up, and what makes them ill formed: C_BAD_STE and C_BAD_CD
 * of IHI 0070 7.3.5 and 7.3.11, for a unit without 16K and 64K granules, big-endian tables and HTTU.
 */
import { structField } from '../../struct'
import { OUTPUT_BITS, type SmmuConfig } from './config'
import type { FirstStage, FirstTable, SecondStage } from './stages'
import { CD, CONFIG, S1FMT, SIZE_BITS, STE } from './structures.data'

export type Words = readonly bigint[]

/** What is done with faults. */
export interface FaultPolicy {
  readonly record1: boolean
  readonly record2: boolean
  readonly stall1: boolean
  readonly stall2: boolean
}

export const NO_POLICY: FaultPolicy = { record1: false, record2: false, stall1: false, stall2: false }

export type SmmuTarget =
  | { readonly kind: 'bypass' }
  | { readonly kind: 'second'; readonly vmid: number; readonly second: SecondStage }
  | { readonly kind: 'first'; readonly vmid: number; readonly first: FirstStage; readonly second: null }
  | {
      readonly kind: 'nested'
      readonly vmid: number
      readonly first: FirstStage
      readonly second: SecondStage
    }

const at = (layout: typeof STE, words: Words) => (name: string) => Number(structField(layout, words, name))

/** What an STE says: both stages on or off, the table of CDs, tags and switches. */
export interface SteView {
  readonly config: number
  /** Stage 1 is on. */
  readonly stage1: boolean
  readonly second: SecondStage | null
  readonly vmid: number
  readonly contexts: { readonly root: number; readonly format: number; readonly bits: number }
  readonly s1dss: number
  readonly ats: boolean
  readonly stalls: boolean
  readonly stall2: boolean
  readonly record2: boolean
}

/** Null where it is programmed wrongly: C_BAD_STE. */
export function viewSte(config: SmmuConfig, words: Words): SteView | null {
  const field = at(STE, words)
  const mode = field('Config')
  const stage1 = (mode & 5) === 5
  const stage2 = (mode & 6) === 6
  if (field('V') === 0 || (stage1 && !contextsFit(config, field))) return null
  const second = stage2 ? secondOf(field) : null
  if (stage2 && second === null) return null
  return {
    config: mode,
    stage1,
    second,
    vmid: field('S2VMID'),
    contexts: { root: field('S1ContextPtr'), format: field('S1Fmt'), bits: field('S1CDMax') },
    s1dss: field('S1DSS'),
    ats: field('EATS') !== 0,
    stalls: field('S1STALLD') === 0,
    stall2: field('S2S') === 1,
    record2: field('S2R') === 1,
  }
}

type Field = (name: string) => number

function contextsFit({ ssidBits }: SmmuConfig, field: Field): boolean {
  const bits = field('S1CDMax')
  if (bits > ssidBits) return false
  return bits === 0 || (field('S1Fmt') <= S1FMT.leaves64K && field('S1DSS') <= 2)
}

/** Stage 2 of an STE, or null where it is none that this unit takes. */
function secondOf(field: Field): SecondStage | null {
  const outputBits = Math.min(SIZE_BITS[field('S2PS')] ?? OUTPUT_BITS, OUTPUT_BITS)
  const size = field('S2T0SZ')
  const startLevel = 2 - field('S2SL0')
  const supported = field('S2TG') === 0 && field('S2AA64') === 1 && field('S2ENDI') === 0
  const updates = field('S2HA') === 1 || field('S2HD') === 1
  if (!supported || updates || startLevel < 0) return null
  if (size > 39 || size < Math.max(16, 64 - outputBits)) return null
  const inputBits = 64 - size
  const index = inputBits - 12 - 9 * (3 - startLevel)
  if (index < 1 || index > 13) return null
  const root = field('S2TTB')
  if (root >= 2 ** outputBits) return null
  return { root, inputBits, startLevel, outputBits, affd: field('S2AFFD') === 1 }
}

/** Stage 1 of a CD, what it does with faults, or null: C_BAD_CD. */
export function viewCd(
  config: SmmuConfig,
  words: Words,
): { readonly first: FirstStage; readonly record: boolean; readonly stall: boolean } | null {
  const field = at(CD, words)
  const supported = field('AA64') === 1 && field('ENDI') === 0 && field('HA') === 0 && field('HD') === 0
  if (field('V') === 0 || !supported || field('A') === 0) return null
  if (field('S') === 1 && !config.stall) return null
  const outputBits = Math.min(SIZE_BITS[field('IPS')] ?? OUTPUT_BITS, OUTPUT_BITS)
  const low = half(
    field,
    { off: 'EPD0', size: 'T0SZ', granule: 'TG0', code: 0, root: 'TTB0', had: 'HAD0' },
    outputBits,
  )
  const high = half(
    field,
    { off: 'EPD1', size: 'T1SZ', granule: 'TG1', code: 2, root: 'TTB1', had: 'HAD1' },
    outputBits,
  )
  if (low === undefined || high === undefined) return null
  const topByteIgnored = { low: field('TBI0') === 1, high: field('TBI1') === 1 }
  const first = { low, high, topByteIgnored, outputBits, affd: field('AFFD') === 1, asid: field('ASID') }
  return { first, record: field('R') === 1, stall: field('S') === 1 }
}

interface HalfNames {
  readonly off: string
  readonly size: string
  readonly granule: string
  /** What the granule field holds for 4K. */
  readonly code: number
  readonly root: string
  readonly had: string
}

/** One of the two tables; null where it is off, undefined where it is programmed wrongly. */
function half(field: Field, names: HalfNames, outputBits: number): FirstTable | null | undefined {
  if (field(names.off) === 1) return null
  const size = field(names.size)
  const root = field(names.root)
  if (size < 16 || size > 39 || field(names.granule) !== names.code || root >= 2 ** outputBits)
    return undefined
  return { root, inputBits: 64 - size, had: field(names.had) === 1 }
}

/** Config = 0b0xx: the request is aborted and nothing is told. */
export const aborts = ({ config }: SteView): boolean => config < CONFIG.bypass
