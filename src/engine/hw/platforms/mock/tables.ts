/** Tables of the test IOMMU: AMD's v1 format, in pages of 4 KiB or in units of 2 KiB. Source: iommufd facts 5.2. */
import type { PtConfig, TableRef } from '../../../pt'

export const TABLE_FORMAT = 'amd-v1'

/** log2 of the smallest page for files of objects. */
export const SMALL_LG2 = 11

/** Where mappings may lie; bytes, both ends inclusive. */
export const APERTURE = { start: 0x100_0000n, last: 0x7fff_ffffn } as const

/** Three levels reach 2^39 pages' bytes, in units of 2 KiB half of that: more than either aperture. */
const LEVELS = 3

const configs = new Map<string, PtConfig>()

/** One object a meaning, as geometries are kept by object. `hd`: items say what was written. */
export function tableConfig(granuleLg2: number, hd = false): PtConfig {
  const key = `${granuleLg2} ${hd}`
  const cfg = configs.get(key) ?? { levels: LEVELS, granule: granuleLg2, hd }
  configs.set(key, cfg)
  return cfg
}

/** The table as it is walked while nobody asks what is written. */
export const untracked = (table: TableRef): TableRef => ({
  ...table,
  cfg: tableConfig(Number(table.cfg.granule)),
})

/** True for a table whose items count units of 2 KiB. */
export const isScaled = (table: TableRef): boolean => table.cfg.granule === SMALL_LG2
