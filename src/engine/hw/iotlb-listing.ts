/** What an IOTLB holds, as a listing for a reader: entries by domain and address, whatever set they sit in. */
import { pow2 } from '../bits'
import type { Bulk } from '../mem'
import type { CacheListing, CacheRow } from './contract'
import { entries, type IotlbEntry } from './iotlb-entries'
import { IOTLB_SETS, IOTLB_WAYS } from './iotlb-layout'
import { permText } from './reports'

const COLUMNS: CacheListing['columns'] = [
  { title: 'domain', kind: 'number' },
  { title: 'PASID', kind: 'number' },
  { title: 'IOVA', kind: 'address' },
  { title: 'HPA', kind: 'address' },
  { title: 'rights', kind: 'text' },
  { title: 'size', kind: 'size' },
]

/** The IOTLB at `base`, the offset that `createIotlb` gave. */
export function iotlbListing(bulk: Bulk, base: number): CacheListing {
  const rows = entries(bulk, base).toSorted(byTag).map(rowOf)
  return { cache: 'iotlb', title: 'IOTLB', capacity: IOTLB_SETS * IOTLB_WAYS, columns: COLUMNS, rows }
}

/**
 * What one device keeps of translations. `domainOf` says which domain its requests with a PASID, or without, belong
 * to now; what belongs to none claims nothing.
 */
export function deviceTlbListing(
  title: string,
  kept: readonly IotlbEntry[],
  domainOf: (pasid: number | null) => number | undefined,
): CacheListing {
  const rows = kept.toSorted(byTag).map(entry => {
    const domain = domainOf(entry.pasid)
    const row = rowOf({ ...entry, domain: domain ?? 0 })
    return { cells: row.cells.slice(1), claim: domain === undefined ? null : row.claim }
  })
  return { cache: 'device-tlb', title, capacity: IOTLB_SETS * IOTLB_WAYS, columns: COLUMNS.slice(1), rows }
}

function byTag(a: IotlbEntry, b: IotlbEntry): number {
  return a.domain - b.domain || (a.pasid ?? -1) - (b.pasid ?? -1) || a.page - b.page || a.pageLg2 - b.pageLg2
}

function rowOf({ domain, pasid, page, output, perm, pageLg2 }: IotlbEntry): CacheRow {
  const address = BigInt(page) << 12n
  const host = BigInt(output) << 12n
  return {
    cells: [domain, pasid, address, host, permText(perm), pow2(pageLg2)],
    claim: { kind: 'translation', domain, pasid, address, output: host, perm, pageLg2 },
  }
}
