/** The name under which users know a table of context descriptors, and what its configuration says. */
import type { PtConfig } from '../../../pt'
import { S1FMT } from './structures.data'

export const CD_TABLE = 'arm-cd'

/** S1Fmt and S1CDMax of the STE that points to it. */
export interface CdTableShape {
  readonly format: number
  readonly bits: number
}

export const shapeOf = (cfg: PtConfig): CdTableShape => ({
  format: Number(cfg.s1fmt),
  bits: Number(cfg.s1cdmax),
})

/** One object per meaning. */
const configs = new Map<string, PtConfig>()

/** `switches`: further fields of the STE that are the user's to say (`s1dss`, `s1stalld`, `eats`). */
export function cdTableConfig({ format, bits }: CdTableShape, switches: PtConfig = {}): PtConfig {
  const key = `${format} ${bits} ${JSON.stringify(switches)}`
  const cfg = configs.get(key) ?? { s1fmt: format, s1cdmax: bits, ...switches }
  configs.set(key, cfg)
  return cfg
}

export const CD_BYTES = 64
export const L1_BYTES = 8

/** log2 of the CDs in a leaf of a table of two levels; null for a linear one. */
export function leafLg2(format: number): number | null {
  if (format === S1FMT.leaves4K) return 6
  return format === S1FMT.leaves64K ? 10 : null
}

/** Linear as far as one leaf reaches, then two levels with 64K leaves: as Linux chooses. */
export const standardShape = (bits: number): CdTableShape => ({
  format: bits <= 10 ? S1FMT.linear : S1FMT.leaves64K,
  bits,
})
