/**
 * The objects of one address space file: finding, numbering, replacing them, and counting who uses one.
 *
 * Source: iommufd facts 1.2 to 1.4.
 */
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import type { ContextRecord } from '../state'
import { EMPTY_PAGETABLE, type IoPagetable } from './io-pagetable'
import type {
  Birth,
  IoasObject,
  IoContext,
  IoObject,
  IoType,
  NestedObject,
  ObjectOf,
  PagingObject,
} from './records'

export function contextRecord(machine: Machine, uid: number): ContextRecord {
  const context = machine.root.contexts.get(uid)
  if (context === undefined) throw new Error(`no context ${uid}`)
  return context
}

export const ioOf = (machine: Machine, context: number): IoContext => contextRecord(machine, context).io

export function updateIo(machine: Machine, context: number, change: Partial<IoContext>): void {
  const record = contextRecord(machine, context)
  const next = { ...record, io: { ...record.io, ...change } }
  machine.update({ contexts: new Map(machine.root.contexts).set(context, next) })
}

export function putObject(machine: Machine, context: number, object: IoObject): void {
  const { objects } = ioOf(machine, context)
  updateIo(machine, context, { objects: new Map(objects).set(object.id, object) })
}

/** Adds an object under the lowest free number from 1; `make` is given it. */
export function addObject<T extends IoObject>(machine: Machine, context: number, make: (id: number) => T): T {
  const { objects } = ioOf(machine, context)
  let id = 1
  while (objects.has(id)) id++
  const object = make(id)
  putObject(machine, context, object)
  if (isShown(object)) noteBirth(machine, context, id)
  machine.emit({ kind: 'object-created', actor: 'kernel', obj: object.type, id, name: '', parent: null })
  return object
}

/** False for what stands for nothing yet, the test driver's own objects, and what the kernel made for itself. */
const isShown = (object: IoObject): boolean =>
  object.type !== 'RESERVED' && object.type !== 'SELFTEST' && !isHidden(object)

function noteBirth(machine: Machine, context: number, id: number): void {
  const { births, born } = ioOf(machine, context)
  const birth = { nth: born + 1, order: machine.takeOrder() }
  updateIo(machine, context, { births: new Map(births).set(id, birth), born: birth.nth })
}

/** The objects of a file that its user is shown, in the order they were made. */
export function shownObjects(
  machine: Machine,
  context: number,
): readonly { readonly object: IoObject; readonly birth: Birth }[] {
  const { objects, births } = ioOf(machine, context)
  const shown = [...objects.values()].flatMap(object => {
    const birth = births.get(object.id)
    return birth === undefined || !isShown(object) ? [] : [{ object, birth }]
  })
  return shown.sort((a, b) => a.birth.nth - b.birth.nth)
}

export function dropObject(machine: Machine, context: number, id: number): void {
  const objects = new Map(ioOf(machine, context).objects)
  const object = objects.get(id)
  objects.delete(id)
  const births = new Map(ioOf(machine, context).births)
  births.delete(id)
  updateIo(machine, context, { objects, births })
  const told = { obj: object?.type ?? '', id, name: '', parent: null }
  machine.emit({ kind: 'object-destroyed', actor: 'kernel', ...told })
}

/** An object of any type, by the number a caller gave. */
export function objectAt(machine: Machine, context: number, id: bigint): IoObject | null {
  const found = ioOf(machine, context).objects.get(Number(id))
  return found === undefined || found.type === 'RESERVED' || isHidden(found) ? null : found
}

const isHidden = (object: IoObject): boolean => object.type === 'ACCESS' && object.hidden

/** An object of one type; one of another is not found either. */
export function findObject<T extends IoType>(
  machine: Machine,
  context: number,
  type: T,
  id: bigint,
): Outcome<ObjectOf<T>> {
  const found = objectAt(machine, context, id)
  return found?.type === type ? answer(found as ObjectOf<T>) : refuse('object.unknown', { id, type })
}

/** An object that other records name, so that it must be there. */
export function objectOf<T extends IoType>(
  machine: Machine,
  context: number,
  type: T,
  id: number,
): ObjectOf<T> {
  const found = ioOf(machine, context).objects.get(id)
  if (found?.type !== type) throw new Error(`no ${type} ${id}`)
  return found as ObjectOf<T>
}

export function objectsOf<T extends IoType>(
  machine: Machine,
  context: number,
  type: T,
): readonly ObjectOf<T>[] {
  return [...ioOf(machine, context).objects.values()].filter(
    (object): object is ObjectOf<T> => object.type === type,
  )
}

/** The kernel's tables of an IOAS, in the order they were made. */
export function tablesOf(machine: Machine, context: number, ioas: number): readonly PagingObject[] {
  return objectsOf(machine, context, 'HWPT_PAGING').filter(hwpt => hwpt.ioas === ioas)
}

export function isTable(object: IoObject): object is PagingObject | NestedObject {
  return object.type === 'HWPT_PAGING' || object.type === 'HWPT_NESTED'
}

/** The kernel's table under a table: itself, or the parent of a user's. */
export function parentTable(
  machine: Machine,
  context: number,
  hwpt: PagingObject | NestedObject,
): PagingObject {
  if (hwpt.type === 'HWPT_PAGING') return hwpt
  const parent = ioOf(machine, context).objects.get(hwpt.parent)
  const id = parent?.type === 'VIOMMU' ? parent.hwpt : hwpt.parent
  return objectOf(machine, context, 'HWPT_PAGING', id)
}

export function pagetableOf(machine: Machine, ioas: IoasObject): IoPagetable {
  return machine.space(ioas.space).io ?? EMPTY_PAGETABLE
}

export function setPagetable(machine: Machine, ioas: IoasObject, io: IoPagetable): void {
  machine.setSpace({ ...machine.space(ioas.space), io })
}

/** How many hold an object, beside itself: facts 1.2. */
export function usersOf(machine: Machine, context: number, object: IoObject): number {
  const { objects, groups } = ioOf(machine, context)
  let users = 0
  for (const other of objects.values()) if (holds(other, object.id)) users++
  for (const attachments of groups.values())
    for (const { hwpt, devices } of attachments) {
      if (hwpt === object.id) users += devices.length
      users += devices.filter(id => id === object.id).length
    }
  if (object.type === 'DEVICE' || object.type === 'ACCESS') users++
  for (const file of machine.root.files.values())
    if (file.kind === 'object' && file.context === context && file.object === object.id) users++
  return users
}

function holds(holder: IoObject, id: number): boolean {
  switch (holder.type) {
    case 'HWPT_PAGING':
      return holder.ioas === id || holder.fault === id
    case 'HWPT_NESTED':
      return holder.parent === id || holder.fault === id
    case 'ACCESS':
      return holder.ioas === id
    case 'VIOMMU':
      return holder.hwpt === id
    case 'VDEVICE':
      return holder.viommu === id || holder.device === id
    case 'VEVENTQ':
      return holder.viommu === id
    case 'HW_QUEUE':
      return holder.viommu === id || holder.access === id
    default:
      return false
  }
}
