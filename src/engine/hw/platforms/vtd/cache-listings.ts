/** What the caches of the unit and of its devices hold, for a reader; empty ones are listed too. */

import type { Bulk } from '../../../mem'
import type { CacheListing, CacheRow } from '../../contract'
import { entries } from '../../iotlb-entries'
import { deviceTlbListing, iotlbListing } from '../../iotlb-listing'
import { formatRid } from '../../pci'
import { permText } from '../../reports'
import { type StructLayout, structField } from '../../struct'
import { structAt } from '../../struct-cache'
import { type TagCache, tagsIn, tagWord } from '../../tag-cache'
import { absentAt } from './absent-cache'
import { contextLayout, RID_PASID } from './entries'
import { pagingAt } from './paging-cache'
import type { VtdState } from './state'
import { PASID_ENTRY } from './structures.data'

export function listCaches(bulk: Bulk, state: VtdState): readonly CacheListing[] {
  return [
    iotlbListing(bulk, state.iotlb),
    pagingListing(bulk, state.caches.paging),
    ...(state.config.cachingMode ? [absentListing(bulk, state.caches.absent)] : []),
    contextListing(bulk, state),
    ...(state.config.mode === 'scalable' ? [pasidListing(bulk, state)] : []),
    ...deviceListings(bulk, state),
  ]
}

const DEVICE = { title: 'device', kind: 'text' } as const
const PASID = { title: 'PASID', kind: 'number' } as const
const DOMAIN = { title: 'domain', kind: 'number' } as const

/** Rows in the order of their first cells. */
const ordered = (rows: readonly CacheRow[]): readonly CacheRow[] =>
  rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

const keyOf = ({ cells }: CacheRow): string => cells.map(cell => String(cell).padStart(20, '0')).join(' ')

function structRow(
  layout: StructLayout,
  cells: CacheRow['cells'],
  at: ReturnType<typeof structAt>,
): CacheRow {
  const present = structField(layout, at.words, 'P') === 1n
  const state = present ? 'present' : 'not present'
  return { cells: [...cells, state], claim: { kind: 'words', hpa: at.hpa, words: at.words } }
}

const STATE = { title: 'entry', kind: 'text' } as const

function contextListing({ words }: Bulk, state: VtdState): CacheListing {
  const cache = state.caches.context
  const layout = contextLayout(state)
  const rows = tagsIn(words.data, cache).map(at => {
    const entry = structAt(words.data, cache, at, layout.words)
    return structRow(layout, [formatRid(tagWord(words.data, at, 0)), pointerOf(layout, entry.words)], entry)
  })
  const columns = [DEVICE, { title: 'leads to', kind: 'address' } as const, STATE]
  return { cache: 'context', title: 'context cache', capacity: cache.entries, columns, rows: ordered(rows) }
}

/** What a context entry points to: a PASID directory or a second-stage root. */
function pointerOf(layout: StructLayout, words: readonly bigint[]): bigint {
  const pointer = layout.fields.find(field => field.pointer)
  return pointer === undefined ? 0n : structField(layout, words, pointer.name)
}

const TYPES: Readonly<Record<string, string>> = {
  '1': 'first stage',
  '2': 'second stage',
  '3': 'nested',
  '4': 'pass-through',
}

function pasidListing({ words }: Bulk, state: VtdState): CacheListing {
  const cache = state.caches.pasid
  const rows = tagsIn(words.data, cache).map(at => {
    const entry = structAt(words.data, cache, at, PASID_ENTRY.words)
    const field = (name: string) => structField(PASID_ENTRY, entry.words, name)
    const cells = [formatRid(tagWord(words.data, at, 0)), tagWord(words.data, at, 1), Number(field('DID'))]
    return structRow(PASID_ENTRY, [...cells, TYPES[String(field('PGTT'))] ?? 'none'], entry)
  })
  const columns = [DEVICE, PASID, DOMAIN, { title: 'type', kind: 'text' } as const, STATE]
  return { cache: 'pasid', title: 'PASID cache', capacity: cache.entries, columns, rows: ordered(rows) }
}

function pagingListing({ words }: Bulk, cache: TagCache): CacheListing {
  const rows = tagsIn(words.data, cache).map((at): CacheRow => {
    const { tag, entry } = pagingAt(words.data, cache, at)
    const { level, page, table, perm, item } = entry
    const cells = [
      tag.domain,
      tag.pasid,
      tag.stage,
      BigInt(page) << 12n,
      level,
      BigInt(table),
      permText(perm),
    ]
    return { cells, claim: { kind: 'words', hpa: item.hpa, words: [item.value] } }
  })
  const columns = [
    DOMAIN,
    PASID,
    { title: 'stage', kind: 'text' },
    { title: 'input', kind: 'address' },
    { title: 'level', kind: 'number' },
    { title: 'table', kind: 'address' },
    { title: 'rights', kind: 'text' },
  ] as const
  const title = 'paging-structure caches'
  return { cache: 'paging-structure', title, capacity: cache.entries, columns, rows: ordered(rows) }
}

function absentListing({ words }: Bulk, cache: TagCache): CacheListing {
  const rows = tagsIn(words.data, cache).map((at): CacheRow => {
    const { domain, page } = absentAt(words.data, at)
    return { cells: [domain, BigInt(page) << 12n], claim: null }
  })
  const columns = [DOMAIN, { title: 'not present', kind: 'address' }] as const
  const title = 'IOTLB, not present'
  return { cache: 'iotlb', title, capacity: cache.entries, columns, rows: ordered(rows) }
}

/** One listing for each device that may keep translations, or does. */
function deviceListings(bulk: Bulk, state: VtdState): readonly CacheListing[] {
  const kept = entries(bulk, state.caches.deviceTlb)
  const able = state.routes.filter(route => route.ats).map(route => route.rid)
  const rids = [...new Set([...able, ...kept.map(entry => entry.domain)])].sort((a, b) => a - b)
  return rids.map(rid => {
    const own = kept.filter(entry => entry.domain === rid)
    const domainOf = (pasid: number | null) =>
      state.routes.find(route => route.rid === rid && (route.pasid ?? RID_PASID) === (pasid ?? RID_PASID))
        ?.domain
    return deviceTlbListing(`device TLB of ${formatRid(rid)}`, own, domainOf)
  })
}
