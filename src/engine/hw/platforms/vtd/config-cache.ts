/**
 * The context cache and the PASID cache (VT-d 6.2.2). Tags: requester id, and PASID. The domain id is what an entry says.
 *
 * Under caching mode an entry that was not present is kept too, in legacy mode under domain 0.
 * Not modelled: caches of root and PASID directory entries (what these caches hold goes round them).
 */
import type { Bulk } from '../../../mem'
import { createStructCache } from '../../struct-cache'
import type { TagCache } from '../../tag-cache'

export interface ConfigCaches {
  readonly context: TagCache
  readonly pasid: TagCache
}

const CONTEXT_WORDS = 4
const PASID_WORDS = 8

export const createConfigCaches = (bulk: Bulk): ConfigCaches => ({
  context: createStructCache(bulk, 1, CONTEXT_WORDS),
  pasid: createStructCache(bulk, 2, PASID_WORDS),
})
