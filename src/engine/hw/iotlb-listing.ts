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

/** What the tags of an IOTLB mean where they are no domain and PASID. */
export interface TagWords {
  readonly title: string
  readonly domain: string
  readonly pasid: string
  /** What the second tag says to a reader. */
  tag(pasid: number | null): number | string | null
  /** Whose requests an entry answers, or null where nobody's are known. */
  claim(entry: IotlbEntry): { readonly domain: number; readonly pasid: number | null } | null
}

/** An IOTLB whose tags are told in other words. */
export function taggedListing(bulk: Bulk, base: number, words: TagWords): CacheListing {
  const columns = COLUMNS.with(0, { title: words.domain, kind: 'number' }).with(1, {
    title: words.pasid,
    kind: 'number',
  })
  const rows = entries(bulk, base)
    .toSorted(byTag)
    .map((entry): CacheRow => {
      const { cells, claim } = rowOf(entry)
      const asked = words.claim(entry)
      const shown = cells.with(1, words.tag(entry.pasid))
      return { cells: shown, claim: asked === null || claim === null ? null : { ...claim, ...asked } }
    })
  return { cache: 'iotlb', title: words.title, capacity: IOTLB_SETS * IOTLB_WAYS, columns, rows }
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
