/**
 * The hardware tables of an address space: made for the devices that attach, filled from what the
 * space translates to, cleared with the flushes that the IOMMU needs.
 *
 * A space has one table for each `key` its devices ask for: one on VT-d, one per window and PE on
 * PAPR. Prereg and dummy spaces have none.
 */
import type { InvalidationScope, TableSpec } from '../hw'
import {
  clearRun,
  createTable,
  destroyTable,
  growTable,
  inputPagesOf,
  mapRun,
  smallestPages,
  type TableRef,
} from '../pt'
import { singlePages } from './host-pages'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { addressOf, type SpaceRecord, type SpaceTable } from './state'
import { eachTranslation } from './translation'

export interface PageSpan {
  /** 4 KiB page numbers, both inclusive. */
  readonly first: number
  readonly last: number
}

/** Adds the tables a device needs that the space does not have yet, filled with its translations. */
export function joinTables(machine: Machine, uid: number, specs: readonly TableSpec[]): Outcome<null> {
  takeDomain(machine, uid)
  for (const spec of specs) {
    const space = machine.space(uid)
    if (space.tables.some(table => table.key === spec.key)) continue
    const wanted = { id: machine.takeTableId(), format: spec.format, cfg: spec.cfg }
    const ref = createTable(machine.bulk, wanted, machine.hw())
    if (ref === null) return refuse('alloc.no-space')
    const table = { key: spec.key, ref, ...spec.covers }
    machine.setSpace({ ...space, tables: [...space.tables, table] })
    const filled = fillTable(machine, uid, table, { first: table.firstPage, last: table.lastPage })
    if (!filled.ok) return filled
  }
  return answer(null)
}

/** Destroys the tables whose key no device of the space needs any more. */
export function leaveTables(machine: Machine, uid: number, needed: ReadonlySet<string>): void {
  const space = machine.space(uid)
  const gone = space.tables.filter(table => !needed.has(table.key))
  if (gone.length > 0) invalidate(machine, { kind: 'domain', domain: space.domain })
  const tables = space.tables.filter(table => needed.has(table.key))
  const domain = space.attachments.length > 0 ? space.domain : 0
  if (gone.length > 0 || domain !== space.domain) machine.setSpace({ ...space, tables, domain })
  for (const table of gone) destroyTable(machine.bulk, table.ref, machine.hw())
}

/** True where the space's table is a user's that the IOMMU walks; one that the kernel shadows it reads itself. */
export const isWalked = ({ userTable }: SpaceRecord): boolean =>
  userTable !== null && userTable.shadowed !== true

/** True where the kernel writes the space's tables; a user's or the process's is only pointed at. */
export const hasOwnTables = (space: SpaceRecord): boolean =>
  !isWalked(space) && space.pasidTable === null && space.kind !== 'sva'

/** Gives the space a number in the IOMMU's caches, where it has none yet. */
function takeDomain(machine: Machine, uid: number): void {
  const space = machine.space(uid)
  if (space.domain === 0) machine.setSpace({ ...space, domain: lowestFreeDomain(machine) })
}

/** Drops every translation that the IOMMU holds for a space. */
export function flushSpace(machine: Machine, space: SpaceRecord): void {
  if (space.domain !== 0) invalidate(machine, { kind: 'domain', domain: space.domain })
}

/** Drops what the IOMMU holds of a span of a space. */
export function flushRange(machine: Machine, { domain }: SpaceRecord, { first, last }: PageSpan): void {
  if (domain !== 0) invalidate(machine, { kind: 'range', domain, firstPage: first, lastPage: last })
}

/** Writes what the space translates in `span` into all of its tables. */
export function fillTables(machine: Machine, uid: number, span: PageSpan): Outcome<null> {
  for (const table of machine.space(uid).tables) {
    const filled = fillTable(machine, uid, table, span)
    if (!filled.ok) return filled
    flushFilled(machine, uid, table, span)
  }
  return answer(null)
}

/** Where the unit may have cached that nothing was there, it is told that something is. */
function flushFilled(machine: Machine, uid: number, table: SpaceTable, span: PageSpan): void {
  const part = clip(table, span)
  if (part === null || !machine.platform.caps(machine.hwConfig, null).flushOnMap) return
  const { domain } = machine.space(uid)
  invalidate(machine, { kind: 'range', domain, firstPage: part.first, lastPage: part.last })
}

/**
 * Takes `span` out of all tables of the space and flushes what the IOMMU may hold of it. Refuses only
 * where a large page would have to be split and no frame is left for the pieces.
 */
export function clearTables(machine: Machine, uid: number, span: PageSpan): Outcome<null> {
  const space = machine.space(uid)
  for (const table of space.tables) {
    const part = clip(table, span)
    const reached = part === null ? -1 : Math.min(part.last, inputPagesOf(table.ref).last)
    if (part === null || reached < part.first) continue
    const run = { page: part.first, pages: reached - part.first + 1 }
    if (!clearRun(machine.bulk, table.ref, run, machine.hw())) return refuse('alloc.no-space')
    const scope = { firstPage: part.first, lastPage: part.last, domain: space.domain }
    invalidate(machine, { kind: 'range', ...scope })
  }
  return answer(null)
}

/** Refuses a map whose table entries could not be held, before any is written. */
export function roomForEntries(machine: Machine, span: PageSpan): Outcome<null> {
  const leafTables = Math.ceil(singlePages(machine, span.first, span.last) / ITEMS_PER_TABLE)
  if (leafTables < MANY_TABLES) return answer(null)
  return leafTables <= machine.bulk.frames.freeCount() ? answer(null) : refuse('alloc.no-space')
}

const ITEMS_PER_TABLE = 512
/** Fewer than these are found out one by one, cheaper than counting what is free. */
const MANY_TABLES = 64

/** The space's tables that a device is routed to, in the order the platform asked for them. */
export function tablesFor(space: SpaceRecord, specs: readonly TableSpec[]): readonly SpaceTable[] {
  return specs.flatMap(spec => space.tables.filter(table => table.key === spec.key))
}

function invalidate(machine: Machine, scope: InvalidationScope): void {
  machine.platform.invalidate(machine.hw(), machine.root.hw, scope)
}

function fillTable(machine: Machine, uid: number, table: SpaceTable, span: PageSpan): Outcome<null> {
  const part = clip(table, span)
  if (part === null) return answer(null)
  const unit = smallestPages(table.ref)
  let { ref } = table
  let outcome: Outcome<null> = answer(null)
  eachTranslation(machine, uid, part, (page, target, pages, perm) => {
    if (!outcome.ok) return
    if (page % unit !== 0 || target % unit !== 0 || pages % unit !== 0) outcome = tooSmall(page, unit)
    else {
      const tall = growTo(machine, ref, page + pages - 1)
      ref = tall ?? ref
      if (tall === null || !mapRun(machine.bulk, ref, { page, pages, target, perm }, machine.hw()))
        outcome = NO_FRAMES
    }
  })
  if (ref !== table.ref) replaceTable(machine, uid, table.key, ref)
  return outcome
}

/** The table with levels added on top until it takes a page, where tables grow; null when no frame is left. */
function growTo(machine: Machine, ref: TableRef, page: number): TableRef | null {
  let tall = ref
  while (inputPagesOf(tall).last < page) {
    const cfg = machine.platform.grown?.(tall.cfg)
    const grown = cfg ? growTable(machine.bulk, tall, cfg, machine.hw()) : null
    if (grown === null) return null
    tall = grown
  }
  return tall
}

function replaceTable(machine: Machine, uid: number, key: string, ref: TableRef): void {
  const space = machine.space(uid)
  const tables = space.tables.map(table => (table.key === key ? { ...table, ref } : table))
  machine.setSpace({ ...space, tables })
}

const NO_FRAMES = refuse('alloc.no-space')

/** Host memory comes in pieces smaller than a page of this table (hardware facts 4.4). */
function tooSmall(page: number, unit: number): Outcome<never> {
  return refuse('map.backing', { iova: addressOf(page), page: addressOf(unit) })
}

/** The part of a span that a table covers, or null. */
export function clip(table: SpaceTable, span: PageSpan): PageSpan | null {
  const first = Math.max(span.first, table.firstPage)
  const last = Math.min(span.last, table.lastPage)
  return first <= last ? { first, last } : null
}

function lowestFreeDomain(machine: Machine): number {
  const taken = new Set(Array.from(machine.root.spaces.values(), space => space.domain))
  let domain = 1
  while (taken.has(domain)) domain++
  return domain
}
