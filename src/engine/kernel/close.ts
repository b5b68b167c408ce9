/**
 * close(): what goes with the last fd of a file.
 *
 * Source: R8, R9; iommufd facts 7.1 for groups. A dup()ed fd keeps the file.
 */
import { detachAll } from './attach'
import { leaveContainer } from './containers'
import { contextOf, findFile, reapContext, releaseDevice } from './files'
import { closeGroupFile, forgetGroup, groupOfFile } from './groups'
import { closeObjectFile, unbindObject } from './iommu/close'
import { dropVm } from './kvm'
import type { Machine } from './machine'
import { answer, type Outcome } from './outcome'
import type { FileRecord } from './state'

/** Closes an fd: a device's takes its attachments and binding along, a context's takes no device. */
export function closeFile(machine: Machine, fd: bigint): Outcome<null> {
  const found = findFile(machine, fd)
  if (!found.ok) return found
  const files = new Map(machine.root.files)
  files.delete(Number(fd))
  machine.update({ files })
  const heir = [...files].find(([, file]) => file === found.value)
  if (heir !== undefined) {
    passOn(machine, found.value, { from: Number(fd), to: heir[0] })
    return answer(null)
  }
  const { kind, device, context, vm, group } = found.value
  if (vm !== null) dropVm(machine, vm)
  if (group !== undefined) dropFromGroup(machine, found.value)
  else if (device !== null) releaseBindings(machine, device, Number(fd))
  if (kind === 'object' && context !== null) {
    closeObjectFile(machine, found.value, context)
    reapContext(machine, context)
  }
  if (context !== null && (kind === 'context' || kind === 'container')) {
    const record = { ...contextOf(machine, context), open: false }
    machine.update({ contexts: new Map(machine.root.contexts).set(context, record) })
    reapContext(machine, context)
  }
  return answer(null)
}

/** The file lives on behind another fd: what is known by the one that goes is known by that from now on. */
function passOn(
  machine: Machine,
  { device, context, group }: FileRecord,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  // What a group's container drives is bound through the group's own fd.
  const bound = device === null ? machine.root.devices.values() : [machine.device(device)]
  for (const record of [...bound].filter(one => one.bindings.some(binding => binding.fd === from))) {
    const bindings = record.bindings.map(one => (one.fd === from ? { ...one, fd: to } : one))
    machine.setDevice({ ...record, bindings })
  }
  const owned = context === null ? undefined : machine.root.contexts.get(context)
  if (owned !== undefined && owned.fd === from)
    machine.update({ contexts: new Map(machine.root.contexts).set(owned.uid, { ...owned, fd: to }) })
  const held = group === undefined ? undefined : machine.root.groups.get(group)
  if (held !== undefined && held.fd === from)
    machine.update({ groups: new Map(machine.root.groups).set(held.group, { ...held, fd: to }) })
}

/** A device fd takes what was bound through it along: children detach, then parents, then the binding goes (R8). */
function releaseBindings(machine: Machine, name: string, fd: number): void {
  for (const binding of machine.device(name).bindings.filter(one => one.fd === fd)) {
    if (unbindObject(machine, name, binding.context)) {
      reapContext(machine, binding.context)
      continue
    }
    detachAll(machine, name, binding.context)
    releaseDevice(machine, name, binding.context)
  }
}

/** A group goes with its own file and those of its devices, whichever is last. */
function dropFromGroup(machine: Machine, file: FileRecord): void {
  if (file.device !== null && !isOpenStill(machine, file.device)) leaveObjects(machine, file.device)
  if (!closeGroupFile(machine, file)) return
  const group = groupOfFile(machine, file)
  leaveContainer(machine, group)
  forgetGroup(machine, group.group)
}

/** Another file of the device that came out of its group is open. */
const isOpenStill = (machine: Machine, device: string): boolean =>
  [...machine.root.files.values()].some(file => file.ofGroup === true && file.device === device)

/** The last file of a device in a container of objects: it is bound there no longer. */
function leaveObjects(machine: Machine, name: string): void {
  for (const { context } of machine.device(name).bindings)
    if (unbindObject(machine, name, context)) reapContext(machine, context)
}

/** Closes every fd, the newest first, so that devices go before the contexts they are bound to. */
export function closeAll(machine: Machine): void {
  const fds = [...machine.root.files.keys()].sort((a, b) => b - a)
  for (const fd of fds) closeFile(machine, BigInt(fd))
}
