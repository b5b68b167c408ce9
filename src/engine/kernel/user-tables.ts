/**
 * Page tables that the user writes: bound to a child, walked over the parent's table, and flushed when the
 * user says so.
 *
 * Source: v1 2 (BIND_PGTABLE, INVALIDATE_CACHE), R19 to R23, R25. Bits of such a table lie in guest memory
 * (guest-tables.ts); the kernel never reads them.
 */
import type { InvalidationScope } from '../hw'
import { specsOf } from './attach'
import { attachableParent } from './lineage'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { mayTrack } from './pasid-tables'
import { spaceCaps } from './permitted'
import { repoint } from './routing'
import { pageOf, type SpaceRecord, TREE, type UserTable } from './state'
import { flushSpace, joinTables, leaveTables } from './tables'
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
  const found = machine.platform.userTable(machine.hwConfig, {
    format: wish.format,
    addressBits: wish.addrWidth,
  })
  if ('problem' in found) return refuse('bind-pgtable.format', { problem: found.problem })
  if (wish.addr % TABLE_BYTES !== 0n || wish.addr >> BigInt(inputBits(machine, space)) !== 0n)
    return refuse('bind-pgtable.address', { addr: wish.addr, bits: inputBits(machine, space) })
  setTable(machine, space, { id: machine.takeTableId(), ...found, root: wish.addr })
  repoint(machine, space.uid)
  leaveTables(machine, space.uid, new Set())
  return answer(null)
}

const TABLE_BYTES = 4096n

function mayBind(machine: Machine, space: SpaceRecord): Outcome<null> {
  const { id: ioasid, parent, userTable, children } = space
  if (parent === null) return refuse('bind-pgtable.root', { ioasid })
  const areas = machine.bulk.ranges.count(TREE.areas(space.uid))
  if (userTable !== null || areas > 0 || children.length > 0)
    return refuse('bind-pgtable.busy', { ioasid, areas, children: children.length })
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
  const joined = joinTables(machine, space.uid, specsOf(machine, space))
  if (!joined.ok) return joined
  repoint(machine, space.uid)
  flushSpace(machine, machine.space(space.uid))
  return answer(null)
}

function setTable(machine: Machine, space: SpaceRecord, userTable: UserTable | null): void {
  const kind = userTable === null ? 'kernel' : 'user-table'
  machine.setSpace({ ...space, userTable, kind })
  const told = { kind: 'field-changed', actor: 'kernel', obj: 'ioasid_data', id: space.id } as const
  machine.emit({ ...told, field: 'kind', before: space.kind, after: kind })
  const [before, after] = [space.userTable?.root ?? null, userTable?.root ?? null]
  machine.emit({ ...told, field: 'user pgd', before, after })
}

/** Bytes; null is everything. */
export interface InvalidateWish {
  readonly iova: bigint
  readonly size: bigint | null
  /** Of a PASID table: one entry; left out or null: all. */
  readonly pasid?: number | null
}

/**
 * Drops what the IOMMU and the devices hold for a space, all or a range, pages that the range touches
 * whole. Only a user's table needs it; `invalidate-scope=any-ioasid` lets it be asked for any (R23).
 */
export function invalidateSpace(machine: Machine, space: SpaceRecord, wish: InvalidateWish): Outcome<null> {
  const users = space.userTable !== null || space.pasidTable !== null
  if (!users && machine.policy['invalidate-scope'] !== 'any-ioasid')
    return refuse('invalidate.type', { ioasid: space.id, kind: space.kind })
  const { iova, size } = wish
  if (size !== null && iova + size > 1n << 64n) return refuse('invalidate.wrap', { iova, size })
  for (const scope of scopesOf(machine, space, wish))
    machine.platform.invalidate(machine.hw(), machine.root.hw, scope)
  return answer(null)
}

/** One scope for each number under which the space is reached. */
function scopesOf(machine: Machine, space: SpaceRecord, wish: InvalidateWish): readonly InvalidationScope[] {
  const { domain } = space
  if (domain === 0) return []
  // R23: of a PASID table only what is cached of its entries.
  if (space.pasidTable !== null) return [{ kind: 'pasid-table', domain, pasid: wish.pasid ?? null }]
  const range = pagesOf(wish)
  if (space.userTable === null)
    return [range === null ? { kind: 'domain', domain } : { kind: 'range', domain, ...range }]
  return waysTo(machine, space).map(way =>
    range === null ? { kind: 'pasid', ...way } : { kind: 'pasid-range', ...way, ...range },
  )
}

function pagesOf({ iova, size }: InvalidateWish): { firstPage: number; lastPage: number } | null {
  if (size === null || size === 0n) return null
  return { firstPage: pageOf(iova), lastPage: pageOf(iova + size - 1n) }
}

/** Under which domains and PASIDs a table is reached: its own, or those of the PASID table it lies beneath. */
function waysTo(
  machine: Machine,
  space: SpaceRecord,
): readonly { readonly domain: number; readonly pasid: number | null }[] {
  const ways = space.attachments.flatMap(({ device: name, pasid }) => {
    const device = machine.device(name)
    const { domain } = tracked(machine, device, pasid) ?? space
    return device.attachments
      .filter(at => at.space === space.uid && at.pasid === pasid)
      .map(({ wire }) => ({ domain, pasid: wire }))
  })
  return [...new Map(ways.map(way => [`${way.domain} ${way.pasid}`, way])).values()]
}
