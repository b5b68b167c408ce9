/**
 * Page tables that the user writes: bound to a child, walked over the parent's table, and flushed when the
 * user says so.
 *
 * Source: v1 2 (BIND_PGTABLE, INVALIDATE_CACHE), R19 to R23, R25. Bits of such a table lie in guest memory
 * (guest-tables.ts); the kernel never reads them.
 */
import type { CacheReach, InvalidationTarget } from '../hw'
import { dropAllAreas, EVERY_PAGE } from './areas'
import { deviceWithCookie } from './bindings'
import { attachableParent } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { mayTrack } from './pasid-tables'
import { spaceCaps } from './permitted'
import { repoint } from './routing'
import { rereadTable, shadowsTables, softwareTable } from './shadowed-tables'
import { specsOf } from './space-tables'
import { pageOf, type SpaceRecord, TREE, type UserTable } from './state'
import { flushSpace, joinTables, leaveTables, type PageSpan } from './tables'
import { tracked } from './tracked'

export interface BindWish {
  /** Of the top table, an address of the parent. Bytes. */
  readonly addr: bigint
  /** Null leaves it to the platform; a number that stands for none is `unknown`. */
  readonly format: string | null
  readonly addrWidth: number | null
}

/** Puts a user's table in place of the kernel's: the space is the user's from now on (R21). */
export function bindTable(machine: Machine, space: SpaceRecord, wish: BindWish): Outcome<null> {
  const bindable = mayBind(machine, space)
  if (!bindable.ok) return bindable
  const shadowed = shadowsTables(machine)
  const found = shadowed
    ? softwareTable(machine, wish.format, wish.addrWidth)
    : machine.platform.userTable(machine.hwConfig, { format: wish.format, addressBits: wish.addrWidth })
  if ('problem' in found) return refuse('bind-pgtable.format', { problem: found.problem })
  if (wish.addr % TABLE_BYTES !== 0n || wish.addr >> BigInt(inputBits(machine, space)) !== 0n)
    return refuse('bind-pgtable.address', { addr: wish.addr, bits: inputBits(machine, space) })
  setTable(machine, space, { id: machine.takeTableId(), ...found, root: wish.addr, shadowed })
  if (shadowed) return rereadTable(machine, machine.space(space.uid))
  repoint(machine, space.uid)
  leaveTables(machine, space.uid, new Set())
  return answer(null)
}

const TABLE_BYTES = 4096n

/**
 * What no device here can walk is told at the attach, where format and device meet (v2 2.1): the space is the user's
 * and takes none.
 */
export function markUnfit(machine: Machine, space: SpaceRecord, problem: string): void {
  machine.setSpace({ ...space, kind: 'user-table', unfit: problem })
}

function mayBind(machine: Machine, space: SpaceRecord): Outcome<null> {
  const { id: ioasid, parent, userTable, children } = space
  if (parent === null) return refuse('bind-pgtable.root', { ioasid })
  const areas = machine.bulk.ranges.count(TREE.areas(space.uid))
  if (userTable !== null || areas > 0 || children.length > 0)
    return refuse('bind-pgtable.busy', { ioasid, areas, children: children.length })
  if (shadowsTables(machine)) return answer(null)
  const caps = spaceCaps(machine, space)
  const nests = caps.every(one => one.nesting.hardware)
  if (nests && attachableParent(machine, space) !== null)
    return caps.every(one => one.pasidRouting === 'any-table') ? answer(null) : mayTrack(machine, space)
  return refuse('bind-pgtable.no-nesting', { platform: machine.platform.title })
}

/** Width of an address of the parent. */
function inputBits(machine: Machine, space: SpaceRecord): number {
  return Math.min(...spaceCaps(machine, space).map(caps => caps.inputBits))
}

/** Gives the space an empty table of the kernel's again; attached devices fault from now on (R22). */
export function unbindTable(machine: Machine, space: SpaceRecord): Outcome<null> {
  if (space.userTable === null) return refuse('unbind-pgtable.not-bound', { ioasid: space.id })
  setTable(machine, space, null)
  dropAllAreas(machine, space.uid, 'unbind')
  const joined = joinTables(machine, space.uid, specsOf(machine, space))
  if (!joined.ok) return joined
  repoint(machine, space.uid)
  flushSpace(machine, machine.space(space.uid))
  return answer(null)
}

function setTable(machine: Machine, space: SpaceRecord, userTable: UserTable | null): void {
  const kind = userTable === null ? 'kernel' : 'user-table'
  machine.setSpace({ ...space, userTable, kind, tracksDirty: false })
  const told = { kind: 'field-changed', actor: 'kernel', obj: 'ioasid_data', id: space.id } as const
  machine.emit({ ...told, field: 'kind', before: space.kind, after: kind })
  const [before, after] = [space.userTable?.root ?? null, userTable?.root ?? null]
  machine.emit({ ...told, field: 'user pgd', before, after })
}

/** What is to be dropped: by range, by device and PASID, by cache. */
export interface InvalidateWish {
  /** Bytes; a null size is everything. */
  readonly iova: bigint
  readonly size: bigint | null
  /** The device with that number of the user, and the vPASID; null: all. */
  readonly cookie: bigint | null
  readonly vpasid: bigint | null
  /** Bits of InvalidateCache; 0: every one that may hold it. */
  readonly caches: bigint
}

/** Kinds of cache, numbered as Linux did for its first call of the kind. */
export const InvalidateCache = { iotlb: 1n, deviceTlb: 2n, pasid: 4n } as const

/**
 * Drops what the IOMMU and the devices hold for a space, all or a range, pages that the range touches
 * whole. Only a user's table needs it; `invalidate-scope=any-ioasid` lets it be asked for any (R23).
 */
export function invalidateSpace(machine: Machine, space: SpaceRecord, wish: InvalidateWish): Outcome<null> {
  const users = space.userTable !== null || space.pasidTable !== null
  if (!users && machine.policy['invalidate-scope'] !== 'any-ioasid')
    return refuse('invalidate.type', { ioasid: space.id, kind: space.kind })
  const { iova, size, caches } = wish
  if (size !== null && iova + size > 1n << 64n) return refuse('invalidate.wrap', { iova, size })
  if ((caches & ~cachesOf(space)) !== 0n)
    return refuse('invalidate.cache', { cache: caches, ioasid: space.id })
  const meant = attachmentsMeant(machine, space, wish)
  if (!meant.ok) return meant
  if (space.userTable?.shadowed === true) return rereadTable(machine, space, pagesOf(wish) ?? EVERY_PAGE)
  for (const scope of scopesOf(space, wish, meant.value))
    machine.platform.invalidate(machine.hw(), machine.root.hw, {
      ...scope,
      reach: reachOf(wish, meant.value),
    })
  return answer(null)
}

/** The caches that may hold something of a space: of PASID tables what is held of their entries, too. */
function cachesOf({ pasidTable }: SpaceRecord): bigint {
  const { iotlb, deviceTlb, pasid } = InvalidateCache
  return pasidTable === null ? iotlb | deviceTlb : iotlb | deviceTlb | pasid
}

interface Meant {
  readonly rid: number
  /** Under which its translations are tagged: the space's own, or that of the PASID table it lies beneath. */
  readonly domain: number
  readonly wire: number | null
}

/** The attachments of the space that a cookie and a vPASID leave; naming one that is not there is refused. */
function attachmentsMeant(
  machine: Machine,
  space: SpaceRecord,
  { cookie, vpasid }: InvalidateWish,
): Outcome<readonly Meant[]> {
  const device = cookie === null ? null : deviceWithCookie(machine, space.context, cookie)
  if (cookie !== null && device === null) return refuse('cookie.unknown', { cookie })
  const named = { device: device?.name ?? null, pasid: space.pasidTable === null ? vpasid : null }
  const which = space.attachments.filter(
    at =>
      (named.device === null || at.device === named.device) &&
      (named.pasid === null || BigInt(at.pasid ?? 0) === named.pasid),
  )
  if (which.length === 0 && (device !== null || named.pasid !== null))
    return refuse('invalidate.not-attached', { ioasid: space.id })
  const found = which.flatMap(({ device: name, pasid }) => {
    const attached = machine.device(name)
    const at = attached.attachments.find(one => one.space === space.uid && one.pasid === pasid)
    const { domain } = tracked(machine, attached, pasid) ?? space
    return at === undefined ? [] : [{ rid: attached.hw.rid, domain, wire: at.wire }]
  })
  return answer(found)
}

/** Where the user names a device or a cache, the others are left alone. */
function reachOf({ caches, cookie }: InvalidateWish, meant: readonly Meant[]): CacheReach {
  const has = (bit: bigint): boolean => caches === 0n || (caches & bit) !== 0n
  const rids = cookie === null ? null : meant.map(({ rid }) => rid)
  return { iotlb: has(InvalidateCache.iotlb), deviceTlb: has(InvalidateCache.deviceTlb), rids }
}

/** One scope for each number under which the space is reached. */
function scopesOf(
  space: SpaceRecord,
  wish: InvalidateWish,
  meant: readonly Meant[],
): readonly InvalidationTarget[] {
  const { domain, userTable, pasidTable } = space
  if (domain === 0) return []
  if (pasidTable !== null) return scopesOfPasidTable(domain, wish)
  const range = pagesOf(wish)
  if (userTable === null)
    return [range === null ? { kind: 'domain', domain } : { kind: 'range', domain, ...devicePages(range) }]
  const ways = new Map(meant.map(way => [`${way.domain} ${way.wire}`, way]))
  return [...ways.values()].map(way => underPasid({ domain: way.domain, pasid: way.wire }, range))
}

/**
 * Of a PASID table what is cached of its entries (R23); where a call asks for translations, those of the vPASID, as
 * each address space of the guest is invalidated through the one that stands for all (v2 4.5).
 */
function scopesOfPasidTable(domain: number, wish: InvalidateWish): readonly InvalidationTarget[] {
  const { caches, vpasid } = wish
  const pasid = vpasid === null ? null : Number(vpasid)
  const entries = caches === 0n || (caches & InvalidateCache.pasid) !== 0n
  const translations = (caches & (InvalidateCache.iotlb | InvalidateCache.deviceTlb)) !== 0n
  const target =
    pasid === null ? ({ kind: 'domain', domain } as const) : underPasid({ domain, pasid }, pagesOf(wish))
  return [
    ...(entries ? [{ kind: 'pasid-table', domain, pasid } as const] : []),
    ...(translations ? [target] : []),
  ]
}

const underPasid = (
  way: { readonly domain: number; readonly pasid: number | null },
  range: PageSpan | null,
): InvalidationTarget =>
  range === null ? { kind: 'pasid', ...way } : { kind: 'pasid-range', ...way, ...devicePages(range) }

const devicePages = ({ first, last }: PageSpan) => ({ firstPage: first, lastPage: last })

function pagesOf({ iova, size }: InvalidateWish): PageSpan | null {
  return size === null || size === 0n ? null : { first: pageOf(iova), last: pageOf(iova + size - 1n) }
}
