/** What the caches of the unit and of its devices hold, for a reader and a line each for hashing. */
import type { Bulk } from '../../../mem'
import type { CacheListing, CacheRow } from '../../contract'
import { entries, iotlbLines } from '../../iotlb-entries'
import { deviceTlbListing, taggedListing } from '../../iotlb-listing'
import { formatRid } from '../../pci'
import { type StructLayout, structField } from '../../struct'
import { structAt } from '../../struct-cache'
import { type TagCache, tagsIn, tagWord } from '../../tag-cache'
import { ANY_ASID } from './answer'
import type { SmmuState } from './state'
import { CD, CONFIG, STE } from './structures.data'

export function listCaches(bulk: Bulk, state: SmmuState): readonly CacheListing[] {
  return [
    tlbListing(bulk, state),
    steListing(bulk, state),
    cdListing(bulk, state),
    ...deviceListings(bulk, state),
  ]
}

function tlbListing(bulk: Bulk, state: SmmuState): CacheListing {
  return taggedListing(bulk, state.caches.tlb, {
    title: 'TLB',
    domain: 'VMID',
    pasid: 'ASID',
    tag: asid => (asid === ANY_ASID ? 'any' : asid),
    claim: ({ domain, pasid }) => (pasid === null ? { domain, pasid } : claimOfAsid(domain, pasid)),
  })
}

/** Stage 1 alone has VMID 0 and its domain for an ASID. A guest's is its word: whose it is only its CDs say. */
const claimOfAsid = (vmid: number, asid: number) => (vmid === 0 ? { domain: asid, pasid: null } : null)

const DEVICE = { title: 'device', kind: 'text' } as const
const SSID = { title: 'SubstreamID', kind: 'number' } as const
const ordered = (rows: readonly CacheRow[]): readonly CacheRow[] =>
  rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
const keyOf = ({ cells }: CacheRow): string => cells.map(cell => String(cell).padStart(20, '0')).join(' ')

const CONFIGS: Readonly<Record<number, string>> = {
  [CONFIG.bypass]: 'bypass',
  [CONFIG.stage1]: 'stage 1',
  [CONFIG.stage2]: 'stage 2',
  [CONFIG.nested]: 'both stages',
}

interface Found {
  readonly tags: (k: number) => number
  readonly words: readonly bigint[]
  readonly hpa: number
  field(name: string): bigint
}

function structsIn({ words: { data } }: Bulk, cache: TagCache, layout: StructLayout): readonly Found[] {
  return tagsIn(data, cache).map(at => {
    const { hpa, words } = structAt(data, cache, at, layout.words)
    return { tags: k => tagWord(data, at, k), words, hpa, field: name => structField(layout, words, name) }
  })
}

const claimOf = ({ hpa, words }: Found): CacheRow['claim'] => ({ kind: 'words', hpa, words })

function steListing(bulk: Bulk, state: SmmuState): CacheListing {
  const cache = state.caches.ste
  const rows = structsIn(bulk, cache, STE).map((found): CacheRow => {
    const config = CONFIGS[Number(found.field('Config'))] ?? 'abort'
    const cells = [
      formatRid(found.tags(0)),
      config,
      Number(found.field('S2VMID')),
      found.field('S1ContextPtr'),
    ]
    return { cells, claim: claimOf(found) }
  })
  const columns = [
    DEVICE,
    { title: 'Config', kind: 'text' },
    { title: 'VMID', kind: 'number' },
    { title: 'CD table', kind: 'address' },
  ] as const
  return { cache: 'context', title: 'STE cache', capacity: cache.entries, columns, rows: ordered(rows) }
}

function cdListing(bulk: Bulk, state: SmmuState): CacheListing {
  const cache = state.caches.cd
  const rows = structsIn(bulk, cache, CD).map((found): CacheRow => {
    const cells = [formatRid(found.tags(0)), found.tags(1), Number(found.field('ASID')), found.field('TTB0')]
    return { cells, claim: claimOf(found) }
  })
  const columns = [
    DEVICE,
    SSID,
    { title: 'ASID', kind: 'number' },
    { title: 'TTB0', kind: 'address' },
  ] as const
  return { cache: 'pasid', title: 'CD cache', capacity: cache.entries, columns, rows: ordered(rows) }
}

/** One listing for each device that may keep translations, or does. */
function deviceListings(bulk: Bulk, state: SmmuState): readonly CacheListing[] {
  const kept = entries(bulk, state.caches.deviceTlb)
  const able = state.routes.filter(route => route.ats).map(route => route.rid)
  const rids = [...new Set([...able, ...kept.map(entry => entry.domain)])].sort((a, b) => a - b)
  return rids.map(rid => {
    const own = kept.filter(entry => entry.domain === rid)
    const domainOf = (pasid: number | null): number | undefined => {
      const to = state.routes.find(one => one.rid === rid && one.pasid === pasid)?.to
      return pasid === null && to?.kind === 'pasid-table' ? to.parentDomain : to?.domain
    }
    return deviceTlbListing(`device TLB of ${formatRid(rid)}`, own, domainOf)
  })
}

/** Every entry, without the addresses of structures, which say nothing of behaviour. */
export function cacheLines(bulk: Bulk, state: SmmuState): readonly string[] {
  const { words, memory } = bulk
  const fresh = ({ hpa, words: body }: Found): string =>
    body.every((word, k) => memory.read64(hpa + k * 8) === word) ? 'as in memory' : 'stale'
  const { ste, cd, tlb, deviceTlb } = state.caches
  return [
    ...iotlbLines(words.data, tlb),
    ...section(
      'STE',
      structsIn(bulk, ste, STE).map(found => `${found.tags(0)} ${fresh(found)}`),
    ),
    ...section(
      'CD',
      structsIn(bulk, cd, CD).map(found => `${found.tags(0)} ${found.tags(1)} ${fresh(found)}`),
    ),
    ...section('device TLB', iotlbLines(words.data, deviceTlb)),
  ]
}

const section = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [name, ...lines.toSorted()]
