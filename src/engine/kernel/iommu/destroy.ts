/**
 * DESTROY, and what goes when a file is closed.
 *
 * Source: iommufd facts 1.2, 1.4.
 */
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { destroyAccess } from './access'
import { destroyTestDevice, unbind } from './devices'
import { U64_MAX } from './io-pagetable'
import { removeWithin } from './ioas'
import type { IoasObject, IoObject, IoType, ObjectOf } from './records'
import { dropObject, ioOf, objectAt, objectsOf, updateIo, usersOf } from './store'
import { destroyNested, destroyPaging, dropSpace } from './tables'
import { destroyHwQueue, hasLaterQueue } from './viommu'

/** Destroys an object that nothing else holds. */
export function destroyObject(machine: Machine, context: number, id: bigint): Outcome<null> {
  const object = objectAt(machine, context, id)
  if (object === null) return refuse('object.none', { id })
  const users =
    usersOf(machine, context, object) +
    (object.type === 'HW_QUEUE' && hasLaterQueue(machine, context, object) ? 1 : 0)
  if (users > 0) return refuse('object.busy', { id, type: object.type, users })
  destroy(machine, context, object)
  return answer(null)
}

/** What destroying each type takes beyond its number. */
const DESTROYERS: {
  readonly [T in IoType]?: (machine: Machine, context: number, object: ObjectOf<T>) => void
} = {
  IOAS: destroyIoas,
  HWPT_PAGING: destroyPaging,
  HWPT_NESTED: destroyNested,
  SELFTEST: destroyTestDevice,
  HW_QUEUE: destroyHwQueue,
  ACCESS: (machine, context, { id }) => destroyAccess(machine, context, id),
}

type Destroyer = (machine: Machine, context: number, object: IoObject) => void

function destroy(machine: Machine, context: number, object: IoObject): void {
  const destroyer = DESTROYERS[object.type] as Destroyer | undefined
  if (destroyer === undefined) dropObject(machine, context, object.id)
  else destroyer(machine, context, object)
}

function destroyIoas(machine: Machine, context: number, ioas: IoasObject): void {
  removeWithin(machine, context, ioas, { first: 0n, last: U64_MAX })
  if (ioOf(machine, context).compat === ioas.id) updateIo(machine, context, { compat: null })
  dropObject(machine, context, ioas.id)
  dropSpace(machine, ioas.space)
}

/** Everything of a context goes: devices of the test driver, then whatever nothing holds, until nothing is left. */
export function destroyAll(machine: Machine, context: number): void {
  for (const device of objectsOf(machine, context, 'DEVICE')) {
    const selftest = objectsOf(machine, context, 'SELFTEST').find(one => one.device === device.id)
    if (selftest !== undefined) destroyTestDevice(machine, context, selftest)
    else unbind(machine, device.device, context)
  }
  for (const access of objectsOf(machine, context, 'ACCESS'))
    if (!access.hidden) destroyAccess(machine, context, access.id)
  for (let gone = true; gone; ) {
    gone = false
    for (const object of ioOf(machine, context).objects.values())
      if (
        ioOf(machine, context).objects.has(object.id) &&
        destroyObject(machine, context, BigInt(object.id)).ok
      )
        gone = true
  }
}
