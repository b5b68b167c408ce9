/**
 * What closing a file means where objects are involved.
 *
 * Source: iommufd facts 1.2, 1.4.
 */
import { bindingTo } from '../bindings'
import type { Machine } from '../machine'
import type { FileRecord } from '../state'
import { destroyAccess } from './access'
import { deviceObject, unbind } from './devices'
import { ioOf } from './store'

/** Takes a device off a context of objects; false where it is none there. */
export function unbindObject(machine: Machine, name: string, context: number): boolean {
  if (deviceObject(machine, name, context) === null) return false
  unbind(machine, name, context)
  return true
}

/** An object whose file closes may be destroyed from now on; an access goes with its file. */
export function closeObjectFile(machine: Machine, file: FileRecord, context: number): void {
  const object = ioOf(machine, context).objects.get(file.object ?? 0)
  if (object?.type === 'ACCESS') destroyAccess(machine, context, object.id)
}

/** Devices bound through a file, and open files of its objects, keep a context; a device of the test driver does not. */
export function holdsContext(machine: Machine, uid: number): boolean {
  const devices = [...machine.root.devices.values()]
  const files = [...machine.root.files.values()]
  return (
    devices.some(device => device.hw.testFlags === undefined && bindingTo(device, uid) !== null) ||
    files.some(file => file.kind === 'object' && file.context === uid)
  )
}

export { destroyAll } from './destroy'
