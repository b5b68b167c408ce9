/**
 * File descriptors, contexts and devices: open, bind, unbind. What closing takes along is in close.ts.
 *
 * fds are the lowest free from 3. A context outlives its fd while a bound device keeps it (R9); a
 * device is bound through the file that bound it and unbound when its last fd closes (R8, R10).
 */
import { bindingTo, boundThrough, deviceWithCookie } from './bindings'
import { destroyAll, holdsContext } from './iommu/close'
import { EMPTY_CONTEXT } from './iommu/records'
import { inSecurityContext, requireViable, tellGroup } from './isolation'
import { USER_DRIVER } from './isolation.data'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { unregisterAll } from './prereg'
import { blockDevice, rerouteGroup } from './routing'
import { joinMates } from './space-tables'
import { destroySpace, spacesOf } from './spaces'
import { type Binding, type ContextRecord, type DeviceRecord, type FileRecord, TREE } from './state'

const FIRST_FD = 3
const MOST_FILES = 4096

/** Opens an address space file, or a container: a fresh context behind a fresh fd. */
export function openContext(
  machine: Machine,
  path: string,
  name: string,
  kind: 'context' | 'container' = 'context',
): Outcome<number> {
  const fd = lowestFreeFd(machine)
  if (!fd.ok) return fd
  const context: ContextRecord = {
    uid: machine.takeUid(),
    fd: fd.value,
    io: EMPTY_CONTEXT,
    open: true,
    order: machine.takeOrder(),
  }
  machine.update({ contexts: new Map(machine.root.contexts).set(context.uid, context) })
  addFile(machine, fd.value, { kind, path, context: context.uid, device: null, vm: null, name })
  const told = { obj: 'ioasid_ctx', id: fd.value, name, parent: null }
  machine.emit({ kind: 'object-created', actor: 'kernel', ...told })
  return fd
}

/** Opens a device file; a second open of one device is fine. */
export function openDevice(machine: Machine, device: string, path: string, name: string): Outcome<number> {
  const { driver } = machine.device(device)
  if (driver !== USER_DRIVER) return refuse('open.host-driver', { device, driver })
  const fd = lowestFreeFd(machine)
  if (fd.ok) addFile(machine, fd.value, { kind: 'device', path, context: null, device, vm: null, name })
  return fd
}

/** Opens /dev/kvm: each open stands for a virtual machine of its own (R40). */
export function openKvm(machine: Machine, path: string, name: string): Outcome<number> {
  const fd = lowestFreeFd(machine)
  if (fd.ok)
    addFile(machine, fd.value, {
      kind: 'kvm',
      path,
      context: null,
      device: null,
      vm: machine.takeUid(),
      name,
    })
  return fd
}

/** A file that is not one of the above: of a group, of an object, or any other. Answers its fd. */
export function openOther(
  machine: Machine,
  file: Pick<FileRecord, 'kind' | 'path' | 'name'> & Partial<FileRecord>,
): Outcome<number> {
  const fd = lowestFreeFd(machine)
  if (fd.ok) addFile(machine, fd.value, { context: null, device: null, vm: null, ...file })
  return fd
}

/** First page of the first file, far from where a process has memory; files lie a terabyte apart. */
const FIRST_FILE_PAGE = 0x7c0000000
const FILE_PAGES = 2 ** 28

/** memfd_create(): a file of so many bytes whose pages can be pinned. */
export function openMemory(machine: Machine, path: string, name: string, size: bigint): Outcome<number> {
  const pages = FIRST_FILE_PAGE + FILE_PAGES * machine.bulk.ranges.count(TREE.files)
  machine.bulk.ranges.insert(TREE.files, pages, pages + Math.max(0, Number((size - 1n) >> 12n)), 0, 0)
  return openOther(machine, { kind: 'plain', path, name, size, pages })
}

/** dup(): another fd of the same open file. */
export function dupFile(machine: Machine, fd: bigint): Outcome<number> {
  const file = findFile(machine, fd)
  if (!file.ok) return file
  const copy = lowestFreeFd(machine)
  if (copy.ok) addFile(machine, copy.value, file.value)
  return copy
}

function lowestFreeFd(machine: Machine): Outcome<number> {
  const { files } = machine.root
  if (files.size >= MOST_FILES) return refuse('open.too-many', { open: files.size })
  let fd = FIRST_FD
  while (files.has(fd)) fd++
  return answer(fd)
}

function addFile(machine: Machine, fd: number, file: FileRecord): void {
  machine.update({ files: new Map(machine.root.files).set(fd, file) })
}

export function findFile(machine: Machine, fd: bigint): Outcome<FileRecord> {
  const file = machine.root.files.get(Number(fd))
  return file === undefined ? refuse('fd.bad', { fd }) : answer(file)
}

/** The context behind an fd given as an argument (R10: another kind of file is -EBADFD). */
export function findContext(machine: Machine, fd: bigint): Outcome<number> {
  const file = findFile(machine, fd)
  if (!file.ok) return file
  const { context, path } = file.value
  return context === null ? refuse('fd.wrong-file', { fd, file: path }) : answer(context)
}

/** Binds a device, through the fd given, to the one context it may have. */
export function bindDevice(machine: Machine, device: DeviceRecord, wish: Binding): Outcome<null> {
  const [taken] = device.bindings
  if (taken !== undefined) return refuse('bind.taken', { device: device.name, fd: taken.fd })
  return addBinding(machine, device, wish)
}

/** Binds a device beside the contexts it has: once to each, under a number of its own there (R10). */
export function bindBeside(machine: Machine, device: DeviceRecord, wish: Binding): Outcome<null> {
  const taken = bindingTo(device, wish.context)
  if (taken !== null) return refuse('bind.taken', { device: device.name, fd: taken.fd })
  const other = wish.cookie === null ? null : deviceWithCookie(machine, wish.context, wish.cookie)
  if (other !== null) return refuse('bind.cookie-taken', { cookie: wish.cookie ?? 0n, device: other.name })
  return addBinding(machine, device, wish)
}

function addBinding(machine: Machine, device: DeviceRecord, wish: Binding): Outcome<null> {
  const viable = requireViable(machine, device)
  if (!viable.ok) return viable
  const enters = !inSecurityContext(machine, device.hw.group)
  machine.setDevice({ ...device, bindings: [...device.bindings, wish] })
  if (enters) tellGroup(machine, device.hw.group)
  if (device.bindings.length === 0) blockDevice(machine, device)
  const joined = joinMates(machine, machine.device(device.name))
  if (!joined.ok) return joined
  rerouteGroup(machine, device.hw.group)
  const { fd } = contextOf(machine, wish.context)
  machine.emit({ kind: 'bound', actor: 'kernel', device: device.name, fd, cookie: wish.cookie })
  return answer(null)
}

/** The contexts a device is bound to through this very file, oldest first; at least one. */
export function requireBound(
  machine: Machine,
  device: DeviceRecord,
  fd: number,
): Outcome<readonly [Binding, ...Binding[]]> {
  const [first, ...more] = boundThrough(machine, device, fd)
  return first === undefined ? refuse('bind.not-bound', { device: device.name }) : answer([first, ...more])
}

/** Takes a device out of a context where it is attached to nothing. */
export function unbindDevice(machine: Machine, device: DeviceRecord, context: number): Outcome<null> {
  const at = device.attachments.find(one => machine.space(one.space).context === context)
  if (at !== undefined)
    return refuse('unbind.attached', { device: device.name, ioasid: machine.space(at.space).id })
  releaseDevice(machine, device.name, context)
  return answer(null)
}

/** Takes a device that nothing attaches any more from the context that has it. */
export function releaseDevice(machine: Machine, name: string, context: number): void {
  const device = machine.device(name)
  const bindings = device.bindings.filter(binding => binding.context !== context)
  machine.setDevice({ ...device, bindings })
  rerouteGroup(machine, device.hw.group)
  if (!inSecurityContext(machine, device.hw.group)) tellGroup(machine, device.hw.group)
  const { fd } = contextOf(machine, context)
  machine.emit({ kind: 'unbound', actor: 'kernel', device: name, fd, cookie: null })
  reapContext(machine, context)
}

/** The context of a uid that is still there. */
export function contextOf(machine: Machine, uid: number): ContextRecord {
  const context = machine.root.contexts.get(uid)
  if (context === undefined) throw new Error(`no context ${uid}`)
  return context
}

/** A context with no fd and no bound device goes, with its spaces, pins and charges (R9). */
export function reapContext(machine: Machine, uid: number): void {
  const context = contextOf(machine, uid)
  if (context.open || holdsContext(machine, uid)) return
  destroyAll(machine, uid)
  for (const space of spacesOf(machine, uid).toReversed()) destroySpace(machine, machine.space(space.uid))
  unregisterAll(machine, uid)
  const contexts = new Map(machine.root.contexts)
  contexts.delete(uid)
  machine.update({ contexts })
  const told = { obj: 'ioasid_ctx', id: context.fd, name: '', parent: null }
  machine.emit({ kind: 'object-destroyed', actor: 'kernel', ...told })
}
