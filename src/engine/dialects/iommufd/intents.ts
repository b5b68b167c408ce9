/** What a VMM wants, as calls of /dev/iommu. */
import type { Intents } from '../contract'

export const INTENTS: Intents = {}
