/**
 * What every cache of the platform holds, each entry compared with memory as it is: an entry that says something
 * else is stale, and a DMA would use it.
 *
 * A translation is compared with a walk made for a device that is routed to its domain now; an entry whose domain
 * nobody is routed to can answer nobody, and is told as left behind.
 */
import type { CacheClaim, CacheListing, CacheRow } from '../../hw'
import { attachableParent } from '../../kernel/lineage'
import type { Machine } from '../../kernel/machine'
import { translate } from '../../kernel/requests'
import { type DeviceRecord, permText, type SpaceRecord } from '../../kernel/state'
import type { FlowSession } from '../../session/session'
import type { MachineEvent } from '../../trace/events'
import { addressText } from '../units'
import type { CacheCounts, CacheView } from './contract'
import { before } from './touched'

export function cacheViews(session: FlowSession): readonly CacheView[] {
  const { machine } = session
  const list = () => machine.platform.caches(machine.hw(), machine.root.hw)
  const old = before(session, list)
  const events = session.at === 0 ? [] : session.explain(session.at).filter(isCacheEvent)
  const listings = list()
  return listings.map(listing => ({
    ...viewOf(
      machine,
      listing,
      old?.find(one => one.title === listing.title),
    ),
    step: countsOf(events, listing, listings),
    sum: listing.cache === 'iotlb' ? iotlbSum(session) : null,
  }))
}

type CacheEvent = Extract<MachineEvent, { kind: 'cache' }>

const isCacheEvent = (event: MachineEvent): event is CacheEvent => event.kind === 'cache'

/** Where several caches are of one sort, a tag begins with `device` and its requester id, with which the title ends. */
function countsOf(
  events: readonly CacheEvent[],
  { cache, title }: CacheListing,
  all: readonly CacheListing[],
): CacheCounts {
  const alone = all.filter(one => one.cache === cache).length === 1
  const counts = { hit: 0, 'stale-hit': 0, miss: 0, fill: 0, evict: 0 }
  for (const { which, op, tag } of events)
    if (which === cache && (alone || title.endsWith(` ${tag.split(' ', 2)[1]}`))) counts[op] += 1
  return counts
}

function iotlbSum(session: FlowSession): CacheView['sum'] {
  const { iotlbHits, iotlbMisses } = session.costThrough(session.at)
  return { hits: iotlbHits, misses: iotlbMisses }
}

function viewOf(
  machine: Machine,
  listing: CacheListing,
  old: CacheListing | undefined,
): Omit<CacheView, 'step' | 'sum'> {
  const known = new Set(old?.rows.map(keyOf) ?? [])
  const kept = new Set(listing.rows.map(keyOf))
  const gone = (old?.rows ?? []).filter(row => !kept.has(keyOf(row)))
  return {
    cache: listing.cache,
    title: listing.title,
    capacity: listing.capacity,
    columns: listing.columns,
    rows: [
      ...listing.rows.map(row => {
        const mark = old === undefined || known.has(keyOf(row)) ? ('' as const) : ('+' as const)
        return { cells: row.cells, mark, stale: row.claim === null ? null : staleness(machine, row.claim) }
      }),
      ...gone.map(row => ({ cells: row.cells, mark: '-' as const, stale: null })),
    ],
  }
}

const keyOf = (row: CacheRow): string => row.cells.join(' ')

/** Why memory no longer says what a cached entry claims; null where it does. */
export function staleness(machine: Machine, claim: CacheClaim): string | null {
  if (claim.kind === 'words') {
    const now = claim.words.map((_, k) => machine.bulk.memory.read64(claim.hpa + k * 8))
    return now.every((word, k) => word === claim.words[k]) ? null : 'memory holds another entry now'
  }
  const way = wayTo(machine, claim.domain)
  if (way === null) return `no device is routed to domain ${claim.domain} now`
  return translationStaleness(machine, way, claim)
}

/** A request that the domain's table answers: a device, and the PASID where only that leads there. */
interface Way {
  readonly device: DeviceRecord
  readonly pasid: number | null
}

function wayTo(machine: Machine, domain: number): Way | null {
  const { spaces, devices } = machine.root
  const leads = (space: SpaceRecord): boolean =>
    space.domain === domain || isOverDomain(machine, space, domain)
  const uids = new Set([...spaces.values()].filter(leads).map(space => space.uid))
  const ways = [...devices.values()].flatMap((device): Way[] => [
    ...(device.routed !== null && uids.has(device.routed) ? [{ device, pasid: null }] : []),
    ...device.pasidRoutes.filter(route => uids.has(route.space)).map(({ pasid }) => ({ device, pasid })),
  ])
  return ways[0] ?? null
}

/** Requests without PASID of a PASID table's device stay in the space below it, in that space's domain. */
function isOverDomain(machine: Machine, space: SpaceRecord, domain: number): boolean {
  const below = space.pasidTable === null ? null : attachableParent(machine, space)
  return below !== null && machine.space(below).domain === domain
}

function translationStaleness(
  machine: Machine,
  way: Way,
  claim: Extract<CacheClaim, { kind: 'translation' }>,
): string | null {
  const { address, output, perm } = claim
  const access = perm & 1 ? ('read' as const) : ('write' as const)
  const now = translate(machine, { ...way, address, access, commit: false, cached: false })
  if (!now.ok) return `the table says fault ${now.fault.code}`
  if (BigInt(now.output) !== output) return `the table says HPA ${addressText(BigInt(now.output))}`
  const lost = perm & ~now.perm
  return lost === 0 ? null : `the table no longer grants ${permText(lost)}`
}
