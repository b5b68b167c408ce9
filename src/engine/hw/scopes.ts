/** What an invalidation names: translations, or what is held of a PASID table, and in which caches. */

/** Which caches an invalidation is for, where not for all that may hold what it names. */
export interface CacheReach {
  readonly iotlb: boolean
  /** Those of the devices themselves. */
  readonly deviceTlb: boolean
  /** Requester ids of the devices whose TLBs are meant; null: all. */
  readonly rids: readonly number[] | null
}

/** Pages are 4 KiB device pages, inclusive. A reach is kept to wherever users have tables; others drop more. */
export type InvalidationScope = { readonly reach?: CacheReach } & InvalidationTarget

export type InvalidationTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'domain'; readonly domain: number }
  | { readonly kind: 'range'; readonly domain: number; readonly firstPage: number; readonly lastPage: number }
  /** What a first stage taught, alone or nested, under one PASID; null: requests without PASID. */
  | { readonly kind: 'pasid'; readonly domain: number; readonly pasid: number | null }
  | {
      readonly kind: 'pasid-range'
      readonly domain: number
      readonly pasid: number | null
      readonly firstPage: number
      readonly lastPage: number
    }
  /** What is cached of the entries of a user's PASID table, one or (null) all; no translation. `domain` is its space's. */
  | { readonly kind: 'pasid-table'; readonly domain: number; readonly pasid: number | null }
