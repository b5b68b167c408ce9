/**
 * The kernel's page tables as objects: made by a driver, joined to an IOAS, filled with its areas, destroyed.
 *
 * Source: iommufd facts 1.4, 2.11, 3.2.
 */
import {
  isRefused,
  type NestedShape,
  type PagingWish,
  type UserData,
  unsupported,
} from '../../hw/domain-driver'
import { createTable, destroyTable, type TableRef } from '../../pt'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { fillAll, unpinAll } from './areas'
import { refusedBy, requiredDriver } from './driver'
import { misaligned } from './fit'
import { alignmentOf, reserve, U64_MAX, unreserve } from './io-pagetable'
import type { DeviceObject, IoasObject, NestedObject, PagingObject, ViommuObject } from './records'
import {
  addObject,
  dropObject,
  objectOf,
  objectsOf,
  pagetableOf,
  parentTable,
  putObject,
  setPagetable,
  tablesOf,
  usersOf,
} from './store'

export interface TableWish extends PagingWish {
  readonly context: number
  readonly device: DeviceObject
  readonly ioas: IoasObject
  readonly auto: boolean
}

/** Makes a table for an IOAS; it holds nothing and reserves nothing before it joins. */
export function createPaging(machine: Machine, wish: TableWish): Outcome<PagingObject> {
  const { driver, hw } = requiredDriver(machine, wish.device.device)
  const shape = driver.paging(machine.hwConfig, hw, wish)
  if (isRefused(shape)) return refusedBy(driver, shape)
  const ref =
    shape.table === null ? null : createTable(machine.bulk, tableWish(machine, shape.table), machine.hw())
  if (shape.table !== null && ref === null) return refuse('alloc.no-space')
  const { ioas, auto, nestParent, pasid, dirty } = wish
  const { aperture, granuleLg2, unitLg2 = 12, pageSizes = null, firstStage = false } = shape
  const tag = freeTag(machine)
  const hwpt = addObject(
    machine,
    wish.context,
    id =>
      ({
        ...{ type: 'HWPT_PAGING', id, ioas: ioas.id, auto, nestParent, pasid, dirty, tracking: false },
        ...{ fault: null, driver: driver.name, aperture, granuleLg2, unitLg2, pageSizes },
        ...{ table: ref, firstStage, tag },
      }) as const satisfies PagingObject,
  )
  showTable(machine, ioas, hwpt)
  return answer(hwpt)
}

const tableWish = (machine: Machine, table: Pick<TableRef, 'format' | 'cfg'>) => ({
  id: machine.takeTableId(),
  format: table.format,
  cfg: table.cfg,
})

/** Names the table among those of the space that shows it. */
export const tableKey = (hwpt: PagingObject): string => `hwpt:${hwpt.id}`

/** Readers of tables count pages of 4 KiB: a table in smaller units is not shown. */
const SHOWN_LG2 = 12

/** The space of the IOAS shows the table as one of its own. */
function showTable(machine: Machine, ioas: IoasObject, hwpt: PagingObject): void {
  if (hwpt.table === null || hwpt.unitLg2 < SHOWN_LG2) return
  const space = machine.space(ioas.space)
  const firstPage = Number(hwpt.aperture.start >> 12n)
  const lastPage = Number(hwpt.aperture.last >> 12n)
  const tables = [...space.tables, { key: tableKey(hwpt), ref: hwpt.table, firstPage, lastPage }]
  machine.setSpace({ ...space, tables, domain: space.domain === 0 ? hwpt.tag : space.domain })
}

/** Joins a table to its IOAS: alignment, aperture, then all areas. */
export function joinIoas(machine: Machine, context: number, hwpt: PagingObject): Outcome<null> {
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  const aligned = align(machine, ioas, hwpt)
  if (!aligned.ok) return aligned
  const { start, last } = hwpt.aperture
  const outside = [
    ...(start > 0n ? [{ first: 0n, last: start - 1n }] : []),
    ...(last < U64_MAX ? [{ first: last + 1n, last: U64_MAX }] : []),
  ]
  for (const span of outside) {
    const reserved = reserve(pagetableOf(machine, ioas), { ...span, owner: tableKey(hwpt) })
    if (!reserved.ok) return reserved
    setPagetable(machine, ioas, reserved.value)
  }
  const first = tablesOf(machine, context, ioas.id).every(one => one.id === hwpt.id)
  return fillAll(machine, context, ioas, hwpt, first)
}

function align(machine: Machine, ioas: IoasObject, hwpt: PagingObject): Outcome<null> {
  const io = pagetableOf(machine, ioas)
  const alignments = new Map(io.alignments).set(tableKey(hwpt), 1n << BigInt(hwpt.granuleLg2))
  const wanted = alignmentOf({ ...io, alignments })
  const misfit = wanted > alignmentOf(io) ? misaligned(io, wanted) : null
  if (misfit !== null)
    return refuse('ioas.align-area', { first: misfit.first, last: misfit.last, align: wanted })
  setPagetable(machine, ioas, { ...io, alignments })
  return answer(null)
}

/** Takes a table out of its IOAS and frees it; the last one lets the pages go. */
export function destroyPaging(machine: Machine, context: number, hwpt: PagingObject): void {
  const ioas = objectOf(machine, context, 'IOAS', hwpt.ioas)
  const last = tablesOf(machine, context, ioas.id).length === 1
  const io = unreserve(pagetableOf(machine, ioas), tableKey(hwpt))
  const alignments = new Map(io.alignments)
  alignments.delete(tableKey(hwpt))
  setPagetable(machine, ioas, { ...io, alignments })
  dropObject(machine, context, hwpt.id)
  hideTable(machine, context, ioas, hwpt)
  if (last) unpinAll(machine, ioas)
}

function hideTable(machine: Machine, context: number, ioas: IoasObject, hwpt: PagingObject): void {
  if (hwpt.table === null) return
  if (hwpt.driver === machine.platform.domains?.name)
    machine.platform.invalidate(machine.hw(), machine.root.hw, { kind: 'domain', domain: hwpt.tag })
  const space = machine.space(ioas.space)
  const tables = space.tables.filter(table => table.key !== tableKey(hwpt))
  const domain = tablesOf(machine, context, ioas.id)[0]?.tag ?? 0
  machine.setSpace({ ...space, tables, domain })
  destroyTable(machine.bulk, hwpt.table, machine.hw())
}

export interface NestedWish {
  readonly context: number
  readonly device: DeviceObject
  readonly parent: PagingObject | ViommuObject
  readonly pasid: boolean
  readonly data: UserData
}

/** A table of the user over a table of the kernel, or through a vIOMMU. */
export function createNested(machine: Machine, wish: NestedWish): Outcome<NestedObject> {
  const { context, parent, data } = wish
  const { driver, hw } = requiredDriver(machine, wish.device.device)
  if (driver.nested === undefined) return refusedBy(driver, unsupported('it does not nest'))
  const shape = driver.nested(machine.hwConfig, hw, { viommu: parent.type === 'VIOMMU', data })
  if (isRefused(shape)) return refusedBy(driver, shape)
  const guest = shape.guest === null ? null : { ...shape.guest, id: machine.takeTableId() }
  const tag = freeTag(machine)
  const uid = machine.takeUid()
  const nested = addObject(
    machine,
    context,
    id =>
      ({
        ...{
          type: 'HWPT_NESTED',
          id,
          parent: parent.id,
          pasid: wish.pasid,
          fault: null,
          driver: driver.name,
        },
        ...{ space: uid, tag, guest, cache: shape.cache },
        ...{ contexts: shape.contexts ?? null, reaches: shape.reaches ?? null },
      }) as const satisfies NestedObject,
  )
  addNestedSpace(machine, context, nested, shape)
  return answer(nested)
}

function addNestedSpace(machine: Machine, context: number, nested: NestedObject, shape: NestedShape): void {
  const ioas = objectOf(machine, context, 'IOAS', parentTable(machine, context, nested).ioas)
  const { guest, contexts } = nested
  const pasidTable =
    contexts === null ? null : { ...contexts, id: machine.takeTableId(), root: BigInt(contexts.root) }
  const userTable =
    guest === null || shape.guest === null
      ? null
      : { id: guest.id, format: guest.format, cfg: guest.cfg, root: BigInt(shape.guest.root) }
  machine.setSpace({
    uid: nested.space,
    context,
    id: nested.id,
    name: `hwpt${nested.id}`,
    kind: contexts === null ? 'user-table' : 'user-pasid-table',
    parent: ioas.space,
    children: [],
    attachments: [],
    tables: [],
    userTable,
    domain: nested.tag,
    partialGroups: [],
    enabled: false,
    tracksDirty: false,
    snoop: 'off',
    pasidTable,
    order: machine.takeOrder(),
  })
  const above = machine.space(ioas.space)
  machine.setSpace({ ...above, children: [...above.children, nested.space] })
}

export function destroyNested(machine: Machine, context: number, nested: NestedObject): void {
  const ioas = objectOf(machine, context, 'IOAS', parentTable(machine, context, nested).ioas)
  const above = machine.space(ioas.space)
  machine.setSpace({ ...above, children: above.children.filter(uid => uid !== nested.space) })
  dropSpace(machine, nested.space)
  dropObject(machine, context, nested.id)
}

export function dropSpace(machine: Machine, uid: number): void {
  const spaces = new Map(machine.root.spaces)
  spaces.delete(uid)
  machine.update({ spaces })
}

/** The lowest number that no translation in a cache is tagged with. */
function freeTag(machine: Machine): number {
  const taken = new Set<number>()
  for (const uid of machine.root.contexts.keys()) {
    for (const { tag } of objectsOf(machine, uid, 'HWPT_PAGING')) taken.add(tag)
    for (const { tag } of objectsOf(machine, uid, 'HWPT_NESTED')) taken.add(tag)
  }
  let tag = 1
  while (taken.has(tag)) tag++
  return tag
}

/** A device has left a table: an automatic one that nobody uses any more goes. */
export function releaseTable(machine: Machine, context: number, hwpt: PagingObject | NestedObject): void {
  if (hwpt.type !== 'HWPT_PAGING' || !hwpt.auto) return
  if (usersOf(machine, context, hwpt) === 0) destroyPaging(machine, context, hwpt)
}

/** Names a fault queue as the one that takes the page requests of a table. */
export function setFault(
  machine: Machine,
  context: number,
  hwpt: PagingObject | NestedObject,
  fault: number,
): void {
  putObject(machine, context, { ...hwpt, fault })
}
