/** What a cache of a platform holds, as rows for a reader, and what each row claims. */
import type { CacheName } from '../trace/events'

/** One cache as it stands, for a reader. Every cache fits: it brings its own columns. */
export interface CacheListing {
  readonly cache: CacheName
  /** `IOTLB`, `PASID cache`, `device TLB of dev1`. */
  readonly title: string
  /** Entries it can hold, or null where the model sets no bound. */
  readonly capacity: number | null
  readonly columns: readonly CacheColumn[]
  /** In an order that does not depend on what was replaced. */
  readonly rows: readonly CacheRow[]
}

export interface CacheColumn {
  /** `domain`, `IOVA`, `HPA`, `rights`. */
  readonly title: string
  /** `address` and `size` are bytes. */
  readonly kind: 'number' | 'address' | 'size' | 'text'
}

export interface CacheRow {
  /** One a column, in their order; null where the entry has no such thing (no PASID). */
  readonly cells: readonly (bigint | number | string | null)[]
  /** What it would have hardware believe; compared with memory to tell stale entries. */
  readonly claim: CacheClaim | null
}

export type CacheClaim =
  /** These requests lead there. `address` and `output` are the first byte, `perm` bit 0 read, bit 1 write. */
  | {
      readonly kind: 'translation'
      readonly domain: number
      readonly pasid: number | null
      readonly address: bigint
      readonly output: bigint
      readonly perm: number
      readonly pageLg2: number
    }
  /** Memory holds these words at `hpa` (bytes). */
  | { readonly kind: 'words'; readonly hpa: number; readonly words: readonly bigint[] }
